import Forwarding
import MultipathHash
import Routing
import Testing

@Suite("IPv6 legs on a device that is down")
struct DeadLegTests {
  /// A default route of three legs, the second of them dead.
  private static func state(release: String) -> RoutingState {
    let legs = (2...4).map { number in
      RouteLeg(
        gateway: IPAddress(ipv6High: 0xfd00 << 48, low: UInt64(number)), interface: UInt32(number),
        flags: number == 3 ? .dead : [])
    }
    var state = RoutingState(
      kernel: KernelIdentity(release: release, machine: "x86_64"),
      links: (2...4).map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) }, rules: Rule.defaults(.ipv6),
      routes: [Route(destination: .everything(.ipv6), nexthops: .legs(.multipath(legs)))])
    state.settings.hashSeed = 1
    return state
  }

  @Test(
    "Old kernels give a dead leg all that passes the first one, which is lost; later ones share it out",
    arguments: [
      ("5.10.223", [2, 3], []), ("6.18.44", [2, 4], []), ("5.15.100", [2, 3, 4], .kernelBehaviour),
      ("6.1.0-50-amd64", [2, 3, 4], .kernelBehaviour),
    ] as [(String, Set<UInt32>, Caveats)])
  func shares(release: String, interfaces: Set<UInt32>, caveats: Caveats) {
    let table = ForwardingTable(Self.state(release: release))
    var seen: Set<UInt32> = []
    for low in 1...64 as ClosedRange<UInt64> {
      let decision = table.decide(
        Flow(source: .unspecified(.ipv6), destination: IPAddress(ipv6High: 0x2001_0db8 << 32, low: low), ipProtocol: 6))
      #expect(decision.caveats.subtracting(.kernelBehaviour).isEmpty)
      #expect(caveats.isEmpty ? decision.caveats.isEmpty : true, "\(release)")
      if let nexthop = decision.nexthop { seen.insert(nexthop.interface) }
    }
    #expect(seen.isSubset(of: interfaces) && seen.count == 2, "\(release): \(seen)")
  }
}
