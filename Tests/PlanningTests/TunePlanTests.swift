import Forwarding
import Placement
import Planning
import Routing
import TestSupport
import Testing

/// Changes of resilient groups in place, and what flows and configuration files tell.
@Suite struct TunePlanTests {
  static func state() throws -> RoutingState {
    var simulation = Simulation(ConversionLab.empty)
    for command in [
      "nexthop add id 1 via 10.0.1.2 dev o1", "nexthop add id 2 via 10.0.2.2 dev o2",
      "nexthop add id 3 via 10.0.3.2 dev o3",
      "nexthop add id 20 group 1/2 type resilient buckets 64 idle_timer 60 unbalanced_timer 0",
      "route add 198.51.100.0/24 nhid 20",
    ] { try simulation.apply(try CommandParser().change(command)) }
    return simulation.state
  }

  static let options = ConversionRequest(.everything)

  @Test("Other timers move nothing")
  func timers() throws {
    let state = try Self.state()
    var tune = TuneRequest(group: 20)
    tune.idleTimer = 500
    tune.unbalancedTimer = 1000
    let plan = TunePlanner.plan(tune, Self.options, in: state)
    #expect(plan.refusals == [])
    #expect(plan.steps.count == 1)
    #expect(plan.steps[0].price?.movedHashes == 0)
    let after = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: state)
    let group = try #require(after.groups.first { $0.id == 20 })
    #expect(group.resilient == ResilientParameters(buckets: 64, idleTimer: 500, unbalancedTimer: 1000))
  }

  @Test("A member that leaves moves its own part, and one that comes waits for idle buckets")
  func members() throws {
    var state = try Self.state()
    // All buckets have just been used.
    for index in state.bucketTables[0].buckets.indices { state.bucketTables[0].buckets[index].idleTime = 0 }
    var tune = TuneRequest(group: 20)
    tune.members = [NexthopGroup.Member(id: 1)]
    var plan = TunePlanner.plan(tune, Self.options, in: state)
    #expect(plan.steps.first?.price?.share == 0.5)
    #expect(!plan.hazards.contains { $0.code == .laterMoves })

    tune.members = [1, 2, 3].map { NexthopGroup.Member(id: $0) }
    plan = TunePlanner.plan(tune, Self.options, in: state)
    #expect(plan.steps.first?.price?.movedHashes == 0)
    #expect(plan.hazards.first { $0.code == .laterMoves }?.text.hasPrefix("21 of 64 buckets") == true)
    #expect(plan.hazards.contains { $0.code == .busyBuckets })

    tune.members = [1, 7].map { NexthopGroup.Member(id: $0) }
    #expect(TunePlanner.plan(tune, Self.options, in: state).isRefused)
  }

  /// The state after plans that were carried out one after the other, and what their journals tell.
  private static func tuned(_ state: RoutingState, _ tunes: [TuneRequest]) throws -> (RoutingState, [Conversion]) {
    var state = state
    var history: [Conversion] = []
    for tune in tunes {
      let steps = TunePlanner.plan(tune, options, in: state).steps.map(\.change)
      history += Conversion.history(of: steps)
      state = try ConversionPlanTests.simulated(steps, in: state)
    }
    return (state, history)
  }

  /// Other timers, and then other members.
  private static let tunes: [TuneRequest] = {
    var timers = TuneRequest(group: 20)
    timers.idleTimer = 500
    var members = TuneRequest(group: 20)
    members.members = [1, 2, 3].map { NexthopGroup.Member(id: $0) }
    return [timers, members]
  }()

  @Test(
    "A group that is named becomes hash-threshold, also one that was resilient before all plans, however often it was tuned",
    arguments: 0...2)
  func revertTuned(count: Int) throws {
    let (state, history) = try Self.tuned(try Self.state(), Array(Self.tunes.prefix(count)))
    for selection in [ConversionRequest.Selection.group(20), .prefix(try Prefix(parsing: "198.51.100.0/24"))] {
      var request = ConversionRequest(selection)
      request.history = history
      let back = RevertPlanner.plan(request, in: state)
      #expect(back.refusals == [])
      let after = try ConversionPlanTests.simulated(back.steps.map(\.change), in: state)
      #expect(after.groups.map(\.kind) == [.hashThreshold])
      #expect(after.groups[0].members == state.groups[0].members)
      #expect(after.routes.count { $0.nexthopID == after.groups[0].id } == 1)
      request.history += Conversion.history(of: back.steps.map(\.change))
      request.selection = .group(after.groups[0].id)
      #expect(RevertPlanner.plan(request, in: after).refusals.map(\.code) == [.notConcerned])
    }
  }

  @Test("To take back what plans have done gives such a group its timers and members back", arguments: 1...2)
  func revertToOrigin(count: Int) throws {
    let before = try Self.state()
    let (state, history) = try Self.tuned(before, Array(Self.tunes.prefix(count)))
    var named = ConversionRequest(.group(20))
    named.revertTarget = .origin
    for var request in [named, ConversionRequest(.everything)] {
      request.history = history
      let back = RevertPlanner.plan(request, in: state)
      #expect(back.refusals == [])
      let after = try ConversionPlanTests.simulated(back.steps.map(\.change), in: state)
      #expect(after.groups.map(\.lasting) == before.groups.map(\.lasting))
    }
  }

  @Test("Another number of buckets for a resilient group is no reason to stay resilient either")
  func revertRebucketed() throws {
    let before = try Self.state()
    var request = ConversionRequest(.group(20))
    request.parameters.buckets = 256
    let plan = ConversionPlanner.plan(request, in: before)
    let middle = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: before)
    let group = try #require(middle.routes.first { $0.nexthopID != nil }?.nexthopID)
    for (target, kind) in [(nil, .hashThreshold), (.origin, .resilient)]
      as [(ConversionRequest.RevertTarget?, NexthopGroup.Kind)]
    {
      var request = ConversionRequest(.group(group))
      request.history = Conversion.history(of: plan.steps.map(\.change))
      request.revertTarget = target
      let back = RevertPlanner.plan(request, in: middle)
      let after = try ConversionPlanTests.simulated(back.steps.map(\.change), in: middle)
      #expect(after.groups.map(\.id) == [20])
      #expect(after.groups.map(\.kind) == [kind])
    }
  }

  @Test("What is not resilient, not there, or so already is told")
  func nothing() throws {
    let state = try Self.state()
    #expect(TunePlanner.plan(TuneRequest(group: 77), Self.options, in: state).isRefused)
    #expect(TunePlanner.plan(TuneRequest(group: 1), Self.options, in: state).isRefused)
    let plan = TunePlanner.plan(TuneRequest(group: 20), Self.options, in: state)
    #expect(!plan.isRefused)
    #expect(plan.steps == [])
  }

  @Test("Another bucket count is another group")
  func buckets() throws {
    let state = try Self.state()
    var request = ConversionRequest(.group(20))
    request.parameters.buckets = 128
    let plan = ConversionPlanner.plan(request, in: state)
    #expect(plan.refusals == [])
    let after = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: state)
    let route = try #require(after.routes.first { $0.destination.description == "198.51.100.0/24" })
    let group = try #require(after.groups.first { $0.id == route.nexthopID })
    // The timers are those of before.
    #expect(group.resilient == ResilientParameters(buckets: 128, idleTimer: 6000, unbalancedTimer: 0))
    #expect(after.groups.count == 1)
    // Remainders of 128 and 64 go together: half of each table.
    #expect(plan.steps.compactMap(\.price).map(\.share) == [0.5])
  }

  @Test("Flows in every bucket of a group without an unbalanced timer refuse the plan, unless accepted")
  func busyBuckets() throws {
    let state = try ConversionPriceTests.state(weights: [1, 1])
    var request = ConversionRequest(.everything)
    request.parameters.unbalancedTimer = 0
    request.parameters.buckets = 16
    let plan = ConversionPlanner.plan(request, in: state)
    #expect(!plan.isRefused)
    let states = try #require(FlowPricer.phases(of: plan, in: state))
    let tables = states.map { ForwardingTable($0) }
    var pricer = FlowPricer(plan, states: states, tables: tables)
    for flow in try ConversionPriceTests.flows(8, .ipv4) { pricer.add(flow, tables.map { $0.decide(flow) }, weight: 1) }
    #expect(!pricer.priced(plan, accepted: []).isRefused)
    for flow in try ConversionPriceTests.flows(800, .ipv4) {
      pricer.add(flow, tables.map { $0.decide(flow) }, weight: 1)
    }
    let priced = pricer.priced(plan, accepted: [])
    #expect(priced.refusals.map(\.code) == [.busyBuckets])
    #expect(!pricer.priced(plan, accepted: [.busyBuckets]).isRefused)
  }

  @Test("Timers follow the pauses of flows")
  func pauses() throws {
    #expect(FlowPauses([]) == nil)
    let short = Array(repeating: UInt64(300), count: 990) + Array(repeating: UInt64(90_000), count: 10)
    let pauses = try #require(FlowPauses(short.shuffled()))
    #expect(pauses.flows == 1000)
    #expect(pauses.long == 90_000)
    var request = ConversionRequest(.everything)
    request.pauses = FlowPauses(Array(repeating: 3000, count: 5))
    let plan = ConversionPlanner.plan(request, in: try ConversionPriceTests.state(weights: [1, 1, 1]))
    let parameters = try #require(plan.conversions.first?.group?.resilient)
    #expect(parameters.idleTimer == 6000)
    #expect(parameters.unbalancedTimer == 30000)
    #expect(plan.hazards.contains { $0.code == .advisedTimers && $0.text.contains("5 flows") })
  }

  @Test(
    "networkd.conf is read as networkd reads it",
    arguments: [
      ([""], true), (["[Network]\nManageForeignNextHops=no\n"], false),
      (["[Network]\nManageForeignRoutes=no\n"], true), (["[DHCPv4]\nManageForeignNextHops=no\n"], true),
      (["[Network]\n#ManageForeignNextHops=no\n"], true), (["[Network]\n ManageForeignNextHops = False \n"], false),
      (["[Network]\nManageForeignNextHops=no", "[Network]\nManageForeignNextHops=yes"], true),
      (["[Network]\nManageForeignNextHops=no", "[Network]\nManageForeignNextHops="], true),
    ])
  func networkd(files: [String], manages: Bool) {
    var setting = NetworkdSetting()
    for file in files { setting.read(file) }
    #expect(setting.managesForeignNexthops == manages)
  }
}
