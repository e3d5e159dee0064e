import HashLanes
import MultipathHash
import Routing
import TestSupport
import Testing

@testable import Forwarding

@Suite("Many flows at once")
struct BatchDeciderTests {
  private static let seed: UInt64 = 0xba7c4

  @Test(
    "Whatever the state and the flows, each is decided as it is alone",
    arguments: AddressFamily.allCases, [true, false])
  func equal(family: AddressFamily, isPlain: Bool) {
    var (flows, others, asked) = (0, 0, 0)
    for round in 0..<250 as Range<UInt64> {
      var random = RandomState(family, isPlain: isPlain, using: SeededGenerator(seed: Self.seed &+ round))
      let table = ForwardingTable(random.state)
      var decider = BatchDecider(table, lanes: LaneCount.available[Int(round) % LaneCount.available.count])
      var batch = DecisionBatch()
      // The second time what was found out the first time is used.
      for count in [1, 700, 300] {
        let some = (0..<count).map { _ in random.flow() }
        decider.decide(some, into: &batch)
        #expect(batch.count == count)
        for (place, flow) in some.enumerated() {
          let (expected, found) = (table.decide(flow), decider.decision(place, of: batch))
          if expected.isHashed { asked += 1 }
          if expected != found {
            Issue.record("\(flow): \(found), not \(expected); state of generator seed \(Self.seed &+ round)")
            return
          }
        }
        flows += count
        others += batch.others.count
      }
    }
    #expect(asked > flows / 10)
    // Otherwise nothing but `decide` has been compared with itself.
    if isPlain { #expect(others < flows / 5 * 3, "\(others) of \(flows) flows are no plain ones") }
  }

  @Test(
    "Destinations of one kind go the same way, each by its own route",
    arguments: AddressFamily.allCases, [true, false])
  func kinds(family: AddressFamily, isPlain: Bool) {
    var (kinds, prefixes, above) = (0, 0, 0)
    for round in 0..<60 as Range<UInt64> {
      var random = RandomState(family, isPlain: isPlain, using: SeededGenerator(seed: Self.seed &+ round))
      let state = random.crowded(300)
      let table = ForwardingTable(state)
      let found = PlainFlows(family, table).destinations
      kinds += found.kindCount
      prefixes += found.prefixes.count
      var decider = BatchDecider(table, lanes: LaneCount.available[Int(round) % LaneCount.available.count])
      var batch = DecisionBatch()
      for _ in 0..<2 {
        let some = (0..<600).map { _ in random.flow() }
        decider.decide(some, into: &batch)
        for (place, flow) in some.enumerated() {
          let (expected, found) = (table.decide(flow), decider.decision(place, of: batch))
          if expected != found {
            Issue.record("\(flow): \(found), not \(expected); state of generator seed \(Self.seed &+ round)")
            return
          }
        }
      }
      above += decider.plans.count { $0.route < BatchDecider.Plan.own }
    }
    // Otherwise each destination has been asked for alone.
    if isPlain {
      #expect(kinds < prefixes * 3 / 4, "\(kinds) kinds of \(prefixes) prefixes")
      #expect(above > 0)
    }
  }

  @Test("A kind is told apart by attributes, length and what covers it, and by whatever else asks for a prefix")
  func apart() throws {
    let shared = Route(destination: .everything(.ipv4), nexthops: .object(id: 1, expansion: .none))
    let other = Route(destination: .everything(.ipv4), nexthops: .object(id: 2, expansion: .none))
    func routes(_ texts: [String], of kind: Route) throws -> [Route] {
      try texts.map {
        var route = kind
        route.destination = try Prefix(parsing: $0)
        return route
      }
    }
    let routes =
      try routes(["10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8", "14.0.0.0/8", "10.1.0.0/16", "11.1.0.0/16"], of: shared)
      + routes(["11.2.0.0/16", "13.0.0.0/8", "13.1.0.0/16", "14.0.0.0/8"], of: other)
    let found = try DestinationKinds(
      .ipv4, special: [Prefix(parsing: "12.0.0.0/8"), Prefix(parsing: "11.1.2.3/32")], routes: routes)
    func position(_ text: String) throws -> Int32 { found.prefixes.position(of: try Prefix(parsing: text)) ?? -1 }
    func kind(_ text: String) throws -> UInt32 { found.nodes[Int(try position(text)) + 1].kind }
    #expect(try kind("10.0.0.0/8") == kind("11.0.0.0/8"))
    #expect(try kind("10.1.0.0/16") == kind("11.1.0.0/16"))
    // The other prefixes are each of their own kind: another length, other attributes, a special prefix, two routes,
    // another prefix above.
    #expect(found.kindCount == 1 + found.prefixes.count - 2)
    #expect(found.path(from: try position("11.1.2.3/32"), to: 5) == .same(5))
    let inside = try position("11.1.0.0/16")
    #expect(found.path(from: inside, to: 5) == .above(0))
    #expect(found.path(from: inside, to: 1) == .above(1))
    #expect(found.route(1, above: try position("10.1.0.0/16")) == 0)
    #expect(found.path(from: inside, to: 7) == nil)
    #expect(found.path(from: -1, to: -1) == .same(-1))
  }

  @Test("Nothing of one batch is left in the next one")
  func reuse() {
    var random = RandomState(.ipv4, isPlain: true, using: SeededGenerator(seed: Self.seed))
    let table = ForwardingTable(random.state)
    var decider = BatchDecider(table)
    var batch = DecisionBatch()
    for count in [600, 600, 3, 0, 513] {
      let some = (0..<count).map { _ in random.flow() }
      decider.decide(some, into: &batch)
      #expect((0..<batch.count).map { decider.decision($0, of: batch) } == some.map { table.decide($0) })
    }
  }

  @Test("What stands aside is what the caller says it is, and both families go together")
  func aside() {
    var (random, other) = (
      RandomState(.ipv4, isPlain: true, using: SeededGenerator(seed: Self.seed)),
      RandomState(.ipv6, isPlain: true, using: SeededGenerator(seed: Self.seed))
    )
    var state = random.state
    state.rules += other.state.rules
    state.routes += other.state.routes
    let table = ForwardingTable(state)
    var decider = BatchDecider(table)
    var batch = DecisionBatch()
    var columns = FlowColumns(capacity: 900)
    var expected: [Decision] = []
    for number in 0..<900 {
      if number % 7 == 0 {
        columns.append(aside: nil, weight: 1)
        expected.append(Decision(fault: .version))
      } else {
        let flow = number % 3 == 0 ? other.flow() : random.flow()
        columns.append(flow)
        expected.append(table.decide(flow))
      }
    }
    decider.decide(columns, into: &batch) { place in
      columns.flow(at: place).map { table.decide($0) } ?? Decision(fault: .version)
    }
    #expect((0..<batch.count).map { decider.decision($0, of: batch) } == expected)
  }
}
