import Routing
import Testing

@testable import Planning

/// What is left of changes where links and nexthops are gone.
@Suite("The rest of a planned change")
struct PlannedChangeLossTests {
  private static let links = [
    Link(index: 1, name: "e1", flags: 0x1_0043), Link(index: 2, name: "e2", flags: 0x1_0042),
    Link(index: 3, name: "e3", flags: 0x3),
  ]

  private static func nexthop(_ id: UInt32, on interface: UInt32) -> Nexthop {
    Nexthop(id: id, family: .ipv4, target: .device(interface: interface, gateway: nil, encapsulation: nil))
  }

  /// Nexthops 1 and 3 are there; e2 is down, and e3 has no carrier.
  private static let remaining = RemainingObjects(nexthops: [nexthop(1, on: 1), nexthop(3, on: 1)], links: links)

  private static func group(_ ids: UInt32...) -> NexthopGroup {
    NexthopGroup(id: 9, members: ids.map { NexthopGroup.Member(id: $0, weight: $0) })
  }

  private static func rest(_ change: PlannedChange) -> PlannedChange.Rest? { change.rest(in: remaining) }

  @Test("of a group has the members that are there, and is nothing without any")
  func groups() {
    #expect(Self.rest(.addGroup(Self.group(1, 3))) == nil)
    #expect(
      Self.rest(.addGroup(Self.group(1, 2, 3)))
        == PlannedChange.Rest(change: .addGroup(Self.group(1, 3)), reason: "without nexthop 2, which is gone"))
    #expect(
      Self.rest(.addGroup(Self.group(2, 4)))
        == PlannedChange.Rest(change: nil, reason: "without nexthops 2, 4, which are gone"))
    #expect(
      Self.rest(.removeGroup(Self.group(1, 2))) == PlannedChange.Rest(change: .removeGroup(Self.group(1)), reason: nil))
    #expect(
      Self.rest(.replaceGroup(from: Self.group(1, 2), to: Self.group(1, 3)))
        == PlannedChange.Rest(change: .replaceGroup(from: Self.group(1), to: Self.group(1, 3)), reason: nil))
  }

  @Test("of a nexthop is nothing where its link is down, has no carrier, or is gone")
  func nexthops() {
    let reasons = (1...4).map { Self.rest(.addNexthop(Self.nexthop(7, on: $0)))?.reason }
    #expect(
      reasons == [
        nil, "without it, as e2 is down", "without it, as e3 has no carrier", "without it, as its interface is gone",
      ])
    #expect(Self.rest(.removeNexthop(Self.nexthop(7, on: 2))) == nil)
  }

  @Test("of a route has the legs whose links are up, the last of them without a weight; without any it is as it was")
  func routes() throws {
    let route = Route(destination: .everything(.ipv4), nexthops: .object(id: 9, expansion: .none))
    func legs(_ interfaces: UInt32...) -> Route {
      route.over(.legs(.multipath(interfaces.map { RouteLeg(interface: $0, weight: 5) })))
    }
    let rest = try #require(Self.rest(.replaceRoute(from: route, to: legs(1, 2))))
    #expect(rest.reason == "without the leg of interface 2, as e2 is down")
    let single = route.over(.legs(.single(RouteLeg(interface: 1, weight: 1))))
    #expect(rest.change == .replaceRoute(from: route, to: single))
    #expect(Self.rest(.replaceRoute(from: route, to: legs(1, 3))) == nil)
    #expect(Self.rest(.replaceRoute(from: route, to: legs(2, 4))) == nil)
    #expect(
      Self.rest(.replaceRoute(from: legs(1, 2), to: route))
        == PlannedChange.Rest(change: .replaceRoute(from: single, to: route), reason: nil))
  }
}
