/// The names of IP protocols, as in IANA's registry and /etc/protocols.
package enum IPProtocolName {
  /// The first name of a number is the one that is shown.
  private static let names: [(name: String, number: UInt8)] = [
    ("tcp", 6), ("udp", 17), ("icmp", 1), ("ipv6-icmp", 58), ("icmpv6", 58), ("icmp6", 58), ("sctp", 132),
    ("dccp", 33), ("udplite", 136), ("esp", 50), ("ah", 51), ("gre", 47), ("ipip", 4), ("ipencap", 4), ("ipv6", 41),
    ("ospf", 89), ("igmp", 2), ("pim", 103), ("vrrp", 112), ("l2tp", 115), ("eigrp", 88), ("rsvp", 46), ("egp", 8),
    ("igp", 9), ("mpls-in-ip", 137), ("hopopt", 0), ("ip", 0), ("ipv6-route", 43), ("ipv6-frag", 44),
    ("ipv6-nonxt", 59), ("ipv6-opts", 60), ("etherip", 97), ("ipcomp", 108),
  ]

  /// The number of a name, without regard to case.
  package static func number(of name: String) -> UInt8? { number(utf8: name.utf8.span) }

  /// As `number(of:)`, from bytes and without allocating.
  package static func number(utf8 name: Span<UInt8>) -> UInt8? {
    for (known, number) in names where matches(name, known) { return number }
    return nil
  }

  /// The name of a number; nil when there is none here.
  package static func name(of number: UInt8) -> String? {
    names.first { $0.number == number }?.name
  }

  private static func matches(_ name: Span<UInt8>, _ known: String) -> Bool {
    guard name.count == known.utf8.count else { return false }
    var index = 0
    for byte in known.utf8 {
      let own = name[index]
      let isUpper = own >= UInt8(ascii: "A") && own <= UInt8(ascii: "Z")
      guard (isUpper ? own | 0x20 : own) == byte else { return false }
      index += 1
    }
    return true
  }
}
