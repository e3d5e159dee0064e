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
}
