import Planning
import Routing
import TestSupport
import Testing

/// What can go wrong with a plan is found, and refused or warned about.
@Suite struct ConversionHazardTests {
  typealias Code = ConversionHazard.Code

  /// A router, what is asked of it, and what is to be found.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var commands: [String]
    var change: @Sendable (inout RoutingState) -> Void = { _ in }
    var request: @Sendable (inout ConversionRequest) -> Void = { _ in }
    var code: Code
    var severity: ConversionHazard.Severity

    var testDescription: String { name }
  }

  private static let legacy = "route add 198.51.100.0/24 nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2"
  private static let grouped = [
    "nexthop add id 1 via 10.0.1.2 dev o1", "nexthop add id 2 via 10.0.2.2 dev o2", "nexthop add id 20 group 1/2,3",
    "route add 198.51.100.0/24 nhid 20",
  ]

  static let cases: [Case] = [
    Case(
      name: "a member without a bucket", commands: grouped,
      request: { $0.parameters.buckets = 1 }, code: .starvedMember, severity: .refusal),
    Case(
      name: "an uneven share", commands: grouped,
      request: { $0.parameters.buckets = 3 }, code: .shareError, severity: .warning),
    Case(
      name: "timers that nobody gave", commands: grouped, code: .advisedTimers, severity: .note),
    Case(
      name: "no unbalanced timer", commands: grouped,
      request: { $0.parameters.unbalancedTimer = 0 }, code: .busyBuckets, severity: .warning),
    Case(name: "a failed neighbour later", commands: grouped, code: .neighbourIgnored, severity: .warning),
    Case(name: "objects that do not come back", commands: [legacy], code: .noSelfHealing, severity: .warning),
    Case(
      name: "a leg over a link that is down", commands: [legacy],
      change: { $0.set(flags: 0x2, of: "o2") },
      code: .memberDown, severity: .refusal),
    Case(
      name: "a leg over a link without carrier", commands: [legacy],
      change: { $0.set(flags: 0x3, of: "o2") },
      code: .memberWithoutCarrier, severity: .refusal),
    Case(
      name: "a neighbour that has failed and is passed over", commands: grouped,
      change: {
        $0.neighbours.append(Neighbour(address: IPAddress(ipv4: 0x0a00_0102), interface: 2, state: .failed))
      }, code: .neighbourFailed, severity: .refusal),
    Case(
      name: "a neighbour that has failed and is not passed over", commands: [legacy],
      change: {
        $0.neighbours.append(Neighbour(address: IPAddress(ipv4: 0x0a00_0102), interface: 2, state: .failed))
      }, code: .neighbourFailed, severity: .warning),
    Case(
      name: "a route of zebra",
      commands: ["route add 198.51.100.0/24 proto bgp nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2"],
      code: .owner, severity: .refusal),
    Case(
      name: "a group of zebra",
      commands: Array(grouped[..<2]) + ["nexthop add id 20 group 1/2 proto zebra", grouped[3]], code: .owner,
      severity: .refusal),
    Case(
      name: "members of zebra",
      commands: ["nexthop add id 1 via 10.0.1.2 dev o1 proto zebra"] + grouped[1...], code: .owner, severity: .warning),
    Case(
      name: "networkd that takes foreign nexthops away", commands: [legacy],
      request: { $0.managers = [RouteManager(.networkd, processID: 7)] }, code: .managerRunning, severity: .refusal),
    Case(
      name: "networkd that leaves foreign nexthops alone", commands: [legacy],
      request: { $0.managers = [RouteManager(.networkd, processID: 7, managesForeignNexthops: false)] },
      code: .managerRunning, severity: .note),
    Case(
      name: "zebra beside it", commands: [legacy], request: { $0.managers = [RouteManager(.zebra, processID: 7)] },
      code: .managerRunning, severity: .warning),
    Case(
      name: "NetworkManager beside it", commands: [legacy],
      request: { $0.managers = [RouteManager(.networkManager, processID: 7)] }, code: .managerRunning,
      severity: .warning),
    Case(
      name: "a route in hardware", commands: [legacy],
      change: { state in
        for index in state.routes.indices where state.routes[index].destination.length == 24 {
          state.routes[index].flags |= RouteFlags.offload
        }
      }, code: .offloaded, severity: .refusal),
    Case(
      name: "no id left", commands: [legacy], request: { $0.ids = 20...20 }, code: .noFreeID, severity: .refusal),
    Case(
      name: "a kernel without nexthop objects", commands: [legacy],
      change: {
        $0.kernel.release = "5.2.0"
        $0.nexthops = nil
      }, code: .noNexthopObjects, severity: .refusal),
    Case(
      name: "a kernel without resilient groups", commands: [legacy], change: { $0.kernel.release = "5.10.223" },
      code: .noResilientGroups, severity: .refusal),
    Case(
      name: "IPv6 legs",
      commands: ["route add 2001:db8:a::/48 nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2"],
      request: { $0.selection = .everything }, code: .ipv6Gap, severity: .note),
    Case(
      name: "IPv6 legs of the best metric that there is",
      commands: [
        "route add 2001:db8:a::/48 metric 1 nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2"
      ],
      request: { $0.selection = .everything }, code: .ipv6Gap, severity: .warning),
    Case(
      name: "IPv6 legs with no room before them",
      commands: [
        "route add 2001:db8:a::/48 metric 7 nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2",
        "route add 2001:db8:a::/48 metric 6 via 2001:db8:1::2 dev o1",
      ], request: { $0.selection = .everything }, code: .ipv6Gap, severity: .warning),
    Case(name: "sockets with a source", commands: [legacy], code: .localTraffic, severity: .warning),
    Case(
      name: "realms of legs",
      commands: [
        "route add 198.51.100.0/24 nexthop via 10.0.1.2 dev o1 realms 5 nexthop via 10.0.2.2 dev o2"
      ], code: .attributeLost, severity: .refusal),
    Case(
      name: "two routes of one key", commands: [legacy, "route append 198.51.100.0/24 via 10.0.3.2 dev o3"],
      code: .twins, severity: .refusal),
    Case(
      name: "IPv6 legs that hide a route",
      commands: ["route add 2001:db8:a::/48 nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2"],
      change: { $0.hiddenRoutes = .anywhere }, request: { $0.selection = .everything }, code: .twins, severity: .refusal
    ),
    Case(
      name: "a route with one nexthop", commands: ["route add 198.51.100.0/24 via 10.0.3.2 dev o3"],
      code: .notConcerned, severity: .refusal),
    Case(name: "no route at all", commands: [], code: .notConcerned, severity: .refusal),
    Case(
      name: "a group that is not there", commands: grouped, request: { $0.selection = .group(77) },
      code: .notConcerned, severity: .refusal),
    Case(
      name: "a single nexthop for a group", commands: grouped, request: { $0.selection = .group(1) },
      code: .notConcerned, severity: .refusal),
    Case(
      name: "what is resilient already",
      commands: Array(grouped[..<2]) + ["nexthop add id 20 group 1/2 type resilient buckets 64", grouped[3]],
      code: .notConcerned, severity: .note),
    Case(
      name: "timers that ip does not take", commands: grouped, request: { $0.parameters.idleTimer = 150 },
      code: .ipLimits, severity: .note),
    Case(
      name: "a gateway that the kernel would not take for an object", commands: [legacy],
      change: { state in state.routes.removeAll { $0.destination.length == 24 && $0.protocol == 2 } },
      code: .notSimulated, severity: .refusal),
  ]

  @Test("A hazard is found, and its severity is as it should be", arguments: cases)
  func hazards(item: Case) throws {
    let plan = try Self.plan(item)
    let found = plan.hazards.filter { $0.code == item.code }
    #expect(found.map(\.severity).contains(item.severity), "\(plan.hazards)")
    #expect(plan.isRefused == plan.hazards.contains { $0.severity == .refusal })
    for hazard in plan.hazards {
      #expect(
        !hazard.text.isEmpty && !hazard.text.hasSuffix(".") && !hazard.remedy.isEmpty && !hazard.remedy.hasSuffix("."))
    }
    #expect(plan.hazards.map(\.severity) == plan.hazards.map(\.severity).sorted(by: >))
  }

  @Test("What can be accepted refuses no more when it is accepted, what can not does", arguments: cases)
  func accepting(item: Case) throws {
    guard item.severity == .refusal, item.code != .notConcerned else { return }
    var accepting = item
    accepting.request = { request in
      item.request(&request)
      request.accepted = Set(Code.allCases)
    }
    let plan = try Self.plan(accepting)
    #expect(plan.isRefused == !item.code.canBeAccepted, "\(plan.refusals)")
    if item.code.canBeAccepted, item.code != .twins {
      #expect(!plan.steps.isEmpty)
      let after = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: try Self.state(item))
      #expect(after.routes.contains { ConversionPlanTests.kind($0, after) == .resilient })
    }
  }

  static func state(_ item: Case) throws -> RoutingState {
    var simulation = Simulation(ConversionLab.empty)
    for command in item.commands { try simulation.apply(try CommandParser().change(command)) }
    var state = simulation.state
    item.change(&state)
    return state
  }

  static func plan(_ item: Case) throws -> ConversionPlan {
    var request = ConversionRequest(.prefix(try Prefix(parsing: "198.51.100.0/24")))
    item.request(&request)
    return ConversionPlanner.plan(request, in: try state(item))
  }

  @Test("Of all that there is, routes of daemons are left out, and taken in when that is accepted")
  func leavingOut() throws {
    var item = Self.cases[0]
    item.commands = [
      "route add 198.51.100.0/24 proto bgp nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2",
      "route add 198.51.101.0/24 nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2",
    ]
    item.request = { $0.selection = .everything }
    let plan = try Self.plan(item)
    #expect(!plan.isRefused)
    #expect(plan.conversions.flatMap { $0.routes.map(\.destination.description) } == ["198.51.101.0/24"])
    item.request = { request in
      request.selection = .everything
      request.accepted = [.owner]
    }
    #expect(try Self.plan(item).conversions.flatMap(\.routes).count == 2)
  }

  @Test("What changed since a plan was made is found before anything is touched")
  func mismatches() throws {
    let item = Self.cases[0]
    var request = ConversionRequest(.everything)
    request.parameters.buckets = 64
    let state = try Self.state(item)
    let expectation = ConversionPlanner.plan(request, in: state).expectation
    #expect(expectation.mismatches(in: state) == [])
    func found(_ commands: String...) throws -> [ExpectationMismatch] {
      var simulation = Simulation(state)
      for command in commands { try simulation.apply(try CommandParser().change(command)) }
      return expectation.mismatches(in: simulation.state)
    }
    #expect(try found("route del 198.51.100.0/24").count == 1)
    #expect(try found("route replace 198.51.100.0/24 nhid 20 mtu 1400").count == 1)
    #expect(try found("nexthop replace id 20 group 1/2,4").count == 1)
    #expect(try found("nexthop replace id 1 via 10.0.1.3 dev o1").count == 1)
    #expect(try found("route add 198.51.101.0/24 nhid 20") != [])
    #expect(try found("nexthop add id 77999999 via 10.0.1.9 dev o1") == [.idTaken(77_999_999)])
    // What has nothing to do with it.
    #expect(try found("route add 198.51.102.0/24 via 10.0.1.2", "nexthop add id 9 via 10.0.3.2 dev o3") == [])
  }
}

extension RoutingState {
  fileprivate mutating func set(flags: UInt32, of name: String) {
    for index in links.indices where links[index].name == name { links[index].flags = flags }
  }
}
