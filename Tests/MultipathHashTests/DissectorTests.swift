import MultipathHash
import Routing
import TestSupport
import Testing

/// What a header view should show, short enough for a table.
struct Seen: Equatable, CustomStringConvertible {
  var ends: String
  var ipProtocol: UInt8
  var ports: [UInt16]
  var isEncapsulated: Bool
  var isFragment: Bool
  var label: UInt32

  init(
    _ ends: String, _ ipProtocol: UInt8, _ ports: [UInt16] = [0, 0], tunnel: Bool = false,
    fragment: Bool = false,
    label: UInt32 = 0
  ) {
    self.ends = ends
    self.ipProtocol = ipProtocol
    self.ports = ports
    isEncapsulated = tunnel
    isFragment = fragment
    self.label = label
  }

  init(_ headers: PacketHeaders) {
    self.init(
      "\(headers.source)>\(headers.destination)", headers.ipProtocol,
      [headers.sourcePort, headers.destinationPort],
      tunnel: headers.isEncapsulated, fragment: headers.isFragment, label: headers.flowLabel)
  }

  var description: String {
    "\(ends) \(ipProtocol) \(ports)\(isEncapsulated ? " tunnel" : "")\(isFragment ? " fragment" : "") label \(label)"
  }
}

/// One row of a table of packets.
struct PacketRow: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var packet: [UInt8]
  var outer: Seen
  var innermost: Seen

  init(_ description: String, _ packet: [UInt8], _ outer: Seen, _ innermost: Seen? = nil) {
    testDescription = description
    self.packet = packet
    self.outer = outer
    self.innermost = innermost ?? outer
  }
}

@Suite("The packet dissector")
struct DissectorTests {
  private static let (a, b) = (address("10.0.0.1"), address("10.0.0.2"))
  private static let (a6, b6) = (address("2001:db8::1"), address("2001:db8::2"))
  private static let outer4 = "10.0.0.1>10.0.0.2"
  private static let outer6 = "2001:db8::1>2001:db8::2"
  private static let inner4 = "192.0.2.1>192.0.2.2"
  private static let inner6 = "2001:db8:f::1>2001:db8:f::2"
  private static let udp = Packets.transport(17, 1234, 53)
  private static let innerUDP = Packets.ipv4(address("192.0.2.1"), address("192.0.2.2"), 17, udp)
  private static let innerTCP6 = Packets.ipv6(
    address("2001:db8:f::1"), address("2001:db8:f::2"), 6, Packets.transport(6, 7, 8), label: 0x77)

  private static func packet4(_ ipProtocol: UInt8, _ payload: [UInt8], fragment: UInt16 = 0)
    -> [UInt8]
  {
    Packets.ipv4(a, b, ipProtocol, payload, fragment: fragment)
  }
  private static func packet6(_ next: UInt8, _ payload: [UInt8], label: UInt32 = 0) -> [UInt8] {
    Packets.ipv6(a6, b6, next, payload, label: label)
  }
  private static func gre4(_ payload: [UInt8]) -> [UInt8] { packet4(47, payload) }
  private static let tunnel4 = Seen(outer4, 47, tunnel: true)
  private static let innermostUDP = Seen(inner4, 17, [1234, 53], tunnel: true)

  @Test(
    "Transport protocols",
    arguments: [
      PacketRow("TCP", packet4(6, Packets.transport(6, 1, 2)), Seen(outer4, 6, [1, 2])),
      PacketRow("UDP", packet4(17, udp), Seen(outer4, 17, [1234, 53])),
      PacketRow("DCCP", packet4(33, Packets.transport(33, 1, 2)), Seen(outer4, 33, [1, 2])),
      PacketRow("SCTP", packet4(132, Packets.transport(132, 1, 2)), Seen(outer4, 132, [1, 2])),
      PacketRow("UDP-Lite", packet4(136, Packets.transport(136, 1, 2)), Seen(outer4, 136, [1, 2])),
      PacketRow(
        "ESP: the SPI", packet4(50, [0xc0, 0xff, 0xee, 1, 0, 0]),
        Seen(outer4, 50, [0xc0ff, 0xee01])),
      PacketRow(
        "AH: the SPI, not walked through", packet4(51, Packets.transport(51, 3, 4)),
        Seen(outer4, 51, [3, 4])),
      PacketRow("ICMP echo", packet4(1, Packets.transport(1, 3, 4)), Seen(outer4, 1)),
      PacketRow("ICMPv6 echo", packet6(58, Packets.transport(58, 3, 4)), Seen(outer6, 58)),
      PacketRow("OSPF", packet4(89, [1, 2, 3, 4, 5, 6, 7, 8]), Seen(outer4, 89)),
      PacketRow("L2TP", packet4(115, [1, 2, 3, 4, 5, 6, 7, 8]), Seen(outer4, 115)),
      PacketRow("VXLAN is plain UDP", packet4(17, udp + innerUDP), Seen(outer4, 17, [1234, 53])),
      PacketRow(
        "options are skipped", Packets.ipv4(a, b, 17, udp, options: [1, 1, 1, 0]),
        Seen(outer4, 17, [1234, 53])),
      PacketRow("three bytes are no ports", packet4(17, [1, 2, 3]), Seen(outer4, 17)),
      PacketRow("four bytes are", packet4(17, [1, 2, 3, 4]), Seen(outer4, 17, [0x102, 0x304])),
      PacketRow("AH too short for the SPI", packet4(51, [1, 2, 3, 4, 5, 6, 7]), Seen(outer4, 51)),
      PacketRow("no payload", packet4(6, []), Seen(outer4, 6)),
      PacketRow("mobility header", packet6(135, [59, 0, 0, 0, 0, 0, 0, 0]), Seen(outer6, 135)),
      PacketRow("no next header", packet6(59, [0, 1, 2, 3]), Seen(outer6, 59)),
      PacketRow("padding is not payload", packet4(17, []) + udp, Seen(outer4, 17)),
      PacketRow("nor for IPv6", packet6(17, []) + udp, Seen(outer6, 17)),
    ])
  func transport(_ row: PacketRow) throws { try check(row) }

  @Test(
    "Fragments and extension headers",
    arguments: [
      PacketRow(
        "first fragment", packet4(17, udp, fragment: 0x2000), Seen(outer4, 17, fragment: true)),
      PacketRow(
        "later fragment", packet4(17, udp, fragment: 0x0003), Seen(outer4, 17, fragment: true)),
      PacketRow(
        "don't-fragment is none", packet4(17, udp, fragment: 0x4000), Seen(outer4, 17, [1234, 53])),
      PacketRow(
        "the reserved flag is none", packet4(17, udp, fragment: 0x8000),
        Seen(outer4, 17, [1234, 53])),
      PacketRow(
        "a fragment is no tunnel", packet4(4, innerUDP, fragment: 0x2000),
        Seen(outer4, 4, fragment: true)),
      PacketRow(
        "hop-by-hop", packet6(0, Packets.ipv6Extension(next: 17) + udp, label: 5),
        Seen(outer6, 17, [1234, 53], label: 5)),
      PacketRow(
        "routing of 24 bytes", packet6(43, Packets.ipv6Extension(next: 17, length: 24) + udp),
        Seen(outer6, 17, [1234, 53])),
      PacketRow(
        "destination options, then routing",
        packet6(60, Packets.ipv6Extension(next: 43) + Packets.ipv6Extension(next: 6) + udp),
        Seen(outer6, 6, [1234, 53])),
      PacketRow(
        "an extension header behind the end", packet6(0, [17, 9] + udp), Seen(outer6, 17)),
      PacketRow("an extension header of one byte", packet6(60, [17]), Seen(outer6, 60)),
      PacketRow(
        "IPv6 fragment", packet6(44, Packets.ipv6Fragment(next: 17, offset: 1) + udp),
        Seen(outer6, 17, fragment: true)),
      PacketRow(
        "later IPv6 fragment", packet6(44, Packets.ipv6Fragment(next: 17, offset: 0x18) + udp),
        Seen(outer6, 17, fragment: true)),
      PacketRow(
        "atomic fragment", packet6(44, Packets.ipv6Fragment(next: 17) + udp),
        Seen(outer6, 17, fragment: true)),
      PacketRow(
        "fragment header of seven bytes", packet6(44, [17, 0, 0, 1, 0, 0, 0]), Seen(outer6, 44)),
      PacketRow(
        "hop-by-hop, then fragment",
        packet6(0, Packets.ipv6Extension(next: 44) + Packets.ipv6Fragment(next: 6) + udp),
        Seen(outer6, 6, fragment: true)),
      PacketRow(
        "extension headers of IPv6 in IPv4", packet4(0, Packets.ipv6Extension(next: 17) + udp),
        Seen(outer4, 0)),
      PacketRow(
        "a fragment header in IPv4", packet4(44, Packets.ipv6Fragment(next: 17) + udp),
        Seen(outer4, 44)),
      PacketRow(
        "a fragment in a tunnel",
        packet4(
          4, Packets.ipv4(address("192.0.2.1"), address("192.0.2.2"), 17, udp, fragment: 0x2000)),
        Seen(outer4, 4, tunnel: true), Seen(inner4, 17, tunnel: true, fragment: true)),
      PacketRow(
        "fifteen extension headers",
        packet6(
          60,
          (0..<14).flatMap { _ in Packets.ipv6Extension(next: 60) }
            + Packets.ipv6Extension(next: 17) + udp),
        Seen(outer6, 17, [1234, 53])),
      PacketRow(
        "the sixteenth extension header still names its successor and its ports",
        packet6(
          60,
          (0..<15).flatMap { _ in Packets.ipv6Extension(next: 60) }
            + Packets.ipv6Extension(next: 17) + udp),
        Seen(outer6, 17, [1234, 53])),
      PacketRow(
        "the seventeenth does not",
        packet6(
          60,
          (0..<16).flatMap { _ in Packets.ipv6Extension(next: 60) }
            + Packets.ipv6Extension(next: 17) + udp),
        Seen(outer6, 60)),
      PacketRow(
        "fifteen extension headers and a tunnel",
        packet6(
          60,
          (0..<14).flatMap { _ in Packets.ipv6Extension(next: 60) } + Packets.ipv6Extension(next: 4)
            + innerUDP),
        Seen(outer6, 4, tunnel: true)),
      PacketRow(
        "fourteen extension headers and a tunnel",
        packet6(
          60,
          (0..<13).flatMap { _ in Packets.ipv6Extension(next: 60) } + Packets.ipv6Extension(next: 4)
            + innerUDP),
        Seen(outer6, 4, tunnel: true), innermostUDP),
    ])
  func fragments(_ row: PacketRow) throws { try check(row) }

  @Test(
    "IP in IP",
    arguments: [
      PacketRow("4 in 4", packet4(4, innerUDP), Seen(outer4, 4, tunnel: true), innermostUDP),
      PacketRow(
        "6 in 4", packet4(41, innerTCP6), Seen(outer4, 41, tunnel: true),
        Seen(inner6, 6, [7, 8], tunnel: true, label: 0x77)),
      PacketRow(
        "4 in 6 keeps the outer label", packet6(4, innerUDP, label: 9),
        Seen(outer6, 4, tunnel: true, label: 9),
        Seen(inner4, 17, [1234, 53], tunnel: true, label: 9)),
      PacketRow(
        "6 in 6 takes the inner label", packet6(41, innerTCP6, label: 9),
        Seen(outer6, 41, tunnel: true, label: 9),
        Seen(inner6, 6, [7, 8], tunnel: true, label: 0x77)),
      PacketRow(
        "an inner label of 0 does not clear it",
        packet6(
          41, Packets.ipv6(address("2001:db8:f::1"), address("2001:db8:f::2"), 59, []), label: 9),
        Seen(outer6, 41, tunnel: true, label: 9), Seen(inner6, 59, tunnel: true, label: 9)),
      PacketRow(
        "4 in 6 in 4",
        packet4(41, Packets.ipv6(address("2001:db8:e::1"), address("2001:db8:e::2"), 4, innerUDP)),
        Seen(outer4, 41, tunnel: true), innermostUDP),
      PacketRow(
        "a tunnel behind destination options",
        packet6(60, Packets.ipv6Extension(next: 41) + innerTCP6),
        Seen(outer6, 41, tunnel: true), Seen(inner6, 6, [7, 8], tunnel: true, label: 0x77)),
      PacketRow(
        "an inner header cut short", packet4(4, Array(innerUDP.prefix(19))),
        Seen(outer4, 4, tunnel: true)),
      PacketRow(
        "an inner header of four words", packet4(4, [0x44] + innerUDP.dropFirst()),
        Seen(outer4, 4, tunnel: true)),
      PacketRow(
        "the inner version is not looked at", packet4(4, [0x65] + innerUDP.dropFirst()),
        Seen(outer4, 4, tunnel: true),
        innermostUDP),
      PacketRow(
        "an inner IPv6 header cut short", packet4(41, Array(innerTCP6.prefix(39))),
        Seen(outer4, 41, tunnel: true)),
      PacketRow(
        "MPLS in IP is no tunnel", packet4(137, [0, 6, 0x41, 0x40] + innerUDP), Seen(outer4, 137)),
    ])
  func ipInIP(_ row: PacketRow) throws { try check(row) }

  @Test(
    "GRE",
    arguments: [
      PacketRow("IPv4", gre4(Packets.gre(0x0800, innerUDP)), tunnel4, innermostUDP),
      PacketRow(
        "IPv6", gre4(Packets.gre(0x86dd, innerTCP6)), tunnel4,
        Seen(inner6, 6, [7, 8], tunnel: true, label: 0x77)),
      PacketRow(
        "checksum", gre4(Packets.gre(0x0800, innerUDP, flags: 0x8000, extra: [1, 2, 0, 0])),
        tunnel4, innermostUDP),
      PacketRow(
        "key", gre4(Packets.gre(0x0800, innerUDP, flags: 0x2000, extra: [1, 2, 3, 4])), tunnel4,
        innermostUDP),
      PacketRow(
        "sequence", gre4(Packets.gre(0x0800, innerUDP, flags: 0x1000, extra: [1, 2, 3, 4])),
        tunnel4, innermostUDP),
      PacketRow(
        "all three",
        gre4(Packets.gre(0x0800, innerUDP, flags: 0xb000, extra: [UInt8](repeating: 9, count: 12))),
        tunnel4,
        innermostUDP),
      PacketRow(
        "a key cut short", gre4(Packets.gre(0x0800, [1, 2, 3], flags: 0x2000)), Seen(outer4, 47)),
      PacketRow("a header cut short", gre4([0, 0, 8]), Seen(outer4, 47)),
      PacketRow(
        "the routing bit", gre4(Packets.gre(0x0800, innerUDP, flags: 0x4000)), Seen(outer4, 47)),
      PacketRow("version 2", gre4(Packets.gre(0x0800, innerUDP, flags: 0x0002)), Seen(outer4, 47)),
      PacketRow("ARP", gre4(Packets.gre(0x0806, innerUDP)), tunnel4),
      PacketRow("MPLS", gre4(Packets.gre(0x8847, [0, 6, 0x41, 0x40] + innerUDP)), tunnel4),
      PacketRow("no payload", gre4(Packets.gre(0x0800, [])), tunnel4),
      PacketRow(
        "a frame", gre4(Packets.gre(0x6558, Packets.ethernet(0x0800, innerUDP))), tunnel4,
        innermostUDP),
      PacketRow(
        "a frame cut short", gre4(Packets.gre(0x6558, [UInt8](repeating: 0, count: 13))),
        Seen(outer4, 47)),
      PacketRow(
        "a tagged frame",
        gre4(Packets.gre(0x6558, Packets.ethernet(0x8100, [0, 5, 8, 0] + innerUDP))), tunnel4,
        innermostUDP),
      PacketRow(
        "three tags",
        gre4(
          Packets.gre(
            0x6558, Packets.ethernet(0x88a8, [0, 5, 0x81, 0, 0, 6, 0x81, 0, 0, 7, 8, 0] + innerUDP))
        ),
        tunnel4, innermostUDP),
      PacketRow("a tag cut short", gre4(Packets.gre(0x8100, [0, 5, 8])), tunnel4),
      PacketRow(
        "a redundancy tag", gre4(Packets.gre(0x892f, [0, 0, 0, 0, 8, 0] + innerUDP)), tunnel4,
        innermostUDP),
      PacketRow(
        "a parallel redundancy tag", gre4(Packets.gre(0x88fb, [0, 0, 0, 0, 8, 0] + innerUDP)),
        tunnel4, innermostUDP),
      PacketRow(
        "PPPoE", gre4(Packets.gre(0x8864, [0x11, 0, 0, 1, 0, 9, 0, 0x21] + innerUDP)), tunnel4,
        innermostUDP),
      PacketRow(
        "PPPoE with a compressed protocol",
        gre4(Packets.gre(0x8864, [0x11, 0, 0, 1, 0, 9, 0x21] + innerUDP)), tunnel4),
      PacketRow(
        "PPPoE control", gre4(Packets.gre(0x8864, [0x11, 0, 0, 1, 0, 9, 0xc0, 0x21] + innerUDP)),
        tunnel4),
      PacketRow(
        "PPPoE discovery code",
        gre4(Packets.gre(0x8864, [0x11, 9, 0, 1, 0, 9, 0, 0x21] + innerUDP)), tunnel4),
      PacketRow(
        "batman-adv",
        gre4(
          Packets.gre(
            0x4305,
            [0x40, 15] + [UInt8](repeating: 0, count: 8) + Packets.ethernet(0x0800, innerUDP))),
        tunnel4, innermostUDP),
      PacketRow(
        "batman-adv of another version",
        gre4(
          Packets.gre(
            0x4305,
            [0x40, 14] + [UInt8](repeating: 0, count: 8) + Packets.ethernet(0x0800, innerUDP))),
        tunnel4),
      PacketRow(
        "PPTP",
        gre4(
          Packets.gre(0x880b, [0xff, 3, 0, 0x21] + innerUDP, flags: 0x2001, extra: [0, 0, 0, 1])),
        tunnel4,
        innermostUDP),
      PacketRow(
        "PPTP with sequence and acknowledgement",
        gre4(
          Packets.gre(
            0x880b, [0xff, 3, 0, 0x57] + innerTCP6, flags: 0x3081,
            extra: [UInt8](repeating: 0, count: 12))),
        tunnel4, Seen(inner6, 6, [7, 8], tunnel: true, label: 0x77)),
      PacketRow(
        "PPTP control",
        gre4(
          Packets.gre(
            0x880b, [0xff, 3, 0xc0, 0x21] + innerUDP, flags: 0x2001, extra: [0, 0, 0, 1])), tunnel4),
      PacketRow(
        "PPTP without a key",
        gre4(Packets.gre(0x880b, [0xff, 3, 0, 0x21] + innerUDP, flags: 0x0001)), Seen(outer4, 47)),
      PacketRow(
        "version 1 of something else",
        gre4(Packets.gre(0x0800, innerUDP, flags: 0x2001, extra: [0, 0, 0, 1])), Seen(outer4, 47)),
      PacketRow(
        "in GRE", gre4(Packets.gre(0x0800, Packets.ipv4(a, b, 47, Packets.gre(0x0800, innerUDP)))),
        tunnel4, innermostUDP),
    ])
  func gre(_ row: PacketRow) throws { try check(row) }

  private func check(_ row: PacketRow) throws {
    let packet = try #require(dissect(row.packet))
    #expect(Seen(packet.outer) == row.outer)
    #expect(Seen(packet.innermost) == row.innermost)
    #expect(packet.network.ipProtocol == row.packet[packet.family == .ipv4 ? 9 : 6])
    #expect(!packet.isTruncated)
  }
}
