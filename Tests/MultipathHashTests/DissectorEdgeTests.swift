import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("What the dissector is given")
struct DissectorEdgeTests {
  private static let udp4 = Packets.ipv4(
    address("10.0.0.1"), address("10.0.0.2"), 17, Packets.transport(17, 1, 2), tos: 0xb9)
  private static let udp6 = Packets.ipv6(
    address("2001:db8::1"), address("2001:db8::2"), 17, Packets.transport(17, 1, 2),
    trafficClass: 0xb9)

  @Test(
    "What can not be taken apart",
    arguments: [
      ("nothing", [], .shortHeader), ("version 5", [0x55] + udp4.dropFirst(), .version),
      ("19 bytes", Array(udp4.prefix(19)), .shortHeader),
      ("a header of four words", [0x44] + udp4.dropFirst(), .headerLength),
      ("39 bytes", Array(udp6.prefix(39)), .shortHeader),
      ("options that are not there", [0x4f] + udp4.dropFirst(), .shortHeader),
    ] as [(String, [UInt8], PacketFault)])
  func notAPacket(description: String, packet: [UInt8], fault: PacketFault) {
    #expect(throws: fault, "\(description)") { try PacketDissector.dissect(packet.span) }
  }

  @Test("The TOS byte and the traffic class")
  func typeOfService() {
    #expect(dissect(Self.udp4)?.tos == 0xb9)
    #expect(dissect(Self.udp6)?.tos == 0xb9)
  }

  @Test("Link layers announce the protocol, and tags are taken off")
  func etherTypes() {
    let plain = dissect(Self.udp4)
    #expect(plain != nil)
    #expect(dissect(Self.udp4, etherType: 0x0800) == plain)
    #expect(dissect(Self.udp6, etherType: 0x86dd) == dissect(Self.udp6))
    #expect(dissect([0, 5, 0x08, 0] + Self.udp4, etherType: 0x8100) == plain)
    #expect(dissect([0, 5, 0x81, 0, 0, 6, 0x08, 0] + Self.udp4, etherType: 0x88a8) == plain)
    #expect(dissect([0x11, 0, 0, 1, 0, 9, 0, 0x21] + Self.udp4, etherType: 0x8864) == plain)
    #expect(dissect(Self.udp4, etherType: 0x86dd) == nil)
    #expect(dissect(Self.udp4, etherType: 0x0806) == nil)
    #expect(dissect([0, 5, 0x08], etherType: 0x8100) == nil)
    #expect(dissect([], etherType: 0x0800) == nil)
  }

  @Test("A capture that ends before the packet does is told apart from a short packet")
  func truncation() throws {
    #expect(try #require(dissect(Array(Self.udp4.prefix(22)))).isTruncated)
    #expect(try #require(dissect(Array(Self.udp6.prefix(42)))).isTruncated)
    #expect(try !#require(dissect(Array(Self.udp4.prefix(24)))).isTruncated)
    let short = Packets.ipv4(address("10.0.0.1"), address("10.0.0.2"), 17, [1, 2])
    #expect(try !#require(dissect(short)).isTruncated)
  }

  @Test("Packets longer than their length field can say")
  func hugePackets() throws {
    let offloaded = [0x45, 0, 0, 0] + Self.udp4.dropFirst(4)
    #expect(try #require(dissect(offloaded)).outer.destinationPort == 2)
    var jumbo = Packets.ipv6(
      address("2001:db8::1"), address("2001:db8::2"), 0,
      Packets.ipv6Extension(next: 17) + Packets.transport(17, 1, 2))
    jumbo.replaceSubrange(4..<6, with: [0, 0])
    #expect(try #require(dissect(jumbo)).outer.destinationPort == 2)
  }

  @Test(
    "No bytes trap, and every hash of every packet is found", arguments: 0..<300 as Range<UInt64>)
  func mutations(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let measured = MeasuredHash.all.filter { $0.mode == .packet }
    for _ in 0..<60 {
      var packet = random.chance(50) ? random.packet() : random.pick(measured).packet
      if random.chance(20) { packet = (0...random.next() % 200).map { _ in random.number() } }
      for _ in 0...random.next() % 6 where !packet.isEmpty {
        let position = Int(random.next() % UInt64(packet.count))
        switch random.next() % 5 {
        case 0: packet[position] = random.number()
        case 1: packet[position] ^= 1 << (random.number() & 7 as UInt8)
        case 2: packet.removeLast(packet.count - position)
        case 3: packet.insert(contentsOf: packet[position...].prefix(48), at: position)
        default:
          packet[position] = random.pick([0, 1, 4, 17, 41, 43, 44, 47, 51, 58, 60, 137, 255])
        }
      }
      if random.chance(50), !packet.isEmpty { packet[0] = random.chance(50) ? 0x45 : 0x60 }
      exercise(packet, &random, seed)
    }
  }

  @Test("Every truncation of every measured packet is taken apart")
  func truncations() {
    var random = SeededGenerator(seed: 3)
    for measured in MeasuredHash.all where measured.policy == .layer4 {
      for length in 0...measured.packet.count {
        exercise(Array(measured.packet.prefix(length)), &random, 3)
      }
    }
  }

  private func exercise(_ bytes: [UInt8], _ random: inout SeededGenerator, _ seed: UInt64) {
    let etherType: UInt16? = random.pick([
      nil, nil, 0x0800, 0x86dd, 0x8100, 0x8864, 0x892f, 0x4305, random.number(),
    ])
    guard let packet = dissect(bytes, etherType: etherType) else { return }
    for policy in HashPolicy.allCases {
      let hasher = MultipathHasher(
        family: packet.family, policy: policy, fields: HashFields(rawValue: random.number()),
        key: HashKey(seed: random.number()), isLittleEndian: random.chance(50),
        hasPortRules: random.chance(50))
      let trace = hasher.trace(packet)
      #expect(trace.hash31 <= 0x7fff_ffff && trace.hash == hasher.hash(packet), "seed \(seed)")
      let named = (trace.outer?.namedFields ?? []) + (trace.inner?.namedFields ?? [])
      #expect(named.allSatisfy { !$0.value.isEmpty }, "seed \(seed)")
    }
    #expect(packet.innermost.isEncapsulated == packet.outer.isEncapsulated, "seed \(seed)")
    #expect(packet.flow().source == packet.network.source, "seed \(seed)")
  }
}
