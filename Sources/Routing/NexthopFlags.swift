/// Per-nexthop flags (`rtnh_flags`, and the low byte of `rtm_flags` for a route with one nexthop).
package struct NexthopFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// RTNH_F_DEAD: not used; in dumps also set where `linkdown` is ignored by sysctl.
  package static let dead = NexthopFlags(rawValue: 1)
  package static let pervasive = NexthopFlags(rawValue: 2)
  /// RTNH_F_ONLINK: the gateway is taken as directly reachable.
  package static let onlink = NexthopFlags(rawValue: 4)
  /// RTNH_F_OFFLOAD: forwarding happens in hardware, which has a hash of its own.
  package static let offload = NexthopFlags(rawValue: 8)
  /// RTNH_F_LINKDOWN: the device has no carrier.
  package static let linkdown = NexthopFlags(rawValue: 16)
  package static let unresolved = NexthopFlags(rawValue: 32)
  package static let trap = NexthopFlags(rawValue: 64)
}
