package import Forwarding
package import Routing

/// The way of one packet through the routers of a topology.
package struct Path: Hashable, Sendable {
  /// What one router does with the packet.
  package struct Hop: Hashable, Sendable {
    /// Index of the router in the network.
    package var router: Int
    /// The packet as this router sees it: the interface that it comes in by is an index of this router.
    package var flow: Flow
    package var decision: Decision
  }

  /// How the way ends.
  package enum End: Hashable, Sendable {
    /// The last router delivers the packet to itself.
    case delivered
    /// The last router sends it straight to the destination, which is no router of the topology.
    case onLink
    /// The last router sends it to a gateway, or into a wire, that no router of the topology is at.
    case left
    /// Several routers of the topology have the address that it is sent to, and no cable tells which is meant; or one has it
    /// on an interface that nothing is received by. Indices into the network's routers.
    case ambiguous([Int])
    /// It goes into a tunnel, which is not followed.
    case tunnel
    /// It goes to every machine of a network, or to a multicast group.
    case broadcast
    /// A route refuses it, or the router drops it: the last hop's decision says why.
    case refused
    /// Which nexthop it takes can not be computed: the last hop's caveats say why.
    case undetermined
    /// It comes to a router by the same interface again: the index of the hop where the loop begins.
    case loop(Int)
    /// The source address is not known, and from the second router on everything may depend on it.
    case sourceUnknown

    /// Whether the packet gets where it is meant to be, as far as the topology tells.
    package var arrives: Bool {
      switch self {
      case .delivered, .onLink, .left, .tunnel, .broadcast: true
      case .ambiguous, .refused, .undetermined, .loop, .sourceUnknown: false
      }
    }
  }

  /// At least one.
  package var hops: [Hop]
  package var end: End

  /// Of all hops.
  package var caveats: Caveats { hops.reduce(into: []) { $0.formUnion($1.decision.caveats) } }

  /// Whether every hop is.
  package var isExact: Bool { hops.allSatisfy(\.decision.isExact) }

  /// Whether the packets of `back` see the same routers, in the opposite order.
  package func isMirrored(by back: Path) -> Bool {
    hops.map(\.router) == back.hops.reversed().map(\.router)
  }
}
