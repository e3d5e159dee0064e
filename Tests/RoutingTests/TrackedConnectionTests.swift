import Routing
import TestSupport
import Testing

/// Flows of tracked connections and of sockets, and what of them is known.
@Suite struct TrackedConnectionTests {
  typealias Tuple = TrackedConnection.Tuple

  private static let own: Set<IPAddress> = [address("10.2.0.1"), address("10.9.0.9")]
  private static let client = address("10.1.0.2")
  private static let server = address("10.2.0.2")

  private static func connection(
    to destination: String, from reply: String, back: String, ipProtocol: UInt8 = 6,
    status: TrackedConnection.Status = .seenReply
  ) -> TrackedConnection {
    TrackedConnection(
      original: Tuple(
        source: client, destination: address(destination), ipProtocol: ipProtocol, sourcePort: 4000,
        destinationPort: 80),
      reply: Tuple(
        source: address(reply), destination: address(back), ipProtocol: ipProtocol, sourcePort: 8080,
        destinationPort: 61000),
      status: status, mark: 7, tcpState: .established, originalCounters: .init(packets: 4, bytes: 217))
  }

  private func flow(_ connection: TrackedConnection, _ direction: TrackedConnection.Direction) -> Flow {
    connection.flow(direction) { Self.own.contains($0) }
  }

  @Test func `The lookup sees the destination after DNAT and the source before SNAT, both ways`() {
    let connection = Self.connection(to: "10.9.0.9", from: "10.2.0.2", back: "10.2.0.1")
    let expected = Flow(
      source: Self.client, destination: Self.server, ipProtocol: 6, sourcePort: 4000, destinationPort: 8080, mark: 7,
      origin: .forwarded, unknown: [.mark, .tos, .flowLabel], weight: 217)
    #expect(flow(connection, .original) == expected)
    var back = expected
    (back.source, back.destination) = (expected.destination, expected.source)
    (back.sourcePort, back.destinationPort) = (8080, 4000)
    back.weight = 1
    #expect(flow(connection, .reply) == back)
  }

  @Test func `What an own address sends is local, and the lookup of its socket may be an older one`() {
    let delivered = Self.connection(to: "10.9.0.9", from: "10.9.0.9", back: "10.1.0.2")
    #expect(flow(delivered, .original).origin == .forwarded)
    let answer = flow(delivered, .reply)
    #expect(answer.origin == .local && answer.socket == nil)
    #expect(answer.unknown.contains(.lookup))
    for status: TrackedConnection.Status in [.offloaded, .hardwareOffloaded] {
      let offloaded = Self.connection(to: "10.2.0.2", from: "10.2.0.2", back: "10.1.0.2", status: status)
      #expect(flow(offloaded, .original).unknown.contains(.lookup))
    }
  }

  @Test func `A direction without packets has no traffic, and what is no port is none`() {
    var connection = Self.connection(to: "10.2.0.2", from: "10.2.0.2", back: "10.1.0.2", ipProtocol: 47, status: [])
    #expect(connection.hasTraffic(.original) && !connection.hasTraffic(.reply))
    #expect(flow(connection, .original).sourcePort == 0 && flow(connection, .original).destinationPort == 0)
    connection.status = .seenReply
    #expect(connection.hasTraffic(.reply))
  }

  @Test func `ICMP flows have the type of their direction`() {
    var connection = Self.connection(to: "10.2.0.2", from: "10.2.0.2", back: "10.1.0.2", ipProtocol: 1)
    connection.original.icmp = .init(type: 8)
    connection.reply.icmp = .init(type: 0)
    #expect(flow(connection, .original).icmp?.type == 8)
    #expect(flow(connection, .reply).icmp?.type == 0)
  }

  @Test(
    arguments: [
      (6, .established, .seenReply, true), (6, .synSent, [], false), (6, .finWait, [.seenReply, .assured], false),
      (6, nil, .seenReply, false), (17, nil, .seenReply, true), (17, nil, [], false), (1, nil, .seenReply, true),
    ] as [(UInt8, TrackedConnection.TCPState?, TrackedConnection.Status, Bool)])
  func `TCP is established by its state, everything else by a reply`(
    ipProtocol: UInt8, state: TrackedConnection.TCPState?, status: TrackedConnection.Status, expected: Bool
  ) {
    var connection = Self.connection(
      to: "10.2.0.2", from: "10.2.0.2", back: "10.1.0.2", ipProtocol: ipProtocol, status: status)
    connection.tcpState = state
    #expect(connection.isEstablished == expected)
  }

  @Test func `A socket's flow is what its next lookup hashes`() {
    var socket = ConnectedSocket(
      source: address("2001:db8::1"), destination: address("2001:db8::2"), ipProtocol: 17, sourcePort: 5000,
      destinationPort: 53, interface: 3, userID: 1000, mark: 9, tos: 0x28)
    #expect(
      socket.flow
        == Flow(
          source: socket.source, destination: socket.destination, ipProtocol: 17, sourcePort: 5000,
          destinationPort: 53, tos: 0x28, mark: 9, outputInterface: 3, userID: 1000, origin: .local,
          socket: .connected, unknown: [.lookup, .flowLabel]))
    socket.mark = nil
    #expect(socket.flow.unknown.contains(.mark) && socket.flow.mark == 0)
  }
}
