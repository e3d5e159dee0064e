import Forwarding
import Placement
import Routing
import TestSupport
import Testing

/// Values of an open field by the path that they take.
@Suite("Search for values that take a path")
struct PathSearchTests {
  /// A flow through a lab that has no source port yet.
  private static func openFlow(
    _ lab: MultipathLab, _ field: SteerableField = .sourcePort, _ values: FieldValues? = nil
  ) -> OpenFlow {
    var flow = lab.flows(1)[0]
    flow.sourcePort = 4000
    flow.destinationPort = 53
    return OpenFlow(flow, open: field, values: values ?? field.usualValues ?? FieldValues(1...9))
  }

  private static func find(
    _ state: RoutingState, _ open: OpenFlow, _ selectors: [PathSelector] = [], count: Int = 1
  ) -> PathFinding {
    let table = ForwardingTable(state)
    var search = PathSearch(table, open, selectors: selectors, count: count)
    var decider = BatchDecider(table)
    search.run(by: &decider)
    return search.finding
  }

  /// As `find`, value by value.
  private static func findSlowly(
    _ state: RoutingState, _ open: OpenFlow, _ selectors: [PathSelector] = [], count: Int = 1, portion: Int
  ) -> PathFinding {
    let table = ForwardingTable(state)
    var search = PathSearch(table, open, selectors: selectors, count: count, portion: portion)
    search.run { flows in flows.map { table.decide($0) } }
    return search.finding
  }

  private static let labs: [MultipathLab] = MultipathLab.Kind.allCases.flatMap { kind in
    AddressFamily.allCases.map { family in
      var lab = MultipathLab.equal(5, kind)
      lab.family = family
      lab.members[1].weight = 7
      lab.members[4].weight = 20
      return lab
    }
  }

  @Test("the values of each path are the first that take it, and all of them are counted", arguments: labs)
  func each(lab: MultipathLab) throws {
    let open = Self.openFlow(lab, .sourcePort, FieldValues(40000...43999, 1000...1999))
    let finding = Self.find(lab.state, open, count: 6)
    let table = ForwardingTable(lab.state)
    var values: [UInt32: [UInt128]] = [:]
    for value in Array(40000...43999 as ClosedRange<UInt128>) + Array(1000...1999) {
      let decision = table.decide(open.flow(value))
      values[try #require(decision.nexthop).interface, default: []].append(value)
    }
    #expect(finding.isComplete && finding.examined == 5000 && finding.elsewhere.isEmpty && finding.uncertain == 0)
    #expect(finding.paths.map(\.nexthop.interface) == lab.members.map { $0.host + 1 }, "in the order of selection")
    for path in finding.paths {
      let all = values[path.nexthop.interface] ?? []
      #expect(path.count == UInt64(all.count))
      #expect(path.picks.map(\.value) == Array(all.prefix(6)))
      #expect(path.picks.allSatisfy { $0.decision == table.decide(open.flow($0.value)) })
      // Five standard deviations.
      let expected = path.expected
      #expect((Double(path.count) - expected).magnitude < 5 * expected.squareRoot())
    }
    #expect((finding.paths.reduce(0) { $0 + $1.expected } - 5000).magnitude < 0.01)
  }

  @Test("batches, portions of any size and single decisions find the same", arguments: AddressFamily.allCases)
  func sameByBatch(family: AddressFamily) {
    let seed: UInt64 = 0x57ee4
    for round in 0..<60 as Range<UInt64> {
      var random = RandomState(family, isPlain: round % 3 != 0, using: SeededGenerator(seed: seed &+ round))
      var generator = SeededGenerator(seed: seed ^ round)
      let flow = random.flow()
      let field = generator.pick(SteerableField.allCases.filter { flow.inner != nil || !$0.isInner })
      guard field != .flowLabel || family == .ipv6 else { continue }
      let first = field.numbers?.lowerBound ?? (field.value(in: flow) ?? 0) & ~0xff
      let values = FieldValues(first...first + 99, first + 120...first + 150)
      let open = OpenFlow(flow, open: field, values: values)
      let found = Self.find(random.state, open, count: 3)
      #expect(found.examined == 131)
      let slow = Self.findSlowly(random.state, open, count: 3, portion: 131)
      #expect(found == slow, "\(family), \(field), generator seed \(seed &+ round)")
      let total = found.paths.reduce(0) { $0 + $1.count } + found.elsewhere.reduce(0) { $0 + $1.count }
      #expect(total == found.examined)
    }
  }

  @Test("only the first portion of a great many values is looked at where that is enough")
  func boundedSearch() {
    let lab = MultipathLab.equal(3)
    let sources = FieldValues(0x0a00_0000...0x0aff_ffff)
    #expect(Self.find(lab.state, Self.openFlow(lab, .source, sources)).examined == 65536)
    var lab6 = MultipathLab.equal(3, .legacy)
    lab6.family = .ipv6
    let low = UInt128(0x2001_0db8) << 96
    let finding = Self.find(lab6.state, Self.openFlow(lab6, .source, FieldValues(low...low + (1 << 64) - 1)))
    #expect(finding.examined == 65536 && finding.isComplete)
  }

  @Test("the search goes on as long as a path lacks values, and ends when it has them")
  func rarePath() {
    var lab = MultipathLab.equal(2)
    lab.members[1].weight = 65535
    let sources = FieldValues(0x0a00_0000...0x0aff_ffff)
    let finding = Self.find(lab.state, Self.openFlow(lab, .source, sources), count: 4)
    #expect(finding.isComplete && finding.paths[0].picks.count == 4)
    #expect(finding.examined > 65536 && finding.examined < 1 << 22 && finding.examined % 65536 == 0)
    let other = Self.find(
      lab.state, Self.openFlow(lab, .source, sources), [PathSelector(interface: 3)], count: 4)
    #expect(other.examined == 65536, "the rare path is not asked for")
  }

  @Test("what no hash leads to is told from what few values lead to")
  func conditions() {
    var legacy = MultipathLab.equal(3, .legacy)
    legacy.looksAtNeighbours = true
    legacy.members[1].isDead = true
    legacy.members[2].neighbour = .failed
    var resilient = MultipathLab.equal(2, .resilient)
    resilient.owners = [UInt32](repeating: 2, count: 256)
    for (lab, conditions) in [
      (legacy, [PathFinding.Condition.usable, .down, .neighbourFailed]), (resilient, [.noBuckets, .usable]),
    ] {
      let sources = FieldValues(0x0a00_0000...0x0aff_ffff)
      let finding = Self.find(lab.state, Self.openFlow(lab, .source, sources))
      #expect(finding.paths.map(\.condition) == conditions)
      #expect(finding.paths.map { $0.count > 0 } == conditions.map { $0 == .usable })
      #expect(!finding.isComplete && finding.examined == 65536, "nobody looks on for what can not be found")
    }
    #expect(Self.find(legacy.state, Self.openFlow(legacy), [PathSelector(interface: 2)]).isComplete)
    // 1 of 4 ports is not 2 of them.
    let few = Self.find(
      MultipathLab.equal(1).state, Self.openFlow(.equal(1), .sourcePort, FieldValues(7...10)), count: 5)
    #expect(few.paths[0].picks.count == 4 && !few.isComplete)
  }

  @Test(
    "a field that is not hashed is told, with those that are",
    arguments: [
      (AddressFamily.ipv4, UInt8(0), SteerableField.sourcePort, [SteerableField.source, .destination]),
      (.ipv4, 2, .destinationPort, [.source, .destination]),
      (.ipv4, 1, .mark, [.sourcePort, .destinationPort, .source, .destination]),
      (.ipv6, 0, .sourcePort, [.source, .destination, .flowLabel]),
      (.ipv6, 1, .flowLabel, [.sourcePort, .destinationPort, .source, .destination]),
      (.ipv4, 3, .sourcePort, [.source, .destination]),
    ])
  func blindness(family: AddressFamily, policy: UInt8, field: SteerableField, hashed: [SteerableField]) {
    var lab = MultipathLab.equal(3)
    lab.family = family
    lab.policy = policy
    let finding = Self.find(lab.state, Self.openFlow(lab, field, field == .flowLabel ? FieldValues(0...1 << 19) : nil))
    #expect(finding.blindness?.hashed == hashed)
    #expect(finding.paths.count { $0.count > 0 } == 1 && !finding.isComplete)
    #expect(finding.examined <= 65536)
    let seeing = Self.find(lab.state, Self.openFlow(lab, .source, FieldValues(1 << 24...(1 << 24) + 99)))
    #expect(seeing.blindness == nil && (seeing.isComplete || family == .ipv6))
  }

  @Test("a hash that comes with the packet stands for all fields")
  func layer4Hash() {
    let lab = MultipathLab.equal(3)
    var flow = lab.flows(1)[0]
    flow.layer4Hash = .value(99)
    let finding = Self.find(lab.state, OpenFlow(flow, open: .sourcePort, values: FieldValues(1...1000)))
    #expect(finding.blindness?.hashed == [])
  }

  @Test("without the key no value is claimed for any path, and the search ends")
  func unknownKey() {
    var lab = MultipathLab.equal(3)
    lab.seed = 0
    let finding = Self.find(lab.state, Self.openFlow(lab, .source, FieldValues(0x0a00_0000...0x0aff_ffff)))
    #expect(finding.paths.count == 3 && finding.paths.allSatisfy { $0.count == 0 && $0.picks.isEmpty })
    #expect(finding.elsewhere.map(\.way) == [.undetermined] && finding.examined == 65536)
    #expect(finding.caveats == .seedUnknown && finding.uncertain == 65536 && finding.blindness == nil)
  }

  @Test("a path is chosen by object, gateway, interface or all of them")
  func selectors() {
    let lab = MultipathLab.equal(4)
    let gateway = MultipathLab.gateway(3)
    for selector in [
      PathSelector(id: 3), PathSelector(gateway: gateway), PathSelector(interface: 4),
      PathSelector(id: 3, gateway: gateway, interface: 4),
    ] {
      let finding = Self.find(lab.state, Self.openFlow(lab), [selector], count: 2)
      #expect(finding.isComplete && finding.paths.count == 4)
      #expect(finding.paths.map(\.isWanted) == [false, false, true, false])
      #expect(finding.paths.map(\.picks.count) == [0, 0, 2, 0])
    }
    let none = Self.find(lab.state, Self.openFlow(lab), [PathSelector(id: 3, interface: 5)])
    #expect(!none.isComplete && !none.paths.contains(where: \.isWanted) && none.examined == 64512)
    let two = Self.find(lab.state, Self.openFlow(lab), [PathSelector(id: 1), PathSelector(id: 4)])
    #expect(two.paths.map(\.picks.count) == [1, 0, 0, 1])
  }

  @Test("destinations of several routes have the paths of all of them, and ways that are none")
  func destinations() {
    let lab = MultipathLab.equal(2, .legacy)
    var state = lab.state
    let leg = RouteLeg(gateway: MultipathLab.gateway(2), interface: 3, weight: 1)
    let lone = RouteLeg(gateway: MultipathLab.gateway(9), interface: 3, weight: 1)
    state.routes += [
      Route(
        destination: Prefix(containing: IPAddress(ipv4: 0xc633_6500), length: 25),
        nexthops: .legs(.multipath([leg, lone]))),
      Route(
        destination: Prefix(containing: IPAddress(ipv4: 0xc633_6580), length: 25), type: .prohibit,
        nexthops: .legs(.none)),
    ]
    let finding = Self.find(state, Self.openFlow(lab, .destination, FieldValues(0xc633_6400...0xc633_67ff)), count: 2)
    #expect(finding.paths.map(\.nexthop.gateway) == [1, 2, 9].map { MultipathLab.gateway($0) })
    #expect(finding.isComplete)
    #expect(finding.routes == [0: 256, 1: 128, 2: 128] && finding.firstRoute == 0)
    #expect(finding.elsewhere.map(\.way) == [.refused(.prohibit), .refused(.unreachable)])
    #expect(finding.elsewhere.map(\.count) == [128, 512])
    #expect(finding.paths.map(\.expected) == [128, 192, 64])
  }

  @Test("ports that a rule sends elsewhere take the paths of its table, though no port is hashed")
  func rules() {
    var lab = MultipathLab.equal(2, .legacy)
    lab.policy = 0
    var state = lab.state
    var rule = Rule(family: .ipv4, priority: 100, action: .lookup(table: 77))
    rule.sourcePorts = Rule.Range(first: 50000, last: 50009)
    state.rules.insert(rule, at: 1)
    let leg = RouteLeg(gateway: MultipathLab.gateway(9), interface: 3, weight: 1)
    state.routes.append(Route(destination: .everything(.ipv4), table: 77, nexthops: .legs(.single(leg))))
    let finding = Self.find(state, Self.openFlow(lab))
    #expect(finding.routes.values.sorted() == [10, 64502])
    #expect(finding.paths.first { $0.nexthop.gateway == MultipathLab.gateway(9) }?.picks.map(\.value) == [50000])
    #expect(finding.blindness?.hashed == [.source, .destination])
  }
}
