package import Forwarding
package import MultipathHash
package import Routing

/// A router before this one, which sends it only some of the flows: those whose hash, made there, leads here.
///
/// Where both hash alike these are flows whose hash, made here, is one of few, too, so that they meet few of the nexthops:
/// polarization.
package struct UpstreamRouter: Sendable {
  /// What it does with a flow.
  package enum Passage: Hashable, Sendable {
    /// It sends it to this router.
    case here
    /// It sends it to another one, or to nobody.
    case elsewhere
    /// It sends it this way, and where that leads to is not known.
    case way(Way)
    /// Which way it sends it can not be told.
    case unknown
  }

  private let table: ForwardingTable
  private let own: Set<IPAddress>
  /// Whether one of its nexthops is known to be this router: then only flows that it sends to that one come here. Else
  /// each of its ways may lead here.
  package let isNextTo: Bool

  /// - Parameters:
  ///   - state: of that router.
  ///   - table: the state, compiled under its seed.
  ///   - here: the state of this router.
  package init(_ state: RoutingState, _ table: ForwardingTable, here: RoutingState) {
    self.table = table
    // Link-local addresses are the same on many links.
    let own = Set(here.addresses.lazy.map(\.address).filter { !$0.isLinkLocal && !$0.isLoopback })
    self.own = own
    isNextTo =
      !own.isEmpty
      && (state.routes.contains { route in route.legs.list.contains { $0.gateway.map(own.contains) ?? false } }
        || (state.nexthops ?? []).contains { $0.gateway.map(own.contains) ?? false })
  }

  /// What it does with a flow that this router gets.
  ///
  /// - Parameter packet: what `flow` was made of, where there is one.
  package func passage(of flow: Flow, packet: DissectedPacket?) -> Passage {
    guard flow.origin == .forwarded else { return .elsewhere }
    var there = flow
    // These tell of the way into this router.
    there.inputInterface = 0
    there.mark = 0
    there.unknown.remove(.mark)
    if there.layer4Hash.value != nil { there.layer4Hash = .unknown }
    var packetThere = packet
    // It has taken one away.
    if let hopLimit = packet?.facts?.hopLimit, hopLimit < .max { packetThere?.facts?.hopLimit = hopLimit + 1 }
    let decision = table.decide(there, packet: packetThere)
    switch decision.outcome {
    case .undetermined: return .unknown
    case .sent: break
    default: return .elsewhere
    }
    guard isNextTo else { return .way(Way(decision)) }
    return decision.nexthop?.gateway.map(own.contains) ?? false ? .here : .elsewhere
  }
}
