import Glibc
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

extension DumpReader {
  /// Everything that there is.
  mutating func all() throws -> [Element] {
    var elements: [Element] = []
    while let element = try next() { elements.append(element) }
    return elements
  }
}

/// Connections through a router in the calling thread's namespace, which tracks them:
/// client 10.1.0.2 and 2001:db8:1::2 — rc, router, rs — server 10.2.0.2 and 2001:db8:2::2.
@Suite struct LiveConnectionTests {
  private static func makeRouter(_ client: borrowing SideNamespace, _ server: borrowing SideNamespace) throws {
    try makeLink("c", 1, client)
    try makeLink("s", 2, server)
    try run(
      """
      sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
      nft -f - <<'N'
      table inet t {
        chain f { type filter hook forward priority 0; ct state new ct mark set 7; ct state established accept; }
      }
      N
      """)
  }

  /// A link whose ends know each other, so that no packet waits.
  private static func makeLink(_ side: String, _ number: Int, _ other: borrowing SideNamespace) throws {
    func neighbour(_ end: Int, _ device: String) -> String {
      let address = "lladdr 02:00:00:00:0\(number):0\(end) dev \(device) nud permanent"
      return "ip neigh add 10.\(number).0.\(end) \(address); ip neigh add 2001:db8:\(number)::\(end) \(address)"
    }
    func end(_ end: Int, _ device: String) -> String {
      """
      ip link set \(device) address 02:00:00:00:0\(number):0\(end) up
      ip addr add 10.\(number).0.\(end)/24 dev \(device)
      ip addr add 2001:db8:\(number)::\(end)/64 dev \(device) nodad

      """
    }
    try run("ip link add r\(side) type veth peer name eth0 netns \(other.process)\n\(end(1, "r\(side)"))")
    _ = try other.enter {
      try run(
        """
        \(end(2, "eth0"))
        ip route add default via 10.\(number).0.1; ip -6 route add default via 2001:db8:\(number)::1
        \(neighbour(1, "eth0"))
        """)
    }
    try run(neighbour(2, "r\(side)"))
  }

  /// The entries, once all of them are as `isReady` says; what there is after some seconds in any case.
  private static func entries(
    family: AddressFamily? = nil, _ isReady: ([TrackedConnection]) -> Bool
  ) throws -> [TrackedConnection] {
    var entries: [TrackedConnection] = []
    for _ in 0..<100 {
      var reader = try Kernel.trackedConnections(family: family)
      entries = try reader.all()
      if isReady(entries) { break }
      usleep(50_000)
    }
    return entries
  }

  private static func ends(_ family: AddressFamily) -> (client: String, server: String) {
    family == .ipv4 ? ("10.1.0.2", "10.2.0.2") : ("2001:db8:1::2", "2001:db8:2::2")
  }

  private static func expected(
    _ family: AddressFamily, _ ipProtocol: UInt8, _ sourcePort: UInt16, _ destinationPort: UInt16
  ) -> TrackedConnection {
    let (client, server) = (address(ends(family).client), address(ends(family).server))
    return TrackedConnection(
      original: .init(
        source: client, destination: server, ipProtocol: ipProtocol, sourcePort: sourcePort,
        destinationPort: destinationPort),
      reply: .init(
        source: server, destination: client, ipProtocol: ipProtocol, sourcePort: destinationPort,
        destinationPort: sourcePort), status: .confirmed, mark: 7)
  }

  @Test(arguments: AddressFamily.allCases)
  func `Entries are the connections that were made, with their bytes`(family: AddressFamily) throws {
    try withNetworkNamespace {
      let client = try SideNamespace.make()
      let server = try SideNamespace.make()
      try Self.makeRouter(client, server)
      try run("sysctl -qw net.netfilter.nf_conntrack_acct=1")
      #expect(Kernel.countsConnections == true)

      let (from, to) = Self.ends(family)
      let listening = try server.enter { try OpenSocket(family, .stream, source: to, port: 8080) }
      try listening.listen()
      let echo = try server.enter { try OpenSocket(family, .datagram, source: to, port: 5353) }
      var stream = try client.enter { try OpenSocket(family, .stream, source: from, port: 4000) }
      try stream.connect(to, 8080)
      let accepted = try listening.accept()
      try stream.write(100)
      try accepted.write(200)
      var answered = try client.enter { try OpenSocket(family, .datagram, source: from, port: 4001) }
      try answered.connect(to, 5353)
      try answered.write(50)
      try echo.echo()
      var unanswered = try client.enter { try OpenSocket(family, .datagram, source: from, port: 4002) }
      try unanswered.connect(to, 5354)
      try unanswered.write(50)
      var closed = try client.enter { try OpenSocket(family, .stream, source: from, port: 4003) }
      try closed.connect(to, 8080)
      let other = try listening.accept()
      closed.close()

      let entries = try Self.entries(family: family) { entries in
        entries.count == 4 && entries.allSatisfy { $0.original.sourcePort != 4003 || $0.tcpState != .established }
          && entries.allSatisfy { $0.original.sourcePort != 4000 || $0.replyCounters?.bytes ?? 0 > 320 }
          && entries.allSatisfy { $0.original.sourcePort != 4001 || $0.replyCounters?.packets == 1 }
      }
      let byPort = Dictionary(entries.map { ($0.original.sourcePort, $0) }) { first, _ in first }
      #expect(byPort.keys.sorted() == [4000, 4001, 4002, 4003] && entries.count == 4)

      let header: UInt64 = family == .ipv4 ? 20 : 40
      let counted = TrackedConnection.Counters(packets: 1, bytes: header + 8 + 50)
      var udp = Self.expected(family, 17, 4001, 5353)
      udp.status.insert(.seenReply)
      (udp.originalCounters, udp.replyCounters) = (counted, counted)
      #expect(byPort[4001] == udp)
      var silent = Self.expected(family, 17, 4002, 5354)
      (silent.originalCounters, silent.replyCounters) = (counted, .init(packets: 0, bytes: 0))
      #expect(byPort[4002] == silent)

      let tcp = try #require(byPort[4000])
      #expect(tcp.original == Self.expected(family, 6, 4000, 8080).original)
      #expect(tcp.reply == Self.expected(family, 6, 4000, 8080).reply && tcp.mark == 7)
      #expect(tcp.tcpState == .established && tcp.status.isSuperset(of: [.seenReply, .assured, .confirmed]))
      // SYN, ACK and data; SYN+ACK and data. Each has at least 20 bytes of TCP.
      let (original, reply) = (try #require(tcp.originalCounters), try #require(tcp.replyCounters))
      #expect(original.packets >= 3 && original.bytes >= original.packets * (header + 20) + 100)
      #expect(reply.packets >= 2 && reply.bytes >= reply.packets * (header + 20) + 200)
      #expect(entries.filter(\.isEstablished).map(\.original.sourcePort).sorted() == [4000, 4001])
      #expect(byPort[4003]?.tcpState == .finWait || byPort[4003]?.tcpState == .closeWait)
      try other.write(0)

      #expect(try Self.entries(family: family == .ipv4 ? .ipv6 : .ipv4) { _ in true }.isEmpty)
    }
  }

  @Test func `How long established connections have been silent is what their timeouts tell`() throws {
    try withNetworkNamespace {
      let client = try SideNamespace.make()
      let server = try SideNamespace.make()
      try Self.makeRouter(client, server)
      let listening = try server.enter { try OpenSocket(.ipv4, .stream, source: "10.2.0.2", port: 8080) }
      try listening.listen()
      let echo = try server.enter { try OpenSocket(.ipv4, .datagram, source: "10.2.0.2", port: 5353) }
      var old = try client.enter { try OpenSocket(.ipv4, .stream, source: "10.1.0.2", port: 4000) }
      try old.connect("10.2.0.2", 8080)
      let accepted = try listening.accept()
      try run("sleep 3.5")
      var new = try client.enter { try OpenSocket(.ipv4, .datagram, source: "10.1.0.2", port: 4001) }
      try new.connect("10.2.0.2", 5353)
      try new.write(50)
      try echo.echo()
      // Without an answer it is not established, and is not looked at.
      var unanswered = try client.enter { try OpenSocket(.ipv4, .datagram, source: "10.1.0.2", port: 4002) }
      try unanswered.connect("10.2.0.2", 5354)
      try unanswered.write(50)
      let entries = try Self.entries { $0.filter(\.isEstablished).count == 2 && $0.count == 3 }
      #expect(entries.count == 3)
      let pauses = try Kernel.connectionPauses().sorted()
      try #require(pauses.count == 2)
      #expect(pauses[0] <= 2)
      #expect((3...8).contains(pauses[1]))
      #expect(try Kernel.connectionPauses(family: .ipv6) == [])
      // A timeout that is longer than the usual one tells nothing.
      try run("sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=5 net.netfilter.nf_conntrack_udp_timeout=1")
      #expect(try Kernel.connectionPauses() == [])
      try accepted.write(0)
    }
  }

  @Test func `A table of thousands is read whole, as it comes, and without counters where nothing is counted`() throws {
    try withNetworkNamespace {
      let client = try SideNamespace.make()
      let server = try SideNamespace.make()
      try Self.makeRouter(client, server)
      try run("sysctl -qw net.netfilter.nf_conntrack_acct=0")
      let ports: ClosedRange<UInt16> = 10_001...14_000
      try client.enter {
        for port in ports {
          var socket = try OpenSocket(.ipv4, .datagram, source: "10.1.0.2", port: port)
          try socket.connect("10.2.0.2", 53)
          try socket.write(1)
        }
      }
      let entries = try Self.entries { $0.count >= ports.count }
      #expect(entries.map(\.original.sourcePort).sorted() == Array(ports))
      #expect(entries.allSatisfy { $0.originalCounters == nil && $0.replyCounters == nil })
      #expect(entries.allSatisfy { $0.flow(.original) { _ in false }.weight == 1 })
      // One that stops in the middle hinders nobody.
      var reader = try Kernel.trackedConnections()
      _ = try reader.next()
      #expect(try Self.entries { _ in true }.count == ports.count)
    }
  }

  @Test func `Where nothing is tracked there are no connections`() throws {
    try withNetworkNamespace {
      var reader = try Kernel.trackedConnections()
      #expect(try reader.next() == nil)
      #expect(try reader.next() == nil)
    }
  }
}
