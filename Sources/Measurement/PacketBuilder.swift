import MultipathHash
import Routing

/// Makes packets that show given headers to the flow dissector.
enum PacketBuilder {
  /// Bytes that an Ethernet frame carries.
  static let largestPacket = 1500

  private static let timeToLive: UInt8 = 64
  private static let noNextHeader: UInt8 = 59

  /// A packet with these headers, and with an inner packet where the protocol is that of a tunnel.
  static func packet(_ headers: PacketHeaders, inner: PacketHeaders?) -> [UInt8] {
    network(headers, payload: payload(headers, inner: inner))
  }

  private static func network(_ headers: PacketHeaders, payload: [UInt8]) -> [UInt8] {
    switch headers.family {
    case .ipv4:
      var header: [UInt8] = [0x45, 0] + bytes(UInt16(truncatingIfNeeded: 20 + payload.count))
      header += [0, 0, 0x40, 0, timeToLive, headers.ipProtocol, 0, 0]
      header += headers.source.networkBytes + headers.destination.networkBytes
      let sum = checksum(header)
      header[10] = UInt8(truncatingIfNeeded: sum >> 8)
      header[11] = UInt8(truncatingIfNeeded: sum)
      return header + payload
    case .ipv6:
      let label = headers.flowLabel & 0xf_ffff
      var header: [UInt8] = [0x60, UInt8(truncatingIfNeeded: label >> 16)]
      header += bytes(UInt16(truncatingIfNeeded: label)) + bytes(UInt16(truncatingIfNeeded: payload.count))
      header += [headers.ipProtocol, timeToLive]
      return header + headers.source.networkBytes + headers.destination.networkBytes + payload
    }
  }

  private static func payload(_ headers: PacketHeaders, inner: PacketHeaders?) -> [UInt8] {
    if let offset = IPProtocol.portsOffset(headers.ipProtocol) {
      return [UInt8](repeating: 0, count: offset) + bytes(headers.sourcePort) + bytes(headers.destinationPort)
        + [UInt8](repeating: 0, count: 20)
    }
    switch headers.ipProtocol {
    case IPProtocol.icmp: return [8] + [UInt8](repeating: 0, count: 7)
    case IPProtocol.icmpv6: return [128] + [UInt8](repeating: 0, count: 7)
    case IPProtocol.fragment where headers.family == .ipv6: return [noNextHeader, 0, 0, 1, 0, 0, 0, 0]
    // One option, PadN, fills an extension header; as a routing header it is one without segments left.
    case IPProtocol.hopByHop where headers.family == .ipv6,
      IPProtocol.destinationOptions where headers.family == .ipv6:
      return [noNextHeader, 0, 1, 4, 0, 0, 0, 0]
    case IPProtocol.routing where headers.family == .ipv6: return [noNextHeader, 0, 4, 0, 0, 0, 0, 0]
    case IPProtocol.ipv4, IPProtocol.ipv6: return inner.map { tunnelled($0) } ?? []
    case IPProtocol.gre:
      guard let inner else { return [0, 0, 0x08, 0] }
      return [0, 0] + bytes(inner.family == .ipv4 ? EtherType.ipv4 : EtherType.ipv6) + tunnelled(inner)
    default: return [UInt8](repeating: 0, count: 8)
    }
  }

  private static func tunnelled(_ headers: PacketHeaders) -> [UInt8] {
    network(headers, payload: payload(headers, inner: nil))
  }

  private static func bytes(_ value: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }

  /// The packet with another TTL or hop limit.
  static func packet(_ packet: [UInt8], timeToLive: UInt8) -> [UInt8] {
    var packet = packet
    if packet[0] >> 4 == 6 {
      packet[7] = timeToLive
      return packet
    }
    packet[8] = timeToLive
    (packet[10], packet[11]) = (0, 0)
    let sum = checksum(Array(packet.prefix(Int(packet[0] & 0xf) * 4)))
    packet[10] = UInt8(truncatingIfNeeded: sum >> 8)
    packet[11] = UInt8(truncatingIfNeeded: sum)
    return packet
  }

  /// The Internet checksum (RFC 1071) of a header whose own field is 0.
  private static func checksum(_ header: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: header.count - 1, by: 2) {
      sum += UInt32(header[index]) << 8 | UInt32(header[index + 1])
    }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
