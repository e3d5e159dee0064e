package import Routing

/// Reads the frames that nearly all of a capture are: TCP and UDP in IP without options, fragments or tunnels, whole
/// and on their way. Everything else is left to `PacketDissector`.
///
/// A decision about such a packet is that about its flow.
package struct PlainFrames: Sendable {
  private let linkType: LinkType
  private let interface: UInt32
  private let bringsNoHash: Bool
  private let mark: UInt32
  /// Packets of IPv4 that may not be fragmented are no longer than this, in bytes.
  private let longest4: Int
  /// The smallest MTU of IPv6.
  private static let longest6 = 1280

  /// - Parameters:
  ///   - arrival: how frames arrive: ingress interface, mark, and what is known of a layer-4 hash.
  ///   - longest: the smallest MTU that an IPv4 packet may meet.
  /// - Returns: nil where no frame is plain.
  package init?(_ linkType: LinkType, arrival: Flow, longest: Int) {
    switch arrival.layer4Hash {
    case .unknown: bringsNoHash = false
    case .absent: bringsNoHash = true
    case .value: return nil
    }
    switch linkType {
    case .ethernet, .ip, .ipv4, .ipv6: self.linkType = linkType
    case .cooked, .cooked2, .null, .loop: return nil
    }
    interface = arrival.inputInterface
    mark = arrival.mark
    longest4 = longest
  }

  /// Adds the flow of a frame.
  ///
  /// - Parameters:
  ///   - frame: what the capture has of it.
  ///   - originalLength: its bytes on the wire, which become the weight.
  ///   - flows: has room for it.
  /// - Returns: false for a frame that is no plain one.
  package func append(_ frame: Span<UInt8>, originalLength: Int, to flows: inout FlowColumns) -> Bool {
    let start: Int
    switch linkType {
    case .ethernet:
      guard frame.count >= 14, frame[0] & 1 == 0 else { return false }
      switch frame.number16(at: 12) {
      case EtherType.ipv4: return append4(frame, 14, originalLength, &flows)
      case EtherType.ipv6: return append6(frame, 14, originalLength, &flows)
      case EtherType.vlan:
        switch frame.number16(at: 16) {
        case EtherType.ipv4: return append4(frame, 18, originalLength, &flows)
        case EtherType.ipv6: return append6(frame, 18, originalLength, &flows)
        default: return false
        }
      default: return false
      }
    case .ipv4: return append4(frame, 0, originalLength, &flows)
    case .ipv6: return append6(frame, 0, originalLength, &flows)
    default: start = 0
    }
    return frame.byte(at: start) >> 4 == 4
      ? append4(frame, start, originalLength, &flows) : append6(frame, start, originalLength, &flows)
  }

  private func append4(
    _ frame: Span<UInt8>, _ start: Int, _ originalLength: Int, _ flows: inout FlowColumns
  ) -> Bool {
    guard frame.count - start >= HeaderSize.ipv4 + 4 else { return false }
    let packet = frame.extracting(droppingFirst: start)
    let length = Int(packet.number16(at: 2))
    let ipProtocol = packet[9]
    let fragment = packet.number16(at: 6)
    guard packet[0] == 0x45, length >= HeaderSize.ipv4 + 4, length <= max(originalLength, frame.count) - start,
      fragment & 0x3fff == 0, length <= longest4 || fragment & 0x4000 == 0, packet[8] > 1,
      ipProtocol == IPProtocol.tcp || ipProtocol == IPProtocol.udp
    else { return false }
    var sum: UInt32 = 0
    for word in 0..<10 { sum &+= UInt32(packet.number16(at: word &* 2)) }
    guard sum % 0xffff == 0 else { return false }
    let (source, destination) = (packet.number16(at: 20), packet.number16(at: 22))
    guard source != 0, destination != 0 else { return false }
    let kind = FlowKind(
      isIPv6: false, ipProtocol: ipProtocol, tos: packet[1], interface: interface, bringsNoHash: bringsNoHash)
    flows.append4(
      kind, source: packet.number32(at: 12), destination: packet.number32(at: 16),
      ports: UInt32(source) | UInt32(destination) << 16, mark: mark, weight: UInt64(originalLength))
    return true
  }

  private func append6(
    _ frame: Span<UInt8>, _ start: Int, _ originalLength: Int, _ flows: inout FlowColumns
  ) -> Bool {
    guard frame.count - start >= HeaderSize.ipv6 + 4 else { return false }
    let packet = frame.extracting(droppingFirst: start)
    let length = Int(packet.number16(at: 4)) + HeaderSize.ipv6
    let ipProtocol = packet[6]
    guard packet[0] >> 4 == 6, length >= HeaderSize.ipv6 + 4, length <= max(originalLength, frame.count) - start,
      length <= Self.longest6, packet[7] > 1, ipProtocol == IPProtocol.tcp || ipProtocol == IPProtocol.udp
    else { return false }
    let (source, destination) = (packet.number16(at: 40), packet.number16(at: 42))
    guard source != 0, destination != 0 else { return false }
    let first = packet.number32(at: 0)
    let kind = FlowKind(
      isIPv6: true, ipProtocol: ipProtocol, tos: UInt8(truncatingIfNeeded: first >> 20), interface: interface,
      bringsNoHash: bringsNoHash)
    let header = FlowColumns.Header6(
      sourceHigh: packet.number64(at: 8), sourceLow: packet.number64(at: 16), destinationHigh: packet.number64(at: 24),
      destinationLow: packet.number64(at: 32), flowLabel: first & 0xf_ffff)
    flows.append6(
      kind, header, ports: UInt32(source) | UInt32(destination) << 16, mark: mark, weight: UInt64(originalLength))
    return true
  }
}
