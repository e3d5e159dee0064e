import Planning
import Routing
import Testing

/// Ways back over journals in which the ids of groups come again.
@Suite("Origins of groups whose ids come again")
struct OriginPlanTests {
  /// What plans have made of a state, one after the other, and what their journals tell.
  private struct Course {
    var state: RoutingState
    var history: [Conversion] = []

    init() throws {
      var simulation = Simulation(ConversionLab.empty)
      for command in [
        "nexthop add id 1 via 10.0.1.2 dev o1", "nexthop add id 2 via 10.0.2.2 dev o2",
        "nexthop add id 3 via 10.0.3.2 dev o3", "nexthop add id 51 group 1/2/3", "route add 203.0.113.0/24 nhid 51",
        "route add 192.0.2.0/24 nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2 weight 2",
        "nexthop add id 50 group 1/2 type resilient buckets 64 idle_timer 60 unbalanced_timer 0",
        "route add 198.51.100.0/24 nhid 50",
      ] { try simulation.apply(try CommandParser().change(command)) }
      state = simulation.state
    }

    private mutating func take(_ plan: ConversionPlan, isKnown: Bool) throws {
      #expect(plan.refusals == [])
      let steps = plan.steps.map(\.change)
      if isKnown { history += Conversion.history(of: steps) }
      state = try ConversionPlanTests.simulated(steps, in: state)
    }

    private func request(_ prefix: String?) throws -> ConversionRequest {
      var request = ConversionRequest(try prefix.map { .prefix(try Prefix(parsing: $0)) } ?? .everything)
      request.history = history
      return request
    }

    mutating func apply(_ prefix: String? = nil, isKnown: Bool = true) throws {
      try take(ConversionPlanner.plan(try request(prefix), in: state), isKnown: isKnown)
    }

    mutating func revert(_ prefix: String? = nil, to target: ConversionRequest.RevertTarget? = nil) throws {
      var request = try request(prefix)
      request.revertTarget = target
      try take(RevertPlanner.plan(request, in: state), isKnown: true)
    }

    mutating func tune(_ group: UInt32, idleTimer: UInt32) throws {
      var tune = TuneRequest(group: group)
      tune.idleTimer = idleTimer
      try take(TunePlanner.plan(tune, ConversionRequest(.everything), in: state), isKnown: true)
    }

    /// The group of a route; nil for legs.
    func group(_ prefix: String) throws -> NexthopGroup? {
      let prefix = try Prefix(parsing: prefix)
      let id = state.routes.first { $0.destination == prefix }?.nexthopID
      return state.groups.first { $0.id == id }
    }
  }

  private static let grouped = "203.0.113.0/24"
  private static let legged = "192.0.2.0/24"
  private static let native = "198.51.100.0/24"

  @Test("Each route goes back to where it came from, though one got the id that another one had")
  func reused() throws {
    var course = try Course()
    let before = course.state
    try course.apply(Self.legged)
    try course.revert(Self.legged, to: .threshold)
    try course.apply(Self.grouped)
    try course.apply(Self.legged)
    try course.revert()
    #expect(course.state.routes.map(\.lasting) == before.routes.map(\.lasting))
    #expect(course.state.groups.map(\.lasting) == before.groups.map(\.lasting))
  }

  @Test("A group that was converted without a journal is a group again, whatever has its id now")
  func pasted() throws {
    var course = try Course()
    try course.apply(Self.grouped, isKnown: false)
    try course.revert()
    try course.apply()
    try course.revert()
    let group = try #require(try course.group(Self.grouped))
    #expect(group.kind == .hashThreshold)
    #expect(group.members.map(\.id) == [1, 2, 3])
    #expect(try course.group(Self.legged) == nil)
  }

  @Test("Where the first journal is missing, the way back leads to no group that is its own origin")
  func missing() throws {
    var course = try Course()
    try course.apply(isKnown: false)
    for _ in 0..<3 {
      try course.revert()
      for prefix in [Self.grouped, Self.legged] { #expect(try course.group(prefix)?.kind != .resilient) }
      try course.apply()
      #expect(try course.group(Self.grouped)?.kind == .resilient)
    }
  }

  @Test("A group that was resilient before all plans gets the timers of then, and stays so")
  func native() throws {
    var course = try Course()
    let before = course.state
    try course.tune(50, idleTimer: 700)
    try course.revert(Self.native)
    try course.apply(Self.native)
    for _ in 0..<2 {
      try course.revert()
      #expect(course.state.routes.map(\.lasting) == before.routes.map(\.lasting))
      #expect(course.state.groups.map(\.lasting) == before.groups.map(\.lasting))
    }
  }
}
