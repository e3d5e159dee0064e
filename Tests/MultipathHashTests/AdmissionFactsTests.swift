import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("What the dissector tells about forwarding")
struct AdmissionFactsTests {
  private static let a4 = address("10.0.0.1")
  private static let b4 = address("10.0.0.2")
  private static let a6 = address("2001:db8::1")
  private static let b6 = address("2001:db8::2")
  private static let udp = Packets.transport(17, 1, 2)

  private static func ipv4(options: [UInt8]) -> [UInt8] { Packets.ipv4(a4, b4, 17, udp, options: options) }

  private static func hopByHop(_ options: [UInt8], payloadLength: UInt16? = nil) -> [UInt8] {
    var packet = Packets.ipv6(a6, b6, 0, [17, UInt8((options.count + 2) / 8 - 1)] + options + udp)
    if let payloadLength { packet.replaceSubrange(4..<6, with: Packets.bytes16(payloadLength)) }
    return packet
  }

  @Test(
    "IPv4 options",
    arguments: [
      ("no operation", [1, 1, 1, 0], nil), ("an end before rubbish", [0, 9, 9, 9], nil),
      ("a router alert", [148, 4, 0, 0], nil), ("a short router alert", [148, 3, 0, 0], .options),
      ("an unknown option", [0x5e, 4, 0, 0], nil), ("a length of 1", [0x5e, 1, 0, 0], .options),
      ("a length beyond the header", [0x5e, 5, 0, 0], .options), ("a kind without length", [1, 1, 1, 7], .options),
      ("a record route", [7, 7, 4, 0, 0, 0, 0, 0], nil), ("a full record route", [7, 7, 8, 0, 0, 0, 0, 0], nil),
      ("a record route into its own header", [7, 7, 3, 0, 0, 0, 0, 0], .options),
      ("a record route with half a place", [7, 7, 5, 0, 0, 0, 0, 0], .options),
      ("two record routes", [7, 3, 4, 7, 3, 4, 0, 0], .options),
      ("a timestamp", [68, 8, 5, 0, 0, 0, 0, 0], nil),
      ("a timestamp with addresses that does not fit", [68, 8, 5, 1, 0, 0, 0, 0], .options),
      ("a full timestamp", [68, 8, 9, 0, 0, 0, 0, 0], nil),
      ("a timestamp that overflows", [68, 8, 9, 0xf0, 0, 0, 0, 0], .options),
      ("a prespecified one that overflows", [68, 8, 9, 0xf3, 0, 0, 0, 0], nil),
      ("two source routes", [131, 3, 4, 137, 3, 4, 0, 0], .options),
      ("a source route into its own header", [131, 7, 3, 1, 2, 3, 4, 0], .options),
    ] as [(String, [UInt8], PacketFault?)])
  func optionsVerdict(description: String, options: [UInt8], fault: PacketFault?) throws {
    let packet = try #require(dissect(Self.ipv4(options: options)))
    #expect(packet.facts?.fault == fault, "\(description)")
    #expect(packet.outer.destinationPort == 2, "\(description)")
  }

  @Test("Source routes and labels are told")
  func sourceRoutes() throws {
    let loose = try #require(dissect(Self.ipv4(options: [131, 7, 4, 1, 2, 3, 4, 0])))
    let strict = try #require(dissect(Self.ipv4(options: [1, 137, 7, 4, 1, 2, 3, 4])))
    #expect(loose.facts?.sourceRoute == .loose)
    #expect(strict.facts?.sourceRoute == .strict)
    #expect(dissect(Self.ipv4(options: [1, 1, 1, 1]))?.facts?.sourceRoute == nil)
    #expect(dissect(Self.ipv4(options: [134, 6, 0, 0, 0, 1, 0, 0]))?.facts?.isLabelled == true)
  }

  @Test(
    "Hop-by-hop options",
    arguments: [
      ("padding", hopByHop([1, 4, 0, 0, 0, 0]), nil), ("padding by ones", hopByHop([0, 0, 0, 0, 0, 0]), nil),
      ("padding that is not zero", hopByHop([1, 4, 0, 0, 1, 0]), .hopByHop),
      ("too much padding", hopByHop([1, 12] + [UInt8](repeating: 0, count: 12)), .hopByHop),
      ("a router alert", hopByHop([5, 2, 0, 0, 1, 0]), nil), ("a long one", hopByHop([5, 3, 0, 0, 0, 0]), .hopByHop),
      ("unknown, to be passed over", hopByHop([0x1e, 4, 0, 0, 0, 0]), nil),
      ("unknown, to be dropped", hopByHop([0x5e, 4, 0, 0, 0, 0]), .hopByHop),
      ("unknown, to be reported", hopByHop([0x9e, 4, 0, 0, 0, 0]), .hopByHop),
      ("an option beyond the header", hopByHop([0x1e, 5, 0, 0, 0, 0]), .hopByHop),
      ("a jumbo payload that is none", hopByHop([0xc2, 4, 0, 0, 0, 9], payloadLength: 0), .hopByHop),
      (
        "eight options", hopByHop([UInt8](repeating: 0x1e, count: 6) + [0x1e, 0, 0x1e, 0, 0x1e, 0, 0x1e, 0]), .hopByHop
      ),
      (
        "eight that are none of our business",
        hopByHop((0..<8).flatMap { _ in [0x1e, 0] as [UInt8] } + [1, 4, 0, 0, 0, 0]), nil
      ),
      ("nine", hopByHop((0..<9).flatMap { _ in [0x1e, 0] as [UInt8] } + [1, 2, 0, 0]), .hopByHop),
      ("a header beyond the packet", Packets.ipv6(a6, b6, 0, [17, 9, 1, 4, 0, 0, 0, 0]), .hopByHop),
    ] as [(String, [UInt8], PacketFault?)])
  func hopByHopVerdict(description: String, packet: [UInt8], fault: PacketFault?) throws {
    let packet = try #require(dissect(packet))
    #expect(packet.facts?.fault == fault, "\(description)")
  }

  @Test("Lengths, checksum, TTL and DF")
  func header() throws {
    let plain = Self.ipv4(options: [])
    let facts = try #require(dissect(plain)?.facts)
    #expect(facts.hopLimit == 64 && facts.length == plain.count && facts.mayBeFragmented && facts.fault == nil)
    let df = Packets.ipv4(Self.a4, Self.b4, 17, Self.udp, fragment: 0x4000)
    #expect(try PacketDissector.dissect(df.span).facts?.mayBeFragmented == false)
    func fault(_ packet: [UInt8], original: Int? = nil) throws -> PacketFault? {
      try PacketDissector.dissect(packet.span, originalLength: original).facts?.fault
    }
    var wrong = plain
    wrong[10] ^= 1
    #expect(try fault(wrong) == .checksum)
    let within = Packets.withChecksum([0x45, 0, 0, 19] + plain.dropFirst(4))
    #expect(try fault(within) == .totalLength)
    #expect(try fault(plain, original: plain.count - 1) == .longerThanFrame)
    #expect(try fault(plain + [0, 0, 0], original: plain.count + 3) == nil, "padding")
    let six = Packets.ipv6(Self.a6, Self.b6, 17, Self.udp)
    #expect(try fault(six, original: six.count - 1) == .longerThanFrame)
    #expect(try PacketDissector.dissect(six.span).facts?.hopLimit == 64)
    let zero = Packets.withChecksum([0x45, 0, 0, 0] + plain.dropFirst(4))
    #expect(try fault(zero, original: 70_000) == nil, "merged by the receiving machine")
    #expect(try fault(zero, original: 1500) == .totalLength)
  }
}
