import KernelRouting
import Netlink
import Routing
import TestSupport
import Testing

@Suite struct LiveBatchTests {
  @Test func `Many changes are made in order, and each refusal is told at its place`() throws {
    try withNetworkNamespace {
      try run(
        "ip link add o1 index 7 type veth peer name p1; ip link set o1 up; ip link set p1 up; ip addr add 10.0.0.1/24 dev o1"
      )
      var kernel = try Kernel(visiting: ())
      func route(_ number: UInt32, gateway: UInt32 = 0x0a00_0002) -> Route {
        Route(
          destination: Prefix(host: IPAddress(ipv4: 0xc612_0000 + number)),
          nexthops: .legs(.single(RouteLeg(gateway: IPAddress(ipv4: gateway), interface: 7))))
      }
      var requests = (0..<5000).map { KernelRequest.add(.route(route($0))) }
      requests[17] = .add(.route(route(3)))
      requests[4000] = .add(.route(route(4000, gateway: 0x0b00_0001)))
      requests.append(.delete(.route(route(0))))
      requests.append(.replace(.route(route(1, gateway: 0x0a00_0003))))
      requests.append(.append(.route(route(1))))
      requests.append(.change(LinkChange(index: 7, mtu: 1400)))
      let failures = try kernel.perform(requests)
      #expect(failures.indices.filter { failures[$0] != nil } == [17, 4000])
      #expect(failures[17]?.errno == .exists)
      #expect(failures[4000]?.errno == .networkUnreachable)
      #expect(failures[4000]?.description.contains("can not add the route to 198.18.15.160/32: ") == true)
      let found = try kernel.routes().filter { $0.destination.address.ipv4Value >> 16 == 0xc612 }
      #expect(found.count == 4998)
      let first = found.filter { $0.destination == route(1).destination }
      #expect(first.map(\.nexthops) == [route(1, gateway: 0x0a00_0003).nexthops, route(1).nexthops])
      #expect(try kernel.links().first { $0.index == 7 }?.mtu == 1400)
      #expect(try kernel.perform([]) == [])
    }
  }
}
