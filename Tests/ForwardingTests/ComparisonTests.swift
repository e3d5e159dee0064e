import Forwarding
import KernelRouting
import Routing
import Testing
import Verification

/// What is said where a prediction and the kernel's answer differ.
@Suite("Comparisons")
struct ComparisonTests {
  private static func answer(_ type: RouteType, table: UInt32 = RouteTable.local) throws -> RouteAnswer {
    .route(
      Route(
        destination: try Prefix(parsing: "198.51.100.7/32"), table: table, type: type, nexthops: .legs(.none)))
  }

  @Test(
    "name the types of routes",
    arguments: [(RouteType.local, "local"), (.broadcast, "broadcast"), (.prohibit, "prohibit")])
  func types(type: RouteType, name: String) throws {
    let comparison = Comparison(Decision(outcome: .refused(.unreachable)), try Self.answer(type)) { "if\($0)" }
    #expect(comparison == .different(predicted: "unreachable", kernel: name))
  }

  @Test("name the tables")
  func tables() throws {
    let state = RoutingState(kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"))
    let reason = Comparison.reason(Decision(outcome: .dropped(.forwardingDisabled)), try Self.answer(.local), in: state)
    {
      $0 == RouteTable.local ? "local" : "\($0)"
    }
    #expect(reason == "the kernel finds a route in table local where none was predicted: rules or routes differ")
  }
}
