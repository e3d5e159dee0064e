import Testing

@testable import Routing

@Suite struct RouteTests {
  static let leg = RouteLeg(gateway: IPAddress(ipv4: 0x0a00_0102), interface: 3)

  static func route(_ third: UInt32, metric: UInt32? = nil) -> Route {
    Route(
      destination: Prefix(containing: IPAddress(ipv4: 0x0a00_0000 | third << 8), length: 24), metric: metric,
      nexthops: .legs(.single(leg)))
  }

  @Test func `A route takes 32 bytes, whatever it has`() {
    #expect(MemoryLayout<Route>.stride == 32)
  }

  @Test func `What one route changes, those that it shared attributes with do not have`() {
    var pool = AttributePool()
    let routes = (0..<3).map { pool.sharing(Self.route($0)) }
    #expect(Set(routes.map(\.attributesID)).count == 1)
    var changed = routes[1]
    changed.metric = 7
    changed.extras = RouteExtras()
    changed.extras?.mark = 9
    changed.nexthops = .object(id: 5, expansion: .none)
    changed.source = .everything(.ipv6)
    changed.table = 99
    changed.tos = 4
    changed.type = .blackhole
    changed.protocol = 12
    changed.scope = 253
    changed.flags = 16
    changed.preferredSource = IPAddress(ipv4: 1)
    changed.preference = 1
    var extras = RouteExtras()
    extras.mark = 9
    #expect(
      changed.attributes
        == RouteAttributes(
          source: .everything(.ipv6), table: 99, metric: 7, tos: 4, type: .blackhole, protocol: 12, scope: 253,
          flags: 16,
          nexthops: .object(id: 5, expansion: .none), preferredSource: IPAddress(ipv4: 1), preference: 1, extras: extras
        ))
    #expect(routes == (0..<3).map { Self.route($0) })
    #expect(changed.destination == routes[1].destination && changed != routes[1])
  }

  @Test func `Routes are equal by what they have, shared or not, and have the same hash then`() {
    let (one, other) = (Self.route(1), Self.route(1))
    #expect(one.attributesID != other.attributesID)
    #expect(one == other && one.hashValue == other.hashValue)
    #expect(one != Self.route(2) && one != Self.route(1, metric: 1))
  }

  @Test func `A pool that has seen more kinds of attributes than it keeps still gives each route its own`() {
    var pool = AttributePool()
    for metric in 0..<UInt32(70_000) {
      let route = Self.route(metric & 255, metric: metric)
      #expect(pool.sharing(route) == route)
    }
  }
}
