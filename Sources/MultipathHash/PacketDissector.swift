import Routing

/// Takes a packet apart as the kernel does for a forwarded one.
///
/// Any bytes are allowed: what can not be read ends the walk, and what was read before stays.
package enum PacketDissector {
  /// Takes an IP packet apart, from its network header on.
  ///
  /// - Parameters:
  ///   - packet: what there is of it; padding behind it does not count.
  ///   - originalLength: bytes from the network header to the end of the frame on the wire, which a capture may have cut;
  ///     nil takes the packet to have the length that it claims.
  package static func dissect(
    _ packet: Span<UInt8>, originalLength: Int? = nil
  ) throws(PacketFault) -> DissectedPacket {
    switch packet.byte(at: 0) >> 4 {
    case 4: return try dissectIPv4(packet, originalLength: originalLength)
    case 6: return try dissectIPv6(packet, originalLength: originalLength)
    default: throw packet.isEmpty ? shortHeader(packet, 1, originalLength) : .version
    }
  }

  /// Takes apart what follows the protocol field of a link-layer header.
  ///
  /// VLAN tags, PPPoE sessions and redundancy tags are taken off first, as the devices do that a router has for them.
  package static func dissect(
    _ payload: Span<UInt8>, etherType: UInt16, originalLength: Int? = nil
  ) throws(PacketFault) -> DissectedPacket {
    let (offset, etherType) = try networkHeader(payload, etherType: etherType, originalLength: originalLength)
    let packet = payload.extracting(min(offset, payload.count)..<payload.count)
    let originalLength = originalLength.map { max($0 - offset, 0) }
    guard !packet.isEmpty else { throw shortHeader(packet, 1, originalLength) }
    guard packet.byte(at: 0) >> 4 == (etherType == EtherType.ipv4 ? 4 : 6) else { throw .version }
    return try dissect(packet, originalLength: originalLength)
  }

  /// Where the IP header is behind the tags of the link layer, and the protocol that announces it.
  static func networkHeader(
    _ payload: Span<UInt8>, etherType: UInt16, originalLength: Int?
  ) throws(PacketFault) -> (offset: Int, etherType: UInt16) {
    var walk = HeaderWalk(claimedLength: max(originalLength ?? 0, payload.count))
    var etherType = etherType
    while etherType != EtherType.ipv4, etherType != EtherType.ipv6 {
      guard etherType != EtherType.batman, case .network(let next) = walk.networkHeader(etherType, in: payload) else {
        throw walk.cut.isEmpty ? .notIP(EtherType.name(etherType)) : .captureCut
      }
      etherType = next
    }
    return (walk.offset, etherType)
  }

  private static func dissectIPv4(
    _ packet: Span<UInt8>, originalLength: Int?
  ) throws(PacketFault) -> DissectedPacket {
    guard packet.holds(HeaderSize.ipv4, at: 0) else { throw shortHeader(packet, HeaderSize.ipv4, originalLength) }
    let headerLength = Int(packet.byte(at: 0) & 0xf) * 4
    guard headerLength >= HeaderSize.ipv4 else { throw .headerLength }
    if headerLength > originalLength ?? packet.count { throw .shortHeader }
    let claimed = claimedLength(
      field: Int(packet.number16(at: 2)), header: 0, available: originalLength ?? packet.count)
    let bytes = packet.extracting(first: min(claimed < headerLength ? packet.count : claimed, packet.count))

    var walk = HeaderWalk(claimedLength: claimed)
    let network = PacketHeaders(ipv4: bytes, at: 0)
    let quoted = walk.headerQuotedByICMP(behind: headerLength, in: bytes)
    guard
      var result = walk.run(
        EtherType.ipv4, in: bytes, network: network, quoted: quoted, tos: bytes.byte(at: 1))
    else { throw .shortHeader }
    var facts = ForwardingFacts(
      hopLimit: bytes.byte(at: 8), length: claimed, mayBeFragmented: bytes.byte(at: 6) & 0x40 == 0)
    if bytes.holds(headerLength, at: 0) {
      let header = bytes.extracting(first: headerLength)
      let options = IPv4Options(header.extracting(HeaderSize.ipv4..<headerLength))
      facts.sourceRoute = options?.sourceRoute
      facts.isLabelled = options?.isLabelled == true
      // In the order of the kernel's checks.
      if !hasValidChecksum(header) {
        facts.fault = .checksum
      } else if claimed > originalLength ?? claimed {
        facts.fault = .longerThanFrame
      } else if claimed < headerLength {
        facts.fault = .totalLength
      } else if options == nil {
        facts.fault = .options
      }
    } else {
      result.cut.insert(.options)
    }
    result.facts = facts
    return result
  }

  private static func dissectIPv6(
    _ packet: Span<UInt8>, originalLength: Int?
  ) throws(PacketFault) -> DissectedPacket {
    guard packet.holds(HeaderSize.ipv6, at: 0) else { throw shortHeader(packet, HeaderSize.ipv6, originalLength) }
    let available = originalLength ?? packet.count
    let hasHopByHop = packet.byte(at: 6) == IPProtocol.hopByHop
    let payloadLength = Int(packet.number16(at: 4))
    // A jumbogram has its length in a hop-by-hop option.
    let claimed =
      payloadLength == 0 && hasHopByHop
      ? available : claimedLength(field: payloadLength, header: HeaderSize.ipv6, available: available)
    let bytes = packet.extracting(first: min(claimed, packet.count))

    var walk = HeaderWalk(claimedLength: claimed)
    let network = PacketHeaders(ipv6: bytes, at: 0)
    let quoted = walk.headerQuotedByICMPv6(in: bytes)
    let trafficClass = UInt8(truncatingIfNeeded: bytes.number16(at: 0) >> 4)
    guard
      var result = walk.run(EtherType.ipv6, in: bytes, network: network, quoted: quoted, tos: trafficClass)
    else { throw .shortHeader }
    var facts = ForwardingFacts(hopLimit: bytes.byte(at: 7), length: claimed, mayBeFragmented: false)
    if claimed > originalLength ?? claimed {
      facts.fault = .longerThanFrame
    } else if hasHopByHop {
      checkHopByHop(bytes, claimed: claimed, &facts, &result.cut)
    }
    facts.hasSegmentsLeft = hasSegmentsLeft(bytes)
    result.facts = facts
    return result
  }

  /// Whether a routing header that a receiver may act upon has segments left (`ipv6_rthdr_rcv()`): one for segment
  /// routing or RPL, behind options only.
  private static func hasSegmentsLeft(_ bytes: Span<UInt8>) -> Bool {
    let types: ClosedRange<UInt8> = 3...4
    var (kind, position) = (bytes.byte(at: 6), HeaderSize.ipv6)
    while kind == IPProtocol.hopByHop || kind == IPProtocol.destinationOptions {
      guard bytes.holds(2, at: position) else { return false }
      kind = bytes.byte(at: position)
      position += (Int(bytes.byte(at: position + 1)) + 1) * 8
    }
    guard kind == IPProtocol.routing, bytes.holds(4, at: position) else { return false }
    return types.contains(bytes.byte(at: position + 2)) && bytes.byte(at: position + 3) > 0
  }

  private static func checkHopByHop(
    _ bytes: Span<UInt8>, claimed: Int, _ facts: inout ForwardingFacts, _ cut: inout CaptureCut
  ) {
    let start = HeaderSize.ipv6
    let size = bytes.holds(2, at: start) ? (Int(bytes.byte(at: start + 1)) + 1) * 8 : 8
    if start + size > claimed {
      facts.fault = .hopByHop
    } else if !bytes.holds(size, at: start) {
      cut.insert(.options)
    } else if let options = HopByHopOptions(in: bytes, at: start + 2..<start + size, packetLength: claimed) {
      facts.isLabelled = options.isLabelled
    } else {
      facts.fault = .hopByHop
    }
  }

  /// The length that a packet claims; a merged one that is too long for the field has 0 there.
  private static func claimedLength(field: Int, header: Int, available: Int) -> Int {
    field == 0 && available > 0xffff + header ? available : header + field
  }

  private static func shortHeader(_ packet: Span<UInt8>, _ wanted: Int, _ originalLength: Int?) -> PacketFault {
    (originalLength ?? packet.count) >= wanted ? .captureCut : .shortHeader
  }

  /// Whether the words of an IPv4 header add up (RFC 1071).
  private static func hasValidChecksum(_ header: Span<UInt8>) -> Bool {
    var sum: UInt32 = 0
    for offset in stride(from: 0, to: header.count, by: 2) { sum += UInt32(header.number16(at: offset)) }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return sum == 0xffff
  }
}
