import Forwarding
import KernelRouting
import MultipathHash
import PacketSockets
import Routing
import TestSupport
import Testing

/// Real frames of every kind of verdict, through a router: those that are said to be dropped do not leave, the others
/// leave where they are said to.
@Suite("Verdicts equal what the kernel does with real frames")
struct LiveVerdictTests {
  static let a4 = address("10.2.0.100")
  static let b4 = address("198.18.0.7")
  private static let a6 = address("fd00:f::2")
  private static let b6 = address("2001:db8::7")
  private static let mac: [UInt8] = [2, 0, 0, 0, 0, 1]

  static let router =
    LookupLab.interfaces + """

      ip link set in0 address 02:00:00:00:00:01
      ip link set in0 mtu 9000; ip link set in0p mtu 9000
      ip route add default nexthop via 10.1.1.2 nexthop via 10.1.2.2
      ip -6 route add default nexthop via fd00:1::2 nexthop via fd00:2::2
      ip -6 neigh replace fd00:f::9 dev in0 lladdr 02:00:00:00:0f:09 nud permanent
      ip -6 neigh replace fe80::99 dev in0 lladdr 02:00:00:00:0f:99 nud permanent
      ip -6 route add 2001:db8:99::/64 via fd00:f::9
      ip route add unreachable 203.0.113.0/24
      sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1
      sysctl -qw net.ipv4.fib_multipath_hash_seed=77
      for d in all in0; do sysctl -qw net.ipv4.conf.$d.accept_source_route=0; done
      """

  /// A frame and what it is; `marker` makes its payload its own.
  struct Row {
    var description: String
    var frame: [UInt8]
    /// Whether the prediction has to claim no more than that it is uncertain, and the frame not to leave.
    var isTooLong = false
    /// The caveats that the prediction has; it is held against the frame nevertheless.
    var caveats: Caveats = []
  }

  /// A payload that no other frame has, behind a UDP header whose ports differ, too.
  static func udp(_ marker: UInt16, size: Int = 32) -> [UInt8] {
    let head = Packets.bytes16(4000 &+ marker) + Packets.bytes16(53) + [0, 0, 0, 0]
    return head + [0xec, 0x3b] + Packets.bytes16(marker) + [UInt8](repeating: 0x5a, count: size)
  }

  private static func hops(_ packet: [UInt8], _ limit: UInt8) -> [UInt8] {
    var packet = packet
    packet[packet[0] >> 4 == 4 ? 8 : 7] = limit
    return packet[0] >> 4 == 4 ? Packets.withChecksum(packet) : packet
  }

  static func frame(_ packet: [UInt8], to destination: [UInt8] = mac, type: UInt16? = nil) -> [UInt8] {
    let type = type ?? (packet[0] >> 4 == 4 ? 0x0800 : 0x86dd)
    return destination + [2, 0, 0, 0, 0, 9] + Packets.bytes16(type) + packet
  }

  private static func rows(from marker: UInt16) -> [Row] {
    var next = marker
    func payload(_ size: Int = 32) -> [UInt8] {
      next += 1
      return udp(next, size: size)
    }
    func v4(
      _ source: String = "10.2.0.100", _ destination: String = "198.18.0.7", fragment: UInt16 = 0,
      options: [UInt8] = [], size: Int = 32
    ) -> [UInt8] {
      Packets.ipv4(
        address(source), address(destination), 17, payload(size), fragment: fragment, options: options)
    }
    func v6(_ source: String = "fd00:f::2", _ destination: String = "2001:db8::7", size: Int = 32) -> [UInt8] {
      Packets.ipv6(address(source), address(destination), 17, payload(size))
    }
    func hopByHop(_ options: [UInt8]) -> [UInt8] {
      Packets.ipv6(a6, b6, 0, [17, UInt8((options.count + 2) / 8 - 1)] + options + payload())
    }
    func wrong(_ packet: [UInt8]) -> [UInt8] { Array(packet.prefix(10)) + [packet[10] ^ 0x55] + packet.dropFirst(11) }
    func length(_ packet: [UInt8], _ value: UInt16) -> [UInt8] {
      let at = packet[0] >> 4 == 4 ? 2 : 4
      let changed = packet.prefix(at) + Packets.bytes16(value) + packet.dropFirst(at + 2)
      return packet[0] >> 4 == 4 ? Packets.withChecksum(Array(changed)) : Array(changed)
    }
    let everybody: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    let group: [UInt8] = [1, 0, 0x5e, 0, 0, 1]
    var rows = [
      ("IPv4", frame(v4())), ("IPv6", frame(v6())), ("TTL 2", frame(hops(v4(), 2))), ("TTL 1", frame(hops(v4(), 1))),
      ("TTL 0", frame(hops(v4(), 0))), ("hop limit 2", frame(hops(v6(), 2))), ("hop limit 1", frame(hops(v6(), 1))),
      ("wrong checksum", frame(wrong(v4()))), ("padding", frame(v4() + [0, 0, 0])),
      ("padding", frame(v6() + [0, 0, 0])),
      ("longer than the frame", frame(length(v4(), 200))), ("longer than the frame", frame(length(v6(), 200))),
      ("a total length within the header", frame(length(v4(), 19))), ("total length 0", frame(length(v4(), 0))),
      ("version 5", frame([0x55] + v4().dropFirst(), type: 0x0800)),
      ("a header of 16 bytes", frame([0x44] + v4().dropFirst(), type: 0x0800)),
      ("IPv6 as IPv4", frame(v6(), type: 0x0800)), ("IPv4 as IPv6", frame(v4(), type: 0x86dd)),
      ("ARP", frame(v4(), type: 0x0806)), ("LLDP", frame(v4(), type: 0x88cc)),
      ("to everybody's MAC", frame(v4(), to: everybody)), ("to a group's MAC", frame(v4(), to: group)),
      ("IPv6 to everybody's MAC", frame(v6(), to: everybody)),
      ("a first fragment", frame(v4(fragment: 0x2000))), ("a later fragment", frame(v4(fragment: 5))),
      ("from 127.0.0.1", frame(v4("127.0.0.1"))), ("from 0.0.0.0", frame(v4("0.0.0.0"))),
      ("from a group", frame(v4("224.1.2.3"))), ("from a broadcast", frame(v4("255.255.255.255"))),
      ("from the router itself", frame(v4("10.2.0.1"))), ("to 127.0.0.1", frame(v4("10.2.0.100", "127.0.0.1"))),
      ("to 0.0.0.1", frame(v4("10.2.0.100", "0.0.0.1"))), ("to a group", frame(v4("10.2.0.100", "239.1.1.1"))),
      ("to all", frame(v4("10.2.0.100", "255.255.255.255"))), ("to 240.0.0.1", frame(v4("10.2.0.100", "240.0.0.1"))),
      ("from 240.0.0.1", frame(v4("240.0.0.1"))), ("to the router", frame(v4("10.2.0.100", "10.1.1.1"))),
      ("link-local", frame(v4("169.254.1.1"))), ("unreachable", frame(v4("10.2.0.100", "203.0.113.1"))),
      ("from ::1", frame(v6("::1"))), ("to ::1", frame(v6("fd00:f::2", "::1"))), ("from ::", frame(v6("::"))),
      ("to ::", frame(v6("fd00:f::2", "::"))), ("from a group", frame(v6("ff02::1"))),
      ("to a group", frame(v6("fd00:f::2", "ff0e::1"))), ("to a group of the link", frame(v6("fd00:f::2", "ff02::99"))),
      ("from a link-local address", frame(v6("fe80::98"))),
      ("to a link-local address", frame(v6("fd00:f::2", "fe80::99"))),
      ("between link-local addresses", frame(v6("fe80::98", "fe80::99"))),
      ("back through the ingress", frame(v6("fd00:f::2", "2001:db8:99::1"))),
      ("from a link-local address, back", frame(v6("fe80::98", "2001:db8:99::1"))),
      ("from ::, back", frame(v6("::", "2001:db8:99::1"))),
      ("an embedded IPv4 address", frame(v6("::ffff:10.0.0.1"))),
      ("to the router", frame(v6("fd00:f::2", "fd00:1::1"))),
    ].map { Row(description: $0.0, frame: $0.1) }
    for options: [UInt8] in [
      [1, 1, 1, 0], [148, 4, 0, 0], [148, 3, 0, 0], [0x5e, 4, 0, 0], [0x5e, 1, 0, 0], [0x5e, 5, 0, 0],
      [1, 1, 1, 7], [7, 7, 4, 0, 0, 0, 0, 0], [7, 7, 8, 0, 0, 0, 0, 0], [7, 7, 3, 0, 0, 0, 0, 0],
      [7, 7, 5, 0, 0, 0, 0, 0], [7, 3, 4, 7, 3, 4, 0, 0], [68, 8, 5, 0, 0, 0, 0, 0], [68, 8, 5, 1, 0, 0, 0, 0],
      [68, 8, 9, 0, 0, 0, 0, 0], [68, 8, 9, 0xf0, 0, 0, 0, 0], [68, 8, 9, 0xf3, 0, 0, 0, 0],
      [131, 3, 4, 137, 3, 4, 0, 0], [131, 7, 3, 1, 2, 3, 4, 0], [131, 7, 4, 1, 2, 3, 4, 0], [137, 7, 4, 1, 2, 3, 4, 0],
      [130, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ] {
      rows.append(Row(description: "IPv4 options \(options)", frame: frame(v4(options: options))))
    }
    for options: [UInt8] in [
      [1, 4, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 4, 0, 0, 1, 0], [1, 12] + [UInt8](repeating: 0, count: 12),
      [5, 2, 0, 0, 1, 0], [5, 3, 0, 0, 0, 0], [0x1e, 4, 0, 0, 0, 0], [0x5e, 4, 0, 0, 0, 0], [0x9e, 4, 0, 0, 0, 0],
      [0xde, 4, 0, 0, 0, 0], [0x1e, 5, 0, 0, 0, 0], [0xc2, 4, 0, 0, 0, 9], [0xc2, 4, 0, 1, 0, 0],
      (0..<8).flatMap { _ in [0x1e, 0] as [UInt8] } + [1, 4, 0, 0, 0, 0],
      (0..<9).flatMap { _ in [0x1e, 0] as [UInt8] } + [1, 2, 0, 0], [0x31, 0, 1, 2, 0, 0], [0, 0, 0x31, 2, 0, 0],
    ] {
      rows.append(Row(description: "hop-by-hop options \(options)", frame: frame(hopByHop(options))))
    }
    rows.append(Row(description: "1500 bytes", frame: frame(v4(fragment: 0x4000, size: 1500 - 32))))
    rows.append(Row(description: "1501 bytes", frame: frame(v4(fragment: 0x4000, size: 1501 - 32)), isTooLong: true))
    rows.append(Row(description: "1500 bytes", frame: frame(v6(size: 1500 - 52))))
    rows.append(Row(description: "1501 bytes", frame: frame(v6(size: 1501 - 52)), isTooLong: true))
    return rows
  }

  @Test("frames of every kind, one by one")
  func everyKind() throws {
    try withNetworkNamespace {
      try run(Self.router)
      try Self.compare(Self.rows(from: 0))
    }
  }

  @Test("IPv6 packets that its own MTU of a link is too small for")
  func smallMTU6() throws {
    try withNetworkNamespace {
      try run(Self.router + "\nfor n in 1 2; do sysctl -qw net.ipv6.conf.o$n.mtu=1400; done")
      var rows: [Row] = []
      for size in [1399, 1400, 1401, 1500] {
        let v6 = Packets.ipv6(Self.a6, Self.b6, 17, Self.udp(UInt16(size), size: size - 52))
        rows.append(Row(description: "IPv6, \(size) bytes", frame: Self.frame(v6), isTooLong: size > 1400))
        let v4 = Packets.ipv4(Self.a4, Self.b4, 17, Self.udp(UInt16(size) + 1000, size: size - 32), fragment: 0x4000)
        rows.append(Row(description: "IPv4, \(size) bytes", frame: Self.frame(v4)))
      }
      try Self.compare(rows)
    }
  }

  @Test("a segment routing header sends on from this machine what is addressed to it, where that is enabled")
  func segments() throws {
    let router = address("fd00:f::1")
    /// `type` 4 is segment routing, and 3 is RPL, which leaves out the last address.
    func packet(_ marker: UInt16, to destination: IPAddress, type: UInt8 = 4, left: UInt8 = 1) -> [UInt8] {
      let segments = type == 4 ? Self.b6.networkBytes + router.networkBytes : Self.b6.networkBytes
      let header: [UInt8] = [17, UInt8(segments.count / 8), type, left, type == 4 ? 1 : 0, 0, 0, 0]
      return Packets.ipv6(Self.a6, destination, 43, header + segments + Self.udp(marker))
    }
    for isEnabled in [true, false] {
      try withNetworkNamespace {
        let value = isEnabled ? 1 : 0
        try run(
          Self.router
            + "\nfor d in all in0; do sysctl -qw net.ipv6.conf.$d.seg6_enabled=\(value) net.ipv6.conf.$d.rpl_seg_enabled=\(value); done"
        )
        try Self.compare([
          Row(description: "to another machine", frame: Self.frame(packet(1, to: Self.b6))),
          Row(description: "without segments left", frame: Self.frame(packet(2, to: router, left: 0))),
        ])
        for (marker, type) in [(3, 4), (4, 3)] as [(UInt16, UInt8)] {
          let frame = Self.frame(packet(marker, to: router, type: type))
          var kernel = try Kernel()
          let table = ForwardingTable(try kernel.readState())
          let decision = Self.decide(frame, table, try #require(table.interfaceIndex("in0")))
          #expect(decision.outcome == .undetermined && decision.caveats == .kernelBehaviour, "type \(type)")
          #expect(try Self.leaves(frame) == isEnabled, "type \(type)")
        }
      }
    }
  }

  /// Whether a frame comes out of the router, before one that follows it does.
  private static func leaves(_ frame: [UInt8]) throws -> Bool {
    var sender = try PacketSocket(interface: "in0p", for: .sending)
    var one = try PacketSocket(interface: "p1")
    var two = try PacketSocket(interface: "p2")
    try sender.send([frame, Self.frame(Packets.ipv4(a4, b4, 17, udp(60_000)))])
    var (isSeen, isOver) = (false, false)
    for _ in 0..<1000 where !isOver {
      func look(_ seen: Span<UInt8>) {
        if holds(seen, udp(60_000).prefix(12)) { isOver = true }
        if holds(seen, marker(of: frame)) { isSeen = true }
      }
      try one.receive(timeoutMilliseconds: 1, look)
      try two.receive(timeoutMilliseconds: 1, look)
    }
    #expect(isOver, "the router does not answer")
    return isSeen
  }

  /// Sends each frame to the router in the calling thread's namespace and expects that what is predicted becomes of it.
  ///
  /// - Parameter what: Which router it is.
  static func compare(_ rows: [Row], _ what: String = "the router") throws {
    var kernel = try Kernel()
    let table = ForwardingTable(try kernel.readState())
    let ingress = try #require(table.interfaceIndex("in0"))
    var sender = try PacketSocket(interface: "in0p")
    var one = try PacketSocket(interface: "p1")
    var two = try PacketSocket(interface: "p2")
    for row in rows {
      let decision = Self.decide(row.frame, table, ingress)
      // What follows on the same way and is seen to come out was handled after the frame.
      let sentinel = Self.frame(Packets.ipv4(Self.a4, Self.b4, 17, Self.udp(60_000)))
      try sender.send([row.frame, sentinel])
      var seen: [String] = []
      var isOver = false
      for _ in 0..<100 where !isOver {
        for name in ["o1", "o2", "in0"] {
          func look(_ frame: Span<UInt8>) {
            if Self.holds(frame, Self.udp(60_000).prefix(12)) { isOver = true }
            if Self.holds(frame, Self.marker(of: row.frame)) { seen.append(name) }
          }
          switch name {
          case "o1": try one.receive(timeoutMilliseconds: 1, look)
          case "o2": try two.receive(timeoutMilliseconds: 1, look)
          default: try sender.receive(timeoutMilliseconds: 1, look)
          }
        }
      }
      let description = "\(what), \(row.description)"
      #expect(isOver, "\(description): the router does not answer")
      #expect(
        decision.caveats == row.caveats || row.isTooLong && !decision.isExact,
        "\(description): \(decision.caveats.list.map(\.code))")
      let expected = row.isTooLong ? nil : decision.nexthop.map { table.interfaceName($0.interface) }
      if seen != (expected.map { [$0] } ?? []) {
        Issue.record("\(description): predicted \(decision.outcome) \(expected ?? "nowhere"), seen \(seen)")
      }
    }
  }

  private static func decide(_ frame: [UInt8], _ table: ForwardingTable, _ ingress: UInt32) -> Decision {
    do throws(PacketFault) {
      let packet = try PacketDissector.dissect(frame: frame.span, linkType: .ethernet, originalLength: frame.count)
      var flow = packet.flow(inputInterface: ingress)
      flow.layer4Hash = .absent
      return table.decide(flow, packet: packet)
    } catch {
      return Decision(fault: error)
    }
  }

  /// The four bytes that only this frame's payload has.
  private static func marker(of frame: [UInt8]) -> ArraySlice<UInt8> {
    for index in stride(from: frame.count - 4, to: 14, by: -1) where frame[index] == 0xec && frame[index + 1] == 0x3b {
      return frame[index..<index + 4]
    }
    return []
  }

  private static func holds(_ frame: Span<UInt8>, _ part: ArraySlice<UInt8>) -> Bool {
    guard !part.isEmpty, frame.count >= part.count else { return false }
    let part = Array(part)
    // An ICMP error quotes the frame behind headers of its own; the packet itself has its source's MAC or not, but
    // comes with its payload at the end.
    return (14...frame.count - part.count).contains { start in
      (0..<part.count).allSatisfy { frame[start + $0] == part[$0] }
    }
  }
}
