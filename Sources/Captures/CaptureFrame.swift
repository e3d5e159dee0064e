package import MultipathHash
package import Routing

/// One frame of a capture.
package struct CaptureFrame: Hashable, Sendable {
  package var linkType: LinkType
  /// What was captured of it.
  package var bytes: [UInt8]
  /// Its bytes on the wire.
  package var originalLength: Int
  /// When it was captured, in nanoseconds since 1970.
  package var time: Int64

  package init(linkType: LinkType, bytes: [UInt8], originalLength: Int, time: Int64 = 0) {
    self.linkType = linkType
    self.bytes = bytes
    self.originalLength = originalLength
    self.time = time
  }

  /// The packet that it carries, as the kernel takes it apart.
  package func dissect() throws(PacketFault) -> DissectedPacket {
    try PacketDissector.dissect(frame: bytes.span, linkType: linkType, originalLength: originalLength)
  }

  /// The family of the packet that it carries, by its version, also of one that can not be taken apart; nil where there is
  /// none.
  package var family: AddressFamily? { Self.family(bytes.span, linkType) }

  static func family(_ frame: Span<UInt8>, _ linkType: LinkType) -> AddressFamily? {
    guard let offset = try? PacketDissector.networkOffset(frame: frame, linkType: linkType), offset < frame.count else {
      return nil
    }
    return frame[offset] >> 4 == 4 ? .ipv4 : frame[offset] >> 4 == 6 ? .ipv6 : nil
  }

  /// The packet that it carries, from the network header to the end of the frame; nil where there is none, or where the
  /// capture cut it.
  package var packetBytes: [UInt8]? {
    guard originalLength <= bytes.count,
      let offset = try? PacketDissector.networkOffset(frame: bytes.span, linkType: linkType), offset < bytes.count
    else { return nil }
    return Array(bytes[offset...])
  }
}
