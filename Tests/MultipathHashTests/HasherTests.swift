import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("Policies")
struct HasherTests {
  private static let key = HashKey(seed: 0x1234_5678)

  private func hasher(
    _ family: AddressFamily, _ policy: HashPolicy, _ fields: UInt32 = 7, hasPortRules: Bool = false
  ) -> MultipathHasher {
    MultipathHasher(
      family: family, policy: policy, fields: HashFields(rawValue: fields), key: Self.key,
      isLittleEndian: true,
      hasPortRules: hasPortRules)
  }

  private func flow4(
    source: String = "10.1.2.3", ipProtocol: UInt8 = 17, sourcePort: UInt16 = 1234,
    destinationPort: UInt16 = 53
  ) -> Flow {
    Flow(
      source: address(source), destination: address("198.51.100.7"), ipProtocol: ipProtocol,
      sourcePort: sourcePort,
      destinationPort: destinationPort)
  }

  private func flow6(label: UInt32 = 0, ipProtocol: UInt8 = 17) -> Flow {
    Flow(
      source: address("2001:db8:a::3"), destination: address("2001:db8:b::7"),
      ipProtocol: ipProtocol,
      sourcePort: 1234, destinationPort: 53, flowLabel: label)
  }

  @Test("Known hashes of both families")
  func known() {
    for view in [MultipathHasher.View.packet, .lookupKey] {
      #expect(hasher(.ipv4, .layer3).trace(flow4(), as: view).hash31 == 208_321_112)
      #expect(hasher(.ipv4, .layer4).trace(flow4(), as: view).hash31 == 349_803_189)
      #expect(
        hasher(.ipv4, .layer4).trace(flow4(source: "0.0.0.0"), as: view).hash31 == 1_097_780_580)
      #expect(hasher(.ipv6, .layer3).trace(flow6(), as: view).hash31 == 884_776_688)
      #expect(hasher(.ipv6, .layer3).trace(flow6(label: 0xabcde), as: view).hash31 == 273_525_952)
      #expect(hasher(.ipv6, .layer4).trace(flow6(), as: view).hash31 == 1_943_104_434)
      #expect(hasher(.ipv6, .layer4).trace(flow6(label: 0xabcde), as: view).hash31 == 1_943_104_434)
    }
    #expect(
      hasher(.ipv4, .layer3).trace(flow4(source: "0.0.0.0"), as: .lookupKey).hash31 == 2_016_374_722
    )
    #expect(hasher(.ipv4, .custom).trace(flow4(), as: .packet).hash31 == 1_378_612_226)
    #expect(
      hasher(.ipv6, .layer3Inner).trace(flow6(label: 0xabcde), as: .packet).hash31 == 1_805_374_088)
    #expect(
      hasher(.ipv6, .layer3Inner).trace(flow6(label: 0xabcde), as: .lookupKey).hash31 == 273_525_952
    )
    #expect(hasher(.ipv6, .custom).trace(flow6(), as: .packet).hash31 == 372_396_324)
    #expect(hasher(.ipv6, .custom).trace(flow6(), as: .lookupKey).hash31 == 884_776_688)
  }

  @Test("A rule on ports changes the hash of labelled ICMPv6 under policy 0, and of nothing else")
  func portRules() {
    let echo = flow6(label: 0xabcde, ipProtocol: 58)
    #expect(hasher(.ipv6, .layer3).trace(echo, as: .packet).hash31 == 1_254_766_166)
    #expect(
      hasher(.ipv6, .layer3, hasPortRules: true).trace(echo, as: .packet).hash31 == 1_104_187_502)
    let plain = flow6(label: 0xabcde)
    #expect(
      hasher(.ipv6, .layer3, hasPortRules: true).trace(plain, as: .packet).hash31 == 273_525_952)
    #expect(
      hasher(.ipv6, .layer3, hasPortRules: true).trace(echo, as: .lookupKey).hash31 == 1_254_766_166
    )
    for policy in [HashPolicy.layer4, .layer3Inner, .custom] {
      #expect(
        hasher(.ipv6, policy, 0xfff, hasPortRules: true).hash(echo, as: .packet)
          == hasher(.ipv6, policy, 0xfff).hash(echo, as: .packet))
    }
  }

  @Test("A rule on ports finds ICMPv6 behind extension headers, and leaves quoted headers alone")
  func portRulesBehindExtensions() throws {
    let (source, destination) = (address("2001:db8::1"), address("2001:db8::2"))
    let echo = Packets.ipv6(
      source, destination, 60, Packets.ipv6Extension(next: 58) + Packets.transport(58, 1, 2),
      label: 5)
    let packet = try #require(dissect(echo))
    let usual = hasher(.ipv6, .layer3).trace(packet)
    let early = hasher(.ipv6, .layer3, hasPortRules: true).trace(packet)
    #expect(usual.outer?.namedFields.first?.value == "60")
    #expect(early.outer?.namedFields.first?.value == "58")

    let quoted = Packets.ipv6(destination, source, 17, [], label: 9)
    let error = try #require(
      dissect(
        Packets.ipv6(address("2001:db8::9"), destination, 58, [1, 0, 0, 0, 0, 0, 0, 0] + quoted)))
    let trace = hasher(.ipv6, .layer3, hasPortRules: true).trace(error)
    #expect(trace.isQuoted)
    #expect(trace.hash == hasher(.ipv6, .layer3).hash(error))
    #expect(trace.outer?.namedFields.map(\.value) == ["17", "0x9", "2001:db8::1", "2001:db8::2"])
  }

  @Test("A layer-4 hash replaces everything under policy 1, for packets only")
  func layer4Hash() {
    for family in AddressFamily.allCases {
      var flow = family == .ipv4 ? flow4() : flow6(label: 1)
      flow.layer4Hash = .value(0x8765_4321)
      let trace = hasher(family, .layer4).trace(flow, as: .packet)
      #expect(trace.hash == 0x8765_4321)
      #expect(trace.hash31 == 0x8765_4321 >> 1)
      #expect(trace.result == .layer4Hash)
      #expect(trace.outer == nil && trace.inner == nil)
      var bare = flow
      bare.layer4Hash = .absent
      #expect(
        hasher(family, .layer4).hash(flow, as: .lookupKey)
          == hasher(family, .layer4).hash(bare, as: .packet))
      for policy in [HashPolicy.layer3, .layer3Inner, .custom] {
        #expect(
          hasher(family, policy).hash(flow, as: .packet)
            == hasher(family, policy).hash(bare, as: .packet))
      }
    }
  }

  @Test("With inner fields only, all plain packets share one hash and all sockets have hash 0")
  func innerFieldsOnly() {
    for family in AddressFamily.allCases {
      let flow = family == .ipv4 ? flow4() : flow6(label: 1)
      let packet = hasher(family, .custom, 0xfc0).trace(flow, as: .packet)
      #expect(packet.hash == JenkinsHash.mix(0, 0))
      #expect(packet.result == .mixed)
      #expect(packet.outer == nil && packet.inner == nil)
      let socket = hasher(family, .custom, 0xfc0).trace(flow, as: .lookupKey)
      #expect(socket.hash == 0)
      #expect(socket.result == .nothing)
    }
  }

  @Test("The flow label alone hashes an empty key for IPv4")
  func labelOnly() {
    let hash = MultipathHasher(
      family: .ipv4, policy: .custom, fields: .flowLabel, key: HashKey(seed: 1),
      isLittleEndian: true)
    #expect(hash.hash(flow4(), as: .lookupKey) == 0x79fe_19b0)
    #expect(hash.hash(flow4(), as: .packet) == JenkinsHash.mix(0x79fe_19b0, 0))
  }

  @Test(
    "Ports count for a socket whatever the protocol, and for a packet only where the header has them"
  )
  func portsByProtocol() {
    for ipProtocol: UInt8 in 0...255 {
      let flow = flow4(ipProtocol: ipProtocol)
      let portless = flow4(ipProtocol: ipProtocol, sourcePort: 0, destinationPort: 0)
      let hasher = hasher(.ipv4, .layer4)
      #expect(hasher.hash(flow, as: .lookupKey) != hasher.hash(portless, as: .lookupKey))
      let hasPorts = [6, 17, 33, 50, 51, 132, 136].contains(ipProtocol)
      #expect(
        (hasher.hash(flow, as: .packet) != hasher.hash(portless, as: .packet)) == hasPorts,
        "\(ipProtocol)")
    }
  }

  @Test(
    "A tunnel without a known inner header is marked where the policy looks inside",
    arguments: [4, 41, 47])
  func innerUnknown(ipProtocol: UInt8) {
    let flow = flow4(ipProtocol: ipProtocol)
    #expect(hasher(.ipv4, .layer3Inner).trace(flow, as: .packet).isInnerUnknown)
    #expect(hasher(.ipv4, .custom, 0x040).trace(flow, as: .packet).isInnerUnknown)
    #expect(hasher(.ipv4, .custom, 0x041).trace(flow, as: .packet).isInnerUnknown)
    #expect(!hasher(.ipv4, .custom, 0x007).trace(flow, as: .packet).isInnerUnknown)
    #expect(!hasher(.ipv4, .layer4).trace(flow, as: .packet).isInnerUnknown)
    #expect(!hasher(.ipv4, .layer3Inner).trace(flow, as: .lookupKey).isInnerUnknown)
    var known = flow
    known.inner = Flow.Inner(
      source: address("192.0.2.1"), destination: address("192.0.2.2"), ipProtocol: 17)
    #expect(!hasher(.ipv4, .layer3Inner).trace(known, as: .packet).isInnerUnknown)
    known.inner?.ipProtocol = ipProtocol
    #expect(hasher(.ipv4, .layer3Inner).trace(known, as: .packet).isInnerUnknown)
  }

  @Test("A trace shows the inputs of a tunnelled packet under policies 2 and 3")
  func tunnelTrace() {
    var flow = flow4(ipProtocol: 41)
    flow.inner = Flow.Inner(
      source: address("2001:db8::1"), destination: address("2001:db8::2"), ipProtocol: 6,
      sourcePort: 1,
      destinationPort: 2, flowLabel: 0x123)
    let inner = hasher(.ipv4, .layer3Inner).trace(flow, as: .packet)
    #expect(inner.outer == nil)
    #expect(inner.inner?.family == .ipv6)
    #expect(
      inner.inner?.namedFields.map(\.name) == [
        "inner-proto", "inner-flowlabel", "inner-src", "inner-dst",
      ])
    #expect(inner.hash == inner.innerHash)
    let custom = hasher(.ipv4, .custom, 0xfff).trace(flow, as: .packet)
    #expect(custom.outer?.namedFields.map(\.name) == ["proto", "sport", "dport", "src", "dst"])
    #expect(custom.inner?.namedFields.count == 6)
    #expect(custom.hash == JenkinsHash.mix(custom.outerHash, custom.innerHash))
  }
}
