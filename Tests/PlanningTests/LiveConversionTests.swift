import FlowSources
import Forwarding
import KernelRouting
import Placement
import Planning
import Rendering
import Routing
import TestSupport
import Testing
import Verification

/// The commands of plans, run by `ip` on the kernel.
@Suite struct LiveConversionTests {
  /// Runs the commands that a report prints, as a user would paste them.
  static func run(_ plan: ConversionPlan, in state: RoutingState) throws {
    var bytes: [UInt8] = []
    ConversionReport(plan, in: state).appendText(to: &bytes)
    try TestSupport.run("sh -e <<'END'\n\(String(decoding: bytes, as: UTF8.self))END")
  }

  private static func lasting(_ state: RoutingState) -> [Route] {
    state.routes.filter { $0.table != RouteTable.local && $0.flags & RouteFlags.cloned == 0 }.map(\.lasting).sorted {
      ("\($0.destination)", $0.table, $0.tos, $0.metric ?? 0) < ("\($1.destination)", $1.table, $1.tos, $1.metric ?? 0)
    }
  }

  /// An object is a member of the way here, whatever its id.
  private static func withoutIDs(_ route: Route, _ state: RoutingState) -> [String] {
    ["\(ConversionPlanTests.attributes(route))"] + ConversionPlanTests.ways(route, state)
  }

  @Test(
    "What ip makes of the printed commands is the simulated state, there and back",
    arguments: 1...6 as ClosedRange<UInt64>)
  func commands(seed: UInt64) throws {
    try withNetworkNamespace {
      try SimulationLab.build()
      for command in ConversionLab(seed: seed).commands() { try TestSupport.run("ip \(command)") }
      var kernel = try Kernel()
      let before = try SimulationLab.settle(&kernel)
      var request = ConversionRequest(.everything)
      request.isInTwoSteps = seed % 2 == 0
      let plan = ConversionPlanner.plan(request, in: before)
      #expect(plan.refusals == [])
      try Self.run(plan, in: before)
      let middle = try SimulationLab.settle(&kernel)
      let simulated = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: before)
      #expect(ComparableState.differences(simulated, middle) == [], "seed \(seed)")
      // Every attribute, those that an object could share with others included.
      #expect(Self.lasting(simulated) == Self.lasting(middle), "seed \(seed)")
      #expect(
        zip(Self.lasting(before), Self.lasting(middle)).allSatisfy {
          ConversionPlanTests.attributes($0) == ConversionPlanTests.attributes($1)
        })
      request.history = plan.conversions
      let back = RevertPlanner.plan(request, in: middle)
      #expect(back.refusals == [])
      try Self.run(back, in: middle)
      let after = try SimulationLab.settle(&kernel)
      #expect(
        ComparableState.differences(try ConversionPlanTests.simulated(back.steps.map(\.change), in: middle), after)
          == [], "seed \(seed), back")
      for (old, new) in zip(Self.lasting(before), Self.lasting(after)) {
        #expect(Self.withoutIDs(old, before) == Self.withoutIDs(new, after))
        if ConversionPlanTests.kind(old, before) != .resilient { #expect(old == new) }
      }
      #expect(after.nexthops?.map(\.lasting) == before.nexthops?.map(\.lasting))
    }
  }

  @Test("The price in flows is what the kernel moves", arguments: [AddressFamily.ipv4, .ipv6], [false, true])
  func price(family: AddressFamily, isGrouped: Bool) throws {
    try withNetworkNamespace {
      try SimulationLab.build()
      try TestSupport.run(
        """
        sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1
        sysctl -qw net.ipv4.fib_multipath_hash_seed=12345
        """)
      let prefix = family == .ipv4 ? "198.51.100.0/24" : "2001:db8:a::/48"
      let links = [1, 2, 3, 4]
      func gateway(_ link: Int) -> String { family == .ipv4 ? "10.0.\(link).2" : "2001:db8:\(link)::2" }
      if isGrouped {
        for link in links { try TestSupport.run("ip nexthop add id \(link) via \(gateway(link)) dev o\(link)") }
        try TestSupport.run("ip nexthop add id 20 group 1,2/2/3,3/4; ip route add \(prefix) nhid 20")
      } else {
        let legs = links.map { "nexthop via \(gateway($0)) dev o\($0) weight \($0)" }.joined(separator: " ")
        try TestSupport.run("ip route add \(prefix) \(legs)")
      }
      var kernel = try Kernel()
      let state = try SimulationLab.settle(&kernel)
      let plan = ConversionPlanner.plan(ConversionRequest(.prefix(try Prefix(parsing: prefix))), in: state)
      let ingress = try #require(state.links.first { $0.name == "o1" }).index
      let flows = Array(
        RandomFlows(
          seed: 5, count: 2000, to: try Prefix(parsing: prefix),
          from: try Prefix(parsing: family == .ipv4 ? "10.0.1.128/25" : "2001:db8:1::/64"), inputInterface: ingress))
      let states = try #require(FlowPricer.phases(of: plan, in: state))
      let tables = states.map { ForwardingTable($0) }
      var pricer = FlowPricer(plan, states: states, tables: tables)
      for flow in flows { pricer.add(flow, tables.map { $0.decide(flow, for: .query) }, weight: 1) }
      let price = try #require(pricer.priced(plan, accepted: []).steps.compactMap { $0.price }.last)
      let queries = flows.compactMap(RouteQuery.init(asking:))
      let before = try kernel.lookup(queries)
      try Self.run(plan, in: state)
      let after = try kernel.lookup(queries)
      let moved = zip(before, after).count {
        $0.leg?.interface != $1.leg?.interface || $0.leg?.gateway != $1.leg?.gateway
      }
      #expect(price.flows?.total == UInt64(flows.count))
      #expect(price.flows?.moved == UInt64(moved))
      #expect(abs(price.share - Double(moved) / Double(flows.count)) < 0.04)
      #expect(moved > flows.count / 2)
    }
  }
}
