import Forwarding
import MultipathHash
import Routing
import TestSupport
import Testing

/// What reads most frames says of them what the dissector says, and what is decided about their flows is what is
/// decided about their packets.
@Suite("Plain frames")
struct PlainFramesTests {
  private static let seed: UInt64 = 0xf7a3e

  /// A frame that is plain, but for one or two things.
  private static func frame(
    _ linkType: LinkType, using generator: inout SeededGenerator
  ) -> (bytes: [UInt8], original: Int) {
    let family: AddressFamily = generator.chance(50) ? .ipv4 : .ipv6
    let (source, destination) = (generator.address(family), generator.address(family))
    let ipProtocol: UInt8 = generator.chance(90) ? generator.pick([6, 17]) : generator.pick([1, 47, 50, 58, 132, 4])
    let ports: [UInt16] = generator.chance(5) ? [0, 53] : [generator.number(), generator.number()]
    var payload = Packets.transport(ipProtocol, ports[0], ports[1])
    if generator.chance(20) {
      payload += [UInt8](repeating: 7, count: generator.pick([1, 600, 1210, 1300, 1500, 9000]))
    }
    var packet =
      family == .ipv4
      ? Packets.ipv4(
        source, destination, ipProtocol, payload,
        fragment: generator.chance(10) ? generator.pick([0x2000, 0x4000, 5, 0x8000]) : 0,
        options: generator.chance(5) ? [1, 1, 1, 0] : [])
      : Packets.ipv6(
        source, destination, ipProtocol, payload, label: generator.number() & 0xf_ffff, trafficClass: generator.number()
      )
    if generator.chance(15) {
      packet[Int(generator.next() % UInt64(min(packet.count, 44)))] = generator.pick([0, 1, 2, 0x45, 0x46, 0xff])
      if packet[0] == 0x45, generator.chance(60) { packet = Packets.withChecksum(packet) }
    }
    if generator.chance(10) { packet += [UInt8](repeating: 0, count: 6) }
    var bytes = packet
    if linkType == .ethernet {
      let type: UInt16 = family == .ipv4 ? 0x0800 : 0x86dd
      bytes =
        generator.chance(20)
        ? Packets.ethernet(0x8100, [0, 5] + Packets.bytes16(type) + packet) : Packets.ethernet(type, packet)
      if generator.chance(5) { bytes[0] |= 1 }
      if generator.chance(3) { bytes[13] = generator.number() }
    }
    let original = bytes.count
    if generator.chance(10) { bytes.removeLast(Int(generator.next() % UInt64(bytes.count))) }
    return (bytes, generator.chance(3) ? original + 10 : original)
  }

  @Test("are read and decided as others are", arguments: [.ethernet, .ip, .ipv4, .ipv6] as [LinkType])
  func equal(linkType: LinkType) throws {
    var plainFrames = 0
    for round in 0..<60 as Range<UInt64> {
      var generator = SeededGenerator(seed: Self.seed &+ round)
      let family: AddressFamily = round % 2 == 0 ? .ipv4 : .ipv6
      var state = RandomState(family, isPlain: round % 4 < 2, using: generator).state
      if generator.chance(30) { state.links[2].mtu = 576 }
      let table = ForwardingTable(state)
      var arrival = Flow(
        source: .unspecified(.ipv4), destination: .unspecified(.ipv4), mark: generator.number() & 3, inputInterface: 2)
      arrival.layer4Hash = generator.chance(50) ? .absent : .unknown
      let plain = try #require(PlainFrames(linkType, arrival: arrival, longest: Int(table.smallestMTU4)))
      var columns = FlowColumns(capacity: 1)
      for _ in 0..<200 {
        let (bytes, original) = Self.frame(linkType, using: &generator)
        columns.removeAll()
        guard plain.append(bytes.span, originalLength: original, to: &columns) else { continue }
        plainFrames += 1
        let packet = try PacketDissector.dissect(frame: bytes.span, linkType: linkType, originalLength: original)
        var flow = packet.flow(inputInterface: 2)
        flow.mark = arrival.mark
        flow.layer4Hash = arrival.layer4Hash
        flow.weight = UInt64(original)
        let found = try #require(columns.flow(at: 0))
        #expect(found == flow, "\(bytes), generator seed \(Self.seed &+ round)")
        #expect(
          table.decide(found) == table.decide(flow, packet: packet), "\(bytes), generator seed \(Self.seed &+ round)")
      }
    }
    #expect(plainFrames > 2500, "\(plainFrames) of 12000 frames are plain")
  }
}
