import Routing
import TestSupport
import Testing

@Suite("Prefixes")
struct PrefixTests {
  @Test(
    "Prefixes are read and printed with their length",
    arguments: [
      ("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.1", "10.0.0.1/32"), ("0.0.0.0/0", "0.0.0.0/0"), ("default", "0.0.0.0/0"),
      ("10.0.0.1/32", "10.0.0.1/32"), ("10.0.0.0/31", "10.0.0.0/31"), ("2001:db8::/32", "2001:db8::/32"),
      ("::/0", "::/0"), ("::1", "::1/128"), ("2001:DB8:0:0::/64", "2001:db8::/64"), ("128.0.0.0/1", "128.0.0.0/1"),
      ("10.0.0.0/08", "10.0.0.0/8"),
    ])
  func valid(text: String, printed: String) throws {
    let prefix = try Prefix(parsing: text)
    #expect(prefix.description == printed)
    #expect(try Prefix(parsing: printed) == prefix)
  }

  @Test(
    "An address of a prefix has its bits, and the host bits of another address",
    arguments: [
      ("10.0.0.0/8", "255.1.2.3", "10.1.2.3"), ("10.6.0.0/15", "255.255.255.255", "10.7.255.255"),
      ("0.0.0.0/0", "1.2.3.4", "1.2.3.4"), ("10.0.0.1/32", "1.2.3.4", "10.0.0.1"),
      ("2001:db8:100::/64", "ffff:ffff:ffff:ffff:1::9", "2001:db8:100:0:1::9"),
      ("2001:db8:100::/40", "ffff:ffff:ffff:ffff:1::9", "2001:db8:1ff:ffff:1::9"),
      ("2001:db8::ff00/120", "ffff::ffff", "2001:db8::ffff"), ("::/0", "fe80::1", "fe80::1"), ("::1/128", "fe80::2", "::1"),
    ])
  func hostBits(text: String, other: String, expected: String) throws {
    let found = try Prefix(parsing: text).address(withHostBitsOf: address(other))
    #expect(found == address(expected), "\(found)")
  }

  @Test("The words for everything follow the family", arguments: ["default", "any", "all"])
  func everything(word: String) throws {
    #expect(try Prefix(parsing: word, family: .ipv6) == .everything(.ipv6))
    #expect(try Prefix(parsing: word, family: .ipv4) == .everything(.ipv4))
    #expect(try Prefix(parsing: word) == .everything(.ipv4))
  }

  @Test(
    "What is no prefix",
    arguments: [
      "", "/", "/8", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/a", "10.0.0.0/ 8", "10/8",
      "10.0.0.0 /8", "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999999999999", "fe80::1%lo/64", "2001:db8::/32 ",
      "Default", "10.0.0.0/٨",
    ])
  func invalid(text: String) {
    #expect(throws: PrefixSyntaxError.notAPrefix(text)) { try Prefix(parsing: text) }
  }

  @Test("A prefix of the other family is refused")
  func family() throws {
    #expect(throws: PrefixSyntaxError.notAPrefix("10.0.0.0/8")) { try Prefix(parsing: "10.0.0.0/8", family: .ipv6) }
    #expect(throws: PrefixSyntaxError.notAPrefix("::1")) { try Prefix(parsing: "::1", family: .ipv4) }
    #expect(try Prefix(parsing: "::1", family: .ipv6).isHost)
  }

  @Test(
    "A length beyond the family's is told with the largest one",
    arguments: [("10.0.0.0/33", 32), ("::/129", 128), ("::/1000", 128)] as [(String, UInt8)])
  func length(text: String, maximum: UInt8) {
    #expect(throws: PrefixSyntaxError.lengthOutOfRange(text, maximum: maximum)) { try Prefix(parsing: text) }
  }

  @Test(
    "Host bits are an error that names the prefix that was meant",
    arguments: [
      ("10.1.2.3/24", "10.1.2.0/24"), ("10.0.0.1/0", "0.0.0.0/0"), ("2001:db8::1/64", "2001:db8::/64"),
      ("::1/127", "::/127"),
    ])
  func hostBits(text: String, meant: String) throws {
    let expected = PrefixSyntaxError.hostBits(text, meant: try Prefix(parsing: meant))
    #expect(throws: expected) { try Prefix(parsing: text) }
    #expect("\(expected)".contains(meant) && "\(expected)".contains(text))
  }

  @Test("Containment of addresses and prefixes", arguments: 0..<100 as Range<UInt64>)
  func containment(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for bits: UInt8 in [32, 128] {
      let address =
        bits == 32
        ? IPAddress(ipv4: UInt32(truncatingIfNeeded: random.next()))
        : IPAddress(ipv6High: random.next(), low: random.next())
      let length = UInt8(random.next() % UInt64(bits)) + 1
      let prefix = Prefix(containing: address, length: length)
      #expect(prefix.contains(address) && prefix.contains(prefix), "seed \(seed)")
      #expect(prefix.contains(Prefix(host: address)), "seed \(seed)")
      #expect(Prefix.everything(prefix.family).contains(prefix), "seed \(seed)")
      #expect(!prefix.contains(Prefix(containing: address, length: length - 1)), "seed \(seed)")
      // The last bit of the prefix tells its two halves apart.
      let bit = UInt64(bits - length)
      let sibling =
        bits == 32
        ? IPAddress(ipv4: address.ipv4Value ^ 1 << UInt32(bit))
        : IPAddress(
          ipv6High: bit >= 64 ? address.high ^ 1 << (bit - 64) : address.high,
          low: bit < 64 ? address.low ^ 1 << bit : address.low)
      #expect(!prefix.contains(sibling), "seed \(seed)")
    }
    #expect(!Prefix.everything(.ipv4).contains(IPAddress.unspecified(.ipv6)))
  }

  @Test("A length that is too large counts as the largest")
  func clamped() {
    #expect(Prefix(containing: IPAddress(ipv4: 1), length: 200) == Prefix(host: IPAddress(ipv4: 1)))
  }

  @Test("Prefixes sort by family, address and length")
  func order() throws {
    let sorted = try ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/32", "11.0.0.0/8", "::/0", "::/128"].map {
      try Prefix(parsing: $0)
    }
    #expect(sorted.reversed().sorted() == sorted)
  }
}
