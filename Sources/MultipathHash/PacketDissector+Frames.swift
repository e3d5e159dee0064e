import Routing

extension PacketDissector {
  static let ethernetHeader = 14
  private static let cookedHeader = 16
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
    switch linkType {
    case .ethernet: return try dissectEthernet(frame, original)
    case .ip: return try dissect(frame, originalLength: original)
    case .ipv4: return try dissect(frame, etherType: EtherType.ipv4, originalLength: original)
    case .ipv6: return try dissect(frame, etherType: EtherType.ipv6, originalLength: original)
    case .cooked, .cooked2: return try dissectCooked(frame, original, linkType)
    case .null, .loop: return try dissectLoopback(frame, original)
    }
  }

  private static func dissectEthernet(
    _ frame: Span<UInt8>, _ original: Int
  ) throws(PacketFault) -> DissectedPacket {
    var packet = try dissect(frame, behind: ethernetHeader, etherType: frame.number16(at: 12), original)
    // The group bit of the destination: broadcast, or multicast.
    packet.facts?.isLinkBroadcast = frame.byte(at: 0) & 1 != 0
    return packet
  }

  private static func dissectCooked(
    _ frame: Span<UInt8>, _ original: Int, _ linkType: LinkType
  ) throws(PacketFault) -> DissectedPacket {
    let isOld = linkType == .cooked
    let size = isOld ? cookedHeader : cooked2Header
    let packetType = isOld ? frame.byte(at: 1) : frame.byte(at: 10)
    let hardware = frame.number16(at: isOld ? 2 : 8)
    let etherType = frame.number16(at: isOld ? 14 : 0)
    // Netlink messages have a netlink family where others have an Ethernet protocol.
    let netlink: UInt16 = 824
    if frame.holds(size, at: 0), hardware == netlink { throw .notIP("netlink") }
    var packet = try dissect(frame, behind: size, etherType: etherType, original)
    // PACKET_BROADCAST and PACKET_MULTICAST.
    packet.facts?.isLinkBroadcast = packetType == 1 || packetType == 2
    return packet
  }

  /// A header of four bytes with an address family: of whichever BSD, and of either byte order.
  private static func dissectLoopback(
    _ frame: Span<UInt8>, _ original: Int
  ) throws(PacketFault) -> DissectedPacket {
    let number = frame.number32(at: 0)
    let family = number > 0xffff ? number.byteSwapped : number
    switch family {
    case 2: return try dissect(frame, behind: familyHeader, etherType: EtherType.ipv4, original)
    // AF_INET6 of Linux; of NetBSD, OpenBSD and BSD/OS; of FreeBSD and DragonFly; of Darwin.
    case 10, 24, 28, 30: return try dissect(frame, behind: familyHeader, etherType: EtherType.ipv6, original)
    default:
      guard frame.holds(familyHeader, at: 0) else { throw tooShort(familyHeader, original) }
      throw .notIP("address family \(family)")
    }
  }

  private static func dissect(
    _ frame: Span<UInt8>, behind size: Int, etherType: UInt16, _ original: Int
  ) throws(PacketFault) -> DissectedPacket {
    guard frame.holds(size, at: 0) else { throw tooShort(size, original) }
    return try dissect(
      frame.extracting(size..<frame.count), etherType: etherType, originalLength: original - size)
  }

  private static func tooShort(_ size: Int, _ original: Int) -> PacketFault {
    original >= size ? .captureCut : .shortFrame
  }
}
