import Forwarding
import MultipathHash
import Routing

/// Keeps what the judgement about anycast services needs of a stream of flows: at most `size` flows a family, drawn
/// with equal chances and the same ones for the same input, and a sample of their clients.
package struct AnycastSample: Sendable {
  package static let size = 1024

  private struct Sampled: Sendable {
    var flow: Flow
    var before: Decision
    var after: Decision
  }

  private struct Family: Sendable {
    var flows: [Sampled] = []
    var seen: UInt64 = 0
    var clients = ClientSketch()
  }

  private let before: ForwardingTable
  private let after: ForwardingTable
  private var ipv4 = Family()
  private var ipv6 = Family()

  init(before: ForwardingTable, after: ForwardingTable) {
    self.before = before
    self.after = after
  }

  /// The numbers of the two ways of a flow; nil where it is not sent.
  struct Ways {
    var before: Int?
    var after: Int?
  }

  /// Counts a forwarded flow.
  ///
  /// - Parameter sampled: tells all of it; only asked for a flow that gets into the sample.
  @inline(__always)
  mutating func add(
    source: IPAddress, destination: IPAddress, _ ways: Ways,
    _ sampled: () -> (flow: Flow, before: Decision, after: Decision)
  ) {
    guard ways.before != nil || ways.after != nil else { return }
    if case .ipv4 = destination.family {
      Self.add(source, destination, ways, to: &ipv4, sampled)
    } else {
      Self.add(source, destination, ways, to: &ipv6, sampled)
    }
  }

  @inline(__always)
  private static func add(
    _ source: IPAddress, _ destination: IPAddress, _ ways: Ways, to family: inout Family,
    _ sampled: () -> (flow: Flow, before: Decision, after: Decision)
  ) {
    family.clients.add(source: source, destination: destination, ways)
    family.seen += 1
    var place = family.flows.count
    if place == size {
      // Algorithm R: the n-th flow replaces one of the sample with the chance size/n.
      let drawn = Mix.mix(family.seen) % family.seen
      guard drawn < UInt64(size) else { return }
      place = Int(drawn)
    }
    let (flow, before, after) = sampled()
    let entry = Sampled(flow: flow, before: before, after: after)
    if place == family.flows.count { family.flows.append(entry) } else { family.flows[place] = entry }
  }

  /// The judgement on the flows so far; nil without any to judge by.
  package func judgement() -> AnycastJudgement? {
    let families = [(AddressFamily.ipv4, ipv4), (.ipv6, ipv6)].compactMap { family, sample in
      sample.seen == 0 ? nil : judge(family, sample)
    }
    return families.isEmpty ? nil : AnycastJudgement(families: families)
  }

  private func judge(_ family: AddressFamily, _ sample: Family) -> AnycastJudgement.Family {
    var result = AnycastJudgement.Family(
      family: family, policyBefore: before.hasher(family).policy, policyAfter: after.hasher(family).policy,
      clients: sample.clients.summary)
    for sampled in sample.flows {
      Self.judgeError(about: sampled.flow, sampled.before, by: before, &result.errorsBefore)
      Self.judgeError(about: sampled.flow, sampled.after, by: after, &result.errorsAfter)
      judgeReply(to: sampled.flow, sampled.after, &result.outbound)
    }
    return result
  }

  private static func judgeError(
    about flow: Flow, _ decision: Decision, by table: ForwardingTable, _ errors: inout AnycastJudgement.Errors
  ) {
    guard decision.outcome == .sent, decision.isHashed, IPProtocol.portsOffset(flow.ipProtocol) != nil,
      flow.inner == nil,
      let packet = try? PacketDissector.dissect(TooBigPacket.packet(aboutReplyTo: flow).span)
    else { return }
    var errorFlow = packet.flow(inputInterface: flow.inputInterface)
    errorFlow.mark = flow.mark
    // What a NIC would make of the error is not known; its headers are.
    errorFlow.layer4Hash = .absent
    errors.asked += 1
    let error = table.decide(errorFlow, packet: packet)
    switch error.outcome {
    case .sent: errors.same += Way(error) == Way(decision) ? 1 : 0
    case .undetermined:
      // The same bytes have the same hash under any key.
      let hasher = table.hasher(flow.family)
      let isSame = error.route == decision.route && hasher.trace(packet).hashesSame(as: hasher.trace(flow, as: .packet))
      if isSame { errors.same += 1 } else { errors.unknown += 1 }
    default: break
    }
  }

  /// Whether the reply to a flow from an address with a host route over several interfaces comes back to its sender.
  private func judgeReply(to flow: Flow, _ decision: Decision, _ outbound: inout AnycastJudgement.Outbound) {
    guard flow.inputInterface != 0, flow.inner == nil, let nexthop = decision.nexthop else { return }
    var reply = flow
    reply.inputInterface = nexthop.interface
    (reply.source, reply.destination) = (flow.destination, flow.source)
    (reply.sourcePort, reply.destinationPort) = (flow.destinationPort, flow.sourcePort)
    reply.layer4Hash = .absent
    let way = after.decide(reply)
    guard way.outcome == .sent, way.isHashed, let route = way.route, after.isHostRoute(route) else { return }
    outbound.asked += 1
    if way.nexthop?.interface == flow.inputInterface { outbound.returns += 1 }
    if outbound.example == nil { outbound.example = flow.source }
  }
}
