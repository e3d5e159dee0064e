import Forwarding
import Placement
import Routing
import TestSupport
import Testing

@Suite("What a change does to flows")
struct DisruptionTests {
  private static let flows = MultipathLab.equal(2).flows(3000)

  @Test("Nothing moves where nothing changes", arguments: MultipathLab.Kind.allCases, AddressFamily.allCases)
  func identity(kind: MultipathLab.Kind, family: AddressFamily) {
    var lab = MultipathLab.equal(5, kind)
    lab.family = family
    let (disruption, movements) = lab.change(to: lab, lab.flows(500), comparesSchemes: true)
    #expect(movements.allSatisfy { $0 == Movement(.stays) })
    #expect(disruption.count(.stays).flows == 500)
    #expect(disruption.reasons().isEmpty)
    for scheme in Scheme.allCases { #expect(disruption.comparison?.result(scheme).moved.flows == 0) }
    #expect(disruption.comparison?.bound == 0)
    #expect(disruption.matrix().allSatisfy { $0.before == $0.after })
  }

  @Test("The flows of a removed nexthop have to move, the others that move are collateral", arguments: [1, 2, 3, 5])
  func removal(host: UInt32) {
    for kind in MultipathLab.Kind.allCases {
      let lab = MultipathLab.equal(5, kind)
      let after = lab.without(host)
      let (old, new) = (ForwardingTable(lab.state), ForwardingTable(after.state))
      let (disruption, movements) = lab.change(to: after, Self.flows) { UInt64($0) }
      var (unavoidable, collateral, weight) = (UInt64(0), UInt64(0), UInt64(0))
      for (index, (flow, movement)) in zip(Self.flows, movements).enumerated() {
        let (from, to) = (old.decide(flow).nexthop?.interface, new.decide(flow).nexthop?.interface)
        let isFromGone = from == host + 1
        #expect(movement.isMoved == (from != to))
        #expect((movement.fate == .unavoidable) == isFromGone)
        if movement.isMoved { weight += UInt64(index) }
        if isFromGone { unavoidable += 1 } else if from != to { collateral += 1 }
      }
      #expect(disruption.moved.flows == unavoidable + collateral)
      #expect(disruption.moved.weight == weight)
      #expect(disruption.count(.unavoidable).flows == unavoidable)
      #expect(disruption.count(.collateral).flows == collateral)
      let reasons = Dictionary(uniqueKeysWithValues: disruption.reasons().map { ($0.reason, $0.count.flows) })
      #expect(reasons[.nexthopGone] == unavoidable)
      switch kind {
      case .resilient: #expect(collateral == 0 && reasons.count == 1)
      default: #expect(reasons[.rangeShifted] == collateral && reasons.count == 2)
      }
    }
  }

  @Test("A nexthop of several routes is one row, with the weight that they agree on, and weights stop at the largest")
  func severalRoutes() {
    var lab = MultipathLab.equal(2, .legacy)
    var state = lab.state
    let flows = lab.flows(400)
    lab.members[0].weight = 3
    var other = lab.state.routes[0]
    other.destination = Prefix(containing: IPAddress(ipv4: 0xcb00_7100), length: 24)
    state.routes.append(other)
    let elsewhere = flows.prefix(200).map { flow in
      var flow = flow
      flow.destination = IPAddress(ipv4: 0xcb00_7107)
      return flow
    }
    let (disruption, _) = MultipathLab.change(from: state, to: state, flows + elsewhere) { _ in .max / 300 }
    for shares in [disruption.sharesBefore(), disruption.sharesAfter()] {
      #expect(shares.map(\.way) == (1...2).map(MultipathLab.way))
      #expect(shares.map(\.idealFlows) == [350, 250])
      #expect(shares.map(\.nexthop?.weight) == [nil, 1])
    }
    #expect(disruption.total.isWeightCapped)
  }

  @Test("The matrix adds up to the shares, and these to all flows")
  func matrix() {
    var lab = MultipathLab.equal(4)
    lab.members[1].weight = 3
    let after = lab.without(3)
    let (disruption, _) = lab.change(to: after, Self.flows) { UInt64($0 % 7) }
    let matrix = disruption.matrix()
    #expect(disruption.total.flows == UInt64(Self.flows.count))
    #expect(matrix.reduce(0) { $0 + $1.count.weight } == disruption.total.weight)
    for (shares, side) in [(disruption.sharesBefore(), \Disruption.Cell.before), (disruption.sharesAfter(), \.after)] {
      #expect(shares.reduce(0) { $0 + $1.count.flows } == disruption.total.flows)
      for share in shares {
        let cells = matrix.filter { $0[keyPath: side] == share.way }
        #expect(cells.reduce(0) { $0 + $1.count.flows } == share.count.flows)
        #expect(cells.reduce(0) { $0 + $1.count.weight } == share.count.weight)
      }
    }
    #expect(disruption.sharesBefore().map(\.way) == (1...4).map(MultipathLab.way))
    #expect(disruption.sharesBefore().map(\.idealFlows) == [500, 1500, 500, 500])
    #expect(disruption.sharesAfter().map(\.idealFlows) == [600, 1800, 600])
    #expect(disruption.sharesAfter().map(\.nexthop?.id) == [1, 2, 4])
    let moved = matrix.filter { $0.before != $0.after }.reduce(0) { $0 + $1.count.flows }
    #expect(moved == disruption.moved.flows)
  }

  @Test("Without its route a flow is unroutable, with it restored")
  func routes() {
    let lab = MultipathLab.equal(3, .legacy)
    var empty = lab.state
    empty.routes = []
    let (gone, _) = MultipathLab.change(from: lab.state, to: empty, Self.flows)
    #expect(gone.count(.unroutable).flows == 3000)
    #expect(gone.reasons().map(\.reason) == [.routeGone])
    #expect(gone.sharesAfter().map(\.way) == [.refused(.unreachable)])
    let (back, _) = MultipathLab.change(from: empty, to: lab.state, Self.flows)
    #expect(back.count(.restored).flows == 3000)
    var blackhole = lab.state
    blackhole.routes[0].type = .blackhole
    blackhole.routes[0].nexthops = .legs(.none)
    let (refused, _) = MultipathLab.change(from: lab.state, to: blackhole, Self.flows)
    #expect(refused.count(.unroutable).flows == 3000)
    #expect(refused.reasons().map(\.reason) == [.routeChanged])
    var host = lab.state
    host.settings.ipv4ForwardingAll = false
    let (dropped, _) = MultipathLab.change(from: lab.state, to: host, Self.flows)
    #expect(dropped.reasons().map(\.reason) == [.dropped])
    #expect(dropped.sharesAfter().map(\.way) == [.dropped(.forwardingDisabled)])
  }

  @Test("A more specific route over another nexthop makes flows move that had to")
  func specificRoute() {
    let lab = MultipathLab.equal(3)
    var after = lab.state
    let destination = Self.flows[0].destination
    after.routes.append(
      Route(
        destination: Prefix(host: destination),
        nexthops: .legs(.single(RouteLeg(gateway: IPAddress(ipv4: 0x0a09_0901), interface: MultipathLab.ingress)))))
    let (disruption, movements) = MultipathLab.change(from: lab.state, to: after, Self.flows)
    let count = Self.flows.count { $0.destination == destination }
    #expect(movements[0] == Movement(.unavoidable, .routeChanged))
    #expect(disruption.moved.flows == UInt64(count))
  }

  @Test("A failed neighbour is left by the flows of a threshold group, and found again")
  func neighbours() {
    let lab = MultipathLab.equal(3)
    var failed = lab
    failed.members[1].neighbour = .failed
    let (disruption, _) = lab.change(to: failed, Self.flows)
    #expect(disruption.reasons().map(\.reason) == [.neighbourFailed])
    #expect(disruption.count(.collateral).flows == 0)
    #expect(disruption.moved.flows > 900 && disruption.moved.flows < 1100)
    let (back, _) = failed.change(to: lab, Self.flows)
    #expect(back.reasons().map(\.reason) == [.neighbourReturned])
    #expect(back.moved.flows == disruption.moved.flows && back.count(.unavoidable).flows == 0)
    // All of them failed: the first member takes everything.
    var all = lab
    for index in all.members.indices { all.members[index].neighbour = .failed }
    let (last, _) = failed.change(to: all, Self.flows)
    #expect(last.sharesAfter().map(\.count.flows) == [3000, 0, 0])
    #expect(last.count(.stays).flows + last.count(.unavoidable).flows == 3000)
  }

  @Test("Dead legs, other policies, other seeds and other types have their reasons")
  func reasons() {
    var lab = MultipathLab.equal(4, .legacy)
    var dead = lab
    dead.members[0].isDead = true
    #expect(lab.change(to: dead, Self.flows).disruption.reasons().map(\.reason) == [.nexthopGone, .rangeShifted])
    var policy = lab
    policy.policy = 0
    let (changed, _) = lab.change(to: policy, Self.flows)
    #expect(changed.reasons().map(\.reason) == [.policyChanged])
    #expect(changed.count(.unavoidable).flows == 0)
    var seed = lab
    seed.seed = 99
    #expect(lab.change(to: seed, Self.flows).disruption.reasons().map(\.reason) == [.seedChanged])
    lab.kind = .resilient
    var larger = lab
    larger.buckets = 1024
    #expect(lab.change(to: larger, Self.flows).disruption.reasons().map(\.reason) == [.bucketsChanged])
    let starved = lab.without(4)
    var back = lab
    back.owners = starved.owners
    let (lost, _) = lab.change(to: back, Self.flows)
    #expect(lost.reasons().map(\.reason) == [.bucketMoved])
    #expect(lost.count(.collateral).flows == 0)
    #expect(lost.sharesAfter().map(\.idealFlows) == [750, 750, 750, 750])
  }

  @Test("What can not be computed is counted apart")
  func undetermined() {
    let lab = MultipathLab.equal(3)
    var unknown = lab
    unknown.seed = 0
    let (disruption, movements) = lab.change(to: unknown, Self.flows)
    #expect(movements.allSatisfy { $0.fate == .undetermined })
    #expect(disruption.uncertain == 3000 && disruption.caveats == .seedUnknown)
    #expect(disruption.moved.flows == 0)
    #expect(disruption.sharesAfter().compactMap(\.idealFlows) == [1000, 1000, 1000])
    // Whatever the hashes are, flows stay where nothing changes for them.
    for kind in MultipathLab.Kind.allCases {
      unknown.kind = kind
      let (both, _) = unknown.change(to: unknown, Self.flows)
      #expect(both.count(.stays).flows == 3000 && both.uncertain == 3000, "\(kind)")
      let (less, _) = unknown.change(to: unknown.without(2), Self.flows)
      #expect(less.count(.undetermined).flows == 3000, "\(kind)")
      let expected = less.expectedOfUndetermined
      #expect(expected?.flows == (kind == .resilient ? nil : 3000), "\(kind)")
      #expect(abs((expected?.moved ?? 1000) - 1000) < 1, "\(kind)")
    }
  }

  @Test("From a legacy route to a group nothing moves, on to a resilient group all but one of N do, once")
  func switching() {
    for count in [2, 4, 8] {
      let flows = MultipathLab.equal(count).flows(4000)
      let legacy = MultipathLab.equal(count, .legacy)
      let group = MultipathLab.equal(count, .threshold)
      let resilient = MultipathLab.equal(count, .resilient)
      #expect(legacy.change(to: group, flows).disruption.moved.flows == 0)
      let (disruption, _) = group.change(to: resilient, flows)
      let share = Double(disruption.moved.flows) / 4000
      #expect(abs(share - Double(count - 1) / Double(count)) < 0.02, "\(count) members: \(share)")
      #expect(disruption.reasons().map(\.reason) == [.typeChanged])
      #expect(disruption.count(.unavoidable).flows == 0)
    }
  }

  @Test("Removed and added again: a threshold group is as before, a busy resilient one leaves the member without flows")
  func flap() {
    let flows = MultipathLab.equal(3).flows(2000)
    let group = MultipathLab.equal(3)
    #expect(group.without(2).change(to: group, flows).disruption.moved.flows > 0)
    #expect(group.change(to: group, flows).disruption.moved.flows == 0)
    var resilient = MultipathLab.equal(3, .resilient)
    resilient.buckets = 12
    #expect(resilient.without(2).owners == [3, 3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1])
    var back = resilient
    back.owners = resilient.without(2).owners
    let (disruption, _) = resilient.without(2).change(to: back, flows)
    #expect(disruption.moved.flows == 0)
    #expect(disruption.sharesAfter().map(\.count.flows)[1] == 0)
  }

  @Test("Reversing the members moves two thirds in a threshold group of three, nothing in a resilient one")
  func order() {
    let flows = MultipathLab.equal(3).flows(3000)
    for (kind, expected) in [(MultipathLab.Kind.threshold, 2.0 / 3), (.resilient, 0)] {
      let lab = MultipathLab.equal(3, kind)
      var reversed = lab
      reversed.members.reverse()
      if kind == .resilient {
        reversed.owners = ResilientTable(members: (1...3).map { .init(id: $0) }, buckets: 256).owners
      }
      let share = Double(lab.change(to: reversed, flows).disruption.moved.flows) / 3000
      #expect(abs(share - expected) < 0.03, "\(kind): \(share)")
    }
  }

  @Test("Shares of random changes add up, whatever the routes and the kernel", arguments: 1...40 as ClosedRange<UInt64>)
  func random(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let family = generator.family()
    let release = generator.pick(["6.18.44", "6.12.95", "6.1.192", "5.10.262"])
    let isHost = generator.chance(30)
    func lab() -> MultipathLab {
      let hosts = (1...8).filter { _ in generator.chance(60) }
      var lab = MultipathLab(
        kind: generator.pick(MultipathLab.Kind.allCases),
        members: (hosts.isEmpty ? [1] : hosts).map { host in
          MultipathLab.Member(
            host: UInt32(host), weight: UInt32(1 + generator.next() % 5), isDead: generator.chance(10),
            neighbour: generator.pick([nil, .reachable, .failed]))
        })
      lab.policy = UInt8(generator.next() % 2)
      lab.family = family
      lab.release = release
      lab.looksAtNeighbours = isHost
      // Dead legs of IPv6 take flows and lose them on old kernels; what they do is told as uncertain.
      if family == .ipv6 { for index in lab.members.indices { lab.members[index].isDead = false } }
      return lab
    }
    let (old, new) = (lab(), lab())
    // An IPv6 host forwards nothing.
    let flows = old.flows(200, seed: seed).map { flow in
      guard isHost, family == .ipv6 else { return flow }
      var flow = flow
      flow.origin = .local
      flow.inputInterface = 0
      return flow
    }
    let (disruption, movements) = old.change(to: new, flows) { UInt64($0) }
    let fates = Movement.Fate.allCases.map { disruption.count($0).flows }
    #expect(fates.reduce(0, +) == 200)
    for fate in Movement.Fate.allCases {
      #expect(disruption.count(fate).flows == UInt64(movements.count { $0.fate == fate }))
    }
    #expect(disruption.moved.flows == disruption.count(.unavoidable).flows + disruption.count(.collateral).flows)
    #expect(disruption.reasons().reduce(0) { $0 + $1.count.flows } == 200 - disruption.count(.stays).flows)
    #expect(movements.allSatisfy { ($0.reason == nil) == ($0.fate == .stays) })
    for (shares, lab) in [(disruption.sharesBefore(), old), (disruption.sharesAfter(), new)] {
      #expect(shares.reduce(0) { $0 + $1.count.weight } == disruption.total.weight)
      let table = ForwardingTable(lab.state)
      for share in shares where share.way.isSent {
        #expect(share.count.flows == UInt64(flows.count { Way(table.decide($0)) == share.way }))
      }
      // Every flow goes to a nexthop that the spread calls usable.
      let spread = table.spread(ofRoute: 0)
      for flow in flows {
        guard let chosen = table.decide(flow).nexthop else { continue }
        #expect(spread.members.contains { $0.choice == chosen && $0.isUsable }, "\(seed)")
        let hash = table.decide(flow).hash ?? 0
        if spread.hasBounds, let range = spread.ranges.first(where: { hash <= $0.last }) {
          #expect(spread.members[range.member].choice == chosen, "\(seed)")
        }
      }
    }
  }
}
