/// The names of the ICMP and ICMPv6 types that people ask about, as in IANA's registries.
package enum ICMPTypeName {
  private static let ipv4: [(name: String, number: UInt8)] = [
    ("echo-request", 8), ("echo-reply", 0), ("destination-unreachable", 3), ("source-quench", 4), ("redirect", 5),
    ("time-exceeded", 11), ("parameter-problem", 12), ("router-advertisement", 9), ("router-solicitation", 10),
    ("timestamp-request", 13), ("timestamp-reply", 14),
  ]
  private static let ipv6: [(name: String, number: UInt8)] = [
    ("echo-request", 128), ("echo-reply", 129), ("destination-unreachable", 1), ("packet-too-big", 2),
    ("time-exceeded", 3), ("parameter-problem", 4), ("router-solicitation", 133), ("router-advertisement", 134),
    ("neighbour-solicitation", 135), ("neighbour-advertisement", 136), ("redirect", 137),
  ]

  private static func names(_ family: AddressFamily) -> [(name: String, number: UInt8)] {
    family == .ipv4 ? ipv4 : ipv6
  }

  /// The number of a name in the ICMP of the family.
  package static func number(of name: String, family: AddressFamily) -> UInt8? {
    names(family).first { $0.name == name }?.number
  }

  /// The name of a number; nil when there is none here.
  package static func name(of number: UInt8, family: AddressFamily) -> String? {
    names(family).first { $0.number == number }?.name
  }

  /// Every name of the family.
  package static func all(_ family: AddressFamily) -> [String] { names(family).map(\.name) }
}
