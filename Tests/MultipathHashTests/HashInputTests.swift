import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("The hashed bytes")
struct HashInputTests {
  /// The layout written out byte by byte, for machines of both byte orders.
  private func model(
    _ fields: HashFields, _ headers: PacketHeaders, _ family: AddressFamily,
    _ order: HashInput.FlowLabelOrder,
    _ isLittleEndian: Bool
  ) -> [UInt8] {
    let length = family == .ipv4 ? 4 : 16
    var memory = [UInt8](repeating: 0, count: family == .ipv4 ? 48 : 72)
    if fields.contains(.ipProtocol) { memory[2] = headers.ipProtocol }
    if fields.contains(.flowLabel) {
      let label = (0..<4 as Range<UInt32>).map {
        UInt8(truncatingIfNeeded: headers.flowLabel >> (24 - 8 * $0))
      }
      memory.replaceSubrange(
        4..<8, with: order == .host && isLittleEndian ? label.reversed() : label)
    }
    func ordered(_ first: [UInt8], _ second: [UInt8], asMachineNumbers: Bool) -> [UInt8] {
      let reversed = asMachineNumbers && isLittleEndian
      let isSmaller = (reversed ? second.reversed() : second).lexicographicallyPrecedes(
        reversed ? first.reversed() : first)
      return isSmaller ? second + first : first + second
    }
    func value(_ field: HashFields, _ bytes: [UInt8]) -> [UInt8] {
      fields.contains(field) ? bytes : bytes.map { _ in 0 }
    }
    memory.replaceSubrange(
      28..<32,
      with: ordered(
        value(.sourcePort, Packets.bytes16(headers.sourcePort)),
        value(.destinationPort, Packets.bytes16(headers.destinationPort)), asMachineNumbers: true))
    memory.replaceSubrange(
      36..<36 + 2 * length,
      with: ordered(
        value(.source, headers.source.networkBytes),
        value(.destination, headers.destination.networkBytes),
        asMachineNumbers: family == .ipv4))
    return memory
  }

  @Test("Bytes lie in memory as the kernel lays them out", arguments: 0..<400 as Range<UInt64>)
  func layout(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let family = random.family()
    let isLittleEndian = random.chance(50)
    let order: HashInput.FlowLabelOrder = random.chance(50) ? .network : .host
    let fields = HashFields(rawValue: random.number() & 0x3f)
    let headers = PacketHeaders(
      source: random.address(family), destination: random.address(family),
      ipProtocol: random.number(),
      sourcePort: random.number(), destinationPort: random.number(),
      flowLabel: random.number() & 0xf_ffff)
    let input = HashInput(
      fields, of: headers, family: family, flowLabelOrder: order, isLittleEndian: isLittleEndian)
    let expected = model(fields, headers, family, order, isLittleEndian)
    #expect(input.bytes == expected)

    // The words are the bytes, eight at a time, the first lowest, on any machine.
    var message: [UInt64] = []
    for start in stride(from: 0, to: expected.count, by: 8) {
      message.append(expected[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    let key = HashKey(word0: random.next(), word1: random.next())
    #expect(
      input.hash(key: key) == UInt32(truncatingIfNeeded: SipHash24.hash(message.span, key: key)))
  }

  @Test("Named fields show what stands at their offsets")
  func namedFields() {
    let headers = PacketHeaders(
      source: address("2001:db8::2"), destination: address("2001:db8::1"), ipProtocol: 17,
      sourcePort: 53,
      destinationPort: 4096, flowLabel: 0x12345)
    for (order, isLittleEndian) in [
      (HashInput.FlowLabelOrder.host, true), (.network, true), (.host, false),
    ] {
      let input = HashInput(
        .outerMask, of: headers, family: .ipv6, flowLabelOrder: order,
        isLittleEndian: isLittleEndian)
      #expect(input.areAddressesSwapped)
      let named = input.namedFields.map { "\($0.name) \($0.offset) \($0.length) \($0.value)" }
      // 4096 is 0x1000 and 53 is 0x0035: read backwards, the latter is the larger one.
      let ports =
        isLittleEndian
        ? ["sport 28 2 4096", "dport 30 2 53"] : ["sport 28 2 53", "dport 30 2 4096"]
      #expect(
        named == ["proto 2 1 17", "flowlabel 4 4 0x12345"] + ports
          + ["src 36 16 2001:db8::1", "dst 52 16 2001:db8::2"])
      #expect(input.arePortsSwapped == isLittleEndian)
    }
  }

  @Test("Fields that are not copied are not named, and inner ones are named so")
  func selectedFields() {
    let headers = PacketHeaders(
      source: address("10.0.0.1"), destination: address("10.0.0.2"), ipProtocol: 6, sourcePort: 1)
    let input = HashInput(
      [.destination, .sourcePort], of: headers, family: .ipv4, level: .inner, flowLabelOrder: .host,
      isLittleEndian: true)
    let named = input.namedFields.map { "\($0.name) \($0.offset) \($0.length) \($0.value)" }
    #expect(named == ["inner-sport 28 2 0", "inner-dst 40 4 10.0.0.2"])
    #expect(input.bytes.count == 48)
    // The only port that was copied has moved to the place of the larger one.
    #expect(input.bytes[28..<32].elementsEqual([0, 0, 0, 1]))
  }
}
