import Forwarding
import Routing
import Testing

@Suite("What old kernels make of settings and rules")
struct OldKernelTests {
  private static func gateway(_ number: Int, _ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: 10 << 24 | UInt32(number))
    case .ipv6: IPAddress(ipv6High: 0xfd00 << 48, low: UInt64(number))
    }
  }

  /// A router with a default route of two legs, o2 and o3, the second without carrier.
  private static func state(
    _ release: String, _ family: AddressFamily, _ change: (inout RoutingState) -> Void
  ) -> RoutingState {
    let legs = [2, 3].map { number in
      RouteLeg(
        gateway: gateway(number, family), interface: UInt32(number), flags: number == 3 ? .linkdown : [])
    }
    var state = RoutingState(
      kernel: KernelIdentity(release: release, machine: "x86_64"),
      links: [2, 3].map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) }, rules: Rule.defaults(family),
      routes: [Route(destination: .everything(family), nexthops: .legs(.multipath(legs)))])
    state.settings.hashSeed = 1
    change(&state)
    return state
  }

  /// The egress interfaces of 64 flows.
  private static func interfaces(_ state: RoutingState, _ family: AddressFamily, tos: UInt8 = 0) -> Set<UInt32> {
    let table = ForwardingTable(state)
    return Set(
      (1...64).compactMap { number in
        let destination =
          family == .ipv4
          ? IPAddress(ipv4: 198 << 24 | UInt32(number)) : IPAddress(ipv6High: 0x2001_0db8 << 32, low: UInt64(number))
        let flow = Flow(
          source: gateway(9, family), destination: destination, ipProtocol: 17, sourcePort: 1, destinationPort: 2,
          tos: tos, inputInterface: 2, origin: .forwarded)
        return table.decide(flow).nexthop?.interface
      })
  }

  @Test(
    "What leaves out legs without carrier: the interface, and for IPv4 since 5.11 the setting of all as well",
    arguments: [("5.10.262", false), ("5.11.1", true), ("6.18.44", true)], AddressFamily.allCases)
  func linkdown(kernel: (release: String, obeysCommon: Bool), family: AddressFamily) {
    for (common, own, isLeftOut) in [
      (false, false, false), (false, true, true), (true, true, true),
      (true, nil, family == .ipv6 || kernel.obeysCommon),
      (true, false, family == .ipv4 && kernel.obeysCommon),
    ] as [(Bool, Bool?, Bool)] {
      let state = Self.state(kernel.release, family) {
        $0.settings.ipv4IgnoresLinkdownAll = common
        $0.settings.ipv6IgnoresLinkdownAll = common
        $0.settings.interfaces["o3"] = InterfaceSettings()
        $0.settings.interfaces["o3"]?.ipv4IgnoresLinkdown = own
        $0.settings.interfaces["o3"]?.ipv6IgnoresLinkdown = own
      }
      #expect(Self.interfaces(state, family) == (isLeftOut ? [2] : [2, 3]), "\(common), \(own as Any)")
    }
  }

  @Test(
    "IPv6 rules on tos see the bits of ECN up to 5.17, those of IPv4 on no kernel",
    arguments: [("5.10.262", true), ("5.17.9", true), ("5.18.1", false), ("6.18.44", false)], AddressFamily.allCases)
  func ecn(kernel: (release: String, seesECN: Bool), family: AddressFamily) {
    let state = Self.state(kernel.release, family) {
      var rule = Rule(family: family, priority: 10, action: .lookup(table: 50))
      rule.tos = 0x10
      $0.rules.append(rule)
      let leg = RouteLeg(gateway: Self.gateway(3, family), interface: 3)
      $0.routes.append(Route(destination: .everything(family), table: 50, nexthops: .legs(.single(leg))))
    }
    #expect(Self.interfaces(state, family, tos: 0x10) == [3])
    #expect(Self.interfaces(state, family, tos: 0x12) == (kernel.seesECN && family == .ipv6 ? [2, 3] : [3]))
    #expect(Self.interfaces(state, family, tos: 0x30) == (family == .ipv6 ? [2, 3] : [3]))
  }
}
