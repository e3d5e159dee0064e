import Planning
import Routing
import Testing

@Suite("When upper bounds follow the settings")
struct RebalancingTests {
  /// A route over o1, o2 and o3 of which o1 has lost its carrier before the state was read.
  private static func state() throws -> RoutingState {
    let legs = (1...3 as ClosedRange<UInt32>).map { number in
      RouteLeg(
        gateway: IPAddress(ipv4: 0x0a00_0002 | number << 8), interface: number, flags: number == 1 ? .linkdown : [])
    }
    return RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: (1...4 as ClosedRange<UInt32>).map {
        Link(index: $0, name: "o\($0)", flags: $0 == 1 ? 0x1003 : 0x1_1043, operationalState: 6)
      },
      rules: Rule.defaults(.ipv4),
      routes: [Route(destination: .everything(.ipv4), nexthops: .legs(.multipath(legs)))])
  }

  private static func isDoubtful(_ simulation: Simulation) -> Bool {
    let state = simulation.state
    return state.routes.contains { route in
      let interfaces = state.interfacesOfStaleBounds(route.legs.list, .ipv4) { index in
        state.links.first { $0.index == index }
      }
      return !interfaces.isEmpty
    }
  }

  @Test("An event of a leg's link settles them, that of another link does not, and a later setting unsettles them")
  func events() throws {
    var simulation = Simulation(try Self.state())
    #expect(Self.isDoubtful(simulation))
    try simulation.apply(.carrierDown("o4"))
    #expect(Self.isDoubtful(simulation))
    try simulation.apply(.carrierDown("o2"))
    #expect(!Self.isDoubtful(simulation))
    try simulation.apply(.sysctl([SysctlRequest("net/ipv6/conf/all/ignore_routes_with_linkdown", "1")]))
    #expect(!Self.isDoubtful(simulation))
    try simulation.apply(.sysctl([SysctlRequest("net/ipv4/conf/o1/ignore_routes_with_linkdown", "1")]))
    #expect(Self.isDoubtful(simulation))
    try simulation.apply(.linkDown("o3"))
    #expect(!Self.isDoubtful(simulation))
  }
}
