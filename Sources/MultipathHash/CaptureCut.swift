import Routing

/// What a packet holds on the wire and a capture of it does not, as far as anybody asks for it.
package struct CaptureCut: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Options, which may make the kernel drop the packet.
  package static let options = CaptureCut(rawValue: 1 << 0)
  /// Whether the packet is an ICMP error, or the header that it quotes.
  package static let quoted = CaptureCut(rawValue: 1 << 1)
  /// The protocol behind the extension headers of the outer header.
  package static let outerProtocol = CaptureCut(rawValue: 1 << 2)
  package static let outerPorts = CaptureCut(rawValue: 1 << 3)
  /// Addresses or protocol of the innermost header, or whether there is one.
  package static let innerHeader = CaptureCut(rawValue: 1 << 4)
  package static let innerPorts = CaptureCut(rawValue: 1 << 5)

  /// Everything behind a header that is missing, which stands outside of any tunnel.
  static let outerHeader: CaptureCut = [.outerProtocol, .outerPorts, .innerHeader, .innerPorts]
  /// Ports that are missing outside of any tunnel: they are those of the innermost header, too.
  static let ports: CaptureCut = [.outerPorts, .innerPorts]
  static let inner: CaptureCut = [.innerHeader, .innerPorts]
}

extension MultipathHasher {
  /// Whether the hash of the packet depends on bytes that its capture lacks.
  package func misses(_ packet: DissectedPacket) -> Bool {
    guard !packet.cut.isEmpty else { return false }
    switch policy {
    case .layer3:
      if packet.cut.contains(.quoted) { return true }
      // Only these packets are taken apart further before the lookup.
      return family == .ipv6 && hasPortRules && packet.quoted == nil && packet.cut.contains(.outerProtocol)
    case .layer4:
      return packet.layer4Hash == nil && !packet.cut.isDisjoint(with: [.outerProtocol, .outerPorts])
    case .layer3Inner:
      return packet.cut.contains(.innerHeader)
    case .custom:
      return missesCustomFields(packet)
    }
  }

  private func missesCustomFields(_ packet: DissectedPacket) -> Bool {
    let outer = fields.intersection(.outerMask)
    if outer.contains(.ipProtocol), packet.cut.contains(.outerProtocol) { return true }
    if !outer.isDisjoint(with: [.sourcePort, .destinationPort]), packet.cut.contains(.outerPorts) { return true }
    let inner = fields.innerAsOuter
    guard !inner.isEmpty else { return false }
    if packet.cut.contains(.innerHeader) { return true }
    return packet.innermost.isEncapsulated && packet.cut.contains(.innerPorts)
      && !inner.isDisjoint(with: [.sourcePort, .destinationPort])
  }
}
