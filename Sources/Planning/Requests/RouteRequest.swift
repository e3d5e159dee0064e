package import Routing

/// A routing table as a command names it.
package enum TableReference: Hashable, Sendable {
  case number(UInt32)
  /// The table of the VRF device of this name.
  case vrf(String)
}

/// Where a request wants packets to go: the nexthop of a route, or one leg of several.
package struct LegRequest: Hashable, Sendable {
  /// RTA_GATEWAY: of the route's family.
  package var gateway: IPAddress?
  /// RTA_VIA: a gateway of the other family.
  package var otherFamilyGateway: IPAddress?
  package var interface: String?
  /// 1 to 256.
  package var weight: UInt16 = 1
  /// RTNH_F_ONLINK.
  package var isOnlink = false
  /// RTA_FLOW: source realm in the high half, destination realm in the low half.
  package var realms: UInt32?
  package var encapsulation: EncapsulationRequest?

  package init() {}
}

/// `ip route add`, `del` and the like: RTM_NEWROUTE or RTM_DELROUTE.
package struct RouteRequest: Hashable, Sendable {
  package var mode: RequestMode
  package var family: AddressFamily
  /// Of the route's family, or the kernel refuses it.
  package var destination: AddressPrefix
  package var source: AddressPrefix?
  package var tos: UInt8 = 0
  package var table = TableReference.number(RouteTable.main)
  /// `rtm_type`; unspecified in a deletion that names none, which matches every type.
  package var type = RouteType.unspecified
  /// 0 in a deletion that names none, which matches every protocol.
  package var `protocol`: UInt8 = 0
  /// 255 (nowhere) in a deletion that names none, which matches every scope.
  package var scope: UInt8 = 0
  package var metric: UInt32?
  package var preferredSource: IPAddress?
  /// RTA_PREF: 0 medium, 1 high, 3 low.
  package var preference: UInt8?
  /// RTA_EXPIRES in seconds.
  package var expires: UInt32?
  package var ttlPropagate: UInt8?
  /// In the order of the command; a later one of a kind counts. The locks come last, as one bit for each kind.
  package var metrics: [RouteMetric] = []
  /// The nexthop written outside of any `nexthop`; its weight is 1.
  package var leg = LegRequest()
  /// The `nexthop`s of a multipath route; empty when there are none.
  package var legs: [LegRequest] = []
  /// RTA_NH_ID.
  package var nexthopID: UInt32?

  package init(mode: RequestMode, family: AddressFamily, destination: AddressPrefix) {
    self.mode = mode
    self.family = family
    self.destination = destination
  }
}
