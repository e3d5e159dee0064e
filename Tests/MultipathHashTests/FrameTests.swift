import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("Frames of every link type")
struct FrameTests {
  private static let ipv4 = Packets.ipv4(address("10.0.0.1"), address("10.0.0.2"), 17, Packets.transport(17, 1, 2))
  private static let ipv6 = Packets.ipv6(
    address("2001:db8::1"), address("2001:db8::2"), 17, Packets.transport(17, 1, 2))

  private static func cooked(_ protocolNumber: UInt16, type: UInt16 = 0, hardware: UInt16 = 1) -> [UInt8] {
    Packets.bytes16(type) + Packets.bytes16(hardware) + [0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + Packets.bytes16(protocolNumber)
  }

  private static func cooked2(_ protocolNumber: UInt16, type: UInt8 = 0, hardware: UInt16 = 1) -> [UInt8] {
    Packets.bytes16(protocolNumber) + [0, 0, 0, 0, 0, 3] + Packets.bytes16(hardware) + [
      type, 6, 2, 0, 0, 0, 0, 1, 0, 0,
    ]
  }

  @Test(
    "A packet is found behind every header",
    arguments: [
      ("Ethernet", .ethernet, Packets.ethernet(0x0800, ipv4)), ("Ethernet", .ethernet, Packets.ethernet(0x86dd, ipv6)),
      ("with a padded end", .ethernet, Packets.ethernet(0x0800, ipv4 + [0, 0, 0, 0, 0, 0])),
      ("with a VLAN tag", .ethernet, Packets.ethernet(0x8100, [0, 5, 0x08, 0] + ipv4)),
      ("with two", .ethernet, Packets.ethernet(0x88a8, [0, 5, 0x81, 0, 0, 6, 0x86, 0xdd] + ipv6)),
      ("in a PPPoE session", .ethernet, Packets.ethernet(0x8864, [0x11, 0, 0, 1, 0, 9, 0, 0x21] + ipv4)),
      (
        "PPPoE in a VLAN", .ethernet, Packets.ethernet(0x8100, [0, 5, 0x88, 0x64, 0x11, 0, 0, 1, 0, 9, 0, 0x57] + ipv6)
      ),
      ("bare", .ip, ipv4), ("bare", .ip, ipv6), ("bare IPv4", .ipv4, ipv4), ("bare IPv6", .ipv6, ipv6),
      ("cooked", .cooked, cooked(0x0800) + ipv4), ("cooked", .cooked, cooked(0x86dd) + ipv6),
      ("cooked 2", .cooked2, cooked2(0x0800) + ipv4), ("cooked 2", .cooked2, cooked2(0x86dd) + ipv6),
      ("cooked, with a tag", .cooked, cooked(0x8100) + [0, 5, 0x08, 0] + ipv4),
      ("null, little end first", .null, [2, 0, 0, 0] + ipv4), ("null, big end first", .null, [0, 0, 0, 2] + ipv4),
      ("null of Linux", .null, [10, 0, 0, 0] + ipv6), ("null of NetBSD", .null, [0, 0, 0, 24] + ipv6),
      ("null of FreeBSD", .null, [28, 0, 0, 0] + ipv6), ("null of Darwin", .null, [30, 0, 0, 0] + ipv6),
      ("loop", .loop, [0, 0, 0, 24] + ipv6),
    ] as [(String, LinkType, [UInt8])])
  func found(description: String, linkType: LinkType, frame: [UInt8]) throws {
    let packet = try PacketDissector.dissect(frame: frame.span, linkType: linkType, originalLength: frame.count)
    #expect(packet == dissect(packet.family == .ipv4 ? Self.ipv4 : Self.ipv6), "\(description)")
    // Every shorter capture of it is an answer, too.
    for captured in 0..<frame.count {
      do throws(PacketFault) {
        let cut = try PacketDissector.dissect(
          frame: frame.span.extracting(first: captured), linkType: linkType, originalLength: frame.count)
        #expect(cut.network == packet.network)
      } catch {
        #expect(error == .captureCut, "\(description), \(captured) bytes")
      }
    }
  }

  @Test(
    "What is no IP packet has a name",
    arguments: [
      ("ARP", .ethernet, Packets.ethernet(0x0806, ipv4), .notIP("ARP")),
      ("LLDP", .ethernet, Packets.ethernet(0x88cc, []), .notIP("LLDP")),
      ("MPLS", .ethernet, Packets.ethernet(0x8847, [0, 6, 0x41, 0x40] + ipv4), .notIP("MPLS")),
      ("a length", .ethernet, Packets.ethernet(38, ipv4), .notIP("802.3")),
      ("an unknown protocol", .ethernet, Packets.ethernet(0xabcd, ipv4), .notIP("0xabcd")),
      ("PPP's own control", .ethernet, Packets.ethernet(0x8864, [0x11, 0, 0, 1, 0, 9, 0xc0, 0x21]), .notIP("PPPoE")),
      ("netlink", .cooked, cooked(0x0800, hardware: 824) + ipv4, .notIP("netlink")),
      ("ARP, cooked", .cooked2, cooked2(0x0806) + ipv4, .notIP("ARP")),
      ("AppleTalk", .null, [16, 0, 0, 0] + ipv4, .notIP("address family 16")),
      ("IPv6 announced as IPv4", .ethernet, Packets.ethernet(0x0800, ipv6), .version),
      ("IPv4 where there is IPv6 only", .ipv6, ipv4, .version), ("version 5", .ip, [0x50] + ipv4, .version),
      ("a runt", .ethernet, [1, 2, 3], .shortFrame), ("an empty one", .null, [], .shortFrame),
      ("Ethernet without payload", .ethernet, Packets.ethernet(0x0800, []), .shortHeader),
      ("half a tag", .ethernet, Packets.ethernet(0x8100, [0]), .notIP("VLAN")),
      ("half a header", .ethernet, Packets.ethernet(0x0800, Array(ipv4.prefix(12))), .shortHeader),
    ] as [(String, LinkType, [UInt8], PacketFault)])
  func notFound(description: String, linkType: LinkType, frame: [UInt8], fault: PacketFault) {
    #expect(throws: fault, "\(description)") {
      try PacketDissector.dissect(frame: frame.span, linkType: linkType, originalLength: frame.count)
    }
  }

  @Test("Broadcasts and multicasts of the link layer are told")
  func linkBroadcast() throws {
    func isBroadcast(_ linkType: LinkType, _ frame: [UInt8]) throws -> Bool? {
      try PacketDissector.dissect(frame: frame.span, linkType: linkType, originalLength: frame.count).facts?
        .isLinkBroadcast
    }
    let frame = Packets.ethernet(0x0800, Self.ipv4)
    #expect(try isBroadcast(.ethernet, frame) == false)
    #expect(try isBroadcast(.ethernet, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] + frame.dropFirst(6)) == true)
    #expect(try isBroadcast(.ethernet, [1, 0, 0x5e, 0, 0, 1] + frame.dropFirst(6)) == true)
    for (type, expected) in [(0, false), (1, true), (2, true), (3, false), (4, false)] {
      #expect(try isBroadcast(.cooked, Self.cooked(0x0800, type: UInt16(type)) + Self.ipv4) == expected)
      #expect(try isBroadcast(.cooked2, Self.cooked2(0x0800, type: UInt8(type)) + Self.ipv4) == expected)
    }
  }

  @Test("A lone frame shows what it is")
  func guess() {
    #expect(LinkType(guessedFrom: Self.ipv4.span) == .ip)
    #expect(LinkType(guessedFrom: Self.ipv6.span) == .ip)
    #expect(LinkType(guessedFrom: Packets.ethernet(0x0800, Self.ipv4).span) == .ethernet)
    let apple: [UInt8] = [0x60, 0xf8, 0x1d, 1, 2, 3] + Packets.ethernet(0x0800, Self.ipv4).dropFirst(6)
    #expect(LinkType(guessedFrom: apple.span) == .ethernet)
    #expect(LinkType(guessedFrom: (Self.ipv4 + [0]).span) == .ip, "padded")
    #expect(LinkType(guessedFrom: [UInt8]().span) == .ethernet)
  }

  @Test("Numbers of link types, as files and as libpcap have them")
  func numbers() {
    for number in [12, 14, 101] { #expect(LinkType(number: number) == .ip) }
    #expect(LinkType(number: 1) == .ethernet)
    #expect(LinkType(number: 105) == nil, "802.11")
  }
}
