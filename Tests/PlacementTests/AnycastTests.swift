import Forwarding
import MultipathHash
import Placement
import Routing
import TestSupport
import Testing

@Suite("What a change means for anycast services")
struct AnycastTests {
  private static func judgement(
    _ lab: MultipathLab, _ flows: [Flow], change: (inout RoutingState) -> Void = { _ in }
  ) throws -> AnycastJudgement.Family {
    var state = lab.state
    change(&state)
    let (disruption, _) = MultipathLab.change(from: state, to: state, flows)
    return try #require(disruption.anycast?.judgement()?.families.first)
  }

  @Test(
    "Under policy 0 ICMP errors follow their flows, under the others they do not", arguments: AddressFamily.allCases)
  func errors(family: AddressFamily) throws {
    for policy in 0...3 as ClosedRange<UInt8> {
      var lab = MultipathLab.equal(4)
      lab.family = family
      lab.policy = policy
      let judged = try Self.judgement(lab, lab.flows(2000)) { $0.settings.ipv4Hash.fields = 0x37 }
      #expect(judged.family == family && judged.policyAfter.rawValue == policy)
      #expect(judged.errorsAfter.asked == AnycastSample.size && judged.errorsAfter.unknown == 0)
      #expect(judged.errorsAfter == judged.errorsBefore)
      if policy == 0 {
        #expect(judged.errorsAfter.same == judged.errorsAfter.asked)
      } else {
        #expect(
          abs(Double(judged.errorsAfter.same) / Double(judged.errorsAfter.asked) - 0.25) < 0.06, "policy \(policy)")
      }
    }
  }

  @Test("Where the key is not known, the same bytes are still the same hash")
  func unknownKey() throws {
    var lab = MultipathLab.equal(4)
    lab.policy = 0
    let flows = lab.flows(200)
    var unknown = lab
    unknown.seed = 0
    let (old, new) = (ForwardingTable(lab.state), ForwardingTable(unknown.state))
    // The hashes of the flows themselves were measured, those of the errors were not.
    var disruption = Disruption(before: new, after: new)
    for flow in flows { disruption.add(flow, before: old.decide(flow), after: old.decide(flow), weight: 1) }
    let judged = try #require(disruption.anycast?.judgement()?.families.first)
    #expect(judged.errorsAfter.same == 200 && judged.errorsAfter.unknown == 0)
    unknown.policy = 1
    let ported = ForwardingTable(unknown.state)
    var other = Disruption(before: ported, after: ported)
    for flow in flows { other.add(flow, before: old.decide(flow), after: old.decide(flow), weight: 1) }
    #expect(other.anycast?.judgement()?.families.first?.errorsAfter.unknown == 200)
  }

  @Test("Clients whose flows to one address go several ways are counted; policy 0 splits none")
  func clients() throws {
    let lab = MultipathLab.equal(2)
    var flows: [Flow] = []
    for (index, flow) in lab.flows(300).enumerated() {
      var second = flow
      second.sourcePort = UInt16(1000 + index)
      flows += [flow, second]
    }
    let table = ForwardingTable(lab.state)
    var split = 0
    for index in stride(from: 0, to: flows.count, by: 2) {
      split += Way(table.decide(flows[index])) == Way(table.decide(flows[index + 1])) ? 0 : 1
    }
    let judged = try Self.judgement(lab, flows + lab.flows(50, seed: 9))
    #expect(judged.clients == .init(sampled: 300, isWhole: true, splitBefore: split, splitAfter: split))
    #expect(split > 100)
    var quiet = lab
    quiet.policy = 0
    #expect(try Self.judgement(quiet, flows).clients.splitAfter == 0)
  }

  @Test("Of very many clients a sample is kept that tells the same")
  func sample() throws {
    let lab = MultipathLab.equal(2)
    var flows: [Flow] = []
    for flow in lab.flows(10000) {
      var second = flow
      second.sourcePort ^= 0x5555
      flows += [flow, second]
    }
    let judged = try Self.judgement(lab, flows)
    #expect(!judged.clients.isWhole)
    #expect(judged.clients.sampled > 1500 && judged.clients.sampled <= 4096)
    #expect(abs(Double(judged.clients.splitAfter) / Double(judged.clients.sampled) - 0.5) < 0.05)
  }

  @Test("Replies to flows from an address that several nexthops share come back by chance")
  func outbound() throws {
    let lab = MultipathLab.equal(4)
    let service = IPAddress(ipv4: 0xac10_ff42)
    let flows = lab.flows(1000).map { flow in
      var flow = flow
      flow.source = service
      flow.destination = IPAddress(ipv4: 0x0b00_0000 | flow.destination.ipv4Value & 0xffff)
      flow.inputInterface = 2
      return flow
    }
    let judged = try Self.judgement(lab, flows) { state in
      state.routes[0].destination = Prefix(host: service)
      state.routes.append(
        Route(
          destination: Prefix(containing: IPAddress(ipv4: 0x0b00_0000), length: 8),
          nexthops: .legs(.single(RouteLeg(interface: MultipathLab.ingress)))))
    }
    #expect(judged.outbound.asked == 1000 && judged.outbound.example == service)
    #expect(abs(Double(judged.outbound.returns) / 1000 - 0.25) < 0.05)
    // Flows from clients are none of these.
    #expect(try Self.judgement(lab, lab.flows(300)).outbound.asked == 0)
  }

  @Test("Local flows and lost ones are no evidence")
  func nothing() {
    let lab = MultipathLab.equal(2)
    let local = lab.flows(20).map { flow in
      var flow = flow
      flow.origin = .local
      flow.inputInterface = 0
      return flow
    }
    #expect(lab.change(to: lab, local).disruption.anycast?.judgement() == nil)
  }
}
