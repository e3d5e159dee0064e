internal import JSON

/// The names that `ip` prints for the numbers of one kind.
struct NameTable: Sendable {
  /// Such as "a routing table".
  let what: String
  private var numbers: [String: UInt32]

  init(_ what: String, _ numbers: [String: UInt32]) {
    self.what = what
    self.numbers = numbers
  }

  /// Adds the names of a file in the form of /etc/iproute2: a number and a name a line, and # comments.
  mutating func add(_ source: SnapshotImport.Source) throws(SnapshotError) {
    for (line, text) in source.lines.enumerated() {
      let words = text.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      if words.isEmpty { continue }
      guard words.count >= 2, let number = parseNumber(words[0]), let number = UInt32(exactly: number) else {
        throw .wrongLine(file: source.file, line: line + 1, phrase: "expected a number and a name")
      }
      numbers[String(words[1])] = number
    }
  }

  /// The number of a name, or of a number in text or in JSON.
  func number<T: FixedWidthInteger>(_ json: JSONValue, as type: T.Type = T.self) throws(JSONMismatch) -> T {
    let value: T? =
      switch json {
      case .integer(let number): T(exactly: number)
      case .string(let text): (numbers[text].map(UInt64.init) ?? parseNumber(text)).flatMap { T(exactly: $0) }
      default: nil
      }
    guard let value else { throw JSONMismatch(expected: "the number or a standard name of \(what)", found: json) }
    return value
  }
}

/// A decimal or 0x number; nil for anything else.
func parseNumber(_ text: some StringProtocol) -> UInt64? {
  text.hasPrefix("0x") || text.hasPrefix("0X") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
}

extension NameTable {
  /// rt_tables.
  static let tables = NameTable(
    "a routing table (a name of the router's own needs its rt_tables file)",
    ["unspec": 0, "default": 253, "main": 254, "local": 255])

  /// rt_protos.
  static let protocols = NameTable(
    "a routing protocol (a name of the router's own needs its rt_protos file)",
    [
      "unspec": 0, "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11,
      "bird": 12, "dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "mrouted": 17, "keepalived": 18, "babel": 42,
      "ovn": 84, "openr": 99, "bgp": 186, "isis": 187, "ospf": 188, "rip": 189, "eigrp": 192,
    ])

  static let scopes = NameTable(
    "a scope", ["global": 0, "universe": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255])

  static let realms = NameTable("a realm", ["cosmos": 0])

  static let linkGroups = NameTable("a link group", ["default": 0])

  /// rt_dsfield: the whole byte.
  static let tos = NameTable(
    "a TOS value",
    [
      "default": 0, "AF11": 0x28, "AF12": 0x30, "AF13": 0x38, "AF21": 0x48, "AF22": 0x50, "AF23": 0x58, "AF31": 0x68,
      "AF32": 0x70, "AF33": 0x78, "AF41": 0x88, "AF42": 0x90, "AF43": 0x98, "CS1": 0x20, "CS2": 0x40, "CS3": 0x60,
      "CS4": 0x80, "CS5": 0xa0, "CS6": 0xc0, "CS7": 0xe0, "EF": 0xb8,
    ])

  /// The protocols that /etc/protocols names and that a rule is likely to select.
  static let ipProtocols = NameTable(
    "an IP protocol",
    [
      "ip": 0, "hopopt": 0, "icmp": 1, "igmp": 2, "ipencap": 4, "ipip": 4, "tcp": 6, "egp": 8, "igp": 9, "udp": 17,
      "dccp": 33, "ipv6": 41, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "ipv6-icmp": 58, "icmpv6": 58, "eigrp": 88,
      "ospf": 89, "pim": 103, "vrrp": 112, "l2tp": 115, "sctp": 132, "udplite": 136, "mpls-in-ip": 137,
    ])

  /// `RTN_*`.
  static let routeTypes = NameTable(
    "a route type",
    [
      "none": 0, "unspec": 0, "unicast": 1, "local": 2, "broadcast": 3, "anycast": 4, "multicast": 5, "blackhole": 6,
      "unreachable": 7, "prohibit": 8, "throw": 9, "nat": 10, "xresolve": 11,
    ])

  static let plain = NameTable("a number", [:])
}
