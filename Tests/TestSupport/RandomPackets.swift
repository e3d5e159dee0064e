import Routing

extension SeededGenerator {
  /// A packet with a random chain of headers, some of them cut short or damaged behind the first IP header.
  package mutating func packet() -> [UInt8] {
    let family = family()
    var packet = packet(family, Self.outerEnds(family))
    packet[family == .ipv4 ? 15 : 23] = number()
    return packet
  }

  /// As `packet()`, from the first to the second of `ends`.
  mutating func packet(_ family: AddressFamily, _ ends: [IPAddress]) -> [UInt8] {
    let (ipProtocol, payload) = protocolAndPayload(in: family, depth: 0)
    var body = payload
    if chance(15), !body.isEmpty { body.removeLast(Int(next() % UInt64(min(body.count, 60)))) }
    for _ in 0..<(chance(25) ? next() % 3 : 0) where !body.isEmpty {
      body[Int(next() % UInt64(min(body.count, 48)))] = chance(50) ? number() : pick([0, 4, 17, 41, 44, 47, 60, 0x45])
    }
    return ipPacket(family, ends, ipProtocol, body)
  }

  private static func outerEnds(_ family: AddressFamily) -> [IPAddress] {
    let texts = family == .ipv4 ? ["10.9.8.7", "198.51.100.33"] : ["2001:db8:a::8", "2001:db8:b::9"]
    return texts.compactMap { IPAddress($0) }
  }

  private static func innerEnds(_ family: AddressFamily) -> [IPAddress] {
    let texts = family == .ipv4 ? ["192.0.2.1", "192.0.2.9"] : ["2001:db8:f::1", "2001:db8:f::9"]
    return texts.compactMap { IPAddress($0) }
  }

  private mutating func ipPacket(
    _ family: AddressFamily, _ ends: [IPAddress], _ ipProtocol: UInt8, _ payload: [UInt8]
  ) -> [UInt8] {
    var packet: [UInt8]
    if family == .ipv4 {
      packet = Packets.ipv4(
        ends[0], ends[1], ipProtocol, payload,
        fragment: chance(6) ? pick([0x2000, 0x4000, 5]) : 0,
        options: chance(8) ? [1, 1, 1, 0] : [])
    } else {
      packet = Packets.ipv6(
        ends[0], ends[1], ipProtocol, payload, label: chance(50) ? number() & 0xf_ffff : 0,
        trafficClass: number())
    }
    return packet
  }

  private mutating func carriedPacket(_ family: AddressFamily, depth: Int) -> [UInt8] {
    let (ipProtocol, payload) = protocolAndPayload(in: family, depth: depth)
    var packet = ipPacket(family, Self.innerEnds(family), ipProtocol, payload)
    packet[family == .ipv4 ? 15 : 23] = number()
    return packet
  }

  private mutating func protocolAndPayload(in family: AddressFamily, depth: Int) -> (UInt8, [UInt8]) {
    guard depth < 20 else { return (17, Packets.transport(17, number(), number())) }
    if family == .ipv6, chance(30) { return extensionHeader(depth: depth) }
    switch next() % 10 {
    case 0: return (4, carriedPacket(.ipv4, depth: depth + 1))
    case 1: return (41, carriedPacket(.ipv6, depth: depth + 1))
    case 2, 3: return (47, grePacket(depth: depth))
    case 4: return icmp(family)
    default:
      let ipProtocol: UInt8 = pick([6, 17, 33, 50, 51, 132, 136, 17, 6, 89, 115, 137, number()])
      return (ipProtocol, Packets.transport(ipProtocol, number(), number()))
    }
  }

  private mutating func extensionHeader(depth: Int) -> (UInt8, [UInt8]) {
    // Hop-by-hop options are for the first place only; routers look into them.
    let type: UInt8 = pick(depth == 0 ? [0, 60, 60, 43, 44] : [60, 60, 60, 43, 44])
    // A run of headers reaches the dissector's limit.
    let run = chance(15) ? Int(next() % 19) : 0
    let (last, payload) = protocolAndPayload(in: .ipv6, depth: depth + 1)
    let tail = (0..<run).reduce(into: (last, payload)) { tail, _ in
      tail = (60, Packets.ipv6Extension(next: tail.0) + tail.1)
    }
    if type == 44 { return (44, Packets.ipv6Fragment(next: tail.0, offset: pick([0, 1, 0x18])) + tail.1) }
    return (type, Packets.ipv6Extension(next: tail.0, length: type == 0 ? 8 : pick([8, 16])) + tail.1)
  }

  private mutating func icmp(_ family: AddressFamily) -> (UInt8, [UInt8]) {
    let isError = chance(60)
    let types: [UInt8] = family == .ipv4 ? [3, 4, 5, 11, 12] : [1, 2, 3, 4]
    let header: [UInt8] = [isError ? pick(types) : number(), 0, 0, 0, 0, 0, 0, 0]
    return (family == .ipv4 ? 1 : 58, header + carriedPacket(family, depth: 20))
  }

  private mutating func grePacket(depth: Int) -> [UInt8] {
    let family = family()
    let type: UInt16 = family == .ipv4 ? 0x0800 : 0x86dd
    let carried = carriedPacket(family, depth: depth + 1)
    if chance(12) {
      let flags: UInt16 = pick([0x2001, 0x3001, 0x3081, 0x2081, 0x1001, 0x2002])
      let words = (flags & 0x2000 != 0 ? 1 : 0) + (flags & 0x1000 != 0 ? 1 : 0) + (flags & 0x0080 != 0 ? 1 : 0)
      let ppp: UInt8 = chance(15) ? 0xc0 : 0
      return Packets.gre(
        chance(90) ? 0x880b : type, [0xff, 3, ppp, family == .ipv4 ? 0x21 : 0x57] + carried, flags: flags,
        extra: [UInt8](repeating: 7, count: 4 * words))
    }
    let flags: UInt16 = pick([0, 0, 0x8000, 0x2000, 0x1000, 0xb000, 0x3000, chance(50) ? 0x4000 : 0])
    let words = (flags & 0x8000 != 0 ? 1 : 0) + (flags & 0x2000 != 0 ? 1 : 0) + (flags & 0x1000 != 0 ? 1 : 0)
    let (outerType, body) = linkHeaders(around: carried, type: type)
    return Packets.gre(outerType, body, flags: flags, extra: [UInt8](repeating: 7, count: 4 * words))
  }

  private mutating func linkHeaders(around carried: [UInt8], type: UInt16) -> (UInt16, [UInt8]) {
    var (type, body) = (type, carried)
    for _ in 0..<(chance(50) ? next() % 4 : 0) {
      switch next() % 9 {
      case 0, 1: (type, body) = (pick([0x8100, 0x88a8]), [0, 5] + Packets.bytes16(type) + body)
      case 2, 3: (type, body) = (0x6558, Packets.ethernet(type, body))
      case 4: (type, body) = (pick([0x892f, 0x88fb]), [0, 0, 0, 0] + Packets.bytes16(type) + body)
      case 5:
        let batman: [UInt8] = [chance(85) ? 0x40 : 0x41, chance(85) ? 15 : 14] + [UInt8](repeating: 0, count: 8)
        (type, body) = (0x4305, batman + Packets.ethernet(type, body))
      case 6: (type, body) = (pick([0x8847, 0x8848, 0x0806]), [0, 6, 0x41, 0x40] + body)
      default:
        let ppp: [UInt8] =
          type == 0x0800 ? [0, 0x21] : type == 0x86dd ? [0, 0x57] : pick([[0, 0x21], [0xc0, 0x21], [2, 0x81]])
        let session: [UInt8] = [chance(90) ? 0x11 : 0x12, chance(90) ? 0 : 9, 0, 1, 0, 9]
        (type, body) = (0x8864, session + (chance(50) ? ppp : Array(ppp.dropFirst())) + body)
      }
    }
    return (type, body)
  }
}
