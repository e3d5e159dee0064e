import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("What holds for every flow")
struct FlowPropertyTests {
  private func hasher(_ family: AddressFamily, _ random: inout SeededGenerator) -> MultipathHasher {
    MultipathHasher(
      family: family, policy: random.pick(HashPolicy.allCases),
      fields: HashFields(rawValue: random.number() & 0xfff), key: HashKey(seed: random.number()),
      isLittleEndian: random.chance(80), hasPortRules: random.chance(30))
  }

  @Test(
    "A described flow hashes as the packet that it describes", arguments: 0..<1500 as Range<UInt64>)
  func describedAndDissected(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let family = random.family()
    let flow = random.flow(family)
    let bytes = Packets.packet(flow)
    let packet = try #require(dissect(bytes))
    #expect(!packet.isTruncated)
    for _ in 0..<8 {
      let hasher = hasher(family, &random)
      let fromFlow = hasher.trace(flow, as: .packet)
      let fromPacket = hasher.trace(packet)
      #expect(fromFlow.hash == fromPacket.hash, "\(hasher)")
      #expect(fromFlow.outer?.bytes == fromPacket.outer?.bytes)
      #expect(fromFlow.inner?.bytes == fromPacket.inner?.bytes)
      #expect(hasher.hash(flow, as: .packet) == fromFlow.hash)
    }
  }

  @Test(
    "A dissected packet gives back the flow that it was built from",
    arguments: 0..<500 as Range<UInt64>)
  func flowOfPacket(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let family = random.family()
    let flow = random.flow(family)
    let packet = try #require(dissect(Packets.packet(flow)))
    let found = packet.flow(inputInterface: 7)
    #expect(found.source == flow.source && found.destination == flow.destination)
    #expect(
      found.ipProtocol == flow.ipProtocol && found.tos == flow.tos
        && found.flowLabel == flow.flowLabel)
    #expect(found.inputInterface == 7 && found.origin == .forwarded)
    #expect(found.inner?.source == flow.inner?.source)
    for _ in 0..<8 {
      let hasher = hasher(family, &random)
      #expect(hasher.hash(found, as: .packet) == hasher.hash(packet), "\(hasher)")
    }
  }

  @Test("Both directions of a packet hash alike, whatever it carries", arguments: 0..<500 as Range<UInt64>)
  func reversedPacket(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = random.packet()
    let packet = try #require(dissect(bytes))
    var reversed = bytes
    let (start, length) = packet.family == .ipv4 ? (12, 4) : (8, 16)
    reversed.replaceSubrange(start..<start + length, with: bytes[start + length..<start + 2 * length])
    reversed.replaceSubrange(start + length..<start + 2 * length, with: bytes[start..<start + length])
    let other = try #require(dissect(reversed))
    #expect(other.network.source == packet.network.destination)
    for policy in HashPolicy.allCases {
      let hasher = MultipathHasher(
        family: packet.family, policy: policy, fields: [.outerMask, .innerMask], key: HashKey(seed: random.number()),
        isLittleEndian: random.chance(50), hasPortRules: random.chance(50))
      #expect(hasher.hash(other) == hasher.hash(packet), "\(hasher)")
    }
  }

  @Test(
    "Swapping addresses, or ports, or both, changes nothing", arguments: 0..<1000 as Range<UInt64>)
  func symmetry(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let family = random.family()
    let flow = random.flow(family)
    let hasher = hasher(family, &random)
    var addresses = flow
    (addresses.source, addresses.destination) = (flow.destination, flow.source)
    var ports = flow
    (ports.sourcePort, ports.destinationPort) = (flow.destinationPort, flow.sourcePort)
    var both = addresses
    (both.sourcePort, both.destinationPort) = (flow.destinationPort, flow.sourcePort)
    // Policy 3 may select one end only.
    let ends: HashFields = [.source, .destination]
    let portPair: HashFields = [.sourcePort, .destinationPort]
    let isCustom = hasher.policy == .custom
    let hasEvenAddresses =
      !isCustom || hasher.fields.isSuperset(of: ends) || hasher.fields.isDisjoint(with: ends)
    let hasEvenPorts =
      !isCustom || hasher.fields.isSuperset(of: portPair)
      || hasher.fields.isDisjoint(with: portPair)
    for view in [MultipathHasher.View.packet, .lookupKey] {
      let hash = hasher.hash(flow, as: view)
      if hasEvenAddresses { #expect(hasher.hash(addresses, as: view) == hash) }
      if hasEvenPorts { #expect(hasher.hash(ports, as: view) == hash) }
      if hasEvenAddresses, hasEvenPorts { #expect(hasher.hash(both, as: view) == hash) }
    }
  }

  @Test(
    "Fields that the policy does not read do not matter, and those it reads do",
    arguments: AddressFamily.allCases)
  func sensitivity(family: AddressFamily) {
    var random = SeededGenerator(seed: 11)
    for policy in HashPolicy.allCases {
      let custom = HashFields(rawValue: random.number() & 0x3f | 1)
      let hasher = MultipathHasher(
        family: family, policy: policy, fields: custom, key: HashKey(seed: 5), isLittleEndian: true)
      // Policy 2 reads from a plain packet what it would read from an inner header.
      let read =
        policy == .layer3Inner
        ? HashPolicy.layer3.fields(for: family, custom: custom)
        : policy.fields(for: family, custom: custom)
      let flow = Flow(
        source: random.address(family), destination: random.address(family), ipProtocol: 17,
        sourcePort: 4000,
        destinationPort: 53, flowLabel: family == .ipv6 ? 77 : 0)
      let changes: [(HashFields, (inout Flow) -> Void)] = [
        (.source, { $0.source = $0.destination }), (.destination, { $0.destination = $0.source }),
        (.ipProtocol, { $0.ipProtocol = 6 }), (.sourcePort, { $0.sourcePort ^= 1 }),
        (.destinationPort, { $0.destinationPort ^= 1 }), (.flowLabel, { $0.flowLabel ^= 1 }),
      ]
      for (field, change) in changes {
        var changed = flow
        change(&changed)
        for view in [MultipathHasher.View.packet, .lookupKey] {
          let isSame = hasher.hash(changed, as: view) == hasher.hash(flow, as: view)
          #expect(
            isSame == !read.contains(field),
            "policy \(policy.rawValue) \(custom.names) \(field.names) \(view)")
        }
      }
    }
  }
}
