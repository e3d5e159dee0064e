import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("Captures that end too early")
struct CaptureCutTests {
  private static let a4 = address("10.0.0.1")
  private static let b4 = address("10.0.0.2")
  private static let a6 = address("2001:db8::1")
  private static let b6 = address("2001:db8::2")
  private static let udp = Packets.transport(17, 1, 2)
  private static let udp4 = Packets.ipv4(a4, b4, 17, udp)
  private static let udp6 = Packets.ipv6(a6, b6, 60, Packets.ipv6Extension(next: 17) + udp)
  private static let tunnel = Packets.ipv4(a4, b4, 47, Packets.gre(0x86dd, udp6, flags: 0x2000, extra: [0, 0, 0, 1]))
  private static let error4 = Packets.ipv4(a4, b4, 1, [3, 1, 0, 0, 0, 0, 0, 0] + udp4)
  private static let error6 = Packets.ipv6(a6, b6, 58, [1, 0, 0, 0, 0, 0, 0, 0] + udp6)

  private static let l3 = HashPolicy.layer3
  private static let l4 = HashPolicy.layer4
  private static let inner = HashPolicy.layer3Inner

  /// What the packet is, the bytes captured, and the policies that then lack something.
  @Test(
    "A cut matters to those policies that read what is missing",
    arguments: [
      ("IPv4 without its ports", udp4, 22, [l4]), ("with them", udp4, 24, []), ("whole", udp4, udp4.count, []),
      ("IPv6 without its extension header", udp6, 40, [l4, inner]), ("with it, without ports", udp6, 48, [l4]),
      ("GRE without its header", tunnel, 20, [inner]), ("without its key", tunnel, 26, [inner]),
      ("without the inner header", tunnel, 40, [inner]),
      ("without the inner extension header", tunnel, 68, [inner]), ("without inner ports", tunnel, 78, []),
      ("an ICMP error without its type", error4, 20, [l3]), ("without the quoted header", error4, 40, [l3]),
      ("with it", error4, 48, []),
      ("an ICMPv6 error without its type", error6, 44, [l3]), ("without all of the quoted header", error6, 87, [l3]),
      ("with it", error6, 88, []),
    ] as [(String, [UInt8], Int, [HashPolicy])])
  func policies(description: String, packet: [UInt8], captured: Int, missing: [HashPolicy]) throws {
    let whole = try PacketDissector.dissect(packet.span)
    let cut = try PacketDissector.dissect(packet.span.extracting(first: captured), originalLength: packet.count)
    for policy in [Self.l3, Self.l4, Self.inner] {
      let hasher = MultipathHasher(family: cut.family, policy: policy, fields: [], key: HashKey(seed: 7))
      #expect(!hasher.misses(whole))
      #expect(hasher.misses(cut) == missing.contains(policy), "\(description), policy \(policy)")
      if !hasher.misses(cut) { #expect(hasher.hash(cut) == hasher.hash(whole), "\(description), policy \(policy)") }
    }
  }

  @Test("Whatever is claimed not to matter does not change a hash, for any fields and any cut")
  func everyCut() throws {
    for packet in [Self.udp4, Self.udp6, Self.tunnel, Self.error4, Self.error6] {
      let whole = try PacketDissector.dissect(packet.span)
      for captured in (whole.family == .ipv4 ? 20 : 40)...packet.count {
        let cut = try PacketDissector.dissect(packet.span.extracting(first: captured), originalLength: packet.count)
        for bit in 0..<12 {
          for rules in [false, true] {
            let fields = HashFields(rawValue: 1 << UInt32(bit) | 0x3)
            for policy in HashPolicy.allCases {
              let hasher = MultipathHasher(
                family: cut.family, policy: policy, fields: fields, key: HashKey(seed: 3), hasPortRules: rules)
              if !hasher.misses(cut) { #expect(hasher.hash(cut) == hasher.hash(whole), "\(captured) \(policy) \(bit)") }
            }
          }
        }
      }
    }
  }

  @Test("Without addresses there is nothing to say")
  func nothing() {
    for (packet, length) in [(Self.udp4, 19), (Self.udp6, 39), (Self.udp4, 0)] {
      #expect(throws: PacketFault.captureCut) {
        try PacketDissector.dissect(packet.span.extracting(first: length), originalLength: packet.count)
      }
    }
  }

  @Test("Options that are cut off leave the verdict open")
  func options() throws {
    let packet = Packets.ipv4(Self.a4, Self.b4, 17, Self.udp, options: [1, 1, 1, 1])
    let cut = try PacketDissector.dissect(packet.span.extracting(first: 22), originalLength: packet.count)
    #expect(cut.cut.contains(.options))
    let six = Packets.ipv6(Self.a6, Self.b6, 0, Packets.ipv6Extension(next: 17) + Self.udp)
    let cut6 = try PacketDissector.dissect(six.span.extracting(first: 45), originalLength: six.count)
    #expect(cut6.cut.contains(.options))
  }
}
