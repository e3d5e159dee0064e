import Routing

extension HeaderWalk {
  /// Reads the header at `offset` by its Ethernet protocol.
  mutating func networkHeader(_ etherType: UInt16, in bytes: Span<UInt8>) -> Next {
    switch etherType {
    case EtherType.ipv4: return ipv4Header(in: bytes)
    case EtherType.ipv6: return ipv6Header(in: bytes)
    case EtherType.vlan, EtherType.providerVLAN: return tag(of: 4, protocolAt: 2, in: bytes)
    case EtherType.parallelRedundancy, EtherType.seamlessRedundancy:
      metLinkTag = true
      return readsLinkTags ? tag(of: 6, protocolAt: 4, in: bytes) : .stop
    case EtherType.pppoeSession: return pppoeHeader(in: bytes)
    case EtherType.batman: return batmanHeader(in: bytes)
    // MPLS too: the hash does not ask for labels, and so the dissector does not look below them.
    default: return .stop
    }
  }

  private mutating func ipv4Header(in bytes: Span<UInt8>) -> Next {
    guard has(HeaderSize.ipv4, at: offset, in: bytes) else { return .stop }
    let headerLength = Int(bytes.byte(at: offset) & 0xf) * 4
    guard headerLength >= HeaderSize.ipv4 else { return .stop }
    update(with: PacketHeaders(ipv4: bytes, at: offset))
    lastFamily = .ipv4
    // More-fragments or an offset; the first fragment shows no ports either.
    let isFragment = bytes.number16(at: offset + 6) & 0x3fff != 0
    offset += headerLength
    if isFragment {
      headers?.isFragment = true
      return .stop
    }
    return .transport(headers?.ipProtocol ?? 0)
  }

  private mutating func ipv6Header(in bytes: Span<UInt8>) -> Next {
    guard has(HeaderSize.ipv6, at: offset, in: bytes) else { return .stop }
    update(with: PacketHeaders(ipv6: bytes, at: offset))
    lastFamily = .ipv6
    offset += HeaderSize.ipv6
    return .transport(headers?.ipProtocol ?? 0)
  }

  /// Takes over addresses and protocol; a label only where there is one, and the marks of the way stay.
  private mutating func update(with new: PacketHeaders) {
    guard var merged = headers else {
      headers = new
      return
    }
    merged.source = new.source
    merged.destination = new.destination
    merged.ipProtocol = new.ipProtocol
    if new.flowLabel != 0 { merged.flowLabel = new.flowLabel }
    headers = merged
  }

  /// A header of fixed size that names the protocol of what follows.
  private mutating func tag(of size: Int, protocolAt position: Int, in bytes: Span<UInt8>) -> Next {
    guard has(size, at: offset, in: bytes) else { return .stop }
    let next = bytes.number16(at: offset + position)
    offset += size
    return .network(next)
  }

  private mutating func pppoeHeader(in bytes: Span<UInt8>) -> Next {
    metLinkTag = true
    guard has(8, at: offset, in: bytes) else { return .stop }
    // Version 1, type 1, and the code of session data; then session, length and the PPP protocol.
    guard !readsLinkTags || bytes.number16(at: offset) == 0x1100 else { return .stop }
    // A protocol number compressed to one byte is none that the kernel knows here.
    let pppProtocol = bytes.number16(at: offset + 6)
    offset += 8
    return Self.etherType(ofPPP: pppProtocol).map(Next.network) ?? .stop
  }

  /// The Ethernet protocol for what PPP carries; nil when the dissector does not look into it.
  static func etherType(ofPPP pppProtocol: UInt16) -> UInt16? {
    switch pppProtocol {
    case 0x21: EtherType.ipv4
    case 0x57: EtherType.ipv6
    default: nil
    }
  }

  /// A unicast packet of batman-adv, which carries a whole Ethernet frame.
  private mutating func batmanHeader(in bytes: Span<UInt8>) -> Next {
    guard has(24, at: offset, in: bytes), bytes.byte(at: offset) == 0x40, bytes.byte(at: offset + 1) == 15 else {
      return .stop
    }
    let next = bytes.number16(at: offset + 22)
    offset += 24
    enterTunnel()
    return .network(next)
  }
}
