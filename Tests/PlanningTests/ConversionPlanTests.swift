import Forwarding
import JSON
import Placement
import Planning
import Rendering
import Routing
import Snapshots
import TestSupport
import Testing

/// Plans for random routers, carried out by simulation.
@Suite struct ConversionPlanTests {
  static let seeds: ClosedRange<UInt64> = 1...40

  static func request(_ selection: ConversionRequest.Selection = .everything) -> ConversionRequest {
    ConversionRequest(selection)
  }

  static func simulated(_ steps: [PlannedChange], in state: RoutingState) throws -> RoutingState {
    var simulation = Simulation(state)
    for step in steps { try simulation.apply(step) }
    return simulation.state
  }

  /// The nexthops of a route with their weights, whatever holds them.
  static func ways(_ route: Route, _ state: RoutingState) -> [String] {
    if let group = state.groups.first(where: { $0.id == route.nexthopID }) {
      return group.members.map { member in
        let nexthop = (state.nexthops ?? []).first { $0.id == member.id }
        return
          "\(nexthop?.family as Any) \(nexthop?.target as Any) onlink \(nexthop?.flags ?? 0) weight \(member.weight)"
      }
    }
    guard case .legs(.multipath(let legs)) = route.nexthops else { return ["\(route.nexthops)"] }
    return legs.map { leg in
      let target = Nexthop.Target.device(
        interface: leg.interface, gateway: leg.gateway, encapsulation: leg.encapsulation)
      let family: AddressFamily? = leg.gateway?.family ?? route.family
      let optional: Nexthop.Target? = target
      return
        "\(family as Any) \(optional as Any) onlink \(leg.flags.intersection(.onlink).rawValue) weight \(leg.weight)"
    }
  }

  /// The route without its nexthops.
  static func attributes(_ route: Route) -> Route {
    var route = route.lasting
    route.nexthops = .legs(.none)
    return route
  }

  static func isMultipath(_ route: Route, _ state: RoutingState) -> Bool {
    if case .legs(.multipath) = route.nexthops { return true }
    return state.groups.contains { $0.id == route.nexthopID }
  }

  static func kind(_ route: Route, _ state: RoutingState) -> NexthopGroup.Kind? {
    state.groups.first { $0.id == route.nexthopID }?.kind
  }

  @Test("Every multipath route of a random router becomes resilient and keeps the rest", arguments: seeds)
  func convert(seed: UInt64) throws {
    for isInTwoSteps in [false, true] {
      let before = try ConversionLab.state(seed: seed)
      var request = Self.request()
      request.isInTwoSteps = isInTwoSteps
      let plan = ConversionPlanner.plan(request, in: before)
      #expect(plan.refusals == [])
      #expect(plan.expectation.mismatches(in: before) == [])
      let after = try Self.simulated(plan.steps.map(\.change), in: before)
      #expect(before.routes.count == after.routes.count)
      var count = 0
      for (old, new) in zip(before.routes, after.routes) {
        #expect(Self.attributes(old) == Self.attributes(new))
        #expect(Self.ways(old, before) == Self.ways(new, after))
        guard Self.isMultipath(old, before) else {
          #expect(old == new)
          continue
        }
        count += 1
        #expect(Self.kind(new, after) == .resilient)
      }
      #expect(count > 5)
      let known = Set((before.nexthops ?? []).map(\.id) + before.groups.map(\.id))
      #expect(known.isDisjoint(with: plan.addedIDs))
      #expect(plan.addedIDs.allSatisfy(ConversionRequest.ownIDs.contains))
      // Nothing is left over: what was added is used.
      let used = Set(after.routes.compactMap(\.nexthopID)).union(after.groups.flatMap { $0.members.map(\.id) })
      #expect(plan.addedIDs.allSatisfy(used.contains))
    }
  }

  @Test("Undone step by step, a plan leaves nothing behind", arguments: seeds)
  func inverse(seed: UInt64) throws {
    let before = try ConversionLab.state(seed: seed)
    var request = Self.request()
    request.isInTwoSteps = seed % 2 == 0
    let steps = ConversionPlanner.plan(request, in: before).steps.map(\.change)
    let after = try Self.simulated(steps + steps.reversed().map(\.inverse), in: before)
    #expect(after.routes.map(\.lasting) == before.routes.map(\.lasting))
    #expect(after.nexthops == before.nexthops)
    #expect(after.groups == before.groups)
  }

  @Test("The commands of a plan do what the plan does", arguments: seeds)
  func commands(seed: UInt64) throws {
    let before = try ConversionLab.state(seed: seed)
    let plan = ConversionPlanner.plan(Self.request(), in: before)
    var bytes: [UInt8] = []
    ConversionReport(plan, in: before).appendText(to: &bytes)
    let commands = try CommandParser().batch(bytes)
    #expect(commands.count == plan.steps.count)
    var simulation = Simulation(before)
    for command in commands { try simulation.apply(command.change) }
    #expect(simulation.state == (try Self.simulated(plan.steps.map(\.change), in: before)))
  }

  @Test("The commands of the way back do what the plan does", arguments: seeds)
  func commandsBack(seed: UInt64) throws {
    let before = try ConversionLab.state(seed: seed)
    let plan = ConversionPlanner.plan(Self.request(), in: before)
    let middle = try Self.simulated(plan.steps.map(\.change), in: before)
    let back = RevertPlanner.plan(Self.request(), in: middle)
    let text = IPCommandText(middle)
    var simulation = Simulation(middle)
    for step in back.steps {
      try simulation.apply(try CommandParser().change(try #require(text.line(step.change))))
    }
    #expect(simulation.state == (try Self.simulated(back.steps.map(\.change), in: middle)))
  }

  @Test("A plan read from its file is the plan that was written", arguments: seeds)
  func file(seed: UInt64) throws {
    let state = try ConversionLab.state(seed: seed)
    var plan = ConversionPlanner.plan(Self.request(), in: state)
    plan.namespaceName = seed % 2 == 0 ? "spine02" : nil
    var reader = JSONReader(plan.fileBytes)
    #expect(try ConversionPlan(json: try reader.value()) == plan)
    try reader.finish()
  }

  @Test("There and back again, with what the plan has recorded: everything is as it was", arguments: seeds)
  func revert(seed: UInt64) throws {
    let before = try ConversionLab.state(seed: seed)
    var there = Self.request()
    there.isInTwoSteps = seed % 3 == 0
    let plan = ConversionPlanner.plan(there, in: before)
    let middle = try Self.simulated(plan.steps.map(\.change), in: before)
    var request = Self.request()
    request.history = seed % 2 == 0 ? plan.conversions : Conversion.history(of: plan.steps.map(\.change))
    let back = RevertPlanner.plan(request, in: middle)
    #expect(back.refusals == [])
    let after = try Self.simulated(back.steps.map(\.change), in: middle)
    #expect(after.routes.map(\.lasting) == before.routes.map(\.lasting))
    #expect(after.nexthops == before.nexthops)
    #expect(after.groups == before.groups)
  }

  @Test("Back without any record: what was made of legs is told by its objects", arguments: seeds)
  func revertUnrecorded(seed: UInt64) throws {
    let before = try ConversionLab.state(seed: seed)
    let plan = ConversionPlanner.plan(Self.request(), in: before)
    let middle = try Self.simulated(plan.steps.map(\.change), in: before)
    let back = RevertPlanner.plan(Self.request(), in: middle)
    let after = try Self.simulated(back.steps.map(\.change), in: middle)
    for (old, new) in zip(before.routes, after.routes) {
      #expect(Self.attributes(old) == Self.attributes(new))
      #expect(Self.ways(old, before) == Self.ways(new, after))
      // What was resilient before stays, unless it is told to go.
      #expect(Self.kind(new, after) != .resilient || old.nexthopID == new.nexthopID)
    }
    var all = Self.request()
    all.revertTarget = .threshold
    let last = try Self.simulated(RevertPlanner.plan(all, in: after).steps.map(\.change), in: after)
    #expect(last.routes.allSatisfy { Self.kind($0, last) != .resilient })
  }

  @Test("One prefix, one group: nothing else is touched, and what others use stays", arguments: seeds)
  func selection(seed: UInt64) throws {
    let before = try ConversionLab.state(seed: seed)
    for route in before.routes where Self.isMultipath(route, before) && Self.kind(route, before) != .resilient {
      let plan = ConversionPlanner.plan(Self.request(.prefix(route.destination)), in: before)
      #expect(plan.refusals == [])
      let after = try Self.simulated(plan.steps.map(\.change), in: before)
      let changed = zip(before.routes, after.routes).filter { $0 != $1 }
      #expect(changed.map(\.0) == [route])
      #expect(changed.allSatisfy { Self.kind($1, after) == .resilient })
    }
  }
}
