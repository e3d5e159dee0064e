import Routing

/// Sizes of the fixed parts of the IP headers, in bytes.
enum HeaderSize {
  static let ipv4 = 20
  static let ipv6 = 40
}

extension PacketHeaders {
  /// The fields of the IPv4 header at `offset`, all 20 bytes of which must be there.
  init(ipv4 bytes: Span<UInt8>, at offset: Int) {
    self.init(
      source: IPAddress(ipv4: bytes.number32(at: offset + 12)),
      destination: IPAddress(ipv4: bytes.number32(at: offset + 16)), ipProtocol: bytes.byte(at: offset + 9))
  }

  /// The fields of the IPv6 header at `offset`, all 40 bytes of which must be there.
  init(ipv6 bytes: Span<UInt8>, at offset: Int) {
    self.init(
      source: IPAddress(ipv6High: bytes.number64(at: offset + 8), low: bytes.number64(at: offset + 16)),
      destination: IPAddress(ipv6High: bytes.number64(at: offset + 24), low: bytes.number64(at: offset + 32)),
      ipProtocol: bytes.byte(at: offset + 6), flowLabel: bytes.number32(at: offset) & 0xf_ffff)
  }
}
