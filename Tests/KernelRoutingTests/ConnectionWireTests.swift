import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

/// Tracked connections of Linux 6.18, made by `conntrack -I` or by packets through a router.
@Suite struct ConnectionWireTests {
  typealias Tuple = TrackedConnection.Tuple

  private static func tuples(
    _ ipProtocol: UInt8, _ ports: (UInt16, UInt16) = (0, 0)
  ) -> (original: Tuple, reply: Tuple) {
    let (client, server) = (address("10.1.0.2"), address("10.2.0.2"))
    return (
      Tuple(
        source: client, destination: server, ipProtocol: ipProtocol, sourcePort: ports.0, destinationPort: ports.1),
      Tuple(
        source: server, destination: client, ipProtocol: ipProtocol, sourcePort: ports.1, destinationPort: ports.0)
    )
  }

  private static let nothing = TrackedConnection.Counters(packets: 0, bytes: 0)

  static let captures: [Capture<TrackedConnection>] = [
    Capture(
      "an HTTP connection under DNAT and masquerading, counted",
      """
      020000003400018014000180080001000a010002080002000a0900091c0002800500010006000000060002000fa00000060003000050
      00003400028014000180080001000a020002080002000a0200011c0002800500010006000000060002001f900000060003000fa00000
      08000300000001be080008000000000708000c0072a2da1a08000b0000000001080007000006977f3000048 02c00018005000100
      03000000050002000a000000050003000a0000000600040023000000060005002300 00001c0009800c0001000000000000000004
      0c00020000000000000000d91c000a800c00010000000000000000030c00020000000000000000a9
      """,
      TrackedConnection(
        original: Tuple(
          source: address("10.1.0.2"), destination: address("10.9.0.9"), ipProtocol: 6, sourcePort: 4000,
          destinationPort: 80),
        reply: Tuple(
          source: address("10.2.0.2"), destination: address("10.2.0.1"), ipProtocol: 6, sourcePort: 8080,
          destinationPort: 4000),
        status: .init(rawValue: 0x1be), mark: 7, tcpState: .established,
        originalCounters: .init(packets: 4, bytes: 217), replyCounters: .init(packets: 3, bytes: 169))),
    Capture(
      "conntrack -I -s 10.1.0.2 -d 10.2.0.2 -p tcp --sport 3000 --dport 22 --state SYN_SENT --mark 0x1f",
      """
      020000003400018014000180080001000a010002080002000a0200021c0002800500010006000000060002000bb80000060003000016
      00003400028014000180080001000a020002080002000a0100021c00028005000100060000000600020000160000060003000bb80000
      0800030000000008080008000000001f08000c0064a39e8708000b0000000001080007000000003b300004802c00018005000100
      0100000005000200000000000500030000000000060004000a000000060005000a0000001c0018800800010000000000080002000000
      00000800030000000000
      """,
      TrackedConnection(
        original: tuples(6, (3000, 22)).original, reply: tuples(6, (3000, 22)).reply, status: .confirmed, mark: 0x1f,
        tcpState: .synSent)),
    Capture(
      "conntrack -I -s 10.1.0.2 -d 10.2.0.2 -p udp --sport 1000 --dport 53 -u SEEN_REPLY,ASSURED --zone 5",
      """
      020000003400018014000180080001000a010002080002000a0200021c00028005000100110000000600020003e80000060003000035
      00003400028014000180080001000a020002080002000a0100021c000280050001001100000006000200003500000600030003e80000
      0600120000050000080003000000000e080008000000000008000c00b364ebdf08000b0000000001080007000000003b1c0009800c00
      010000000000000000000c00020000000000000000001c000a800c00010000000000000000000c000200000000000000000 0
      """,
      {
        var (original, reply) = tuples(17, (1000, 53))
        (original.zone, reply.zone) = (5, 5)
        return TrackedConnection(
          original: original, reply: reply, status: [.seenReply, .assured, .confirmed], originalCounters: nothing,
          replyCounters: nothing)
      }()),
    Capture(
      "conntrack -I -s 10.1.0.2 -d 10.2.0.2 -p udp --sport 1001 --dport 53 --orig-zone 6",
      """
      020000003c00018014000180080001000a010002080002000a0200021c00028005000100110000000600020003e90000060003000035
      000006000300000600003400028014000180080001000a020002080002000a0100021c00028005000100110000000600020000350000
      0600030003e900000800030000000008080008000000000008000c00eb46d5e008000b0000000001080007000000003b
      """,
      {
        var (original, reply) = tuples(17, (1001, 53))
        (original.zone, reply.zone) = (6, 0)
        return TrackedConnection(original: original, reply: reply, status: .confirmed)
      }()),
    Capture(
      "conntrack -I -s 10.1.0.2 -d 10.2.0.2 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 7",
      """
      020000003c00018014000180080001000a010002080002000a0200022400028005000100010000000600040000070000050005000800
      000005000600000000003c00028014000180080001000a020002080002000a0100022400028005000100010000000600040000070000
      0500050000000000050006000000000008000300000000080800080000000000
      """,
      {
        var (original, reply) = tuples(1)
        (original.icmp, original.icmpIdentifier) = (.init(type: 8), 7)
        (reply.icmp, reply.icmpIdentifier) = (.init(type: 0), 7)
        return TrackedConnection(original: original, reply: reply, status: .confirmed)
      }()),
    Capture(
      "conntrack -I -s 2001:db8::1 -d 2001:db8::2 -p icmpv6 --icmpv6-type 128 --icmpv6-id 9 -u SEEN_REPLY",
      """
      0a000000540001802c0001801400030020010db80000000000000000000000011400040020010db80000000000000000000000022400
      0280050001003a000000060007000009000005000800800000000500090000000000540002802c0001801400030020010db800000000
      00000000000000021400040020010db8000000000000000000000001240002800500 01003a00000006000700000900000500080081
      0000000500090000000000080003000000000a0800080000000000
      """,
      TrackedConnection(
        original: Tuple(
          source: address("2001:db8::1"), destination: address("2001:db8::2"), ipProtocol: 58, icmp: .init(type: 128),
          icmpIdentifier: 9),
        reply: Tuple(
          source: address("2001:db8::2"), destination: address("2001:db8::1"), ipProtocol: 58, icmp: .init(type: 129),
          icmpIdentifier: 9),
        status: [.seenReply, .confirmed])),
    Capture(
      "conntrack -I -s 10.1.0.2 -d 10.2.0.2 -p gre --srckey 1 --dstkey 2",
      """
      020000003400018014000180080001000a010002080002000a0200021c000280050001002f0000000600020000010000060003000002
      00003400028014000180080001000a020002080002000a0100021c000280050001002f00000006000200000200000600030000010000
      08000300000000080800080000000000
      """,
      TrackedConnection(original: tuples(47, (1, 2)).original, reply: tuples(47, (1, 2)).reply, status: .confirmed)),
    Capture(
      "conntrack -I -s 10.1.0.2 -d 10.2.0.2 -p 4",
      """
      020000002400018014000180080001000a010002080002000a0200020c00028005000100040000002400028014000180080001000a02
      0002080002000a0100020c000280050001000400000008000300000000080800080000000000
      """,
      TrackedConnection(original: tuples(4).original, reply: tuples(4).reply, status: .confirmed)),
  ]

  static func read(_ bytes: [UInt8]) throws(WireError) -> TrackedConnection? {
    try decoded(bytes) { (wire) throws(WireError) in try TrackedConnection(wire: wire) }
  }

  @Test(arguments: captures)
  func `A tracked connection is read as it was made`(capture: Capture<TrackedConnection>) throws {
    #expect(try Self.read(bytes(hex: capture.hex)) == capture.value)
  }

  @Test func `Entries of other families and incomplete ones are passed over`() throws {
    var bytes = bytes(hex: Self.captures[1].hex)
    bytes[0] = 7
    #expect(try Self.read(bytes) == nil)
    // One direction alone.
    #expect(try Self.read([2, 0, 0, 0] + TestSupport.bytes(hex: Self.captures[1].hex)[4..<56]) == nil)
    #expect(try Self.read([2, 0, 0, 0]) == nil)
  }

  @Test func `Addresses of another length than the family's are malformed`() {
    var bytes = bytes(hex: Self.captures[1].hex)
    bytes[0] = 10
    // An entry of IPv6 with the attributes of IPv4 addresses has none of its own.
    #expect((try? Self.read(bytes)) == .some(nil))
    // The type of the first source address, made that of an IPv6 one.
    bytes[14] = 3
    #expect(throws: WireError.self) { try Self.read(bytes) }
  }
}

/// Sockets as Linux 6.18 tells of them.
@Suite struct SocketWireTests {
  static let captures: [Capture<ConnectedSocket>] = [
    Capture(
      "TCP from 127.0.0.1:4000 to 127.0.0.1:5000, bound to lo, with mark 0x1234 and TOS 0x28",
      """
      020100000fa013887f0000010000000000000000000000007f0000010000000000000000000000000100000007100000000000000000
      0000000000000000000000000000f10103000500080000000000050005002800000008000f003412000008001100020000000c001500
      01000000000000000600160052000000
      """,
      ConnectedSocket(
        source: address("127.0.0.1"), destination: address("127.0.0.1"), ipProtocol: 6, sourcePort: 4000,
        destinationPort: 5000, interface: 1, userID: 0, mark: 0x1234, tos: 0x28)),
    Capture(
      "the other end, which nobody has accepted yet",
      """
      0201000013880fa07f0000010000000000000000000000007f0000010000000000000000000000000000000005100000000000000000
      0000000000000000000000000000000000000500080000000000050005000000000008000f000000000008001100000000000c001500
      01000000000000000600160052000000
      """,
      ConnectedSocket(
        source: address("127.0.0.1"), destination: address("127.0.0.1"), ipProtocol: 6, sourcePort: 5000,
        destinationPort: 4000, mark: 0)),
    Capture(
      "an IPv6 socket from ::1 with traffic class 0x88",
      """
      0a0100000fa2138800000000000000000000000000000001000000000000000000000000000000010000000009100000000000000000
      0000000000000000000000000000f401030005000800000000000500050000000000050006008800000008000f000000000008001100
      000000000c00150001000000000000000600160012000000
      """,
      ConnectedSocket(
        source: address("::1"), destination: address("::1"), ipProtocol: 6, sourcePort: 4002, destinationPort: 5000,
        userID: 0, mark: 0, tos: 0x88)),
    Capture(
      "an IPv6 socket from ::ffff:127.0.0.1 with TOS 0x48",
      """
      0a0100000fa1138800000000000000000000ffff7f00000100000000000000000000ffff7f000001000000000b100000000000000000
      0000000000000000000000000000f201030005000800000000000500050048000000050006000000000008000f000000000008001100
      020000000c00150001000000000000000600160012000000
      """,
      ConnectedSocket(
        source: address("127.0.0.1"), destination: address("127.0.0.1"), ipProtocol: 6, sourcePort: 4001,
        destinationPort: 5000, userID: 0, mark: 0, tos: 0x48)),
    Capture(
      "the same without the privilege to see marks, in SYN_SENT, of user 1000",
      """
      020200000fa100357f0000010000000000000000000000007f0000010000000000000000000000000000000008100000000000000000
      000000000000000000 00e8030000f5010300050008000000000005000500 00000000
      """,
      ConnectedSocket(
        source: address("127.0.0.1"), destination: address("127.0.0.1"), ipProtocol: 6, sourcePort: 4001,
        destinationPort: 53, state: 2, userID: 1000)),
  ]

  static func read(_ bytes: [UInt8]) throws(WireError) -> ConnectedSocket? {
    try decoded(bytes) { (wire) throws(WireError) in try ConnectedSocket(wire: wire, ipProtocol: 6) }
  }

  @Test(arguments: captures)
  func `A socket is read as it was made`(capture: Capture<ConnectedSocket>) throws {
    #expect(try Self.read(bytes(hex: capture.hex)) == capture.value)
  }

  @Test func `A socket that is connected to nothing is none`() throws {
    var bytes = bytes(hex: Self.captures[0].hex)
    bytes.replaceSubrange(6..<8, with: [0, 0])
    #expect(try Self.read(bytes) == nil)
    bytes[0] = 1
    #expect(try Self.read(bytes) == nil)
  }

  @Test func `A request names family, protocol, states, and what it wants to know besides`() throws {
    let request = ConnectedSocket.request(family: .ipv6, ipProtocol: 17, states: 0x0102)
    let expected: [UInt8] = [10, 17, 0x30, 0] + AttributeWriter.bytes(of: UInt32(0x0102))
    #expect(try request.finished() == expected + [UInt8](repeating: 0, count: 48))
  }
}
