/// The Ethernet protocol numbers that the flow dissector continues after.
package enum EtherType {
  package static let ipv4: UInt16 = 0x0800
  package static let ipv6: UInt16 = 0x86dd
  static let vlan: UInt16 = 0x8100
  static let providerVLAN: UInt16 = 0x88a8
  static let pppoeSession: UInt16 = 0x8864
  static let parallelRedundancy: UInt16 = 0x88fb
  static let seamlessRedundancy: UInt16 = 0x892f
  static let batman: UInt16 = 0x4305
  static let mpls: UInt16 = 0x8847
  /// A whole Ethernet frame, as GRE carries it.
  static let transparentBridging: UInt16 = 0x6558
  /// PPP in version 1 of GRE.
  static let ppp: UInt16 = 0x880b

  /// Below it the field is the length of an 802.3 frame.
  static let smallest: UInt16 = 0x0600

  private static let names: [UInt16: String] = [
    ipv4: "IPv4", ipv6: "IPv6", 0x0806: "ARP", 0x8035: "RARP", 0x88cc: "LLDP", mpls: "MPLS", 0x8848: "MPLS",
    pppoeSession: "PPPoE", 0x8863: "PPPoE", 0x888e: "EAPOL", 0x88f7: "PTP", 0x8809: "LACP", 0x9000: "loopback",
    vlan: "VLAN", providerVLAN: "VLAN", 0x9100: "VLAN 0x9100", batman: "batman-adv", 0x88e5: "MACsec",
  ]

  /// Whether people know the protocol by a name.
  static func isNamed(_ etherType: UInt16) -> Bool { names[etherType] != nil }

  /// The name of a protocol for people: its number where it has no well-known name.
  static func name(_ etherType: UInt16) -> String {
    etherType < smallest ? "802.3" : names[etherType] ?? "0x" + String(etherType, radix: 16)
  }
}
