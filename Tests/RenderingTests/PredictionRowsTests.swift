import Forwarding
import KernelRouting
import Rendering
import Routing
import TestSupport
import Testing

@Suite("Rows of many predictions")
struct PredictionRowsTests {
  private static let seed: UInt64 = 0x4045

  @Test("are the bytes of the rows written one by one", arguments: AddressFamily.allCases)
  func equal(family: AddressFamily) {
    for round in 0..<60 as Range<UInt64> {
      var random = RandomState(family, isPlain: round % 4 != 0, using: SeededGenerator(seed: Self.seed &+ round))
      let table = ForwardingTable(random.state)
      let formatter = PredictionFormatter(state: random.state, names: NameTables())
      var decider = BatchDecider(table)
      var batch = DecisionBatch()
      var rows = PredictionRows(formatter)
      // Of every length.
      var index = round % 2 == 0 ? Int(round) * 999 : max(Int.max >> Int(round % 60) - 2000, 0)
      var (found, expected): ([UInt8], [UInt8]) = ([], [])
      for count in [0, 1, 500, 700] {
        let flows = (0..<count).map { _ in random.flow() }
        var columns = FlowColumns(capacity: count)
        for flow in flows { columns.append(flow) }
        decider.decide(columns, into: &batch)
        rows.append(columns, batch, by: decider.shapes, index: index, to: &found)
        for (place, flow) in flows.enumerated() {
          formatter.appendCSV(flow, table.decide(flow), index: index + place, to: &expected)
        }
        index += count
      }
      #expect(found == expected, "\(family), generator seed \(Self.seed &+ round)")
    }
  }
}
