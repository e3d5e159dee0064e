package import MultipathHash
package import Routing

/// Where one flow goes, and why.
package struct Decision: Hashable, Sendable {
  /// What becomes of the packet.
  package enum Outcome: Hashable, Sendable {
    /// It leaves through `Decision.nexthop`.
    case sent
    /// It is delivered to this machine.
    case local
    /// It goes to every machine of the network, or to a multicast group; no multipath is involved.
    case broadcast
    /// A route or a rule of this type refuses it; `unreachable` also when there is no route at all.
    case refused(RouteType)
    /// The kernel drops it before or after the lookup.
    case dropped(DropReason)
    /// It is spread over several nexthops and which one can not be computed; the caveats say why.
    case undetermined
  }

  /// Why a packet is neither forwarded nor answered by a route.
  package enum DropReason: Hashable, Sendable {
    case forwardingDisabled
    case martianSource
    case martianDestination
    case localSource
    case reversePath
    case sourceNotLocal
    case linkScope
    case ipv6Disabled
    case multicast
    case noFamily
    case timeExceeded
    case linkBroadcast
    case sourceRoute
    case strictSourceRoute
    case packet(PacketFault)

    /// The reason as a part of a sentence.
    package var text: String {
      switch self {
      case .forwardingDisabled: "forwarding is disabled on the ingress interface"
      case .martianSource: "the source address is not valid for a forwarded packet"
      case .martianDestination: "the destination address is not valid for a forwarded packet"
      case .localSource: "the source address belongs to this machine"
      case .reversePath: "the reverse path filter of the ingress interface drops it"
      case .sourceNotLocal: "the source address does not belong to this machine"
      case .linkScope: "link-local addresses are not forwarded"
      case .ipv6Disabled: "IPv6 is disabled on the interface that it comes in or leaves by, or its MTU is below 1280"
      case .multicast: "multicast is not routed by the unicast tables"
      case .noFamily: "source and destination are of different address families"
      case .timeExceeded: "the TTL or hop limit is used up; the sender is told so"
      case .linkBroadcast: "a link-layer broadcast or multicast is not forwarded to a unicast address"
      case .sourceRoute: "source routes are not accepted"
      case .strictSourceRoute: "a strict source route that does not name this machine"
      case .packet(let fault): fault.text
      }
    }
  }

  /// How the nexthop was picked.
  package enum Selection: Hashable, Sendable {
    /// There was nothing to choose.
    case single
    /// Legacy multipath: the index of the leg in the route.
    case legacy(leg: Int)
    /// A hash-threshold group: its id and the index of the member.
    case threshold(group: UInt32, member: Int)
    /// A resilient group: its id and the bucket.
    case resilient(group: UInt32, bucket: Int)
  }

  /// The way out that was chosen.
  package struct Choice: Hashable, Sendable {
    package var gateway: IPAddress?
    /// Interface index.
    package var interface: UInt32
    /// The id of the nexthop object; nil for a leg written in the route.
    package var id: UInt32?
    package var weight: UInt32

    package init(gateway: IPAddress?, interface: UInt32, id: UInt32? = nil, weight: UInt32 = 1) {
      self.gateway = gateway
      self.interface = interface
      self.id = id
      self.weight = weight
    }
  }

  package var outcome: Outcome
  /// Index into `RoutingState.rules`; nil where none decided, or one that the state does not have.
  package var rule: Int?
  /// Index into `RoutingState.routes`.
  package var route: Int?
  package var selection: Selection?
  package var nexthop: Choice?
  /// The source address that `connect()` selects for a socket without one, and looks up again with.
  package var selectedSource: IPAddress?
  /// The 31-bit value that selection used; nil when nothing was hashed or the key is unknown.
  package var hash: UInt32?
  /// Empty for an exact decision.
  package var caveats: Caveats = []

  package init(outcome: Outcome) {
    self.outcome = outcome
  }

  /// What becomes of a frame that can not be taken apart.
  package init(fault: PacketFault) {
    outcome = fault == .captureCut ? .undetermined : .dropped(.packet(fault))
    if fault == .captureCut { caveats = .captureCut }
  }

  package var isExact: Bool { caveats.isEmpty }

  /// Whether a hash chose the nexthop, or would have.
  package var isHashed: Bool { outcome == .undetermined || selection.map { $0 != .single } ?? false }
}
