import Routing
import TestSupport
import Testing

@Suite("Flows field by field")
struct FlowColumnsTests {
  private static let seed: UInt64 = 0xc01

  @Test("Every flow comes out as it went in, and most do not stand aside", arguments: AddressFamily.allCases)
  func roundTrip(family: AddressFamily) {
    var random = RandomState(family, isPlain: true, using: SeededGenerator(seed: Self.seed))
    var columns = FlowColumns(capacity: 500)
    for round in 0..<10 {
      let flows = (0..<500).map { number in
        var flow = random.flow()
        flow.weight = UInt64(number) << 40
        flow.tos = UInt8(truncatingIfNeeded: number)
        if number % 50 == 0 { flow.userID = 0 }
        if number % 60 == 0 { flow.flowLabel = 5 }
        return flow
      }
      columns.removeAll()
      for flow in flows { columns.append(flow) }
      #expect(columns.isFull)
      #expect(flows.indices.map { columns.flow(at: $0) } == flows, "round \(round), generator seed \(Self.seed)")
      #expect(columns.weights == flows.map(\.weight))
      #expect(columns.others.count < 250)
      for place in flows.indices where !columns.kinds[place].isOther {
        let (source, destination) = columns.addresses(at: place)
        #expect(source == flows[place].source && destination == flows[place].destination)
      }
    }
  }
}
