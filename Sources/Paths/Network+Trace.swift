package import Forwarding
package import Routing

extension Network {
  /// The way of a packet from a router on.
  ///
  /// - Parameters:
  ///   - flow: the packet as the first router sees it: interfaces are indices of that router.
  ///   - start: index of the first router.
  package func path(of flow: Flow, from start: Int) -> Path {
    var path = Path(hops: [], end: .undetermined)
    var seen: [Port: Int] = [:]
    var flow = flow
    var port = Port(router: start, interface: flow.inputInterface)
    while true {
      if let first = seen[port] {
        path.end = .loop(first)
        return path
      }
      // A local packet that returns to its origin comes in by an interface.
      seen[port] = path.hops.count
      let decision = routers[port.router].table.decide(flow)
      path.hops.append(Path.Hop(router: port.router, flow: flow, decision: decision))
      guard case .sent = decision.outcome, let nexthop = decision.nexthop else {
        path.end = Self.end(decision.outcome)
        return path
      }
      switch onward(decision, nexthop, of: flow, at: port.router) {
      case .success(let next):
        flow = Self.carried(flow, decision, into: next.interface)
        port = next
      case .failure(let stop):
        path.end = stop.end
        return path
      }
    }
  }

  /// The way of the answer: from where `path` ends, back to its source.
  ///
  /// nil where the way there does not end at a machine that could answer.
  package func answer(to path: Path) -> Path? {
    guard let last = path.hops.last else { return nil }
    var flow = last.flow.answer
    switch path.end {
    case .delivered: break
    case .onLink, .left:
      guard let nexthop = last.decision.nexthop else { return nil }
      flow.inputInterface = nexthop.interface
      flow.origin = .forwarded
    default: return nil
    }
    return self.path(of: flow, from: last.router)
  }

  private struct Stop: Error {
    var end: Path.End
  }

  private func onward(
    _ decision: Decision, _ nexthop: Decision.Choice, of flow: Flow, at router: Int
  ) -> Result<Port, Stop> {
    if routers[router].table.encapsulation(of: decision) != nil { return .failure(Stop(end: .tunnel)) }
    let port = Port(router: router, interface: nexthop.interface)
    switch next(from: port, to: nexthop.gateway ?? flow.destination) {
    case .nobody: return .failure(Stop(end: nexthop.gateway == nil ? .onLink : .left))
    case .ambiguous(let routers): return .failure(Stop(end: .ambiguous(routers)))
    case .port(let next):
      guard !flow.source.isUnspecified || decision.selectedSource != nil else {
        return .failure(Stop(end: .sourceUnknown))
      }
      return .success(next)
    }
  }

  private static func end(_ outcome: Decision.Outcome) -> Path.End {
    switch outcome {
    case .local: .delivered
    case .broadcast: .broadcast
    case .refused, .dropped: .refused
    case .sent, .undetermined: .undetermined
    }
  }

  /// The packet as the next router gets it: marks, users and sockets stay behind.
  private static func carried(_ flow: Flow, _ decision: Decision, into interface: UInt32) -> Flow {
    var flow = flow
    if flow.source.isUnspecified, let source = decision.selectedSource { flow.source = source }
    flow.origin = .forwarded
    flow.inputInterface = interface
    flow.outputInterface = 0
    flow.mark = 0
    flow.userID = nil
    flow.socket = nil
    flow.unknown.subtract([.mark, .lookup])
    // A NIC hashes anew; that no hash is brought along holds for the whole way.
    if flow.layer4Hash != .absent { flow.layer4Hash = .unknown }
    return flow
  }
}

extension Flow {
  /// The packet that answers this one, as its receiver sends it.
  fileprivate var answer: Flow {
    var flow = Flow(
      source: destination, destination: source, ipProtocol: ipProtocol, sourcePort: destinationPort,
      destinationPort: sourcePort, tos: tos, layer4Hash: layer4Hash == .absent ? .absent : .unknown, weight: weight)
    // The answer's own label is chosen by its sender.
    if family == .ipv6 { flow.unknown.insert(.flowLabel) }
    switch icmp?.type {
    case 8 where family == .ipv4: flow.icmp = ICMPMessage(type: 0)
    case 128 where family == .ipv6: flow.icmp = ICMPMessage(type: 129)
    default: break
    }
    flow.inner = inner.map { inner in
      Inner(
        source: inner.destination, destination: inner.source, ipProtocol: inner.ipProtocol,
        sourcePort: inner.destinationPort, destinationPort: inner.sourcePort)
    }
    return flow
  }
}
