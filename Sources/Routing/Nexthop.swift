/// A single nexthop object (`ip nexthop`, Linux 5.3 and later).
package struct Nexthop: Hashable, Sendable {
  /// What the object does with a packet.
  package enum Target: Hashable, Sendable {
    case blackhole
    /// An entry for a bridge or VXLAN forwarding database; routes can not use it.
    case fdb(gateway: IPAddress?)
    /// Send through interface index `interface`, to `gateway` when there is one.
    case device(interface: UInt32, gateway: IPAddress?, encapsulation: Encapsulation?)
  }

  /// 1 and up; unique among single nexthops and groups of the namespace.
  package var id: UInt32
  /// The family of the object (`nh_family`).
  package var family: AddressFamily
  package var target: Target
  package var `protocol`: UInt8
  package var scope: UInt8
  /// `nh_flags`: the same bits as `NexthopFlags`.
  package var flags: UInt32

  package init(
    id: UInt32, family: AddressFamily, target: Target, protocol: UInt8 = 0, scope: UInt8 = 0, flags: UInt32 = 0
  ) {
    self.id = id
    self.family = family
    self.target = target
    self.protocol = `protocol`
    self.scope = scope
    self.flags = flags
  }

  package var gateway: IPAddress? {
    switch target {
    case .blackhole: nil
    case .fdb(let gateway), .device(_, let gateway, _): gateway
    }
  }

  /// Interface index; nil for blackhole and FDB entries.
  package var interface: UInt32? {
    if case .device(let interface, _, _) = target { interface } else { nil }
  }
}
