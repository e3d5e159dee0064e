/// Which interfaces a command means.
package enum LinkTarget: Hashable, Sendable {
  case interface(String)
  /// All interfaces of a group.
  case group(UInt32)
}

/// `ip link set`: RTM_NEWLINK for interfaces that exist.
///
/// Settings that say nothing about the way of a packet (queue lengths, segment sizes, aliases, the broadcast address)
/// are checked and left out.
package struct LinkRequest: Hashable, Sendable {
  package enum Master: Hashable, Sendable {
    case none
    case interface(String)
    /// An interface that has to be a VRF.
    case vrf(String)
  }

  package var target: LinkTarget
  package var isUp: Bool?
  /// As the command gives it; the kernel refuses what the interface can not have.
  package var mtu: Int32?
  package var master: Master?
  /// The group to be put into; nil where the target is a group.
  package var group: UInt32?
  /// The new name.
  package var name: String?
  package var linkLayerAddress: [UInt8]?
  /// IFLA_CARRIER: few kinds of interface take it.
  package var carrier: Bool?
  package var isProtocolDown: Bool?
  /// IFLA_OPERSTATE: 0 unknown to 6 up.
  package var operationalState: UInt8?
  /// IFLA_LINKMODE: 0 default, 1 dormant.
  package var mode: UInt8?
  /// `IFF_*` bits other than IFF_UP that the command sets or clears: multicast, allmulticast, promisc, trailers, arp,
  /// dynamic.
  package var changedFlags: UInt32 = 0
  /// The values of those bits.
  package var flags: UInt32 = 0
  /// IFLA_INET6_ADDR_GEN_MODE: 0 eui64, 1 none, 2 stable_secret, 3 random.
  package var addressGenerationMode: UInt8?

  package init(target: LinkTarget) { self.target = target }

  /// `IFF_*`, linux/if.h.
  static let notrailers: UInt32 = 0x20
  static let noarp: UInt32 = 0x80
  static let promiscuous: UInt32 = 0x100
  static let allMulticast: UInt32 = 0x200
  static let multicast: UInt32 = 0x1000
  static let dynamic: UInt32 = 0x8000
}
