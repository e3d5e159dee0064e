import Forwarding
import MultipathHash
import Placement
import Routing
import TestSupport
import Testing

@Suite("Seeds tried on flows")
struct SeedTuningTests {
  private static func sample(_ flows: [Flow], _ table: ForwardingTable, most: Int = SeedSample.most) -> SeedSample {
    var divider = FlowDivider(table)
    var sample = SeedSample(most: most)
    for flow in flows { sample.add(divider.dependence(of: flow), divider.divisions, weight: flow.weight) }
    return sample
  }

  private static func weighted(_ flows: [Flow]) -> [Flow] {
    flows.enumerated().map { index, flow in
      var flow = flow
      flow.weight = UInt64(1 + index % 17)
      return flow
    }
  }

  @Test(
    "A seed gives each nexthop what the decisions under it give, and moves the same flows",
    arguments: MultipathLab.Kind.allCases, AddressFamily.allCases)
  func equal(kind: MultipathLab.Kind, family: AddressFamily) {
    for policy in 0...3 as ClosedRange<UInt8> {
      var lab = MultipathLab.equal(5, kind)
      lab.family = family
      lab.policy = policy
      lab.members[2].weight = 7
      let state = lab.state
      let flows = Self.weighted(lab.flows(2500, seed: UInt64(policy)))
      let table = ForwardingTable(state)
      let tuning = SeedTuning(Self.sample(flows, table), table, today: lab.seed)
      #expect(tuning.groups.count == 1)
      for seed in [1, 4711, 0xffff_ffff] as [UInt32] {
        var other = state
        other.settings.hashSeed = seed
        let after = ForwardingTable(other)
        var disruption = Disruption(before: table, after: after, comparesSchemes: false, judgesAnycast: false)
        var weights: [Decision.Choice: UInt64] = [:]
        for flow in flows {
          let decision = after.decide(flow)
          disruption.add(flow, before: table.decide(flow), after: decision, weight: flow.weight)
          if let nexthop = decision.nexthop { weights[nexthop, default: 0] += flow.weight }
        }
        let placement = tuning.placement(under: seed)
        #expect(placement.weights[0] == tuning.groups[0].members.map { weights[$0] ?? 0 }, "policy \(policy)")
        #expect(placement.score.moved == disruption.moved, "policy \(policy)")
        let sum = Double(flows.reduce(0) { $0 + $1.weight })
        let overload = zip(tuning.groups[0].members, tuning.groups[0].ideals).map {
          Double(weights[$0] ?? 0) / (sum * $1)
        }.max()
        #expect(abs(placement.score.overload - (overload ?? 0)) < 1e-9)
        #expect(tuning.scores(of: [seed], threads: 2) == [placement.score])
      }
      #expect(tuning.placement(under: lab.seed).score.moved?.flows == 0)
    }
  }

  @Test("Both headers of a tunnel are hashed under the new key", arguments: [0x43 as UInt32, 0x40, 0xc7, 0xfff])
  func tunnels(fields: UInt32) {
    var lab = MultipathLab.equal(4)
    lab.policy = 3
    var state = lab.state
    state.settings.ipv4Hash.fields = fields
    let flows = lab.flows(600).enumerated().map { index, flow in
      var flow = flow
      guard index % 3 > 0 else { return flow }
      flow.ipProtocol = 4
      flow.inner = Flow.Inner(
        source: IPAddress(ipv4: 0x0a00_0000 | UInt32(index)), destination: IPAddress(ipv4: 0x0a01_0000), ipProtocol: 6,
        sourcePort: UInt16(index), destinationPort: 80)
      return flow
    }
    let table = ForwardingTable(state)
    let sample = Self.sample(flows, table)
    #expect(sample.all.flows == 600)
    let tuning = SeedTuning(sample, table, today: lab.seed)
    state.settings.hashSeed = 99
    let after = ForwardingTable(state)
    let decisions = flows.compactMap { after.decide($0).nexthop }
    let placement = tuning.placement(under: 99)
    #expect(placement.weights[0] == tuning.groups[0].members.map { member in UInt64(decisions.count { $0 == member }) })
    #expect(placement.weights[0].reduce(0, +) == 600)
  }

  @Test("Samples add up to that of all flows, whatever the state", arguments: AddressFamily.allCases)
  func sums(family: AddressFamily) {
    for round in 0..<20 as Range<UInt64> {
      var random = RandomState(family, isPlain: round % 2 == 0, using: SeededGenerator(seed: 77 &+ round))
      let table = ForwardingTable(random.state)
      let flows = Self.weighted((0..<600).map { _ in random.flow() })
      let whole = Self.sample(flows, table)
      var parts = SeedSample()
      for start in stride(from: 0, to: 600, by: 150) {
        parts.add(Self.sample(Array(flows[start..<start + 150]), table))
      }
      #expect(parts.all == whole.all)
      #expect(parts.hashed == whole.hashed)
      #expect(parts.inputs == whole.inputs)
      #expect(parts.caveats == whole.caveats)
      let (left, right) = (SeedTuning(parts, table, today: 3), SeedTuning(whole, table, today: 3))
      let seeds = (1...20).map { UInt32($0) }
      #expect(left.scores(of: seeds) == right.scores(of: seeds, threads: 1), "generator seed \(77 &+ round)")
    }
  }

  @Test("Flows with one input are one, and what there is no room for is counted")
  func bound() {
    let lab = MultipathLab.equal(4)
    let table = ForwardingTable(lab.state)
    let flows = lab.flows(100)
    let sample = Self.sample(flows + flows + flows, table)
    #expect(sample.inputs == 100)
    #expect(sample.hashed.flows == 300)
    let small = Self.sample(flows + flows, table, most: 40)
    #expect(small.inputs == 40)
    #expect(small.hashed.flows == 80)
    #expect(small.leftOut.flows == 120)
    let tuning = SeedTuning(small, table, today: nil)
    #expect(tuning.groups[0].count.flows == 80)
    #expect(tuning.placement(under: 5).score.moved == nil)
  }

  @Test("Flows that bring their hash along stay where they are")
  func fixed() {
    let lab = MultipathLab.equal(4)
    let table = ForwardingTable(lab.state)
    let flows = lab.flows(200).enumerated().map { index, flow in
      var flow = flow
      if index < 150 { flow.layer4Hash = .value(0xffff_fff0) }
      return flow
    }
    let sample = Self.sample(flows, table)
    #expect(sample.fixed.flows == 150)
    #expect(sample.hashed.flows == 50)
    let tuning = SeedTuning(sample, table, today: lab.seed)
    for seed in 1...10 as ClosedRange<UInt32> {
      let placement = tuning.placement(under: seed)
      #expect(placement.weights[0][3] >= 150)
      #expect(placement.weights[0].reduce(0, +) == 200)
      #expect((placement.score.moved?.flows ?? 99) <= 50)
    }
  }

  @Test("The best seed has the smallest overload; of equals it moves the least")
  func best() throws {
    let lab = MultipathLab.equal(4)
    let table = ForwardingTable(lab.state)
    // Four flows on four nexthops: a seed in ten separates them.
    let tuning = SeedTuning(Self.sample(lab.flows(4), table), table, today: lab.seed)
    let scores = tuning.scores(of: (1...500).map { UInt32($0) })
    let best = try #require(SeedTuning.best(of: scores))
    #expect(best.overload == 1)
    let perfect = scores.filter { $0.overload == 1 }
    #expect(perfect.count > 20 && perfect.count < 100, "\(perfect.count)")
    #expect(best.moved?.flows == perfect.compactMap { $0.moved?.flows }.min())
    #expect(SeedTuning.best(of: []) == nil)
  }

  @Test("Chance scatters shares as the deviation says, and uneven buckets can not be mended")
  func chance() throws {
    var lab = MultipathLab.equal(3, .resilient)
    lab.buckets = 8
    let table = ForwardingTable(lab.state)
    let tuning = SeedTuning(Self.sample(lab.flows(3000), table), table, today: nil)
    let group = tuning.groups[0]
    // Three, three and two of eight buckets.
    #expect(abs(group.leastOverload - 1.125) < 1e-9)
    #expect(abs(group.effectiveFlows - 3000) < 1e-6)
    let shares = (1...400 as ClosedRange<UInt32>).map { Double(tuning.placement(under: $0).weights[0][0]) / 1000 }
    let mean = shares.reduce(0, +) / 400
    let deviation = (shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399).squareRoot()
    #expect(abs(mean - group.shares[0] * 3) < 0.01)
    #expect(abs(deviation / group.deviation - 1) < 0.2, "\(deviation), \(group.deviation)")
  }
}
