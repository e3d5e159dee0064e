import MultipathHash
import Routing

/// What of a packet itself, beside its addresses, decides whether it is forwarded.
extension Walk {
  private var facts: ForwardingFacts? {
    isForwarded && question == .traffic ? packet?.facts : nil
  }

  /// Why the kernel drops the packet before it looks at an address.
  var faultBeforeLookup: PacketFault? { facts?.fault }

  /// Notes what is unknown of the packet and decides whatever the route is.
  mutating func notePacketCaveats() {
    guard let packet, let facts else { return }
    if facts.isLabelled { caveats.insert(.kernelBehaviour) }
    let seenByRules: CaptureCut =
      table.hasher(flow.family).hasPortRules ? [.outerProtocol, .outerPorts] : []
    if !packet.cut.isDisjoint(with: seenByRules.union(.options)) { caveats.insert(.captureCut) }
  }

  /// The decision that takes the place of one to forward or to deliver; nil when that stands.
  ///
  /// Mirrors ip_rcv_options() and ip_forward(), net/ipv4, and ip6_forward(), net/ipv6, Linux 6.12.
  mutating func refusalAfterLookup(_ decision: Decision) -> Decision? {
    guard let facts else { return nil }
    if facts.sourceRoute != nil, let refusal = refusalOfSourceRoute(facts, decision) { return refusal }
    switch decision.outcome {
    case .sent, .undetermined: break
    case .local where facts.hasSegmentsLeft:
      // It goes on to the next segment where `seg6_enabled` or `rpl_seg_enabled` is 1.
      var unknown = Decision(outcome: .undetermined)
      unknown.caveats = .kernelBehaviour
      return unknown
    default: return nil
    }
    if facts.isLinkBroadcast { return Decision(outcome: .dropped(.linkBroadcast)) }
    if facts.hopLimit <= 1 { return Decision(outcome: .dropped(.timeExceeded)) }
    return nil
  }

  private func refusalOfSourceRoute(_ facts: ForwardingFacts, _ decision: Decision) -> Decision? {
    let accepts = table.links.acceptsSourceRoutes(ingress)
    if accepts == false { return Decision(outcome: .dropped(.sourceRoute)) }
    switch decision.outcome {
    case .sent where accepts == true, .undetermined where accepts == true:
      return facts.sourceRoute == .strict ? Decision(outcome: .dropped(.strictSourceRoute)) : nil
    case .broadcast where accepts == true:
      return Decision(outcome: .dropped(.sourceRoute))
    case .refused, .dropped:
      return nil
    default:
      // It goes on to an address of the option, or it is not known whether such options are accepted.
      var unknown = Decision(outcome: .undetermined)
      unknown.caveats = .kernelBehaviour
      return unknown
    }
  }

  /// Notes that the packet does not fit through the nexthop that was chosen (`ip_exceeds_mtu()`, `ip6_pkt_too_big()`).
  mutating func noteMTU(_ decision: Decision, route index: Int) {
    guard let facts, !facts.mayBeFragmented, case .sent = decision.outcome, let nexthop = decision.nexthop,
      let link = table.links.link(nexthop.interface)
    else { return }
    let metrics = table.state.routes[index].extras?.metrics ?? []
    let ofRoute = metrics.first { $0.kind == RouteMetric.mtu && $0.value != 0 }?.value
    let isLocked = metrics.contains { $0.kind == RouteMetric.lock && $0.value & 1 << UInt32(RouteMetric.mtu) != 0 }
    let mtu =
      switch flow.family {
      case .ipv4: ofRoute ?? link.mtu
      case .ipv6: max(isLocked ? ofRoute ?? link.mtu : link.ipv6MTU ?? link.mtu, 1280)
      }
    if facts.length > Int(mtu) { caveats.insert(.exceedsMTU) }
  }
}

extension ForwardingTable {
  /// The smallest MTU that any IPv4 packet may meet, and no larger one than any IPv6 packet may.
  package var smallestMTU4: UInt32 {
    var smallest = state.links.map { min($0.mtu, $0.ipv6MTU ?? $0.mtu) }.min() ?? 0
    for index in state.routes.indices where state.routes[index].family == .ipv4 {
      for metric in state.routes[index].extras?.metrics ?? [] where metric.kind == RouteMetric.mtu && metric.value != 0
      {
        smallest = min(smallest, metric.value)
      }
    }
    return smallest
  }
}

extension RouteMetric {
  /// RTAX_LOCK.
  fileprivate static let lock: UInt16 = 1
  /// RTAX_MTU.
  fileprivate static let mtu: UInt16 = 2
}
