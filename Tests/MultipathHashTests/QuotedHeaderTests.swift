import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("ICMP errors in transit")
struct QuotedHeaderTests {
  private static let (router, host) = (address("192.0.2.1"), address("10.0.0.1"))
  private static let (router6, host6) = (address("2001:db8:f::1"), address("2001:db8::1"))
  private static let quoted4 = Packets.ipv4(
    address("10.0.0.1"), address("10.0.0.2"), 17, [0, 1, 0, 2])
  private static let quoted6 = Packets.ipv6(
    address("2001:db8::1"), address("2001:db8::2"), 17, [], label: 0x55)

  private func error4(type: UInt8, quoting bytes: [UInt8] = quoted4, fragment: UInt16 = 0)
    -> DissectedPacket?
  {
    dissect(
      Packets.ipv4(
        Self.router, Self.host, 1, [type, 0, 0, 0, 0, 0, 0, 0] + bytes, fragment: fragment))
  }

  private func error6(type: UInt8, quoting bytes: [UInt8] = quoted6) -> DissectedPacket? {
    dissect(Packets.ipv6(Self.router6, Self.host6, 58, [type, 0, 0, 0, 0, 0, 0, 0] + bytes))
  }

  @Test("Only the five error types of IPv4 quote", arguments: 0...255 as ClosedRange<UInt8>)
  func types4(type: UInt8) throws {
    let packet = try #require(error4(type: type))
    #expect((packet.quoted != nil) == [3, 4, 5, 11, 12].contains(type))
    if let quoted = packet.quoted { #expect(Seen(quoted) == Seen("10.0.0.1>10.0.0.2", 17)) }
    #expect(Seen(packet.outer) == Seen("192.0.2.1>10.0.0.1", 1))
    #expect(packet.outer == packet.innermost)
  }

  @Test("Only the four error types of IPv6 quote", arguments: 0...255 as ClosedRange<UInt8>)
  func types6(type: UInt8) throws {
    let packet = try #require(error6(type: type))
    #expect((packet.quoted != nil) == (1...4).contains(type))
    if let quoted = packet.quoted {
      #expect(Seen(quoted) == Seen("2001:db8::1>2001:db8::2", 17, label: 0x55))
    }
  }

  @Test("The whole quoted header must be there")
  func shortQuotes() {
    #expect(error4(type: 3, quoting: Array(Self.quoted4.prefix(20)))?.quoted != nil)
    #expect(error4(type: 3, quoting: Array(Self.quoted4.prefix(19)))?.quoted == nil)
    #expect(error6(type: 1, quoting: Array(Self.quoted6.prefix(40)))?.quoted != nil)
    #expect(error6(type: 1, quoting: Array(Self.quoted6.prefix(39)))?.quoted == nil)
  }

  @Test("A first fragment quotes, a later one does not")
  func fragments() {
    #expect(error4(type: 3, fragment: 0x2000)?.quoted != nil)
    #expect(error4(type: 3, fragment: 0x0010)?.quoted == nil)
  }

  @Test("ICMPv6 behind an extension header does not quote, and options before ICMP do not matter")
  func position() throws {
    let error: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
    let behind = Packets.ipv6(
      Self.router6, Self.host6, 60, Packets.ipv6Extension(next: 58) + error + Self.quoted6)
    #expect(try #require(dissect(behind)).quoted == nil)
    let options = Packets.ipv4(
      Self.router, Self.host, 1, [3, 0, 0, 0, 0, 0, 0, 0] + Self.quoted4, options: [1, 1, 1, 0])
    #expect(try #require(dissect(options)).quoted != nil)
    let other = Packets.ipv4(Self.router, Self.host, 58, [3, 0, 0, 0, 0, 0, 0, 0] + Self.quoted4)
    #expect(try #require(dissect(other)).quoted == nil)
  }

  @Test("Under policy 0 an error takes the way of the flow it reports, under the others its own")
  func policies() throws {
    for (error, quoted) in [(error4(type: 11), Self.quoted4), (error6(type: 3), Self.quoted6)] {
      let error = try #require(error)
      let reported = try #require(dissect(quoted))
      var plain = error
      plain.quoted = nil
      for policy in HashPolicy.allCases {
        let hasher = MultipathHasher(
          family: error.family, policy: policy, fields: .outerMask, key: HashKey(seed: 9),
          isLittleEndian: true)
        #expect(hasher.hash(error) == hasher.hash(policy == .layer3 ? reported : plain))
        #expect(hasher.trace(error).isQuoted == (policy == .layer3))
      }
    }
  }
}
