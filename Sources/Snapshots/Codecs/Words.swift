internal import JSON

/// Words for numbers, as a snapshot writes them; a number without a word stays a number.
struct Words<Number: FixedWidthInteger & JSONCodable & Sendable>: Sendable {
  private let pairs: [(number: Number, word: String)]

  init(_ pairs: [(Number, String)]) {
    self.pairs = pairs.map { (number: $0.0, word: $0.1) }
  }

  func word(for number: Number) -> String? {
    pairs.first { $0.number == number }?.word
  }

  func number(for word: String) -> Number? {
    pairs.first { $0.word == word }?.number
  }

  func write(_ number: Number, to writer: inout JSONWriter) {
    if let word = word(for: number) { writer.string(word) } else { writer.integer(number) }
  }

  func number(json: JSONValue) throws(JSONMismatch) -> Number {
    switch json {
    case .string(let word):
      if let number = number(for: word) { return number }
    case .integer(let value):
      if let number = Number(exactly: value) { return number }
    default: break
    }
    let known = pairs.map(\.word).joined(separator: ", ")
    throw JSONMismatch(expected: "one of \(known), or a number from \(Number.min) to \(Number.max)", found: json)
  }
}

extension Words<UInt8> {
  /// `RTN_*`.
  static let routeTypes = Words([
    (0, "unspec"), (1, "unicast"), (2, "local"), (3, "broadcast"), (4, "anycast"), (5, "multicast"), (6, "blackhole"),
    (7, "unreachable"), (8, "prohibit"), (9, "throw"), (10, "nat"), (11, "xresolve"),
  ])

  /// `RTNH_F_*`, one bit each.
  static let nexthopFlags = Words([
    (1, "dead"), (2, "pervasive"), (4, "onlink"), (8, "offload"), (16, "linkdown"), (32, "unresolved"), (64, "trap"),
  ])

  /// `IF_OPER_*`.
  static let operationalStates = Words([
    (0, "unknown"), (1, "notpresent"), (2, "down"), (3, "lowerlayerdown"), (4, "testing"), (5, "dormant"), (6, "up"),
  ])
}

extension Words<UInt16> {
  /// `RTAX_*`.
  static let routeMetrics = Words([
    (1, "lock"), (2, "mtu"), (3, "window"), (4, "rtt"), (5, "rttvar"), (6, "ssthresh"), (7, "cwnd"), (8, "advmss"),
    (9, "reordering"), (10, "hoplimit"), (11, "initcwnd"), (12, "features"), (13, "rto_min"), (14, "initrwnd"),
    (15, "quickack"), (16, "congestion"), (17, "fastopen_no_cookie"),
  ])

  /// `NEXTHOP_GRP_TYPE_*`.
  static let groupKinds = Words([(0, "mpath"), (1, "resilient")])

  /// `NUD_*`.
  static let neighbourStates = Words([
    (0, "none"), (1, "incomplete"), (2, "reachable"), (4, "stale"), (8, "delay"), (16, "probe"), (32, "failed"),
    (64, "noarp"), (128, "permanent"),
  ])

  /// `LWTUNNEL_ENCAP_*`.
  static let encapsulations = Words([
    (1, "mpls"), (2, "ip"), (3, "ila"), (4, "ip6"), (5, "seg6"), (6, "bpf"), (7, "seg6local"), (8, "rpl"),
    (9, "ioam6"), (10, "xfrm"),
  ])
}

/// A number that is written by its word.
struct Worded<Number: FixedWidthInteger & JSONCodable & Sendable>: JSONEncodable {
  var number: Number
  var words: Words<Number>

  func write(to writer: inout JSONWriter) { words.write(number, to: &writer) }
}

extension JSONValue {
  /// The number of a member that is written by its word.
  func required<Number>(_ key: String, _ words: Words<Number>) throws(JSONMismatch) -> Number {
    let value: JSONValue = try required(key)
    do {
      return try words.number(json: value)
    } catch {
      throw error.inside(.key(key))
    }
  }
}
