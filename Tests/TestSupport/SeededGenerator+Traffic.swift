package import Routing

extension SeededGenerator {
  /// An IP packet of the kind from one address to another: whole, with a right checksum and a hop limit that lasts,
  /// unless it is mutated.
  package mutating func packet(_ traffic: Traffic, from source: IPAddress, to destination: IPAddress) -> [UInt8] {
    let ends = [source, destination]
    if traffic == .mutated {
      var base = Traffic.mutated
      while base == .mutated || !base.exists(in: source.family) { base = pick(Traffic.allCases) }
      let packet = self.packet(base, from: source, to: destination)
      return mutate(packet)
    }
    var packet =
      traffic == .chains ? self.packet(source.family, ends) : plainPacket(traffic, source.family, ends)
    let hops: UInt8 = 2 + number() % 254
    if source.family == .ipv4 {
      packet[4] = number()
      packet[5] = number()
      packet[8] = hops
      packet = Packets.withChecksum(packet)
    } else {
      packet[7] = hops
    }
    return packet
  }

  private mutating func plainPacket(_ traffic: Traffic, _ family: AddressFamily, _ ends: [IPAddress]) -> [UInt8] {
    let fragment: UInt16
    var options: [UInt8] = []
    var (next, body) = content(traffic, family)
    switch traffic {
    case .firstFragments: fragment = family == .ipv4 ? 0x2000 : 1
    case .laterFragments: fragment = (1 + number() % 180) << (family == .ipv4 ? 0 : 3) | (chance(50) ? 1 : 0)
    case .options:
      options = ipv4Options()
      fragment = chance(20) ? 0x4000 : 0
    default: fragment = family == .ipv4 && chance(30) ? 0x4000 : 0
    }
    if family == .ipv4 {
      return Packets.ipv4(ends[0], ends[1], next, body, fragment: fragment, options: options, tos: number())
    }
    switch traffic {
    case .firstFragments, .laterFragments, .atomicFragments:
      (next, body) = (44, Packets.ipv6Fragment(next: next, offset: fragment) + body)
      if chance(20) { (next, body) = (60, Packets.ipv6Extension(next: next) + body) }
    case .extensions: (next, body) = extensions(next, body)
    default: break
    }
    let label: UInt32 = traffic == .flowLabels || chance(40) ? number() & 0xf_ffff : 0
    return Packets.ipv6(ends[0], ends[1], next, body, label: label, trafficClass: number())
  }

  /// The protocol and what follows the IP header.
  private mutating func content(_ traffic: Traffic, _ family: AddressFamily) -> (UInt8, [UInt8]) {
    switch traffic {
    case .udp, .flowLabels: return segment(17)
    case .tcp: return segment(6)
    case .rarePorts: return segment(pick([132, 33, 136]))
    case .security: return segment(pick([50, 51]))
    case .icmp:
      let types: [UInt8] = family == .ipv4 ? [8, 8, 0, 13, 14, 17] : [128, 128, 129, 135, 139, 200]
      return (family == .ipv4 ? 1 : 58, [pick(types), 0, number(), number()] + noise(4 + number() % 40))
    case .icmpErrors: return icmpError(family)
    case .ipv4Inside: return (4, innerPacket(.ipv4))
    case .ipv6Inside: return (41, innerPacket(.ipv6))
    case .gre, .greFields, .greRouting, .pptp, .bridging: return (47, gre(traffic))
    case .nested: return nested()
    case .udpTunnels:
      let inner = Packets.ethernet(0x0800, innerPacket(.ipv4))
      let port: UInt16 = pick([4789, 6081, 2152])
      return (17, Packets.transport(17, number(), port).prefix(8) + noise(8) + inner)
    case .otherProtocols:
      return (pick([2, 46, 59, 89, 103, 112, 115, 135, 137, 139, 253, 254]), noise(4 + number() % 40))
    case .truncated:
      let protocols: [UInt8] = [6, 17, 33, 50, 51, 132, 136, 1, 58, 47, 4, 41, 115]
      return (pick(protocols), noise(number() % 8))
    default: return segment(pick([6, 17, 17, 132, 50, 47, 1, 58]))
    }
  }

  private mutating func noise(_ count: UInt8) -> [UInt8] { (0..<count).map { _ in number() } }

  /// A transport header with random ports and a little payload.
  private mutating func segment(_ ipProtocol: UInt8) -> (UInt8, [UInt8]) {
    (ipProtocol, Packets.transport(ipProtocol, number(), number()) + noise(number() % 32))
  }

  private mutating func innerEnds(_ family: AddressFamily) -> [IPAddress] { [address(family), address(family)] }

  /// A packet for the inside of a tunnel or of an ICMP error.
  private mutating func innerPacket(_ family: AddressFamily) -> [UInt8] {
    let (next, body) = segment(pick([6, 17, 17, 132, 50, 1, 58, 89]))
    let ends = innerEnds(family)
    if family == .ipv6 {
      if chance(15) {
        let fragment = Packets.ipv6Fragment(next: next, offset: pick([0, 1, 0x18]))
        return Packets.ipv6(ends[0], ends[1], 44, fragment + body)
      }
      return Packets.ipv6(ends[0], ends[1], next, body, label: chance(50) ? number() & 0xf_ffff : 0)
    }
    let fragment: UInt16 = chance(15) ? pick([0x2000, 5]) : 0
    return Packets.ipv4(ends[0], ends[1], next, body, fragment: fragment, options: chance(15) ? [1, 1, 1, 0] : [])
  }

  private mutating func icmpError(_ family: AddressFamily) -> (UInt8, [UInt8]) {
    let type: UInt8 = family == .ipv4 ? pick([3, 4, 5, 11, 12]) : pick([1, 2, 3, 4])
    var quoted = innerPacket(family)
    if chance(15) { quoted.removeLast(Int(next() % UInt64(quoted.count))) }
    let error: [UInt8] = [type, number() % 6, 0, 0, 0, 0, 0, 0] + quoted
    return (family == .ipv4 ? 1 : 58, error)
  }

  /// Options that a router passes on, up to the limit of 40 bytes.
  private mutating func ipv4Options() -> [UInt8] {
    let choices: [[UInt8]] = [
      [1, 1, 1, 1], [1, 1, 1, 0], [148, 4, 0, 0], [7, 7, 4, 0, 0, 0, 0, 0], [68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [130, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
    var options: [UInt8] = pick(choices)
    while options.count <= 24, options.last != 0 || options[0] == 148, chance(40) { options += pick(choices) }
    return options
  }

  /// IPv6 extension headers in any order; hop-by-hop options come first if at all.
  private mutating func extensions(_ last: UInt8, _ body: [UInt8]) -> (UInt8, [UInt8]) {
    var (next, body) = (last, body)
    for _ in 0..<(1 + number() as UInt64 % (chance(10) ? 18 : 5)) {
      if chance(15) {
        (next, body) = (44, Packets.ipv6Fragment(next: next, offset: pick([0, 1, 0x18])) + body)
      } else if chance(30) {
        // Type 253 is for experiments; nobody but the destination looks at it.
        (next, body) = (43, [next, 0, 253, 0, 0, 0, 0, 0] + body)
      } else {
        (next, body) = (60, Packets.ipv6Extension(next: next, length: pick([8, 16, 24])) + body)
      }
    }
    if chance(25) {
      let options: [UInt8] = pick([
        [0, 0, 0, 0, 0, 0], [1, 4, 0, 0, 0, 0], [5, 2, 0, 0, 1, 0], [0x1e, 2, 7, 7, 1, 0],
      ])
      (next, body) = (0, [next, 0] + options + body)
    }
    return (next, body)
  }

  private mutating func gre(_ traffic: Traffic) -> [UInt8] {
    let family = family()
    let type: UInt16 = family == .ipv4 ? 0x0800 : 0x86dd
    let inner = innerPacket(family)
    switch traffic {
    case .greFields:
      return greHeader(type, inner, flags: pick([0x8000, 0x2000, 0x1000, 0xa000, 0x9000, 0x3000, 0xb000]))
    case .greRouting: return greHeader(type, inner, flags: pick([0x4000, 0xc000, 0x6000, 2, 5, 0x2001]))
    case .pptp:
      let ppp: [UInt8] = [0xff, 3, 0, family == .ipv4 ? 0x21 : 0x57]
      return greHeader(
        0x880b, (chance(80) ? ppp : [0xff, 3, 0xc0, 0x21]) + inner, flags: pick([0x2001, 0x3001, 0x3081, 0x2081]))
    case .bridging:
      let tag: [UInt8] = chance(30) ? [0, 5] + Packets.bytes16(type) : []
      return greHeader(
        0x6558, Packets.ethernet(tag.isEmpty ? type : 0x8100, tag + inner), flags: pick([0, 0, 0x2000, 0x8000]))
    default: return greHeader(chance(90) ? type : pick([0x8847, 0x0806, 0x880b, 0x88be]), inner, flags: 0)
    }
  }

  private mutating func greHeader(_ type: UInt16, _ payload: [UInt8], flags: UInt16) -> [UInt8] {
    let optional: [UInt16] = [0xc000, 0x2000, 0x1000, 0x0080]
    let words = optional.filter { flags & $0 != 0 }.count
    return Packets.gre(type, payload, flags: flags, extra: noise(UInt8(4 * words)))
  }

  /// Two to nine tunnel headers around each other.
  private mutating func nested() -> (UInt8, [UInt8]) {
    var family = family()
    var packet = innerPacket(family)
    for _ in 0..<(1 + next() % (chance(20) ? 8 : 3)) {
      let type: UInt16 = family == .ipv4 ? 0x0800 : 0x86dd
      let (next, body): (UInt8, [UInt8]) =
        chance(50) ? (family == .ipv4 ? 4 : 41, packet) : (47, Packets.gre(type, packet))
      family = self.family()
      let ends = innerEnds(family)
      packet = Packets.ip(ends[0], ends[1], next, body, label: chance(30) ? number() & 0xf_ffff : 0)
    }
    return (family == .ipv4 ? 4 : 41, packet)
  }

  /// Changes a few bytes anywhere, or the length; often repairs the checksum, so that the rest is looked at.
  private mutating func mutate(_ original: [UInt8]) -> [UInt8] {
    var packet = original
    let headers = UInt64(min(packet.count, 88))
    for _ in 0...(next() % 3) {
      // The headers are what there is to go wrong.
      let place = Int(next() % (chance(70) ? headers : UInt64(packet.count)))
      switch next() % 3 {
      case 0: packet[place] ^= 1 << (number() % 8 as UInt8)
      case 1: packet[place] = number()
      default: packet[place] = pick([0, 1, 4, 6, 17, 41, 43, 44, 47, 51, 58, 60, 0x45, 0x7f, 0x80, 0xff])
      }
    }
    if chance(10) { packet.removeLast(Int(next() % UInt64(packet.count))) }
    if chance(5) { packet += noise(1 + number() % 20) }
    let headerLength = Int((packet.first ?? 0) & 0xf) * 4
    let hasHeader = original[0] >> 4 == 4 && packet.count >= max(headerLength, 20)
    return hasHeader && chance(75) ? Packets.withChecksum(packet) : packet
  }
}
