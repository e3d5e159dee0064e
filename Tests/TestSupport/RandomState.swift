package import Routing

/// States of all kinds, made by chance: rules, tables, routes and nexthops that get in each other's way.
package struct RandomState {
  private static let tables: [UInt32] = [
    RouteTable.local, RouteTable.main, RouteTable.main, RouteTable.default, 100, 101,
  ]
  /// Some are such that CSV has to quote them.
  private static let linkNames: [String] = ["lo", "d2", "d3", "d,4", "d\"5\"", "d6", "d7"]
  private static let releases = ["5.10.0", "6.1.176", "6.12.95", "6.18.44", "7.2.0", "9.9.0", "unheard-of"]

  private var generator: SeededGenerator
  private let family: AddressFamily
  /// Around these are most prefixes, and where flows go.
  private let centres: [IPAddress]
  private(set) package var state: RoutingState

  /// - Parameter isPlain: whether rules and settings are such that most flows are decided in a batch.
  package init(_ family: AddressFamily, isPlain: Bool, using generator: SeededGenerator) {
    var generator = generator
    self.family = family
    centres = (0..<4).map { _ in generator.address(family) }
    let links = (1...7 as ClosedRange<UInt32>).map { Self.link($0, using: &generator) }
    state = RoutingState(
      kernel: KernelIdentity(
        release: generator.pick(isPlain ? ["6.18.44", "6.12.95", "5.10.0"] : Self.releases), machine: "x86_64"),
      links: links)
    self.generator = generator
    makeSettings(isPlain: isPlain)
    makeNexthops()
    makeRules(isPlain: isPlain)
    makeRoutes(isPlain: isPlain)
  }

  private static func link(_ index: UInt32, using generator: inout SeededGenerator) -> Link {
    let flags: UInt32 = index == 1 ? 0x10049 : 0x1_1043
    let kind = generator.chance(20) ? "veth" : "dummy"
    let master: UInt32? = generator.chance(15) ? 7 : nil
    let isVRF = index == 7 && generator.chance(40)
    return Link(
      index: index, name: linkNames[Int(index) - 1], flags: flags, kind: kind, master: master,
      vrfTable: isVRF ? 101 : nil, group: index % 2)
  }

  // MARK: Flows

  /// A flow that arrives, or now and then one of this machine, towards a place where routes are.
  package mutating func flow() -> Flow {
    var flow = generator.flow(family)
    flow.destination = address()
    if generator.chance(30) { flow.source = address() }
    if generator.chance(5) { flow.source = special() }
    if generator.chance(5) { flow.destination = special() }
    if generator.chance(5) { flow.sourcePort = 0 }
    if generator.chance(2) { (flow.sourcePort, flow.destinationPort) = (0, 0) }
    if generator.chance(90) { flow.tos = 0 }
    if generator.chance(90) { flow.ipProtocol = generator.pick([6, 17]) }
    if generator.chance(1) { flow.ipProtocol = generator.pick([0, 1, 47]) }
    if flow.ipProtocol == 6 || flow.ipProtocol == 17 { flow.inner = nil }
    flow.inputInterface = generator.pick([0, 2, 2, 3, 4, 99])
    if generator.chance(5) { flow.outputInterface = generator.pick([2, 3]) }
    if generator.chance(30) { flow.mark = generator.pick([1, 2]) }
    if generator.chance(3) { flow.icmp = Flow.ICMPMessage(type: generator.pick([3, 8, 1])) }
    if generator.chance(3) { flow.unknown = Flow.Unknown(rawValue: generator.number() & 0xf) }
    if generator.chance(5) { flow.origin = .local }
    switch generator.next() % 10 {
    case 0 where generator.chance(50): flow.layer4Hash = .value(generator.number())
    case 1...4: flow.layer4Hash = .absent
    default: flow.layer4Hash = .unknown
    }
    return flow
  }

  private mutating func address() -> IPAddress {
    let centre = generator.pick(centres)
    let length: UInt8 = generator.number() % (family.addressLength + 1)
    return Prefix(containing: centre, length: length).address(withHostBitsOf: generator.address(family))
  }

  private mutating func special() -> IPAddress {
    if generator.chance(30), let own = state.addresses.first(where: { $0.address.family == family }) {
      return own.address
    }
    switch family {
    case .ipv4: return IPAddress(ipv4: generator.pick([0, .max, 0x7f00_0001, 0xe000_0005, 0xa9fe_0101, 1]))
    case .ipv6:
      let high: UInt64 = generator.pick([0, 0xff02 << 48, 0xfe80 << 48])
      return IPAddress(ipv6High: high, low: generator.pick([0, 1, 2]))
    }
  }

  // MARK: State

  private mutating func makeSettings(isPlain: Bool) {
    state.settings.hashSeed = isPlain || generator.chance(80) ? generator.number() | 1 : 0
    let hash = HashSettings(policy: generator.number() % 4, fields: generator.number() & 0xfff)
    state.settings.ipv4Hash = hash
    state.settings.ipv6Hash = hash
    state.settings.useNeighbours = generator.chance(30)
    state.settings.ipv4ReversePathFilterAll = isPlain ? 0 : generator.pick([0, 0, 1, 2])
    state.settings.ipv6ForwardingAll = generator.chance(90)
    state.settings.ipv4IgnoresLinkdownAll = generator.chance(20)
    for link in state.links {
      var own = InterfaceSettings()
      own.receivePacketSteering = generator.chance(10)
      own.receiveHashing = generator.chance(50)
      own.ipv4Forwarding = generator.chance(95)
      own.reversePathFilter = isPlain ? nil : generator.pick([0, 0, 0, 1, 2])
      for entry in AdmissionSettings.Entry.all {
        own.ipv4Admission[keyPath: entry.value] = generator.pick([nil, false, false, true])
      }
      own.ipv6ForcesForwarding = generator.chance(20)
      own.ipv6IsDisabled = generator.chance(5)
      state.settings.interfaces[link.name] = own
    }
    for interface in 2...6 as ClosedRange<UInt32> {
      state.addresses.append(
        InterfaceAddress(interface: interface, address: address(), prefixLength: family.addressLength / 2))
    }
  }

  private mutating func gateway() -> IPAddress {
    family == .ipv4
      ? IPAddress(ipv4: 0x0a01_0000 | generator.number() % 8)
      : IPAddress(ipv6High: 0xfd00 << 48, low: UInt64(generator.next() % 8))
  }

  private mutating func makeNexthops() {
    for number in 0..<8 as Range<UInt64> where generator.chance(60) {
      let gateway =
        family == .ipv4 ? IPAddress(ipv4: 0x0a01_0000 | UInt32(number)) : IPAddress(ipv6High: 0xfd00 << 48, low: number)
      for interface in 2...5 as ClosedRange<UInt32> where generator.chance(50) {
        state.neighbours.append(
          Neighbour(
            address: gateway, interface: interface,
            state: generator.pick([.reachable, .stale, .failed, .incomplete, .permanent])))
      }
    }
    var singles: [Nexthop] = []
    for id in 1...6 as ClosedRange<UInt32> {
      let target = Nexthop.Target.device(
        interface: 2 + generator.number() % 4, gateway: generator.chance(90) ? gateway() : nil, encapsulation: nil)
      singles.append(
        Nexthop(
          id: id, family: family, target: generator.chance(5) ? .blackhole : target, flags: generator.chance(5) ? 8 : 0)
      )
    }
    state.nexthops = singles
    for id in 20...25 as ClosedRange<UInt32> {
      let ids = (1...6 as ClosedRange<UInt32>).filter { _ in generator.chance(50) }
      let members = ids.map { NexthopGroup.Member(id: $0, weight: 1 + generator.number() % 5) }
      var group = NexthopGroup(id: id, members: members)
      if id >= 23 {
        let buckets: UInt16 = generator.pick([1, 4, 32, 100])
        group.kind = .resilient
        group.resilient = ResilientParameters(buckets: buckets, idleTimer: 100, unbalancedTimer: 0)
        if !ids.isEmpty, generator.chance(85) {
          state.bucketTables.append(
            BucketTable(
              group: id, buckets: (0..<buckets).map { _ in NexthopBucket(nexthop: generator.pick(ids), idleTime: 0) }))
        }
      }
      state.groups.append(group)
    }
  }

  private mutating func makeRules(isPlain: Bool) {
    state.rules = Rule.defaults(family)
    for _ in 0..<generator.next() % 4 {
      var rule = Rule(
        family: family, priority: 100 + generator.number() % 8,
        action: generator.pick([
          .lookup(table: 100), .lookup(table: 101), .lookup(table: RouteTable.main), .goto(priority: 104), .nop,
          .prohibit,
        ]))
      if generator.chance(50) { rule.destination = prefix() }
      if generator.chance(30) { rule.inputInterface = generator.pick(["d2", "d3", "gone", "lo"]) }
      if generator.chance(10) { rule.isInverted = true }
      if generator.chance(20) { rule.suppressPrefixLength = generator.number() % 20 }
      if generator.chance(10) { rule.suppressInterfaceGroup = generator.number() % 2 }
      if generator.chance(10) { rule.isL3MasterDevice = true }
      if !isPlain {
        if generator.chance(20) { rule.source = prefix() }
        if generator.chance(10) { (rule.mark, rule.markMask) = (1, 1) }
        if generator.chance(10) { rule.tos = 4 }
        if generator.chance(10) { rule.ipProtocol = 6 }
        if generator.chance(5) { rule.userIDs = Rule.Range(first: 0, last: generator.number() % 2) }
      }
      state.rules.append(rule)
    }
  }

  private mutating func prefix() -> Prefix {
    Prefix(containing: address(), length: generator.number() % (family.addressLength + 1))
  }

  private mutating func makeRoutes(isPlain: Bool) {
    for _ in 0..<20 + generator.next() % 60 {
      var route = Route(
        destination: generator.chance(10) ? .everything(family) : prefix(),
        table: isPlain && generator.chance(70) ? RouteTable.main : generator.pick(Self.tables),
        nexthops: nexthops())
      let type = generator.next() % 40
      if type < 7 {
        route.type = [.unreachable, .prohibit, .blackhole, .throw, .local, .broadcast, .anycast][Int(type)]
        if type < 4 { route.nexthops = .legs(.none) }
      }
      if generator.chance(30) { route.metric = generator.number() % 3 }
      if generator.chance(isPlain ? 1 : 5) { route.tos = generator.pick([4, 8]) }
      if generator.chance(3) { route.flags = RouteFlags.offload }
      if family == .ipv6 {
        if generator.chance(10) { route.preference = generator.pick([0, 1, 3]) }
        if !isPlain, generator.chance(4) { route.source = prefix() }
      }
      state.routes.append(route)
    }
    // As a kernel has them: by prefix, then by TOS and metric.
    let order = state.routes.enumerated().sorted {
      ($1.element.tos, $0.element.metric ?? 0, $0.offset) < ($0.element.tos, $1.element.metric ?? 0, $1.offset)
    }
    state.routes = order.map(\.element)
    guard family == .ipv6, generator.chance(30) else { return }
    state.hiddenRoutes.mayBeAnywhere = generator.chance(20)
    for route in state.routes where generator.chance(20) { state.hiddenRoutes.places.insert(.init(route)) }
  }

  /// The state with so many routes more, which share the attributes of few: as the table of a router has them.
  package mutating func crowded(_ count: Int) -> RoutingState {
    var state = state
    guard !state.routes.isEmpty else { return state }
    let models = (0..<4).map { _ in generator.pick(state.routes) }
    for _ in 0..<count {
      var route = generator.pick(models)
      let network = Prefix(containing: generator.pick(centres), length: 8)
      route.destination = Prefix(
        containing: network.address(withHostBitsOf: generator.address(family)), length: generator.pick([16, 16, 18]))
      state.routes.append(route)
    }
    // As a kernel has them, which takes no two of one prefix, TOS and metric in a table.
    let order = state.routes.enumerated().sorted {
      ($1.element.tos, $0.element.metric ?? 0, $0.offset) < ($0.element.tos, $1.element.metric ?? 0, $1.offset)
    }
    state.routes = order.map(\.element)
    return state
  }

  private mutating func nexthops() -> RouteNexthops {
    if generator.chance(45) {
      return .object(id: generator.pick([1, 2, 20, 21, 22, 23, 24, 25, 77]), expansion: .none)
    }
    let legs = (0..<1 + generator.next() % 5).map { _ in
      var leg = RouteLeg(
        gateway: generator.chance(90) ? gateway() : nil, interface: 2 + generator.number() % 4,
        weight: 1 + generator.number() % 4)
      if generator.chance(8) { leg.flags.insert(.dead) }
      if generator.chance(8) { leg.flags.insert(.linkdown) }
      return leg
    }
    return .legs(legs.count == 1 && generator.chance(80) ? .single(legs[0]) : .multipath(legs))
  }
}
