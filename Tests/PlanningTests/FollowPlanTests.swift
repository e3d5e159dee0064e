import JSON
import Planning
import Rendering
import Routing
import Snapshots
import Testing

/// Plans that put a resilient group in front of a daemon's route.
@Suite("Plans to follow a daemon")
struct FollowPlanTests {
  private static let nexthops = [
    "nexthop add id 41 via 10.0.1.2 dev o1 proto zebra", "nexthop add id 42 via 10.0.2.2 dev o2 proto zebra",
    "nexthop add id 43 via 10.0.3.2 dev o3 proto zebra", "nexthop add id 44 via 10.0.4.2 dev o4 proto zebra",
  ]
  static let grouped =
    nexthops + [
      "nexthop add id 40 group 41/42/43/44 proto zebra",
      "route add 198.51.100.66/32 nhid 40 proto bgp metric 20 mtu 1400",
    ]
  static let legs =
    "nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2 weight 3 nexthop via 10.0.3.2 dev o3"
  static let legs6 = "nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2"

  static func state(_ commands: [String]) throws -> RoutingState {
    var simulation = Simulation(ConversionLab.empty)
    for command in commands { try simulation.apply(try CommandParser().change(command)) }
    return simulation.state
  }

  static func plan(
    _ prefix: String, in state: RoutingState, follows: Bool = true, version: String? = nil
  ) throws -> ConversionPlan {
    var request = ConversionRequest(.prefix(try Prefix(parsing: prefix)))
    request.follows = follows
    request.managers = [RouteManager(.zebra, processID: 7, version: version)]
    return ConversionPlanner.plan(request, in: state)
  }

  static func revert(_ prefix: String, in state: RoutingState, _ followings: [Following] = []) throws -> ConversionPlan
  {
    var request = ConversionRequest(.prefix(try Prefix(parsing: prefix)))
    request.followings = followings
    return RevertPlanner.plan(request, in: state)
  }

  /// A router, and where our route and its rules come to stand.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var commands: [String]
    var prefix: String
    var metric: UInt32?
    var table: UInt32 = RouteTable.main
    /// Rules to the prefix: the tables that they look up.
    var rules: [UInt32] = []

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "a group behind metric 20", commands: grouped, prefix: "198.51.100.66/32", metric: 10),
    Case(
      name: "legs behind metric 20", commands: ["route add 198.51.100.0/24 proto bgp metric 20 \(legs)"],
      prefix: "198.51.100.0/24", metric: 10),
    Case(
      name: "metric 5", commands: ["route add 198.51.100.0/24 proto ospf metric 5 \(legs)"],
      prefix: "198.51.100.0/24", metric: nil),
    Case(
      name: "BIRD, and metric 32", commands: ["route add 198.51.100.0/24 proto bird metric 32 \(legs)"],
      prefix: "198.51.100.0/24", metric: 22),
    Case(
      name: "no metric, many addresses", commands: ["route add 198.51.100.0/24 proto bird \(legs)"],
      prefix: "198.51.100.0/24", metric: nil, table: 7700, rules: [254, 7700]),
    Case(
      name: "no metric, one address", commands: ["route add 198.51.100.7/32 proto bird \(legs)"],
      prefix: "198.51.100.7/32", metric: nil, table: 7700, rules: [7700]),
    Case(
      name: "IPv6, metric 1024", commands: ["route add 2001:db8:a::/48 proto bgp metric 1024 \(legs6)"],
      prefix: "2001:db8:a::/48", metric: 1014),
    Case(
      name: "IPv6, metric 1", commands: ["route add 2001:db8:a::/48 proto bgp metric 1 \(legs6)"],
      prefix: "2001:db8:a::/48", metric: 1, table: 7700, rules: [254, 7700]),
    Case(
      name: "a static route of FRR",
      commands: nexthops + [
        "nexthop add id 40 group 41/42 proto zebra", "route add 198.51.100.0/24 nhid 40 metric 20 proto static",
      ],
      prefix: "198.51.100.0/24", metric: 10),
  ]

  @Test("The daemon's route stays as it is, and ours is looked at before it", arguments: cases)
  func places(item: Case) throws {
    let state = try Self.state(item.commands)
    let plan = try Self.plan(item.prefix, in: state)
    #expect(!plan.isRefused, "\(plan.refusals)")
    let following = try #require(plan.followings.first)
    #expect(following.route.metric == item.metric)
    #expect(following.route.table == item.table)
    #expect(following.route.protocol == 186)
    #expect(following.rules.map(\.action) == item.rules.map { .lookup(table: $0) })
    #expect(following.rules.allSatisfy { $0.priority == 32765 && $0.destination == following.daemon.destination })
    #expect(following.rules.dropLast().allSatisfy { $0.suppressPrefixLength == 24 || $0.suppressPrefixLength == 48 })
    let after = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: state)
    for route in state.routes { #expect(after.routes.contains(route)) }
    for group in state.groups { #expect(after.groups.contains(group)) }
    let own = try #require(after.routes.first { following.isOurs($0) })
    #expect(ConversionPlanTests.kind(own, after) == .resilient)
    let daemon = try #require(after.routes.first { RouteKey($0) == RouteKey(following.daemon) })
    #expect(ConversionPlanTests.ways(own, after) == ConversionPlanTests.ways(daemon, after))
    // Only what is new moves, once.
    #expect(plan.steps.count { $0.price != nil } == 1)
  }

  @Test("Undone, or taken back with or without a record, a plan leaves nothing behind", arguments: cases)
  func back(item: Case) throws {
    let state = try Self.state(item.commands)
    let plan = try Self.plan(item.prefix, in: state)
    let after = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: state)
    let undone = try ConversionPlanTests.simulated(plan.steps.reversed().map(\.change.inverse), in: after)
    for followings in [plan.followings, []] {
      let revert = try Self.revert(item.prefix, in: after, followings)
      #expect(!revert.isRefused, "\(revert.refusals)")
      #expect(revert.steps.count { $0.price != nil } == 1)
      let reverted = try ConversionPlanTests.simulated(revert.steps.map(\.change), in: after)
      for end in [undone, reverted] {
        #expect(Set(end.routes) == Set(state.routes))
        #expect(end.rules == state.rules)
        #expect(end.groups == state.groups)
        #expect(end.nexthops == state.nexthops)
      }
    }
  }

  @Test("The commands of a plan do what the plan does, and its file is the plan", arguments: cases)
  func text(item: Case) throws {
    let state = try Self.state(item.commands)
    let plan = try Self.plan(item.prefix, in: state)
    var simulation = Simulation(state)
    for line in ConversionReport(plan, in: state).lines {
      guard let command = line.command else {
        // A batch has no word for the family of a rule.
        #expect(item.prefix.contains(":"))
        try simulation.apply(line.step.change)
        continue
      }
      try simulation.apply(try CommandParser().change(command))
    }
    #expect(simulation.state == (try ConversionPlanTests.simulated(plan.steps.map(\.change), in: state)))
    var reader = JSONReader(plan.fileBytes)
    #expect(try ConversionPlan(json: try reader.value()) == plan)
  }

  @Test("New ids lie below the highest that is in use, which zebra never takes")
  func ids() throws {
    let plan = try Self.plan("198.51.100.66/32", in: try Self.state(Self.grouped))
    #expect(plan.addedIDs == [39])
    let crowded = try Self.plan(
      "198.51.100.0/24",
      in: try Self.state([
        "nexthop add id 1 blackhole", "nexthop add id 2 blackhole",
        "route add 198.51.100.0/24 proto bgp metric 20 \(Self.legs)",
      ]))
    #expect(crowded.addedIDs == [77_999_996, 77_999_997, 77_999_998, 77_999_999])
  }

  @Test("What has a better metric already is in the way")
  func rival() throws {
    let plan = try Self.plan(
      "198.51.100.66/32", in: try Self.state(Self.grouped + ["route add 198.51.100.66/32 via 10.0.4.9 metric 15"]))
    #expect(plan.refusals.contains { $0.text.contains("goes before it") }, "\(plan.hazards)")
    #expect(plan.steps.isEmpty)
  }

  @Test("What is followed already is told, and not followed twice")
  func twice() throws {
    for item in Self.cases {
      let state = try Self.state(item.commands)
      let first = try Self.plan(item.prefix, in: state)
      let after = try ConversionPlanTests.simulated(first.steps.map(\.change), in: state)
      for follows in [true, false] {
        let plan = try Self.plan(item.prefix, in: after, follows: follows)
        #expect(plan.steps.isEmpty && !plan.isRefused, "\(item.name): \(plan.hazards)")
        #expect(plan.hazards.contains { $0.text.contains("followed already") }, "\(item.name)")
      }
    }
  }

  @Test("Without being told to follow, a plan is refused and says which ways there are, zebra's own setting first")
  func proposals() throws {
    let state = try Self.state(Self.grouped)
    let expected: [(String?, DaemonProposal.Availability)] = [
      ("8.4.4", .unavailable), ("10.6.1", .unavailable), ("10.8-dev", .depends), (nil, .depends),
    ]
    for (version, availability) in expected {
      let plan = try Self.plan("198.51.100.66/32", in: state, follows: false, version: version)
      #expect(plan.refusals.contains { $0.code == .owner })
      #expect(plan.proposals.map(\.kind) == [.setting, .following])
      #expect(plan.proposals.first?.availability == availability, "\(version ?? "-")")
      var text: [UInt8] = []
      ConversionReport(plan, in: state).appendText(to: &text)
      let isShown = String(decoding: text, as: UTF8.self).contains("zebra nexthop-group resilience buckets 128")
      #expect(isShown == (availability == .depends))
    }
    let bird = try Self.plan(
      "198.51.100.0/24", in: try Self.state(["route add 198.51.100.0/24 proto bird metric 32 \(Self.legs)"]),
      follows: false)
    #expect(bird.proposals.map(\.kind) == [.following])
  }
}
