import Forwarding
import Routing
import TestSupport
import Testing

/// A prediction is uncertain where what decides is not known of the flow, and only there.
@Suite("Fields that are not known")
struct UnknownFieldTests {
  /// 192.0.2.0/24 and 2001:db8:f::/48 over two legs in table main, and over another in table 100.
  private static func table(policy: UInt8, rule: Rule? = nil, routeTOS: UInt8 = 0) -> ForwardingTable {
    let legs4 = (2...3).map { RouteLeg(gateway: IPAddress(ipv4: 0x0a01_0002 + $0 << 8), interface: $0) }
    let legs6 = (2...3).map {
      RouteLeg(gateway: IPAddress(ipv6High: 0xfd00 << 48, low: UInt64($0)), interface: $0)
    }
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: (2...4).map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) },
      rules: Rule.defaults(.ipv4) + Rule.defaults(.ipv6) + [rule].compactMap { $0 },
      routes: [
        Route(destination: prefix("192.0.2.0/24"), nexthops: .legs(.multipath(legs4))),
        Route(destination: prefix("198.51.100.0/24"), nexthops: .legs(.single(RouteLeg(interface: 4)))),
        Route(destination: prefix("2001:db8:f::/48"), nexthops: .legs(.multipath(legs6))),
      ])
    if routeTOS != 0 {
      var route = Route(destination: prefix("198.51.100.0/24"), nexthops: .legs(.single(RouteLeg(interface: 2))))
      route.tos = routeTOS
      state.routes.insert(route, at: 0)
    }
    state.settings.hashSeed = 1
    state.settings.ipv4Hash.policy = policy
    state.settings.ipv6Hash.policy = policy
    state.settings.ipv6Hash.fields = 0x3f
    return ForwardingTable(state)
  }

  private static func prefix(_ text: String) -> Prefix { (try? Prefix(parsing: text)) ?? .everything(.ipv4) }

  private static func flow(_ source: String, _ destination: String, _ unknown: Flow.Unknown) -> Flow {
    Flow(
      source: address(source), destination: address(destination), ipProtocol: 17, sourcePort: 4000,
      destinationPort: 53, origin: .forwarded, layer4Hash: .absent, unknown: unknown)
  }

  private static let flow4 = flow("10.0.0.1", "192.0.2.7", [.mark, .tos, .flowLabel])
  private static let single4 = flow("10.0.0.1", "198.51.100.7", [.mark, .tos, .flowLabel])
  private static let flow6 = flow("2001:db8::1", "2001:db8:f::7", [.mark, .tos, .flowLabel])

  @Test("without a rule or a hash that asks for them, they do not matter")
  func exact() {
    #expect(Self.table(policy: 1).decide(Self.flow4).isExact)
    #expect(Self.table(policy: 1).decide(Self.flow6).isExact)
    #expect(Self.table(policy: 0).decide(Self.flow4).isExact)
  }

  @Test("the flow label matters where it is hashed", arguments: [(0, true), (1, false), (2, true), (3, true)])
  func flowLabel(policy: UInt8, matters: Bool) {
    let table = Self.table(policy: policy)
    #expect(table.decide(Self.flow6).caveats == (matters ? .fieldUnknown : []))
    var known = Self.flow6
    known.unknown.remove(.flowLabel)
    #expect(table.decide(known).isExact)
    #expect(table.decide(Self.flow6, for: .query).isExact)
  }

  @Test("a rule that selects by mark, TOS or label matters where the rest of it matches")
  func rules() {
    func rule(_ family: AddressFamily = .ipv4, _ change: (inout Rule) -> Void) -> Rule {
      var rule = Rule(family: family, priority: 100, action: .lookup(table: 100))
      change(&rule)
      return rule
    }
    let byMark = rule {
      $0.mark = 7
      $0.markMask = 0xff
    }
    #expect(Self.table(policy: 1, rule: byMark).decide(Self.single4).caveats == .fieldUnknown)
    #expect(Self.table(policy: 1, rule: byMark).decide(Self.single4, for: .query).isExact)
    #expect(Self.table(policy: 1, rule: rule { $0.tos = 0x10 }).decide(Self.single4).caveats == .fieldUnknown)
    #expect(Self.table(policy: 1, rule: rule { $0.dscp = 46 }).decide(Self.single4).caveats == .fieldUnknown)
    let byLabel = rule(.ipv6) { $0.flowLabel = 5 }
    #expect(Self.table(policy: 1, rule: byLabel).decide(Self.flow6).caveats == .fieldUnknown)
    // Another source: whatever the mark is, the rule does not match.
    let elsewhere = rule {
      $0.markMask = 0xff
      $0.source = Self.prefix("172.16.0.0/12")
    }
    #expect(Self.table(policy: 1, rule: elsewhere).decide(Self.single4).isExact)
    var known = Self.single4
    known.unknown = []
    #expect(Self.table(policy: 1, rule: byMark).decide(known).isExact)
  }

  @Test("a route with a TOS matters where it covers the destination")
  func routes() {
    let table = Self.table(policy: 1, routeTOS: 0x10)
    #expect(table.decide(Self.single4).caveats == .fieldUnknown)
    #expect(table.decide(Self.flow4).isExact)
  }

  @Test("a lookup that may be an older one matters where a hash decides")
  func lookup() {
    let table = Self.table(policy: 1)
    var flow = Self.flow4
    flow.unknown = .lookup
    #expect(table.decide(flow).caveats == .cachedRoute)
    flow.destination = address("198.51.100.7")
    #expect(table.decide(flow).isExact)
  }

  @Test("own addresses are those of interfaces and of the local table")
  func own() {
    var state = RoutingState(kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"))
    state.addresses = [InterfaceAddress(interface: 2, address: address("10.0.0.1"), prefixLength: 24)]
    var local = Route(destination: Self.prefix("198.51.100.0/24"), nexthops: .legs(.single(RouteLeg(interface: 1))))
    local.type = .local
    local.table = RouteTable.local
    var broadcast = local
    broadcast.destination = Self.prefix("198.51.100.255/32")
    broadcast.type = .broadcast
    state.routes = [local, broadcast]
    let table = ForwardingTable(state)
    #expect(table.isOwn(address("10.0.0.1")) && table.isOwn(address("198.51.100.9")))
    #expect(
      !table.isOwn(address("10.0.0.2")) && !table.isOwn(address("198.51.100.255")) && !table.isOwn(address("::1")))
  }
}
