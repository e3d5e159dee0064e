import Forwarding
import MultipathHash
import Routing
import Testing

@Suite("Upper bounds of routes with a leg without carrier")
struct StaleBoundsTests {
  /// A route of four legs over o1 to o4, of which some have lost their carrier.
  private static func state(
    _ family: AddressFamily, withoutCarrier: [UInt32], ignored: [UInt32] = [], release: String = "6.18.44"
  ) -> RoutingState {
    let legs = (1...4 as ClosedRange<UInt32>).map { number in
      var flags: NexthopFlags = []
      if withoutCarrier.contains(number) { flags = ignored.contains(number) ? [.linkdown, .dead] : .linkdown }
      let gateway =
        family == .ipv4
        ? IPAddress(ipv4: 0x0a01_0002 | number << 8)
        : IPAddress(ipv6High: 0xfd00 << 48 | UInt64(number), low: 2)
      return RouteLeg(gateway: gateway, interface: number, flags: flags)
    }
    let up: UInt32 = 0x1_1043
    let down: UInt32 = 0x1003
    var state = RoutingState(
      kernel: KernelIdentity(release: release, machine: "x86_64"),
      links: [Link(index: 9, name: "in0", flags: up)]
        + (1...4 as ClosedRange<UInt32>).map {
          Link(index: $0, name: "o\($0)", flags: withoutCarrier.contains($0) ? down : up)
        },
      rules: Rule.defaults(family),
      routes: [Route(destination: .everything(family), nexthops: .legs(.multipath(legs)))])
    state.settings.hashSeed = 1
    for number in ignored {
      state.settings.interfaces["o\(number)", default: .init()].ipv4IgnoresLinkdown = true
      state.settings.interfaces["o\(number)", default: .init()].ipv6IgnoresLinkdown = true
    }
    return state
  }

  private static func flows(_ family: AddressFamily) -> [Flow] {
    (1...200 as ClosedRange<UInt32>).map { number in
      var flow =
        family == .ipv4
        ? Flow(source: IPAddress(ipv4: 0x0a02_0005), destination: IPAddress(ipv4: 0xc633_6400 | number), ipProtocol: 6)
        : Flow(
          source: IPAddress(ipv6High: 0xfd00 << 48 | 0xf, low: 5),
          destination: IPAddress(ipv6High: 0x2001_0db8 << 32, low: UInt64(number)), ipProtocol: 6)
      (flow.origin, flow.inputInterface) = (.forwarded, 9)
      return flow
    }
  }

  /// The same state with the sysctl of every interface without carrier turned round, and a dump of that moment.
  @Test(
    "A flow is exact just where it goes the same way whether the sysctl counted or not",
    arguments: [AddressFamily.ipv4, .ipv6], [[2], [2, 4], [1, 2, 3, 4]] as [[UInt32]])
  func agreement(family: AddressFamily, withoutCarrier: [UInt32]) {
    // Every way in which the kernel can have counted them.
    let histories = (0..<(1 << withoutCarrier.count)).map { history in
      let ignored = withoutCarrier.enumerated().filter { history >> $0.offset & 1 != 0 }.map(\.element)
      var state = Self.state(family, withoutCarrier: withoutCarrier, ignored: ignored)
      state.rebalanced = [family: [2]]
      return ForwardingTable(state)
    }
    for ignored in [[], withoutCarrier] {
      let table = ForwardingTable(Self.state(family, withoutCarrier: withoutCarrier, ignored: ignored))
      var exact = 0
      for flow in Self.flows(family) {
        let decision = table.decide(flow)
        // With all of them out of the bounds it is the lookup that finds a leg, and it goes by the sysctl of the moment.
        let answers = Set(histories.filter { _ in withoutCarrier.count < 4 }.map { $0.decide(flow).nexthop })
        if withoutCarrier.count < 4 {
          #expect(decision.isExact == (answers.count == 1), "\(flow)")
          #expect(answers.contains(decision.nexthop))
        }
        #expect(decision.caveats.isSubset(of: .staleBounds))
        if decision.isExact { exact += 1 }
      }
      if withoutCarrier.count < 3 { #expect(exact > 0 && exact < 200, "\(exact)") }
    }
  }

  @Test(
    "An event since the sysctl was written, and legs that are dead whatever it is, leave no doubt",
    arguments: [AddressFamily.ipv4, .ipv6])
  func certainty(family: AddressFamily) {
    var states: [(String, RoutingState)] = [("every leg has carrier", Self.state(family, withoutCarrier: []))]
    var rebalanced = Self.state(family, withoutCarrier: [2])
    rebalanced.rebalanced = [family: [4]]
    states.append(("event of another leg", rebalanced))
    var down = Self.state(family, withoutCarrier: [2], ignored: [2])
    down.links[2].flags = 0x1002
    states.append(("the interface is down", down))
    var dead = Self.state(family, withoutCarrier: [2], ignored: [2])
    dead.settings.interfaces = [:]
    states.append(("dead though nothing is ignored", dead))
    for (name, state) in states {
      let table = ForwardingTable(state)
      for flow in Self.flows(family) { #expect(table.decide(flow).isExact, "\(name): \(flow)") }
    }
  }

  @Test("The event of another family, or of an interface beside the route, does not count")
  func otherEvents() {
    var state = Self.state(.ipv4, withoutCarrier: [2])
    state.rebalanced = [.ipv6: [1, 2], .ipv4: [7]]
    let table = ForwardingTable(state)
    #expect(Self.flows(.ipv4).contains { table.decide($0).caveats == .staleBounds })
  }

  @Test("Too many legs to try them all: every hashed flow is uncertain")
  func tooMany() {
    var state = Self.state(.ipv4, withoutCarrier: [])
    let legs = (1...8 as ClosedRange<UInt32>).map { number in
      RouteLeg(
        gateway: IPAddress(ipv4: 0x0a01_0002 | number << 8), interface: number, flags: number < 7 ? .linkdown : [])
    }
    state.links += legs.dropFirst(4).map { Link(index: $0.interface, name: "o\($0.interface)", flags: 0x1_1043) }
    state.routes[0].nexthops = .legs(.multipath(legs))
    let table = ForwardingTable(state)
    for flow in Self.flows(.ipv4) { #expect(table.decide(flow).caveats == .staleBounds) }
  }

  @Test("Batches say the same", arguments: [AddressFamily.ipv4, .ipv6])
  func batches(family: AddressFamily) {
    let table = ForwardingTable(Self.state(family, withoutCarrier: [2, 3]))
    var decider = BatchDecider(table)
    var batch = DecisionBatch()
    let flows = Self.flows(family)
    decider.decide(flows, into: &batch)
    for (place, flow) in flows.enumerated() {
      #expect(decider.decision(place, of: batch) == table.decide(flow), "\(flow)")
    }
    #expect(Set(flows.map { table.decide($0).isExact }) == [true, false])
  }
}
