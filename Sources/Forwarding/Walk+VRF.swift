import MultipathHash
import Routing

/// What a VRF makes of the interfaces of a flow.
extension Walk {
  /// The interface that the kernel takes a packet to come in by; nil for a flow of this machine.
  ///
  /// A packet that arrives on a member of a VRF goes on as one of the VRF device, but for neighbour discovery
  /// (`vrf_ip_rcv()`, `vrf_ip6_rcv()`, drivers/net/vrf.c). A query names what it likes.
  static func ingress(of flow: Flow, in table: ForwardingTable, question: ForwardingTable.Question) -> UInt32? {
    guard flow.origin == .forwarded else { return nil }
    guard question == .traffic, let vrf = table.links.vrf(of: flow.inputInterface), !flow.isNeighbourDiscovery else {
      return flow.inputInterface
    }
    return vrf
  }

  /// The decision for an IPv6 destination that is looked for on one link, where that belongs to a VRF: its table is
  /// asked alone, without the rules. nil for all others.
  ///
  /// Mirrors `l3mdev_link_scope_lookup()` of output, which knows only link-local addresses and groups, and
  /// `vrf_ip6_input_dst()` of input.
  mutating func linkScopeDecision() -> Decision? {
    guard flow.family == .ipv6, table.links.hasVRFs, needsInterface else { return nil }
    let member = isForwarded ? flow.inputInterface : flow.outputInterface
    guard let vrf = table.links.vrf(of: member), let id = table.links.table(ofVRF: vrf) else { return nil }
    if isForwarded {
      guard question == .traffic, member != vrf, !flow.isNeighbourDiscovery else { return nil }
    } else {
      guard !flow.destination.isLoopback else { return nil }
      // The VRF device has no link of its own.
      if member == vrf { return Decision(outcome: .refused(.unreachable)) }
    }
    let others = interfaces
    interfaces.scored = member
    interfaces.sibling = member
    interfaces.keepsNexthop = false
    if let decision = lookUp(id, rule: nil) { return decision }
    interfaces = others
    return isForwarded ? nil : Decision(outcome: .refused(.unreachable))
  }
}

extension Flow {
  /// Whether it is a message of neighbour discovery (`ipv6_ndisc_frame()`).
  fileprivate var isNeighbourDiscovery: Bool {
    let types: ClosedRange<UInt8> = 133...137
    return family == .ipv6 && ipProtocol == family.icmpProtocol && icmp.map { types.contains($0.type) } ?? false
  }
}
