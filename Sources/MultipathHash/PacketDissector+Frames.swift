import Routing

extension PacketDissector {
  static let ethernetHeader = 14
  private static let oldCookedHeader = 16
  private static let cooked2Header = 20
  private static let familyHeader = 4

  /// Takes a whole frame apart.
  ///
  /// A unicast link-layer address is taken for the router's own: it is not known which one that is.
  ///
  /// - Parameters:
  ///   - frame: what the capture has of it.
  ///   - originalLength: its bytes on the wire.
  package static func dissect(
    frame: Span<UInt8>, linkType: LinkType, originalLength: Int
  ) throws(PacketFault) -> DissectedPacket {
    let original = max(originalLength, frame.count)
    guard linkType != .ip else { return try dissect(frame, originalLength: original) }
    let header = try linkHeader(frame, original, linkType)
    var packet = try dissect(
      frame.extracting(header.size..<frame.count), etherType: header.etherType, originalLength: original - header.size)
    if header.isBroadcast { packet.facts?.isLinkBroadcast = true }
    return packet
  }

  /// Where the IP header starts in a whole frame.
  package static func networkOffset(frame: Span<UInt8>, linkType: LinkType) throws(PacketFault) -> Int {
    guard linkType != .ip else { return 0 }
    let header = try linkHeader(frame, frame.count, linkType)
    let payload = frame.extracting(header.size..<frame.count)
    return try header.size + networkHeader(payload, etherType: header.etherType, originalLength: payload.count).offset
  }

  /// What stands before the packet in a frame.
  private struct LinkHeader {
    /// Bytes; not above those of the frame.
    var size: Int
    /// What follows it.
    var etherType: UInt16
    /// Whether the frame is for all, or for a group.
    var isBroadcast = false
  }

  private static func linkHeader(
    _ frame: Span<UInt8>, _ original: Int, _ linkType: LinkType
  ) throws(PacketFault) -> LinkHeader {
    let header: LinkHeader
    switch linkType {
    case .ethernet:
      // The group bit of the destination: broadcast, or multicast.
      header = LinkHeader(
        size: ethernetHeader, etherType: frame.number16(at: 12), isBroadcast: frame.byte(at: 0) & 1 != 0)
    case .ip, .ipv4: header = LinkHeader(size: 0, etherType: EtherType.ipv4)
    case .ipv6: header = LinkHeader(size: 0, etherType: EtherType.ipv6)
    case .cooked, .cooked2: header = try cookedHeader(frame, linkType)
    case .null, .loop: header = try loopbackHeader(frame, original)
    }
    guard frame.holds(header.size, at: 0) else { throw original >= header.size ? .captureCut : .shortFrame }
    return header
  }

  private static func cookedHeader(_ frame: Span<UInt8>, _ linkType: LinkType) throws(PacketFault) -> LinkHeader {
    let isOld = linkType == .cooked
    let size = isOld ? oldCookedHeader : cooked2Header
    let packetType = isOld ? frame.byte(at: 1) : frame.byte(at: 10)
    let hardware = frame.number16(at: isOld ? 2 : 8)
    // Netlink messages have a netlink family where others have an Ethernet protocol.
    let netlink: UInt16 = 824
    if frame.holds(size, at: 0), hardware == netlink { throw .notIP("netlink") }
    // PACKET_BROADCAST and PACKET_MULTICAST.
    return LinkHeader(
      size: size, etherType: frame.number16(at: isOld ? 14 : 0), isBroadcast: packetType == 1 || packetType == 2)
  }

  /// A header of four bytes with an address family: of whichever BSD, and of either byte order.
  private static func loopbackHeader(_ frame: Span<UInt8>, _ original: Int) throws(PacketFault) -> LinkHeader {
    let number = frame.number32(at: 0)
    let family = number > 0xffff ? number.byteSwapped : number
    switch family {
    case 2: return LinkHeader(size: familyHeader, etherType: EtherType.ipv4)
    // AF_INET6 of Linux; of NetBSD, OpenBSD and BSD/OS; of FreeBSD and DragonFly; of Darwin.
    case 10, 24, 28, 30: return LinkHeader(size: familyHeader, etherType: EtherType.ipv6)
    default:
      guard frame.holds(familyHeader, at: 0) else { throw original >= familyHeader ? .captureCut : .shortFrame }
      throw .notIP("address family \(family)")
    }
  }
}
