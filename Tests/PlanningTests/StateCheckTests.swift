import Planning
import Routing
import TestSupport
import Testing

/// What is wrong or risky about a state is found, and nothing about one that is as it should be.
@Suite("Checks of states")
struct StateCheckTests {
  typealias Code = Finding.Code

  /// A router, what is wrong with it, and what is to be found.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var commands: [String]
    var change: @Sendable (inout RoutingState) -> Void = { _ in }
    var surroundings: @Sendable (inout CheckSurroundings) -> Void = { _ in }
    var code: Code
    var severity: Finding.Severity
    /// The first command of the fix; empty for a change of an object, nil for none.
    var fix: String?

    var testDescription: String { name }
  }

  // MARK: Routers

  static let good = [
    "nexthop add id 1 via 10.0.1.2 dev o1", "nexthop add id 2 via 10.0.2.2 dev o2",
    "nexthop add id 20 group 1/2 type resilient buckets 64 unbalanced_timer 600", "route add 198.51.100.0/24 nhid 20",
  ]
  static let good6 = [
    "nexthop add id 11 via 2001:db8:1::2 dev o1", "nexthop add id 12 via 2001:db8:2::2 dev o2",
    "nexthop add id 30 group 11/12 type resilient buckets 64 unbalanced_timer 600",
    "route add 2001:db8:a::/48 nhid 30",
  ]
  static let threshold = good.map {
    $0.replacing(" type resilient buckets 64 unbalanced_timer 600", with: "")
  }
  static let legs = "route add 198.51.100.0/24 nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2"
  static let legs6 =
    "route add 2001:db8:a::/48 nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2"
  static let threeLegs = legs + " nexthop via 10.0.3.2 dev o3"

  /// A router with everything as it should be, over the commands.
  static func state(_ commands: [String]) throws -> RoutingState {
    var simulation = Simulation(ConversionLab.empty)
    for command in commands { try simulation.apply(try CommandParser().change(command)) }
    var state = simulation.state
    state.settings.ipv4Hash = HashSettings(policy: 3, fields: 0x37)
    state.settings.ipv6Hash = HashSettings(policy: 3, fields: 0x37)
    state.settings.useNeighbours = true
    state.settings.ipv4IgnoresLinkdownAll = true
    state.settings.ipv6IgnoresLinkdownAll = true
    return state
  }

  /// With a guard that keeps every group.
  static func surroundings(of state: RoutingState) -> CheckSurroundings {
    var surroundings = CheckSurroundings()
    surroundings.isGuarded = true
    surroundings.keptGroups = state.groups.map { KeptGroup(group: $0, members: [], routes: []) }
    return surroundings
  }

  static func findings(_ item: Case) throws -> [Finding] {
    var state = try state(item.commands)
    var surroundings = surroundings(of: state)
    item.change(&state)
    item.surroundings(&surroundings)
    return StateCheck.findings(in: state, surroundings: surroundings)
  }

  // MARK: Tests

  @Test("A router that is as it should be has no findings", arguments: [[], good, good6, good + good6])
  func clean(commands: [String]) throws {
    let state = try Self.state(commands)
    #expect(StateCheck.findings(in: state, surroundings: Self.surroundings(of: state)) == [])
  }

  @Test("What is wrong is found, with its severity and its fix", arguments: cases)
  func finds(item: Case) throws {
    let findings = try Self.findings(item)
    let found = findings.filter { $0.code == item.code && $0.severity == item.severity }
    let first = try #require(found.first, "\(findings)")
    switch (item.fix, first.fix.first) {
    case (nil, nil): break
    case (""?, .change?): break
    case (let wanted?, .command(let command)?): #expect(command == wanted)
    default: Issue.record("\(first.fix)")
    }
    for finding in findings {
      #expect(!finding.text.isEmpty && !finding.text.hasSuffix(".") && !finding.remedy.isEmpty)
      #expect(!finding.remedy.hasSuffix("."))
    }
    #expect(findings.map(\.severity) == findings.map(\.severity).sorted(by: >))
  }

  @Test("A fix that changes objects leaves nothing of what it is for", arguments: cases.filter { $0.fix == "" })
  func repairs(item: Case) throws {
    var state = try Self.state(item.commands)
    item.change(&state)
    var surroundings = Self.surroundings(of: state)
    item.surroundings(&surroundings)
    let found = StateCheck.findings(in: state, surroundings: surroundings)
    let first = try #require(found.first { $0.code == item.code })
    let changes = first.fix.compactMap { if case .change(let change) = $0 { change } else { nil } }
    #expect(changes.count == first.fix.count)
    var after = try ConversionPlanTests.simulated(changes, in: state)
    // The simulation leaves neighbours and settings as they were.
    after.neighbours = state.neighbours
    let left = StateCheck.findings(in: after, surroundings: surroundings)
    #expect(!left.contains { $0.code == item.code && $0.severity == item.severity }, "\(left)")
  }

  @Test(
    "The fixes of hashed fields add what all findings ask for, so that none undoes another",
    arguments: [
      (0x10, [.addressesNotHashed, .oneSidedHash], "33"), (0x01, [.portsNotHashed, .oneSidedHash], "33"),
      (0x15, [.oneSidedHash, .oneSidedHash], "37"),
    ] as [(UInt32, [Code], String)])
  func fields(raw: UInt32, codes: [Code], wanted: String) throws {
    var state = try Self.state(Self.good)
    state.settings.ipv4Hash.fields = raw
    let findings = StateCheck.findings(in: state, surroundings: Self.surroundings(of: state))
    #expect(findings.map(\.code) == codes)
    for finding in findings {
      #expect(finding.fix == [.command("sysctl -w net.ipv4.fib_multipath_hash_fields=0x\(wanted)")])
    }
  }

  @Test("Every code has a case")
  func complete() {
    #expect(Set(Self.cases.map(\.code)) == Set(Code.allCases))
  }

  @Test("One family alone is looked at when that is asked for")
  func families() throws {
    var state = try Self.state([Self.legs, Self.legs6])
    state.settings.ipv4Hash = HashSettings(policy: 0, fields: 7)
    state.settings.ipv6Hash = HashSettings(policy: 0, fields: 7)
    let four = StateCheck.findings(in: state, family: .ipv4)
    let six = StateCheck.findings(in: state, family: .ipv6)
    #expect(four.contains { $0.code == .portsNotHashed } && four.allSatisfy { $0.family != .ipv6 })
    #expect(six.contains { $0.code == .portsNotHashed } && six.allSatisfy { $0.family != .ipv4 })
  }

  @Test("Nothing is said of settings that were not read")
  func unread() throws {
    var state = try Self.state(Self.good + Self.good6 + [Self.legs.replacing("100.0", with: "101.0")])
    state.settings = KernelSettings()
    state.neighbours = [
      Neighbour(address: try #require(IPAddress("10.0.1.2")), interface: 2, state: .stale)
    ]
    let findings = StateCheck.findings(in: state, surroundings: Self.surroundings(of: state))
    #expect(findings.map(\.code) == [.localTraffic], "\(findings)")
  }

  @Test("Random routers trap nothing, and every finding can be told", arguments: 1...60 as ClosedRange<UInt64>)
  func random(seed: UInt64) throws {
    var state = try ConversionLab.state(seed: seed)
    var generator = SeededGenerator(seed: seed)
    state.settings.ipv4Hash = HashSettings(policy: .random(in: 0...4, using: &generator), fields: 0x37)
    state.settings.ipv6Hash = HashSettings(policy: 3, fields: .random(in: 0...0x1000, using: &generator))
    for number in 1...4 as ClosedRange<UInt32> {
      state.neighbours.append(
        Neighbour(
          address: IPAddress(ipv4: 0x0a00_0002 | number << 8), interface: number + 1,
          state: [.failed, .incomplete, .reachable].randomElement(using: &generator) ?? .failed))
    }
    state.links[Int.random(in: 1..<state.links.count, using: &generator)].flags &= ~0x1_0040
    state.links[Int.random(in: 1..<state.links.count, using: &generator)].mtu = 1400
    for family in [nil, .ipv4, .ipv6] as [AddressFamily?] {
      let findings = StateCheck.findings(in: state, family: family)
      #expect(!findings.isEmpty)
      let names = findings.map { "\($0.code) \($0.severity) \($0.subject) \($0.family as Any) \($0.text)" }
      #expect(Set(names).count == names.count, "\(names)")
      for finding in findings {
        #expect(!finding.text.isEmpty && finding.text.count < 500 && !finding.remedy.isEmpty)
        #expect(family == nil || finding.family == nil || finding.family == family)
        #expect(finding.routes.first.allSatisfy { family == nil || $0.family == family })
      }
    }
  }

  @Test("Many routes with one problem are one finding with their count")
  func many() throws {
    var state = try Self.state([Self.legs])
    let route = try #require(state.routes.first { $0.destination.length == 24 && $0.protocol != 2 })
    let shared = SharedAttributes(route.attributes)
    for number in 0..<5000 as Range<UInt32> {
      state.routes.append(
        Route(destination: Prefix(containing: IPAddress(ipv4: 0x0b00_0000 | number << 8), length: 24), sharing: shared))
    }
    state.neighbours = [Neighbour(address: IPAddress(ipv4: 0x0a00_0102), interface: 2, state: .failed)]
    state.settings.useNeighbours = false
    let findings = StateCheck.findings(in: state)
    let failed = findings.filter { $0.code == .neighbourFailed }
    #expect(failed.map(\.routes.count) == [5001])
    #expect(failed.first?.text.contains("5001 routes: 198.51.100.0/24, 11.0.0.0/24 and 4999 more") == true)
    #expect(findings.allSatisfy { $0.fix.count <= RouteSample.limit && $0.text.count < 400 })
  }

  @Test("Many groups with one problem are one finding with all their fixes")
  func manyGroups() throws {
    var commands = Array(Self.good[..<2])
    for id in 100..<120 {
      commands.append("nexthop add id \(id) group 1/2 type resilient buckets 64")
      commands.append("route add 198.51.\(id).0/24 nhid \(id)")
    }
    let state = try Self.state(commands)
    let findings = StateCheck.findings(in: state, surroundings: Self.surroundings(of: state))
    #expect(findings.map(\.code) == [.busyBuckets])
    #expect(findings.first?.groups == Array(100..<120))
    #expect(findings.first?.fix.count == 20)
    #expect(findings.first?.routes.count == 20)
    #expect(findings.first?.subject == "20 groups: 100, 101, 102 and 17 more")
  }
}
