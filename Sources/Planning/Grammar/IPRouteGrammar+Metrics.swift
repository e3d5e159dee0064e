import Routing

/// The RTAX_* attributes of a route; the raw value is the number of each.
enum RouteMetricWord: UInt16, Sendable {
  case mtu = 2
  case window
  case rtt
  case rttvar
  case ssthresh
  case cwnd
  case advmss
  case reordering
  case hoplimit
  case initcwnd
  case features
  case rtoMin
  case initrwnd
  case quickack
  case congctl
  case fastopenNoCookie
}

extension IPRouteGrammar {
  mutating func readMetric(_ metric: RouteMetricWord, _ word: Word) throws(CommandError) {
    switch metric {
    case .mtu, .advmss, .reordering, .window, .cwnd, .initcwnd, .initrwnd, .ssthresh:
      try readLock(metric, word)
      append(metric, try reader.number(of: word))
    case .hoplimit:
      try readLock(metric, word)
      append(metric, try reader.number(of: word, 0...255))
    case .rtt: append(metric, try readTime(metric, word, unitsPerMillisecond: 8))
    case .rttvar: append(metric, try readTime(metric, word, unitsPerMillisecond: 4))
    case .rtoMin:
      locks |= 1 << UInt32(metric.rawValue)
      append(metric, try readTime(nil, word, unitsPerMillisecond: 1))
    case .features:
      let value = try reader.value(of: word)
      guard value.text == "ecn" else { throw value.bad(word, "ecn") }
      append(metric, 1)
    case .quickack, .fastopenNoCookie: append(metric, try reader.flag(of: word))
    case .congctl:
      try readLock(metric, word)
      let name = try reader.value(of: word).text
      request.metrics.append(RouteMetric(kind: metric.rawValue, value: 0, name: name))
    }
  }

  private mutating func append(_ metric: RouteMetricWord, _ value: UInt32) {
    request.metrics.append(RouteMetric(kind: metric.rawValue, value: value))
  }

  /// `lock` before a value; afterwards the value is the next word, as if nothing had been there.
  private mutating func readLock(_ metric: RouteMetricWord, _ word: Word) throws(CommandError) {
    if try reader.value(of: word).text == "lock" {
      locks |= 1 << UInt32(metric.rawValue)
    } else {
      reader.index -= 1
    }
  }

  /// A time in the kernel's unit, or in s or ms.
  private mutating func readTime(
    _ lockable: RouteMetricWord?, _ word: Word, unitsPerMillisecond: UInt32
  ) throws(CommandError) -> UInt32 {
    if let lockable { try readLock(lockable, word) }
    let value = try reader.value(of: word)
    guard let time = TimeText(value.text) else { throw value.bad(word, "a time such as 300ms or 1.5s") }
    return time.isRaw ? time.value : time.value &* unitsPerMillisecond
  }
}

/// A time as iproute2 reads it for the metrics of routes.
struct TimeText {
  /// Milliseconds, rounded up; in the kernel's unit when the text has no unit.
  var value: UInt32
  var isRaw: Bool

  /// nil also for a time that does not fit 32 bits, of which `ip` would send some remainder.
  init?(_ text: String) {
    var time: Double
    let unit: Substring
    if text.utf8.contains(UInt8(ascii: ".")) {
      guard let (number, rest) = Self.decimal(text), number >= 0 else { return nil }
      time = number
      unit = rest
    } else {
      guard let leading = NumberText.leading(Substring(text).utf8), !leading.overflows else { return nil }
      time = Double(leading.value)
      unit = Substring(leading.rest)
    }
    switch unit.lowercased() {
    case "": isRaw = true
    case "s", "sec", "secs":
      isRaw = false
      time *= 1000
    case "ms", "msec", "msecs": isRaw = false
    default: return nil
    }
    guard let value = UInt32(exactly: time.rounded(.up)) else { return nil }
    self.value = value
  }

  /// The longest beginning that is a decimal number.
  private static func decimal(_ text: String) -> (Double, Substring)? {
    let body = text.drop { $0 == " " || $0 == "\t" }
    var end = body.startIndex
    var best: (Double, Substring)?
    while end < body.endIndex, best == nil || body[end] != " " {
      end = body.index(after: end)
      let candidate = body[..<end]
      guard candidate.allSatisfy({ $0.isASCII && ($0.isNumber || ".eE+-".contains($0)) }) else { break }
      if let number = Double(candidate) { best = (number, body[end...]) }
    }
    return best
  }
}
