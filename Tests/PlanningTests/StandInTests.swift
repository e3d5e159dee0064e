import Planning
import Routing
import TestSupport
import Testing

/// Routes that stand in for IPv6 routes while those are replaced.
@Suite struct StandInTests {
  /// Checks each replacement of an IPv6 route that has legs before or after.
  ///
  /// - Returns: how many there are.
  private func check(_ plan: ConversionPlan) throws -> Int {
    let changes = plan.steps.map(\.change)
    var count = 0
    for (index, change) in changes.enumerated() {
      guard case .replaceRoute(let old, let new) = change, old.family == .ipv6,
        old.nexthopID == nil || new.nexthopID == nil
      else { continue }
      count += 1
      guard index > 0, case .addRoute(let standIn) = changes[index - 1] else {
        Issue.record("nothing stands in for \(RouteKey(old))")
        continue
      }
      #expect(standIn.nexthopID == new.nexthopID ?? old.nexthopID)
      #expect(standIn.metric == (old.metric ?? 1024) - 1)
      // All else is that of the route, but that it ends by itself.
      var same = ConversionPlanTests.attributes(standIn)
      same.metric = old.lasting.metric
      #expect(same == ConversionPlanTests.attributes(old))
      #expect(standIn.extras?.expires ?? 0 > 0)
      let end = try #require(changes.firstIndex(of: .removeRoute(standIn)))
      #expect(end > index)
      for later in changes[..<end] where later.removedID == standIn.nexthopID {
        Issue.record("\(later.phrase) while \(RouteKey(standIn)) is over it")
      }
    }
    #expect(changes.count { if case .addRoute = $0 { true } else { false } } == count)
    #expect(changes.count { if case .removeRoute = $0 { true } else { false } } == count)
    return count
  }

  @Test(
    "Every IPv6 route that gets legs or loses them has a stand-in, there and back", arguments: ConversionPlanTests.seeds
  )
  func plans(seed: UInt64) throws {
    let before = try ConversionLab.state(seed: seed)
    var request = ConversionPlanTests.request()
    request.isInTwoSteps = seed % 2 == 0
    let plan = ConversionPlanner.plan(request, in: before)
    let count = try check(plan)
    request.history = plan.conversions
    let middle = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: before)
    #expect(plan.expectation.mismatches(in: before) == [])
    #expect(try check(RevertPlanner.plan(request, in: middle)) == count)
  }

  @Test("The metric before that of a route is nobody else's, or nothing stands in", arguments: [1, 2, 6, 7])
  func room(metric: UInt32) throws {
    let legs = "nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2"
    var simulation = Simulation(ConversionLab.empty)
    for command in [
      "route add 2001:db8:a::/48 metric \(metric) \(legs)", "route add 2001:db8:a::/48 metric 5 via 2001:db8:1::2",
    ] {
      try simulation.apply(try CommandParser().change(command))
    }
    let plan = ConversionPlanner.plan(ConversionPlanTests.request(), in: simulation.state)
    let standIns = plan.steps.compactMap { if case .addRoute(let route) = $0.change { route.metric } else { nil } }
    #expect(standIns == (metric == 1 || metric == 6 ? [] : [metric - 1]))
    #expect(plan.refusals == [])
  }
}
