import Routing

extension HeaderWalk {
  /// Reads the header at `offset` by its IP protocol, and then the ports of whatever that led to.
  ///
  /// The kernel sets the ports anew at each step, so that a protocol without ports clears those of an earlier one.
  mutating func transportHeader(_ ipProtocol: UInt8, in bytes: Span<UInt8>) -> Next {
    let (next, isTunnel) = takeApart(ipProtocol, in: bytes)
    if headers?.isFragment == false { readPorts(in: bytes) }
    if isTunnel { enterTunnel() }
    return next
  }

  private mutating func takeApart(_ ipProtocol: UInt8, in bytes: Span<UInt8>) -> (next: Next, isTunnel: Bool) {
    switch ipProtocol {
    case IPProtocol.gre:
      return greHeader(in: bytes)
    case IPProtocol.ipv4:
      return (.network(EtherType.ipv4), true)
    case IPProtocol.ipv6:
      return (.network(EtherType.ipv6), true)
    case IPProtocol.mplsInIP:
      return (.network(EtherType.mpls), false)
    case IPProtocol.hopByHop, IPProtocol.routing, IPProtocol.destinationOptions:
      return (lastFamily == .ipv6 ? extensionHeader(in: bytes) : .stop, false)
    case IPProtocol.fragment where lastFamily == .ipv6:
      fragmentHeader(in: bytes)
      return (.stop, false)
    default:
      return (.stop, false)
    }
  }

  private mutating func readPorts(in bytes: Span<UInt8>) {
    headers?.sourcePort = 0
    headers?.destinationPort = 0
    guard let position = IPProtocol.portsOffset(headers?.ipProtocol ?? 0),
      has(4, at: offset + position, in: bytes, orElse: .ports)
    else { return }
    headers?.sourcePort = bytes.number16(at: offset + position)
    headers?.destinationPort = bytes.number16(at: offset + position + 2)
  }

  /// An IPv6 extension header that names its successor and its length in units of eight bytes beyond the first.
  private mutating func extensionHeader(in bytes: Span<UInt8>) -> Next {
    guard has(2, at: offset, in: bytes) else { return .stop }
    let next = bytes.byte(at: offset)
    offset += (Int(bytes.byte(at: offset + 1)) + 1) * 8
    headers?.ipProtocol = next
    return .furtherTransport(next)
  }

  private mutating func fragmentHeader(in bytes: Span<UInt8>) {
    guard has(8, at: offset, in: bytes, orElse: [.outerProtocol, .innerHeader]) else { return }
    headers?.ipProtocol = bytes.byte(at: offset)
    headers?.isFragment = true
    offset += 8
  }

  /// GRE version 0 without source routing, or PPTP's version 1; anything else is no tunnel to the dissector.
  private mutating func greHeader(in bytes: Span<UInt8>) -> (next: Next, isTunnel: Bool) {
    let stop: (Next, Bool) = (.stop, false)
    guard has(4, at: offset, in: bytes, orElse: .inner) else { return stop }
    let flags = bytes.number16(at: offset)
    var carried = bytes.number16(at: offset + 2)
    let (hasChecksum, hasRouting, hasKey) = (flags & 0x8000 != 0, flags & 0x4000 != 0, flags & 0x2000 != 0)
    let (hasSequence, hasAcknowledgement) = (flags & 0x1000 != 0, flags & 0x0080 != 0)
    let version = flags & 0x0007
    guard !hasRouting, version <= 1 else { return stop }
    guard version == 0 || (carried == EtherType.ppp && hasKey) else { return stop }

    var position = offset + 4
    if hasChecksum { position += 4 }
    if hasKey {
      guard has(4, at: position, in: bytes, orElse: .inner) else { return stop }
      position += 4
    }
    if hasSequence { position += 4 }
    if version == 1 {
      if hasAcknowledgement { position += 4 }
      // Address and control byte, then the PPP protocol.
      guard has(4, at: position, in: bytes, orElse: .inner) else { return stop }
      carried = Self.etherType(ofPPP: bytes.number16(at: position + 2)) ?? carried
      position += 4
    } else if carried == EtherType.transparentBridging {
      guard has(14, at: position, in: bytes, orElse: .inner) else { return stop }
      carried = bytes.number16(at: position + 12)
      position += 14
    }
    offset = position
    return (.network(carried), true)
  }
}
