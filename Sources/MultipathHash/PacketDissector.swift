import Routing

/// Takes a packet apart as the kernel does for a forwarded one.
///
/// Any bytes are allowed: what can not be read ends the walk, and what was read before stays.
package enum PacketDissector {
  /// Takes an IP packet apart, from its network header on.
  ///
  /// - Returns: nil for what the kernel would not forward: no IP version 4 or 6, or no whole IP header.
  package static func dissect(_ packet: Span<UInt8>) -> DissectedPacket? {
    switch packet.byte(at: 0) >> 4 {
    case 4: dissectIPv4(packet)
    case 6: dissectIPv6(packet)
    default: nil
    }
  }

  /// Takes apart what follows the protocol field of a link-layer header.
  ///
  /// VLAN tags, PPPoE sessions and redundancy tags are taken off first, as the devices do that a router has for them.
  ///
  /// - Returns: nil when no IP header of the announced version follows.
  package static func dissect(_ payload: Span<UInt8>, etherType: UInt16) -> DissectedPacket? {
    var walk = HeaderWalk(claimedLength: payload.count)
    var etherType = etherType
    while etherType != EtherType.ipv4, etherType != EtherType.ipv6 {
      guard etherType != EtherType.batman, case .network(let next) = walk.networkHeader(etherType, in: payload) else {
        return nil
      }
      etherType = next
    }
    guard walk.offset <= payload.count else { return nil }
    let packet = payload.extracting(walk.offset..<payload.count)
    let version: UInt8 = etherType == EtherType.ipv4 ? 4 : 6
    return packet.byte(at: 0) >> 4 == version ? dissect(packet) : nil
  }

  private static func dissectIPv4(_ packet: Span<UInt8>) -> DissectedPacket? {
    let headerLength = Int(packet.byte(at: 0) & 0xf) * 4
    guard headerLength >= HeaderSize.ipv4, packet.holds(headerLength, at: 0) else { return nil }
    // Segmentation offload leaves 0 in captures of packets that are too long for the field.
    let totalLength = Int(packet.number16(at: 2))
    guard totalLength == 0 || totalLength >= headerLength else { return nil }
    let claimed = totalLength == 0 ? packet.count : totalLength
    let bytes = packet.extracting(first: min(claimed, packet.count))

    var walk = HeaderWalk(claimedLength: claimed)
    let network = PacketHeaders(ipv4: bytes, at: 0)
    let quoted = walk.headerQuotedByICMP(behind: headerLength, in: bytes)
    return walk.run(
      EtherType.ipv4, in: bytes, network: network, quoted: quoted, tos: bytes.byte(at: 1))
  }

  private static func dissectIPv6(_ packet: Span<UInt8>) -> DissectedPacket? {
    guard packet.holds(HeaderSize.ipv6, at: 0) else { return nil }
    let payloadLength = Int(packet.number16(at: 4))
    // A jumbogram has its length in a hop-by-hop option.
    let isJumbo = payloadLength == 0 && packet.byte(at: 6) == IPProtocol.hopByHop
    let claimed = isJumbo ? packet.count : HeaderSize.ipv6 + payloadLength
    let bytes = packet.extracting(first: min(claimed, packet.count))

    var walk = HeaderWalk(claimedLength: claimed)
    let network = PacketHeaders(ipv6: bytes, at: 0)
    let quoted = walk.headerQuotedByICMPv6(in: bytes)
    let trafficClass = UInt8(truncatingIfNeeded: bytes.number16(at: 0) >> 4)
    return walk.run(EtherType.ipv6, in: bytes, network: network, quoted: quoted, tos: trafficClass)
  }
}
