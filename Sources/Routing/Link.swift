/// A network interface (RTM_NEWLINK).
package struct Link: Hashable, Sendable {
  /// 1 and up.
  package var index: UInt32
  package var name: String
  /// `IFF_*`.
  package var flags: UInt32
  /// IFLA_OPERSTATE: 0 unknown, 1 notpresent, 2 down, 3 lowerlayerdown, 4 testing, 5 dormant, 6 up.
  package var operationalState: UInt8
  package var mtu: UInt32
  /// `net.ipv6.conf.*.mtu` where it differs: a smaller one set there, or told by a router advertisement.
  package var ipv6MTU: UInt32?
  /// The link kind of IFLA_INFO_KIND, such as `veth` or `vrf`.
  package var kind: String?
  /// The interface that this one is enslaved to (bridge, bond, VRF).
  package var master: UInt32?
  /// The interface that this one stands on (VLAN, macvlan), or a veth's peer; nil when it is in another namespace.
  package var lower: UInt32?
  /// Whether it is a macvlan or macvtap in passthru mode, which all that the interface below receives is for.
  package var takesAllOfLower = false
  /// The routing table of a VRF device.
  package var vrfTable: UInt32?
  /// Whether packets sent to a VRF device wait in a queueing discipline (IFLA_QDISC other than `noqueue`); false for
  /// others.
  package var queues: Bool
  /// IFLA_GROUP, the number that `suppress_ifgroup` compares.
  package var group: UInt32
  /// IFLA_ALT_IFNAME: other names that commands may call it by.
  package var alternativeNames: [String]

  package init(
    index: UInt32, name: String, flags: UInt32, operationalState: UInt8 = 0, mtu: UInt32 = 1500, kind: String? = nil,
    master: UInt32? = nil, lower: UInt32? = nil, vrfTable: UInt32? = nil, queues: Bool = false,
    group: UInt32 = 0, alternativeNames: [String] = []
  ) {
    self.index = index
    self.name = name
    self.flags = flags
    self.operationalState = operationalState
    self.mtu = mtu
    self.kind = kind
    self.master = master
    self.lower = lower
    self.vrfTable = vrfTable
    self.queues = queues
    self.group = group
    self.alternativeNames = alternativeNames
  }

  /// Whether the name, or one of the alternative names, is this (`__dev_get_by_name()`, net/core/dev.c).
  package func isNamed(_ name: String) -> Bool { self.name == name || alternativeNames.contains(name) }

  /// IFF_UP: the administrator's side.
  package var isUp: Bool { flags & 0x1 != 0 }

  /// IFF_LOOPBACK.
  package var isLoopback: Bool { flags & 0x8 != 0 }

  /// IFF_POINTOPOINT.
  package var isPointToPoint: Bool { flags & 0x10 != 0 }

  /// The address of the neighbour entry for a gateway: IPv4 has one for all on an interface without link-layer addresses
  /// (`__ipv4_neigh_lookup_noref()`, net/arp.h).
  package func neighbourAddress(_ gateway: IPAddress) -> IPAddress {
    gateway.family == .ipv4 && (isLoopback || isPointToPoint) ? .unspecified(.ipv4) : gateway
  }

  /// Carrier as the FIB sees it: IFF_RUNNING or IFF_LOWER_UP (`netif_carrier_ok()` with a usable operational state).
  package var hasCarrier: Bool { flags & (0x40 | 0x10000) != 0 }
}

/// An address of an interface (RTM_NEWADDR).
package struct InterfaceAddress: Hashable, Sendable {
  /// Interface index.
  package var interface: UInt32
  /// The machine's own address.
  package var address: IPAddress
  /// The peer's address on a point-to-point link (IFA_ADDRESS where it differs from IFA_LOCAL).
  package var peer: IPAddress?
  package var prefixLength: UInt8
  package var scope: UInt8
  /// IFA_FLAGS: `IFA_F_*`.
  package var flags: UInt32

  /// IFA_F_NODAD: an IPv6 address that is used at once, without looking for another machine that has it.
  package static let withoutDuplicateDetection: UInt32 = 0x02

  /// IFA_F_PERMANENT: an address whose lifetime does not end.
  package var isPermanent: Bool { flags & 0x80 != 0 }

  package init(
    interface: UInt32, address: IPAddress, peer: IPAddress? = nil, prefixLength: UInt8, scope: UInt8 = 0,
    flags: UInt32 = 0
  ) {
    self.interface = interface
    self.address = address
    self.peer = peer
    self.prefixLength = prefixLength
    self.scope = scope
    self.flags = flags
  }
}
