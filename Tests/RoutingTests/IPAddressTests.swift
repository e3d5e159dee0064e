import Routing
import TestSupport
import Testing

@Suite("Addresses")
struct IPAddressTests {
  @Test(
    "Texts are read and refused as the C library does",
    arguments: [
      "", " ", "0", "1.2.3", "1.2.3.4", "1.2.3.4.", ".1.2.3.4", "1..2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.256",
      "01.2.3.4", "00.0.0.0", "0.0.0.0", "1.2.3.04", "255.255.255.255", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n",
      "1.2.3.a", "-1.2.3.4", "+1.2.3.4", "1.2.3.4/32", "0x1.2.3.4", "999999999999.1.1.1", "१.2.3.4", ":", "::",
      ":::", "::::", "1::", "::1", ":1", "1:", "1::2", "1::2::3", ":1::2", "1::2:", "1:2:3:4:5:6:7:8",
      "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9",
      "1:2:3:4::5:6:7:8", "1:2:3:4::5:6:7", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::", "12345::", "0000::", "00000::",
      "::0001", "::00001", "g::", "::G", "FFFF::ffff", "::1.2.3.4", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
      "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::1.2.3.04", "::01.2.3.4",
      "::256.1.1.1", "1.2.3.4::", "::1.2.3.4:5", "::1.2.3.4:", "1::1.2.3.4", "1:2:3:4:5::1.2.3.4",
      "1:2:3:4:5:6::1.2.3.4", "1:2:3:4:5:6:7::1.2.3.4", "::a.2.3.4", "::ffff:.1.2.3", "::%lo", "fe80::1%eth0",
      "fe80::1%", "[::1]", "::1/128", "1:2:3:4:5:6:7: 8", "::-1", "::+1", "::0x1", "1:2:::3", "::1234.2.3.4",
      "::12.2.3.4", "::1:2.3.4", "1.2.3.4:80",
    ])
  func nasty(text: String) {
    #expect(IPAddress(text)?.networkBytes == CLibraryAddress.parse(text))
    #expect(IPAddress(utf8: text.utf8.span) == IPAddress(text))
  }

  @Test("Random texts are read and refused as the C library does", arguments: 0..<200 as Range<UInt64>)
  func randomTexts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      ":", "::", ":", "0", "1", "f", "ff", "abcd", "12345", ".", "1.2.3.4", "255", "256", "00", "01", "g", "%",
    ]
    for _ in 0..<200 {
      let text = (0...random.next() % 17).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      #expect(IPAddress(text)?.networkBytes == CLibraryAddress.parse(text), "\(text)")
    }
  }

  @Test("Random addresses are printed as the C library does, and read back", arguments: 0..<100 as Range<UInt64>)
  func printing(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      // Zero groups are frequent, so that gaps of every length occur at every place.
      let mask = random.next()
      let isSparse = random.next() % 2 == 0
      let count = random.next() % 4 == 0 ? 4 : 16
      checkPrinting(
        (0..<count).map { index in
          let byte = UInt8(truncatingIfNeeded: random.next())
          return isSparse && mask >> UInt64(index / 2 * 2) & 3 != 0 ? 0 : byte
        })
    }
  }

  @Test("Every pattern of zero groups is printed as the C library does")
  func gaps() {
    for pattern: UInt16 in 0..<256 {
      for value: UInt8 in [0x01, 0xff] {
        checkPrinting((0..<16).map { pattern >> UInt16($0 / 2) & 1 == 0 ? 0 : value })
      }
    }
    let mapped = [
      "::ffff:1.2.3.4", "::1.2.3.4", "::1:2", "::fffe:1.2.3.4", "::1", "::", "::ffff:0:1.2.3.4", "64:ff9b::1.2.3.4",
    ]
    for bytes in mapped.compactMap(CLibraryAddress.parse) { checkPrinting(bytes) }
  }

  private func checkPrinting(_ bytes: [UInt8]) {
    guard let address = IPAddress(networkBytes: bytes) else {
      Issue.record("\(bytes) is no address")
      return
    }
    #expect(address.networkBytes == bytes)
    #expect(address.description == CLibraryAddress.print(bytes))
    #expect(IPAddress(address.description) == address)
  }

  @Test("Only 4 and 16 bytes are an address", arguments: 0...20)
  func byteCounts(count: Int) {
    #expect((IPAddress(networkBytes: [UInt8](repeating: 1, count: count)) != nil) == (count == 4 || count == 16))
  }

  @Test("Masking keeps the first bits", arguments: 0..<20 as Range<UInt64>)
  func masking(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for (count, bits) in [(4, 32), (16, 128)] {
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let address = try #require(IPAddress(networkBytes: bytes))
      for length in 0...255 {
        let kept = bytes.enumerated().map { index, byte in
          byte & UInt8(truncatingIfNeeded: 0xff00 >> max(0, min(8, min(length, bits) - 8 * index)))
        }
        #expect(address.masked(to: UInt8(length)).networkBytes == kept, "seed \(seed) length \(length)")
      }
    }
  }

  @Test(
    "Special addresses",
    arguments: [
      ("224.0.0.1", "multicast"), ("239.255.255.255", "multicast"), ("240.0.0.1", ""), ("223.255.255.255", ""),
      ("ff02::1", "multicast"), ("fe80::1", "link-local"), ("febf::1", "link-local"), ("fec0::1", ""),
      ("169.254.1.1", "link-local"), ("169.253.1.1", ""), ("127.0.0.1", "loopback"), ("127.255.0.1", "loopback"),
      ("128.0.0.1", ""), ("::1", "loopback"), ("::2", ""), ("0.0.0.0", "unspecified"), ("::", "unspecified"),
    ])
  func special(text: String, kind: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.isMulticast == (kind == "multicast"))
    #expect(address.isLinkLocal == (kind == "link-local"))
    #expect(address.isLoopback == (kind == "loopback"))
    #expect(address.isUnspecified == (kind == "unspecified"))
  }

  @Test("IPv4 sorts before IPv6, then by value")
  func order() {
    let sorted = ["0.0.0.0", "9.0.0.0", "10.0.0.0", "255.255.255.255", "::", "::1", "1::", "ffff::"]
      .compactMap { IPAddress($0) }
    #expect(sorted.count == 8)
    #expect(sorted.reversed().sorted() == sorted)
  }
}
