import Routing

/// The kinds of RTA_METRICS that are not plain numbers, and the names that `ip` has for all (linux/rtnetlink.h).
enum MetricKind {
  static let lock: UInt16 = 1
  static let rtt: UInt16 = 4
  static let rttvar: UInt16 = 5
  static let hoplimit: UInt16 = 10
  static let features: UInt16 = 12
  static let rtoMin: UInt16 = 13
  static let congestionControl: UInt16 = 16

  /// By `RTAX_*`; `ip` 6.1 passes over what is beyond the last.
  static let names = [
    "", "", "mtu", "window", "rtt", "rttvar", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit", "initcwnd",
    "features", "rto_min", "initrwnd", "quickack", "congctl", "fastopen_no_cookie",
  ]
}

extension IPRoute2Printer {
  /// Prints the metrics in the order of their kinds, also those that are only locked.
  mutating func metrics(_ metrics: [RouteMetric]) {
    let locks = metrics.first { $0.kind == MetricKind.lock }?.value ?? 0
    writer.openArray("metrics")
    writer.openObject()
    for kind in UInt16(2)..<UInt16(MetricKind.names.count) {
      let isLocked = locks >> UInt32(kind) & 1 != 0
      let metric = metrics.first { $0.kind == kind }
      guard metric != nil || isLocked else { continue }
      self.metric(metric ?? RouteMetric(kind: kind, value: 0), isLocked: isLocked)
    }
    writer.closeObject()
    writer.closeArray()
  }

  private mutating func metric(_ metric: RouteMetric, isLocked: Bool) {
    // Hop limit -1 stands for the interface's own.
    if metric.kind == MetricKind.hoplimit, metric.value == .max { return }
    let name = MetricKind.names[Int(metric.kind)]
    writer.text(name)
    writer.text(isLocked ? " lock " : " ")
    switch metric.kind {
    case MetricKind.features: features(metric.value)
    case MetricKind.rtt: milliseconds(name, metric.value / 8)
    case MetricKind.rttvar: milliseconds(name, metric.value / 4)
    case MetricKind.rtoMin: milliseconds(name, metric.value)
    case MetricKind.congestionControl: writer.string("congestion", "", metric.name ?? "")
    default: writer.number(name, "", metric.value)
    }
  }

  private mutating func milliseconds(_ name: String, _ value: UInt32) {
    guard writer.isText, value >= 1000 else { return writer.number(name, "", value, "ms ") }
    var seconds: [UInt8] = []
    CompactDecimal(thousandths: value).appendText(to: &seconds)
    seconds.append(UInt8(ascii: "s"))
    writer.string(name, "", seconds)
  }

  private mutating func features(_ bits: UInt32) {
    if bits & 1 != 0 { writer.null("ecn", "ecn ") }
    // iproute2 clears the bit only to see whether there are others, then prints them all.
    if bits & ~1 != 0 { writer.prefixedHex("features", "", UInt64(bits)) }
  }
}
