import Forwarding
import HashLanes
import MultipathHash
import Routing
import TestSupport
import Testing

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
