import Routing

extension HeaderWalk {
  private static let icmpHeaderSize = 8

  /// The header quoted by an ICMP error behind an IPv4 header of `headerLength` bytes at the start of the packet.
  ///
  /// Mirrors ip_multipath_l3_keys(), net/ipv4/route.c, Linux 6.12.
  mutating func headerQuotedByICMP(behind headerLength: Int, in bytes: Span<UInt8>) -> PacketHeaders? {
    let fragmentOffset = bytes.number16(at: 6) & 0x1fff
    guard bytes.byte(at: 9) == IPProtocol.icmp, fragmentOffset == 0,
      has(Self.icmpHeaderSize, at: headerLength, in: bytes, orElse: .quoted)
    else { return nil }
    guard IPProtocol.isICMPError(bytes.byte(at: headerLength), family: .ipv4) else { return nil }
    let quoted = headerLength + Self.icmpHeaderSize
    return has(HeaderSize.ipv4, at: quoted, in: bytes, orElse: .quoted) ? PacketHeaders(ipv4: bytes, at: quoted) : nil
  }

  /// The header quoted by an ICMPv6 error right behind the IPv6 header at the start of the packet.
  ///
  /// Mirrors ip6_multipath_l3_keys(), net/ipv6/route.c, Linux 6.12.
  mutating func headerQuotedByICMPv6(in bytes: Span<UInt8>) -> PacketHeaders? {
    guard bytes.byte(at: 6) == IPProtocol.icmpv6,
      has(Self.icmpHeaderSize, at: HeaderSize.ipv6, in: bytes, orElse: .quoted),
      IPProtocol.isICMPError(bytes.byte(at: HeaderSize.ipv6), family: .ipv6)
    else { return nil }
    let quoted = HeaderSize.ipv6 + Self.icmpHeaderSize
    return has(HeaderSize.ipv6, at: quoted, in: bytes, orElse: .quoted) ? PacketHeaders(ipv6: bytes, at: quoted) : nil
  }
}
