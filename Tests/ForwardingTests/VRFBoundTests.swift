import Forwarding
import Routing
import Testing

@Suite("Sockets bound to a VRF")
struct VRFBoundTests {
  @Test("A socket bound to a VRF or to its member is uncertain, one bound elsewhere is not")
  func caveats() {
    let links = [
      Link(index: 1, name: "lo", flags: 0x10049),
      Link(index: 2, name: "red", flags: 0x11043, kind: "vrf", vrfTable: 10),
      Link(index: 3, name: "o1", flags: 0x11043, kind: "veth", master: 2),
      Link(index: 4, name: "o2", flags: 0x11043, kind: "veth"),
    ]
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"), links: links, rules: Rule.defaults(.ipv4),
      routes: [10, RouteTable.main].map { table in
        Route(
          destination: .everything(.ipv4), table: table,
          nexthops: .legs(.single(RouteLeg(gateway: IPAddress(ipv4: 0x0a00_0002), interface: table == 10 ? 3 : 4))))
      })
    state.settings.hashSeed = 1
    let table = ForwardingTable(state)
    for (interface, isExact) in [(2, false), (3, false), (4, true)] as [(UInt32, Bool)] {
      let flow = Flow(
        source: .unspecified(.ipv4), destination: IPAddress(ipv4: 0xc633_6407), ipProtocol: 17, sourcePort: 5,
        destinationPort: 6, outputInterface: interface, socket: .unconnected)
      #expect(table.decide(flow).isExact == isExact, "bound to \(interface)")
    }
  }
}
