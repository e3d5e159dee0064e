import Glibc
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct LiveConnectedSocketTests {
  private static func sockets(established: Bool = false) throws -> [ConnectedSocket] {
    var reader = try Kernel.connectedSockets(established: established)
    return try reader.all()
  }

  @Test func `Sockets are those that were opened: both families, mapped, bound, marked, owned`() throws {
    try withNetworkNamespace {
      try run(
        """
        ip link add o1 type veth peer name p1; ip link set o1 up; ip link set p1 up
        ip addr add 10.0.1.1/24 dev o1
        ip neigh add 10.0.1.2 lladdr 02:00:00:00:00:02 dev o1 nud permanent
        """)
      var kernel = try Kernel()
      let o1 = try #require(try kernel.links().first { $0.name == "o1" }).index
      let user = getuid()
      // A user namespace may have one user alone.
      var other: UInt32 = 1000
      do { _ = try OpenSocket(.ipv4, .datagram, user: other) } catch { other = user }
      let server4 = try OpenSocket(.ipv4, .stream, source: "127.0.0.1", port: 5000)
      let server6 = try OpenSocket(.ipv6, .stream, source: "::1", port: 5000)
      try server4.listen()
      try server6.listen()
      var tcp4 = try OpenSocket(
        .ipv4, .stream, source: "127.0.0.1", port: 4000, device: "lo", mark: 0x1234, user: other)
      try tcp4.connect("127.0.0.1", 5000, service: 0x28)
      var tcp6 = try OpenSocket(.ipv6, .stream, source: "::1", port: 4001, user: other)
      try tcp6.connect("::1", 5000, service: 0x88)
      var mapped = try OpenSocket(.ipv6, .stream, source: "::ffff:127.0.0.1", port: 4002)
      try mapped.connect("::ffff:127.0.0.1", 5000)
      var udp4 = try OpenSocket(.ipv4, .datagram, source: "10.0.1.1", port: 4003, mark: 9)
      try udp4.connect("10.0.1.2", 53)
      var udp6 = try OpenSocket(.ipv6, .datagram, source: "::1", port: 4004)
      try udp6.connect("::1", 53)
      var mappedUDP = try OpenSocket(.ipv6, .datagram, port: 4005)
      try mappedUDP.connect("::ffff:10.0.1.2", 53)
      // Nobody answers.
      var waiting = try OpenSocket(.ipv4, .stream, port: 4006, device: "o1")
      try waiting.connect("10.0.1.2", 80)
      // Not connected.
      let unconnected = try OpenSocket(.ipv4, .datagram, source: "127.0.0.1", port: 4007)

      func socket(
        _ source: String, _ port: UInt16, _ destination: String, _ destinationPort: UInt16, _ ipProtocol: UInt8
      ) -> ConnectedSocket {
        ConnectedSocket(
          source: address(source), destination: address(destination), ipProtocol: ipProtocol, sourcePort: port,
          destinationPort: destinationPort, userID: user, mark: 0)
      }
      var expected = [
        socket("127.0.0.1", 4000, "127.0.0.1", 5000, 6), socket("::1", 4001, "::1", 5000, 6),
        socket("127.0.0.1", 4002, "127.0.0.1", 5000, 6), socket("10.0.1.1", 4003, "10.0.1.2", 53, 17),
        socket("::1", 4004, "::1", 53, 17), socket("10.0.1.1", 4005, "10.0.1.2", 53, 17),
        socket("10.0.1.1", 4006, "10.0.1.2", 80, 6),
      ]
      (expected[0].interface, expected[0].mark, expected[0].userID, expected[0].tos) = (1, 0x1234, other, 0x28)
      (expected[1].userID, expected[1].tos) = (other, 0x88)
      expected[3].mark = 9
      (expected[6].interface, expected[6].state) = (o1, 2)

      // The other ends of the connections, which nobody has accepted, have no owner.
      let all = try Self.sockets()
      let others = all.filter { $0.sourcePort == 5000 }
      #expect(others.map(\.destinationPort).sorted() == [4000, 4001, 4002])
      #expect(others.allSatisfy { $0.userID == nil })
      let opened = all.filter { $0.sourcePort != 5000 }
      #expect(opened.count == expected.count && Set(opened) == Set(expected))
      #expect(
        try Self.sockets(established: true).map(\.sourcePort).filter { $0 != 5000 }.sorted() == Array(4000...4005))
      unconnected.close()
    }
  }
}
