import Forwarding
import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("Where each hash leads")
struct FlowDividerTests {
  private static let seed: UInt64 = 0xd171de

  @Test(
    "Whatever the state and the flows, the hash places each as the decision under the key does",
    arguments: AddressFamily.allCases, [true, false])
  func equal(family: AddressFamily, isPlain: Bool) {
    var (placed, settled, twice, ways) = (0, 0, 0, Set<Decision.Choice>())
    for round in 0..<200 as Range<UInt64> {
      let seed = Self.seed &+ round
      var random = RandomState(family, isPlain: isPlain, using: SeededGenerator(seed: seed))
      var divider = FlowDivider(ForwardingTable(random.state))
      let hashKeys = [HashKey(seed: 1), HashKey(seed: 0x89ab_cdef &+ UInt32(round))]
      let tables = hashKeys.map { ForwardingTable(random.state, key: $0) }
      for _ in 0..<200 {
        let flow = random.flow()
        let dependence = divider.dependence(of: flow)
        for (table, key) in zip(tables, hashKeys) {
          let decision = table.decide(flow)
          switch dependence {
          case .none(let always):
            settled += 1
            guard decision == always else { return Self.record(flow, decision, "\(always)", seed) }
          case .twice: twice += 1
          case .hash(let trace, let number):
            placed += 1
            let division = divider.divisions[number].division
            var numbers: [UInt32] = [0]
            division.numbers(of: [Self.hash(trace, key)], count: 1, into: &numbers)
            let outcome = division.outcomes[Int(numbers[0])]
            if let nexthop = outcome.nexthop { ways.insert(nexthop) }
            guard
              decision.outcome == outcome.outcome, decision.nexthop == outcome.nexthop,
              decision.caveats == outcome.caveats
            else { return Self.record(flow, decision, "\(outcome)", seed) }
          }
        }
      }
      for division in divider.divisions {
        #expect(abs(division.division.shares.reduce(0, +) - 1) < 1e-9)
      }
    }
    #expect(placed > 4000, "\(placed)")
    #expect(settled > 1000)
    #expect(isPlain || twice > 10)
    #expect(ways.count > 10)
  }

  private static func record(_ flow: Flow, _ decision: Decision, _ other: String, _ seed: UInt64) {
    Issue.record("\(flow): \(other), not \(decision); state of generator seed \(seed)")
  }

  /// The hash of what a trace has hashed under another key.
  private static func hash(_ trace: HashTrace, _ key: HashKey) -> UInt32 {
    switch trace.result {
    case .sipHash: (trace.outerOrOnly?.hash(key: key) ?? 0) >> 1
    case .mixed: JenkinsHash.mix(trace.outer?.hash(key: key) ?? 0, trace.inner?.hash(key: key) ?? 0) >> 1
    case .layer4Hash, .nothing: trace.hash31
    }
  }

  @Test("Routes over one group share its division, whatever their number")
  func sharing() {
    let gateways = (1...3).map { IPAddress(ipv4: 0x0a01_0002 + UInt32($0) << 8) }
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: (1...4).map { Link(index: $0, name: "d\($0)", flags: 0x1_1043) }, rules: Rule.defaults(.ipv4))
    state.settings.hashSeed = 1
    state.nexthops = gateways.enumerated().map { index, gateway in
      Nexthop(
        id: UInt32(index) + 1, family: .ipv4,
        target: .device(interface: UInt32(index) + 2, gateway: gateway, encapsulation: nil))
    }
    state.groups = [NexthopGroup(id: 50, members: (1...3).map { NexthopGroup.Member(id: $0, weight: 1) })]
    state.routes = (0..<500 as Range<UInt32>).map {
      Route(
        destination: Prefix(containing: IPAddress(ipv4: 0x1400_0000 | $0 << 8), length: 24),
        nexthops: .object(id: 50, expansion: .none))
    }
    var divider = FlowDivider(ForwardingTable(state))
    for number in 0..<500 as Range<UInt32> {
      let flow = Flow(
        source: IPAddress(ipv4: 0x0b00_0001), destination: IPAddress(ipv4: 0x1400_0001 | number << 8), ipProtocol: 17,
        inputInterface: 1, origin: .forwarded)
      guard case .hash(_, 0) = divider.dependence(of: flow) else {
        Issue.record("another division for \(flow.destination)")
        return
      }
    }
    #expect(divider.divisions.count == 1)
  }
}
