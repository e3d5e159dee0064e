import Forwarding
import Placement
import Routing
import TestSupport
import Testing

@Suite("Tallies of batches")
struct BatchTallyTests {
  private static let seed: UInt64 = 0x7a11

  @Test("are those of the flows one by one, however they are divided", arguments: AddressFamily.allCases)
  func equal(family: AddressFamily) {
    for round in 0..<40 as Range<UInt64> {
      var random = RandomState(family, isPlain: round % 4 != 0, using: SeededGenerator(seed: Self.seed &+ round))
      let table = ForwardingTable(random.state)
      var plain = FlowTally(state: random.state)
      var together = FlowTally(state: random.state)
      for _ in 0..<3 {
        var decider = BatchDecider(table)
        var batch = DecisionBatch()
        var tally = BatchTally(state: random.state)
        for count in [1, 600] {
          let flows = (0..<count).map { number in
            var flow = random.flow()
            flow.weight = number % 7 == 6 ? .max >> UInt64(round % 8) : UInt64(number)
            return flow
          }
          var columns = FlowColumns(capacity: count)
          for flow in flows { columns.append(flow) }
          decider.decide(columns, into: &batch)
          tally.add(batch, of: columns, shapes: decider.shapes)
          for flow in flows { plain.add(table.decide(flow), weight: flow.weight) }
        }
        tally.add(to: &together, shapes: decider.shapes)
      }
      #expect(together.counts == plain.counts, "\(family), generator seed \(Self.seed &+ round)")
      #expect(together.total == plain.total)
      #expect(together.uncertain == plain.uncertain)
      #expect(together.caveats == plain.caveats)
      #expect(together.shares() == plain.shares())
    }
  }
}
