import Routing

extension NexthopReport {
  /// The columns of a line: what it is, its weight, its share, its buckets, its state.
  func columns(showsShare: Bool = true) -> [String] {
    let weightText = weight.map { "weight \($0)" }
    return [
      identity, showsShare ? weightText ?? "" : "", showsShare && weight != nil ? shareText : "", bucketText,
      (liveness + flagNames).joined(separator: ", "),
    ]
  }

  /// A line for each nexthop.
  ///
  /// - Parameter details: also protocols that are not set, and scopes, as `ip -d`.
  package static func appendText(_ nexthops: [NexthopReport], to output: inout [UInt8], details: Bool = false) {
    let rows = nexthops.map { nexthop in
      var columns = nexthop.columns()
      columns.insert(nexthop.originText(details: details), at: 1)
      return columns
    }
    output.append(contentsOf: Text.aligned(rows, indent: "").utf8)
  }

  private func originText(details: Bool) -> String {
    guard let origin else { return "" }
    let words = [
      origin.isNamed || details ? "proto \(origin.protocol)" : nil, details ? "scope \(origin.scope)" : nil,
    ]
    return words.compactMap { $0 }.joined(separator: " ")
  }

  /// `id 1 via 10.0.0.1 dev eth0`.
  var identity: String {
    var words: [String] = []
    if let id { words.append("id \(id)") }
    if let encapsulation { words.append(encapsulation) }
    if let gateway { words.append("via \(gateway)") }
    if let realms { words.append("realms \(realms >> 16)/\(realms & 0xffff)") }
    if let interface { words.append("dev \(interface)") }
    if isBlackhole { words.append("blackhole") }
    if isFDB { words.append("fdb") }
    return words.joined(separator: " ")
  }

  /// The share, and the ideal where it differs in what is printed.
  var shareText: String {
    let actual = share.map(Text.percent) ?? "unknown"
    let ideal = Text.percent(idealShare)
    return actual == ideal ? actual : "\(actual) (ideal \(ideal))"
  }

  private var bucketText: String {
    guard let buckets else { return "" }
    let wanted = buckets.count == buckets.wanted ? "" : " of \(buckets.wanted)"
    return "\(buckets.count)\(wanted) buckets, \(buckets.count - buckets.idle) busy"
  }

  /// The neighbour's state, and the link's when something is wrong with it.
  var liveness: [String] {
    var words: [String] = []
    if gateway != nil, !isFDB, interface != nil {
      words.append(neighbour.map { $0.name.lowercased() } ?? "no neighbour")
    }
    if isUp == false {
      words.append("link down")
    } else if hasCarrier == false {
      words.append("no carrier")
    }
    return words
  }

  /// The words of `ip` for the flags.
  var flagNames: [String] {
    IPRoute2Printer.flagNames.filter { flags & $0.bit != 0 }.map(\.name)
  }
}
