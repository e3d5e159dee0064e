import FlowSources
import Forwarding
import Placement
import Planning
import Routing
import TestSupport
import Testing

/// What plans cost, held against flows that are decided one by one, and against counting by hand.
@Suite struct ConversionPriceTests {
  /// A router with one legacy route over so many of the four links.
  static func state(weights: [Int], family: AddressFamily = .ipv4) throws -> RoutingState {
    var simulation = Simulation(ConversionLab.empty)
    let legs = weights.enumerated().map { position, weight in
      let link = position % 4 + 1
      let gateway = family == .ipv4 ? "10.0.\(link).\(position + 2)" : "2001:db8:\(link)::\(position + 2)"
      return "nexthop via \(gateway) dev o\(link) weight \(weight)"
    }
    let prefix = family == .ipv4 ? "198.51.100.0/24" : "2001:db8:a::/48"
    try simulation.apply(try CommandParser().change("route add \(prefix) \(legs.joined(separator: " "))"))
    return simulation.state
  }

  static func flows(_ count: Int, _ family: AddressFamily) throws -> [Flow] {
    Array(
      RandomFlows(
        seed: 3, count: count, to: try Prefix(parsing: family == .ipv4 ? "198.51.100.0/24" : "2001:db8:a::/48"),
        from: try Prefix(parsing: family == .ipv4 ? "10.0.1.128/25" : "2001:db8:1::/64"), inputInterface: 2))
  }

  @Test(
    "Legs to group costs nothing, group to resilient (N-1)/N, flow by flow",
    arguments: [2, 3, 4, 8, 16], [AddressFamily.ipv4, .ipv6])
  func steps(count: Int, family: AddressFamily) throws {
    let state = try Self.state(weights: Array(repeating: 1, count: count), family: family)
    var request = ConversionRequest(.everything)
    request.isInTwoSteps = true
    let plan = ConversionPlanner.plan(request, in: state)
    let states = try #require(FlowPricer.phases(of: plan, in: state))
    #expect(states.count == 3)
    let tables = states.map { ForwardingTable($0) }
    var pricer = FlowPricer(plan, states: states, tables: tables)
    let flows = try Self.flows(4000, family)
    var moved = [0, 0]
    for flow in flows {
      let decisions = tables.map { $0.decide(flow) }
      for phase in 0..<2 where Way(decisions[phase]) != Way(decisions[phase + 1]) { moved[phase] += 1 }
      pricer.add(flow, decisions, weight: 2)
    }
    let priced = pricer.priced(plan, accepted: [])
    let prices = priced.steps.compactMap(\.price)
    #expect(prices.count == 2)
    #expect(prices[0].movedHashes == 0)
    #expect(prices[0].flows?.moved == 0)
    #expect(prices.map { $0.flows?.total } == [4000, 4000])
    #expect(prices[1].flows?.moved == UInt64(moved[1]))
    #expect(prices[1].flows?.movedWeight == UInt64(moved[1]) * 2)
    #expect(abs(prices[1].share - Double(count - 1) / Double(count)) < 0.01)
    #expect(abs(Double(moved[1]) / 4000 - prices[1].share) < 0.03)
  }

  @Test(
    "Straight to resilient costs what the way through a group does", arguments: [[1, 1, 1], [1, 2, 3, 4], [9, 1]])
  func direct(weights: [Int]) throws {
    let state = try Self.state(weights: weights)
    var request = ConversionRequest(.everything)
    let direct = ConversionPlanner.plan(request, in: state).steps.compactMap { $0.price?.share }.reduce(0, +)
    request.isInTwoSteps = true
    let through = ConversionPlanner.plan(request, in: state).steps.compactMap { $0.price?.share }.reduce(0, +)
    #expect(abs(direct - through) < 1e-12)
    let share = weights.map { pow($0, weights) }.reduce(0, +)
    #expect(abs(direct - (1 - share)) < 0.02)
  }

  private func pow(_ weight: Int, _ weights: [Int]) -> Double {
    let part = Double(weight) / Double(weights.reduce(0, +))
    return part * part
  }

  @Test("The overlap of two bucket tables is what counting every hash gives", arguments: 1...30 as ClosedRange<UInt64>)
  func buckets(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func spread(_ id: UInt32) -> Spread {
      let members = (0..<3).map { Spread.Member(choice: Decision.Choice(gateway: nil, interface: UInt32($0 + 1))) }
      let count = Int.random(in: 1...40, using: &generator)
      let owners = (0..<count).map { _ in UInt16.random(in: 0..<3, using: &generator) }
      return Spread(kind: .resilient(group: id, buckets: count), members: members, owners: owners)
    }
    let (old, new) = (spread(1), spread(2))
    let (left, right) = (old.owners ?? [], new.owners ?? [])
    let all = left.count * right.count
    let moved = (0..<all).count { left[$0 % left.count] != right[$0 % right.count] }
    let count = HashOverlap.moved(before: old, after: new)
    #expect(count.map { Double($0.moved) / Double($0.all) } == Double(moved) / Double(all))
  }

  @Test("The overlap of ranges with buckets of one owner is the size of the others' ranges")
  func ranges() throws {
    let members = [3, 1, 4].enumerated().map { position, weight in
      Spread.Member(
        choice: Decision.Choice(gateway: nil, interface: UInt32(position + 1), weight: UInt32(weight)))
    }
    let threshold = Spread(kind: .threshold(group: 1), members: members)
    var first: UInt64 = 0
    for (position, range) in threshold.ranges.enumerated() {
      let size = UInt64(range.last) + 1 - first
      first = UInt64(range.last) + 1
      for buckets in [1, 7, 4096] {
        let one = Spread(
          kind: .resilient(group: 2, buckets: buckets), members: members,
          owners: Array(repeating: UInt16(position), count: buckets))
        for count in [
          HashOverlap.moved(before: threshold, after: one), HashOverlap.moved(before: one, after: threshold),
        ] {
          #expect(count?.moved == 1 << 31 - size)
          #expect(count?.all == 1 << 31)
        }
      }
    }
  }

  @Test(
    "The share error of bucket counts is the oversubscription of WCMP",
    arguments: [
      (8, 3, 1.125, 0.75), (8, 5, 1.25, 0.625), (32, 7, 1.094, 0.875), (128, 3, 1.008, 0.984), (8, 16, 2, 0),
      (32, 31, 1.94, 0.969), (512, 31, 1.03, 0.969),
    ])
  func oversubscription(buckets: Int, members: Int, most: Double, least: Double) {
    let estimate = BucketEstimate(weights: Array(repeating: 1, count: members), buckets: buckets)
    #expect(abs(estimate.oversubscription - most) < 0.005)
    #expect(abs(estimate.undersubscription - least) < 0.005)
  }

  @Test("The advised bucket count gives everyone its share, with a member missing, too")
  func advised() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<60 {
      let weights = (0..<Int.random(in: 2...20, using: &generator)).map { _ in
        UInt32.random(in: 1...9, using: &generator)
      }
      let count = Int(BucketEstimate.advisedBuckets(weights: weights))
      let estimate = BucketEstimate(weights: weights, buckets: count)
      #expect(estimate.starved.isEmpty)
      #expect(estimate.oversubscription <= 1.01)
    }
    #expect(BucketEstimate.advisedBuckets(weights: [1, 1]) == 64)
    #expect(BucketEstimate.advisedBuckets(weights: [1, 1, 1, 1]) == 128)
  }

  @Test("A membership change moves what RFC 2992 says, and the switch pays back after so many")
  func breakEven() throws {
    let moves = try #require(BucketEstimate.movesByMembershipChange(weights: [1, 1, 1, 1]))
    #expect(abs(moves.threshold - 0.4167) < 0.0001)
    #expect(abs(moves.resilient - 0.25) < 0.0001)
    #expect(BucketEstimate.breakEven(price: 0.75, weights: [1, 1, 1, 1]) == 5)
    #expect(BucketEstimate.breakEven(price: 0, weights: [1, 1, 1, 1]) == 0)
    // Whether one of two leaves by ranges or by buckets is the same.
    #expect(BucketEstimate.breakEven(price: 0.5, weights: [1, 1]) == nil)
  }
}
