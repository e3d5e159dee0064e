import Rendering
import Routing
import TestSupport
import Testing

@Suite("A list of routes")
struct RouteListerTests {
  private static let seed: UInt64 = 0x715

  @Test("is the text of each of them", arguments: AddressFamily.allCases, [true, false])
  func equal(family: AddressFamily, details: Bool) {
    for round in 0..<40 as Range<UInt64> {
      let state = RandomState(family, isPlain: false, using: SeededGenerator(seed: Self.seed &+ round)).state
      let index = StateIndex(state)
      var lister = RouteLister(index, details: details)
      var (found, expected): ([UInt8], [UInt8]) = ([], [])
      for route in state.routes + state.routes.reversed() {
        lister.append(route, to: &found)
        RouteReport(route, in: index).appendText(to: &expected, in: index, details: details)
      }
      #expect(found == expected, "\(family), generator seed \(Self.seed &+ round)")
    }
  }
}
