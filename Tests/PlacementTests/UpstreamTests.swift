import Forwarding
import MultipathHash
import Placement
import Routing
import TestSupport
import Testing

@Suite("Routers one after the other")
struct UpstreamTests {
  /// A router before `MultipathLab`s, whose nexthop 2 is this address.
  private static let address = MultipathLab.gateway(2)

  private static func tuning(
    upstream: MultipathLab, here: MultipathLab, isNextTo: Bool, flows: [Flow]
  ) -> (tuning: SeedTuning, arrived: Int, passages: Set<UpstreamRouter.Passage>) {
    var state = here.state
    if isNextTo {
      state.addresses = [InterfaceAddress(interface: MultipathLab.ingress, address: address, prefixLength: 24)]
    }
    let table = ForwardingTable(state)
    let router = UpstreamRouter(upstream.state, ForwardingTable(upstream.state), here: state)
    #expect(router.isNextTo == isNextTo)
    var divider = FlowDivider(table)
    var sample = SeedSample()
    var branches: [UpstreamRouter.Passage] = []
    for flow in flows {
      let passage = router.passage(of: flow, packet: nil)
      guard passage != .elsewhere else {
        sample.addElsewhere(weight: 1)
        continue
      }
      let branch = branches.firstIndex(of: passage) ?? branches.count
      if branch == branches.count { branches.append(passage) }
      sample.add(divider.dependence(of: flow), divider.divisions, branch: branch, weight: 1)
    }
    #expect(sample.all.flows == UInt64(flows.count))
    return (SeedTuning(sample, table, today: here.seed), Int(sample.hashed.flows), Set(branches))
  }

  @Test("Two routers of one seed are polarized, and those of two are not", arguments: [true, false])
  func polarization(isNextTo: Bool) throws {
    let lab = MultipathLab.equal(4)
    let flows = lab.flows(4000)
    let (tuning, arrived, passages) = Self.tuning(upstream: lab, here: lab, isNextTo: isNextTo, flows: flows)
    let wanted: Set<UpstreamRouter.Passage> =
      isNextTo ? [.here] : Set((1...4).map { .way(MultipathLab.way($0)) })
    #expect(passages == wanted)
    #expect(tuning.groups.count == wanted.count)
    #expect(isNextTo ? (900...1100).contains(arrived) : arrived == 4000)
    // Each way of the one before leads one way here.
    let today = tuning.placement(under: lab.seed)
    #expect(today.score.overload == 4)
    for weights in today.weights { #expect(weights.count { $0 > 0 } == 1) }
    let other = tuning.placement(under: lab.seed + 1)
    #expect(other.score.overload < 1.4)
    let best = try #require(SeedTuning.best(of: tuning.scores(of: (1...200).map { UInt32($0) })))
    #expect(best.overload < 1.1)
  }

  @Test("Of three ways of the one before, a router of two meets what the ranges have in common")
  func overlap() {
    var here = MultipathLab.equal(2)
    let upstream = MultipathLab.equal(3)
    let flows = upstream.flows(6000)
    let same = Self.tuning(upstream: upstream, here: here, isNextTo: true, flows: flows)
    // The middle third is one half as well as the other.
    #expect(same.tuning.placement(under: here.seed).score.overload < 1.1)
    here.members.removeFirst()
    here.members.append(MultipathLab.Member(host: 9, weight: 2))
    // One third and two thirds: the middle third goes to the second nexthop alone.
    let uneven = Self.tuning(upstream: upstream, here: here, isNextTo: true, flows: flows)
    #expect(uneven.tuning.placement(under: here.seed).weights[0].count { $0 > 0 } == 1)
  }

  @Test("Other fields, or buckets in place of ranges, do not polarize")
  func others() {
    let upstream = MultipathLab.equal(4)
    var here = upstream
    here.policy = 0
    let flows = upstream.flows(4000)
    #expect(
      Self.tuning(upstream: upstream, here: here, isNextTo: true, flows: flows).tuning.placement(under: here.seed).score
        .overload < 1.4)
    let resilient = MultipathLab.equal(4, .resilient)
    #expect(
      Self.tuning(upstream: upstream, here: resilient, isNextTo: true, flows: flows).tuning
        .placement(under: here.seed).score.overload < 1.4)
  }

  // MARK: Pairs

  private static func likeness(
    _ here: RoutingState, _ there: RoutingState, families: [AddressFamily]? = nil
  ) -> HashLikeness {
    func router(_ state: RoutingState) -> HashLikeness.Router {
      HashLikeness.Router(state, ForwardingTable(state), seed: state.settings.hashSeed.flatMap { $0 == 0 ? nil : $0 })
    }
    return HashLikeness(here: router(here), there: router(there), families: families)
  }

  @Test("What two routers set differently is told, and nothing else")
  func obstacles() {
    let state = MultipathLab.equal(4).state
    #expect(Self.likeness(state, state).isAlike)
    #expect(Self.likeness(state, state).families == [.ipv4])
    #expect(Self.likeness(state, state).layer4 == [.ipv4])
    let divisions = Self.likeness(state, state).divisions
    #expect(divisions.count == 1 && divisions.equal == 1)

    func change(_ body: (inout RoutingState) -> Void) -> [HashLikeness.Obstacle] {
      var other = state
      body(&other)
      return Self.likeness(state, other).obstacles
    }
    #expect(change { $0.settings.hashSeed = 5 } == [.seed(here: 12345, there: 5)])
    #expect(change { $0.settings.hashSeed = 0 } == [.seedUnknown(isHere: false, isThere: true)])
    #expect(change { $0.settings.hashSeed = nil } == [.noSeed(isHere: false, isThere: true)])
    #expect(change { $0.settings.ipv4Hash.policy = 0 } == [.policy(.ipv4, here: 1, there: 0)])
    #expect(change { $0.settings.ipv6Hash.policy = 0 } == [], "no route of IPv6 spreads flows")
    #expect(change { $0.kernel.machine = "s390x" } == [.byteOrder])
  }

  @Test("Fields of one end alone, and flow labels, tell the two directions apart")
  func directions() {
    var lab = MultipathLab.equal(4)
    lab.policy = 3
    var state = lab.state
    for (fields, isAlike) in [(0x37, true), (0x3, true), (0x1, false), (0x17, false), (0x40, false), (0xc3, true)]
      as [(UInt32, Bool)]
    {
      state.settings.ipv4Hash.fields = fields
      #expect(Self.likeness(state, state).isAlike == isAlike, "\(fields)")
    }
    lab.family = .ipv6
    for (policy, isAlike) in [(0, false), (1, true), (2, false)] as [(UInt8, Bool)] {
      lab.policy = policy
      #expect(Self.likeness(lab.state, lab.state).isAlike == isAlike, "policy \(policy)")
    }
    #expect(Self.likeness(lab.state, lab.state, families: [.ipv4]).isAlike)
  }

  @Test("The two directions of a flow really have one hash where that is said, and two where it is not")
  func hashes() {
    for fields in [0x37, 0x3, 0x1, 0x17, 0x7, 0x25] as [UInt32] {
      var lab = MultipathLab.equal(4)
      lab.policy = 3
      var state = lab.state
      state.settings.ipv4Hash.fields = fields
      let hasher = ForwardingTable(state).hasher(.ipv4)
      let differ = lab.flows(50).filter { flow in
        var back = flow
        swap(&back.source, &back.destination)
        swap(&back.sourcePort, &back.destinationPort)
        return hasher.hash(flow, as: .packet) != hasher.hash(back, as: .packet)
      }
      #expect(differ.isEmpty == Self.likeness(state, state).isAlike, "\(fields)")
    }
  }

  @Test("Groups that divide hashes otherwise are counted")
  func divisions() {
    let here = MultipathLab.equal(4)
    var there = here
    there.members[1].weight = 3
    #expect(Self.likeness(here.state, there.state).divisions.equal == 0)
    #expect(Self.likeness(here.state, here.without(4).state).divisions.equal == 0)
    // Other nexthops at the same places.
    there = here
    for index in there.members.indices { there.members[index].host += 20 }
    #expect(Self.likeness(here.state, there.state).divisions.equal == 1)
  }
}
