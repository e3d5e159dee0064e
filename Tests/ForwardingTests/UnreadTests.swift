import Forwarding
import MultipathHash
import Routing
import Testing

@Suite("Predictions from a state that was not read whole")
struct UnreadTests {
  /// Routes of both families: 1 over one leg, 2 over two, 3 over a threshold group, 4 over a resilient one.
  private static func state(without parts: Set<StatePart>) -> RoutingState {
    func leg(_ family: AddressFamily, _ number: UInt32) -> RouteLeg {
      RouteLeg(
        gateway: family == .ipv4
          ? IPAddress(ipv4: 0x0a01_0002 | number << 8) : IPAddress(ipv6High: 0xfd00 << 48 | UInt64(number), low: 2),
        interface: number)
    }
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: (1...3 as ClosedRange<UInt32>).map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) },
      rules: Rule.defaults(.ipv4) + Rule.defaults(.ipv6), nexthops: [])
    for family in AddressFamily.allCases {
      for number in [UInt32(1), 2] {
        let leg = leg(family, number)
        state.nexthops?.append(
          Nexthop(
            id: number + (family == .ipv4 ? 0 : 10), family: family,
            target: .device(interface: number, gateway: leg.gateway, encapsulation: nil)))
      }
      let ids: [UInt32] = family == .ipv4 ? [1, 2] : [11, 12]
      let base: UInt32 = family == .ipv4 ? 100 : 110
      state.groups.append(NexthopGroup(id: base, members: ids.map { .init(id: $0) }))
      state.groups.append(
        NexthopGroup(
          id: base + 1, kind: .resilient, members: ids.map { .init(id: $0) },
          resilient: .init(buckets: 2, idleTimer: 100, unbalancedTimer: 0, unbalancedTime: 0)))
      state.bucketTables.append(
        BucketTable(group: base + 1, buckets: ids.map { NexthopBucket(nexthop: $0, idleTime: 1) }))
      let nexthops: [RouteNexthops] = [
        .legs(.single(leg(family, 1))), .legs(.multipath([leg(family, 1), leg(family, 2)])),
        .object(id: base, expansion: .none), .object(id: base + 1, expansion: .none),
      ]
      for (place, nexthops) in nexthops.enumerated() {
        let length: UInt8 = family == .ipv4 ? 32 : 128
        state.routes.append(
          Route(
            destination: Prefix(containing: destination(family, place + 1), length: length), nexthops: nexthops))
      }
    }
    state.settings.hashSeed = 1
    (state.settings.ipv4ForwardingAll, state.settings.ipv6ForwardingAll) = (true, true)
    if parts.contains(.nexthops) { (state.nexthops, state.groups, state.bucketTables) = (nil, [], []) }
    state.unread = parts
    return state
  }

  private static func destination(_ family: AddressFamily, _ number: Int) -> IPAddress {
    family == .ipv4
      ? IPAddress(ipv4: 0xc000_0200 | UInt32(number)) : IPAddress(ipv6High: 0x2001_0db8 << 32, low: UInt64(number))
  }

  /// The routes whose decisions are uncertain.
  private static func uncertain(
    _ family: AddressFamily, _ parts: Set<StatePart>, change: (inout RoutingState) -> Void = { _ in }
  ) -> [Int] {
    var state = state(without: parts)
    change(&state)
    let table = ForwardingTable(state)
    return (1...4).filter { number in
      var flow = Flow(
        source: family == .ipv4 ? IPAddress(ipv4: 0x0a02_0005) : IPAddress(ipv6High: 0xfd00 << 48 | 0xf, low: 5),
        destination: destination(family, number), ipProtocol: 6)
      (flow.origin, flow.inputInterface) = (.forwarded, 3)
      let decision = table.decide(flow)
      #expect(decision.caveats.isEmpty || decision.caveats == .stateIncomplete, "\(parts) \(decision.caveats.list)")
      return !decision.isExact
    }
  }

  @Test(
    "Every part makes uncertain what depends on it, and nothing else",
    arguments: [
      ([], [], []), ([.details], [], []), ([.ipv4Routes], [1, 2, 3, 4], []), ([.ipv6Routes], [], [1, 2, 3, 4]),
      ([.ipv4Rules], [1, 2, 3, 4], []), ([.ipv6Rules], [], [1, 2, 3, 4]), ([.ipv4Settings], [1, 2, 3, 4], []),
      ([.ipv6Settings], [], [1, 2, 3, 4]), ([.nexthops], [3, 4], [3, 4]), ([.neighbours], [3], [3]),
      ([.machine], [2, 3, 4], [2, 3, 4]), ([.release], [2, 3, 4], [2, 3, 4]), ([.addresses], [], []),
      ([.links], [], []), ([.unspecified], [1, 2, 3, 4], [1, 2, 3, 4]),
      ([StatePart(rawValue: "of-the-future")], [1, 2, 3, 4], [1, 2, 3, 4]),
    ] as [(Set<StatePart>, [Int], [Int])])
  func parts(parts: Set<StatePart>, ipv4: [Int], ipv6: [Int]) {
    #expect(Self.uncertain(.ipv4, parts) == ipv4, "IPv4")
    #expect(Self.uncertain(.ipv6, parts) == ipv6, "IPv6")
  }

  @Test("Neighbours count where selection looks at them")
  func neighbours() {
    #expect(Self.uncertain(.ipv4, [.neighbours]) { $0.settings.useNeighbours = true } == [2, 3])
    #expect(Self.uncertain(.ipv6, [.neighbours]) { $0.settings.ipv6ForwardingAll = false }.contains(1))
  }

  @Test("Links count where rules ask for their VRF or group, addresses in the loose filter and for local traffic")
  func linksAndAddresses() {
    #expect(
      Self.uncertain(.ipv4, [.links]) {
        var rule = Rule(family: .ipv4, priority: 1000, action: .lookup(table: 0))
        rule.isL3MasterDevice = true
        $0.rules.insert(rule, at: 1)
      } == [1, 2, 3, 4])
    let table = ForwardingTable(Self.state(without: [.addresses]))
    let flow = Flow(
      source: .unspecified(.ipv6), destination: Self.destination(.ipv6, 1), ipProtocol: 17)
    #expect(table.decide(flow).caveats.contains(.stateIncomplete))
  }

  @Test("A route over an unknown object is not passed over, and its nexthop is not made up")
  func unknownObject() {
    for family in AddressFamily.allCases {
      var state = Self.state(without: [.nexthops])
      state.routes.append(
        Route(destination: .everything(family), nexthops: .legs(.single(RouteLeg(interface: 1)))))
      let table = ForwardingTable(state)
      var flow = Flow(
        source: family == .ipv4 ? IPAddress(ipv4: 0x0a02_0005) : IPAddress(ipv6High: 0xfd00 << 48 | 0xf, low: 5),
        destination: Self.destination(family, 3), ipProtocol: 6)
      (flow.origin, flow.inputInterface) = (.forwarded, 3)
      let decision = table.decide(flow)
      #expect(decision.outcome == .undetermined && decision.nexthop == nil)
      #expect(decision.route.map { state.routes[$0].destination.isHost } == true)
    }
  }
}
