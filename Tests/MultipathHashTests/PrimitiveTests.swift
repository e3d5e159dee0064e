import MultipathHash
import Routing
import Testing

@Suite("Hash functions and keys")
struct PrimitiveTests {
  /// Key 00 01 … 0f over the bytes 00 01 …, as in the reference implementation's table.
  @Test(
    "SipHash-2-4 of the reference messages",
    arguments: [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x93f5_f579_9a93_2462), (2, 0x3f2a_cc7f_57c2_9bdb),
      (5, 0x0e3e_a96b_5304_a7d0), (6, 0xe612_a3cb_9ecb_a951), (7, 0xb78d_bfaf_3a8d_83bd),
      (9, 0x48e5_ba63_510d_c82e),
    ] as [(Int, UInt64)])
  func sipHash(wordCount: Int, expected: UInt64) {
    let words = (0..<UInt64(wordCount)).map { word in
      (0..<8 as Range<UInt64>).reduce(0 as UInt64) { $0 | (word * 8 + $1) << (8 * $1) }
    }
    let key = HashKey(word0: 0x0706_0504_0302_0100, word1: 0x0f0e_0d0c_0b0a_0908)
    #expect(SipHash24.hash(words.span, key: key) == expected)
  }

  @Test("The Jenkins hash of two words")
  func jenkins() {
    #expect(JenkinsHash.mix(0, 0) == 0x58c1_84bf)
    #expect(JenkinsHash.mix(1, 2) == 0x8b4c_7979)
    #expect(JenkinsHash.mix(0xdead_beef, 0) == 0xcbf7_0fc7)
  }

  @Test("A seed becomes both halves of both key words")
  func seed() {
    #expect(
      HashKey(seed: 0x1234_5678)
        == HashKey(word0: 0x1234_5678_1234_5678, word1: 0x1234_5678_1234_5678))
  }

  @Test(
    "Empty keys under seed 1",
    arguments: [(.ipv4, 0x79fe_19b0), (.ipv6, 0xe892_12fc)] as [(AddressFamily, UInt32)])
  func emptyKey(family: AddressFamily, expected: UInt32) {
    let headers = PacketHeaders(
      source: .unspecified(family), destination: .unspecified(family), ipProtocol: 0)
    let input = HashInput(
      [], of: headers, family: family, flowLabelOrder: .host, isLittleEndian: true)
    #expect(input.hash(key: HashKey(seed: 1)) == expected)
  }

  @Test("Policies by the number of their sysctl")
  func policies() {
    #expect(HashPolicy(sysctl: nil) == .layer3)
    #expect(HashPolicy(sysctl: 3) == .custom)
    #expect(HashPolicy(sysctl: 4) == nil)
  }

  @Test("Fields are named by the words of the command line, in the order of the bits")
  func fieldNames() {
    #expect(HashFields(rawValue: 0x007).names == ["src", "dst", "proto"])
    #expect(HashFields(rawValue: 0xf008).names == ["flowlabel"])
    #expect(
      HashFields(rawValue: 0xff0).names == [
        "sport", "dport", "inner-src", "inner-dst", "inner-proto", "inner-flowlabel", "inner-sport",
        "inner-dport",
      ])
    #expect(HashFields.outerMask.union(.innerMask).names.count == 12)
    #expect(
      HashFields([.innerSource, .innerDestinationPort, .source]).innerAsOuter == [
        .source, .destinationPort,
      ])
  }

  @Test("What each policy can read")
  func policyFields() {
    let custom: HashFields = [.source, .flowLabel, .innerFlowLabel]
    #expect(HashPolicy.layer3.fields(for: .ipv4, custom: custom).names == ["src", "dst"])
    #expect(
      HashPolicy.layer3.fields(for: .ipv6, custom: custom).names == [
        "src", "dst", "proto", "flowlabel",
      ])
    #expect(
      HashPolicy.layer4.fields(for: .ipv6, custom: custom).names == [
        "src", "dst", "proto", "sport", "dport",
      ])
    #expect(HashPolicy.layer3Inner.fields(for: .ipv4, custom: custom).isSubset(of: .innerMask))
    #expect(HashPolicy.custom.fields(for: .ipv4, custom: custom) == [.source, .innerFlowLabel])
    #expect(HashPolicy.custom.fields(for: .ipv6, custom: custom) == custom)
  }
}
