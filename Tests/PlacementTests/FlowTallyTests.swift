import Forwarding
import Placement
import Routing
import Testing

@Suite("Flows and shares by nexthop")
struct FlowTallyTests {
  private static func leg(_ host: UInt32, weight: UInt16, flags: NexthopFlags = []) -> RouteLeg {
    RouteLeg(gateway: IPAddress(ipv4: 0x0a01_0000 + host), interface: host, weight: weight, flags: flags)
  }

  /// One legacy route with weights 3, 1 and a dead leg, and one unreachable route.
  private static let state = RoutingState(
    kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
    routes: [
      Route(
        destination: Prefix(containing: IPAddress(ipv4: 0xc633_6400), length: 24),
        nexthops: .legs(.multipath([leg(1, weight: 3), leg(2, weight: 1), leg(3, weight: 4, flags: .dead)]))),
      Route(
        destination: Prefix(containing: IPAddress(ipv4: 0xcb00_7100), length: 24), type: .unreachable,
        nexthops: .legs(.none)),
    ])

  private static func sent(through host: UInt32, weight: UInt32) -> Decision {
    var decision = Decision(outcome: .sent)
    decision.route = 0
    decision.nexthop = Decision.Choice(gateway: IPAddress(ipv4: 0x0a01_0000 + host), interface: host, weight: weight)
    return decision
  }

  @Test("flows and weights are counted by nexthop, the ideal follows the weights of the usable legs")
  func shares() {
    var tally = FlowTally(state: Self.state)
    for _ in 0..<5 { tally.add(Self.sent(through: 1, weight: 3), weight: 10) }
    for _ in 0..<3 { tally.add(Self.sent(through: 2, weight: 1), weight: 1) }
    let shares = tally.shares()
    #expect(shares.map(\.count.flows) == [5, 3])
    #expect(shares.map(\.count.weight) == [50, 3])
    #expect(shares.map(\.idealFlows) == [6, 2])
    #expect(tally.total.flows == 8)
    #expect(tally.total.weight == 53)
    #expect(tally.uncertain == 0)
  }

  @Test("a usable nexthop that took no flow is listed, a dead one is not")
  func unusedNexthop() {
    var tally = FlowTally(state: Self.state)
    tally.add(Self.sent(through: 1, weight: 3), weight: 1)
    let shares = tally.shares()
    #expect(shares.count == 2)
    #expect(shares.last?.count.flows == 0)
    #expect(shares.last?.idealFlows == 0.25)
  }

  @Test("what goes nowhere is counted by its reason, and what is uncertain by its caveats")
  func refusals() {
    var tally = FlowTally(state: Self.state)
    var refused = Decision(outcome: .refused(.unreachable))
    refused.route = 1
    tally.add(refused, weight: 1)
    tally.add(Decision(outcome: .dropped(.martianSource)), weight: 1)
    var unknown = Decision(outcome: .undetermined)
    unknown.caveats = [.seedUnknown]
    tally.add(unknown, weight: 1)
    #expect(tally.counts[.refused(.unreachable)]?.flows == 1)
    #expect(tally.counts[.dropped(.martianSource)]?.flows == 1)
    #expect(tally.counts[.undetermined]?.flows == 1)
    #expect(tally.uncertain == 1)
    #expect(tally.caveats == [.seedUnknown])
    #expect(tally.shares().allSatisfy { $0.idealFlows == nil })
  }

  @Test("a nexthop is one row, whatever weights routes give it, and its ideal is their sum")
  func severalRoutes() {
    var state = Self.state
    state.routes[1] = Route(
      destination: state.routes[1].destination,
      nexthops: .legs(.multipath([Self.leg(1, weight: 1), Self.leg(2, weight: 1)])))
    var tally = FlowTally(state: state)
    for _ in 0..<8 { tally.add(Self.sent(through: 1, weight: 3), weight: 1) }
    var other = Self.sent(through: 1, weight: 1)
    other.route = 1
    for _ in 0..<2 { tally.add(other, weight: 1) }
    let shares = tally.shares()
    #expect(shares.map(\.count.flows) == [10, 0])
    #expect(shares.map(\.idealFlows) == [7, 3])
  }

  @Test("what is delivered here, refused or dropped by a route with nexthops takes no ideal")
  func notShared() {
    var tally = FlowTally(state: Self.state)
    for outcome in [Decision.Outcome.local, .refused(.unreachable), .dropped(.forwardingDisabled)] {
      var decision = Decision(outcome: outcome)
      decision.route = 0
      tally.add(decision, weight: 1)
    }
    tally.add(Self.sent(through: 1, weight: 3), weight: 1)
    #expect(tally.shares().compactMap(\.idealFlows).reduce(0, +) == 1)
    #expect(tally.shares().count == 5)
  }

  @Test("weights stop at the largest number and say so")
  func saturation() {
    var tally = FlowTally(state: Self.state)
    tally.add(Self.sent(through: 1, weight: 3), weight: .max - 1)
    #expect(!tally.total.isWeightCapped)
    tally.add(Self.sent(through: 1, weight: 3), weight: 7)
    #expect(tally.total.weight == .max && tally.total.isWeightCapped)
    #expect(tally.shares().first?.count.weight == .max)
  }

  @Test("a group's members share by their weights")
  func group() {
    var state = Self.state
    let gateways: [UInt32] = [1, 2]
    state.nexthops = gateways.map { host in
      Nexthop(
        id: host, family: .ipv4,
        target: .device(interface: host, gateway: IPAddress(ipv4: 0x0a01_0000 + host), encapsulation: nil))
    }
    state.groups = [NexthopGroup(id: 50, members: [.init(id: 1, weight: 1000), .init(id: 2, weight: 3000)])]
    state.routes[0].nexthops = .object(id: 50, expansion: .none)
    #expect(state.usableChoices(ofRoute: 0).map(\.weight) == [1000, 3000])
    #expect(state.usableChoices(ofRoute: 0).map(\.id) == [1, 2])
    state.routes[0].nexthops = .object(id: 2, expansion: .none)
    #expect(state.usableChoices(ofRoute: 0).map(\.interface) == [2])
  }
}
