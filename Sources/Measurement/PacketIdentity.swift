/// What of an IP packet a router leaves alone: by this it is known again at the egress.
///
/// The hop limit and the checksum change on the way, and so may the IPv4 options. What follows the packet in its frame is
/// cut off.
package struct PacketIdentity: Hashable {
  private let bytes: [UInt8]

  package init(packet: ArraySlice<UInt8>) {
    var bytes = Array(packet)
    if bytes.count >= 20, bytes[0] >> 4 == 4 {
      let length = Int(bytes[2]) << 8 | Int(bytes[3])
      if length >= 20, length < bytes.count { bytes.removeLast(bytes.count - length) }
      (bytes[8], bytes[10], bytes[11]) = (0, 0, 0)
      let headerLength = Int(bytes[0] & 0xf) * 4
      if headerLength > 20, headerLength <= bytes.count { bytes.removeSubrange(20..<headerLength) }
    } else if bytes.count >= 40, bytes[0] >> 4 == 6 {
      let length = 40 + Int(bytes[4]) << 8 + Int(bytes[5])
      // Only a jumbogram may say 0 and carry more (RFC 2675).
      if length > 40 || bytes[6] != 0, length < bytes.count { bytes.removeLast(bytes.count - length) }
      bytes[7] = 0
    }
    self.bytes = bytes
  }
}
