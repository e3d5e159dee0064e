import KernelRouting
import Planning
import Routing
import TestSupport
import Testing

/// Commands after which the kernel no longer tells all of its IPv6 routes.
@Suite struct LiveHiddenRouteTests {
  private static let to = "2001:db8:a::/48"

  @Test(
    "What a change hides is known before it is made",
    arguments: [
      (["add \(to) via 2001:db8:1::2", "append \(to) dev o3", "append \(to) via 2001:db8:2::2"], true),
      (["add \(to) dev o3", "append \(to) via 2001:db8:1::2", "append \(to) via 2001:db8:2::2"], false),
      (["add \(to) via 2001:db8:1::2", "append \(to) via 2001:db8:2::2", "append \(to) dev o3"], false),
      (["add \(to) via 2001:db8:1::2", "append \(to) via 2001:db8:2::2 pref high"], true),
      (["add \(to) via 2001:db8:1::2 pref low", "append \(to) via 2001:db8:2::2 pref low"], false),
      (
        [
          "add \(to) nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2", "append \(to) dev o3",
          "replace \(to) nexthop via 2001:db8:2::2 nexthop via 2001:db8:3::2",
        ], true
      ),
      (
        [
          "add \(to) nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2", "append \(to) dev o3",
          "replace \(to) via 2001:db8:2::2",
        ], false
      ),
      (["add \(to) via 2001:db8:1::2", "add \(to) dev o3 metric 7", "append \(to) via 2001:db8:2::2"], false),
      (["add \(to) via 2001:db8:1::2", "append \(to) table 9 dev o3", "append \(to) via 2001:db8:2::2"], false),
    ])
  func simulated(commands: [String], hides: Bool) throws {
    try withNetworkNamespace {
      try SimulationLab.build()
      var kernel = try Kernel()
      var simulation = Simulation(try SimulationLab.settle(&kernel))
      for command in commands {
        try simulation.apply(try CommandParser().change("-6 route " + command))
        try run("ip -6 route " + command)
      }
      let place = HiddenRoutes.Place(destination: try Prefix(parsing: Self.to), metric: 1024)
      let expected = HiddenRoutes(places: hides ? [place] : [])
      #expect(try kernel.readState().hiddenRoutes == expected)
      #expect(simulation.state.hiddenRoutes == expected)
    }
  }
}
