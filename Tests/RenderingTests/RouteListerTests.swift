import JSON
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
      var lister = RouteLister(index, as: .text(details: details))
      var (found, expected): ([UInt8], [UInt8]) = ([], [])
      for route in state.routes + state.routes.reversed() {
        lister.append(route, to: &found)
        RouteReport(route, in: index).appendText(to: &expected, in: index, details: details)
      }
      #expect(found == expected, "\(family), generator seed \(Self.seed &+ round)")
    }
  }

  @Test(
    "is the JSON of each of them", arguments: AddressFamily.allCases, [JSONWriter.Layout.compact, .indented(width: 2)])
  func equalJSON(family: AddressFamily, layout: JSONWriter.Layout) {
    for round in 0..<40 as Range<UInt64> {
      let state = RandomState(family, isPlain: false, using: SeededGenerator(seed: Self.seed &+ round)).state
      let index = StateIndex(state)
      for (all, routes) in [(true, state.routes + state.routes.reversed()), (false, state.routes), (true, [])] {
        var lister = RouteLister(index, as: .json(layout), includesSinglePath: all)
        var found: [UInt8] = []
        lister.begin(&found)
        for route in routes { lister.append(route, to: &found) }
        lister.end(&found)
        var writer = JSONWriter(layout)
        writer.beginArray()
        for route in routes where all || RouteReport.isMultipath(route, in: index) {
          RouteReport(route, in: index).write(to: &writer)
        }
        writer.endArray()
        writer.endLine()
        #expect(found == writer.bytes, "\(family), generator seed \(Self.seed &+ round)")
      }
    }
  }

  @Test("keeps apart what has the same attributes in both families")
  func families() {
    var pool = AttributePool()
    let routes = AddressFamily.allCases.map {
      pool.sharing(Route(destination: .everything($0), nexthops: .legs(.none)))
    }
    #expect(Set(routes.map(\.attributesID)).count == 1)
    let state = RandomState(.ipv4, isPlain: true, using: SeededGenerator(seed: Self.seed)).state
    let index = StateIndex(state)
    var lister = RouteLister(index, as: .json(.compact))
    var found: [UInt8] = []
    for route in routes + routes { lister.append(route, to: &found) }
    let text = String(decoding: found, as: UTF8.self)
    #expect(text.split(separator: "\"family\"").count == 5 && text.contains("\"inet6\""), "\(text)")
  }
}
