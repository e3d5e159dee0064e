package import Routing

/// Packets built by hand.
package enum Packets {
  package static func bytes16(_ value: UInt16) -> [UInt8] {
    [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
  }

  /// - Parameters:
  ///   - fragment: flags and offset as they stand in the header.
  ///   - options: bytes, a multiple of four.
  package static func ipv4(
    _ source: IPAddress, _ destination: IPAddress, _ ipProtocol: UInt8, _ payload: [UInt8], fragment: UInt16 = 0,
    options: [UInt8] = [], tos: UInt8 = 0
  ) -> [UInt8] {
    let headerLength = 20 + options.count
    let header: [UInt8] =
      [0x40 | UInt8(headerLength / 4), tos] + bytes16(UInt16(headerLength + payload.count)) + [0, 0]
      + bytes16(fragment) + [64, ipProtocol, 0, 0] + source.networkBytes + destination.networkBytes + options
    return withChecksum(header + payload)
  }

  /// The IPv4 packet with the checksum that its header should have.
  package static func withChecksum(_ packet: [UInt8]) -> [UInt8] {
    var packet = packet
    packet.replaceSubrange(10..<12, with: [0, 0])
    let words = stride(from: 0, to: Int(packet[0] & 0xf) * 4, by: 2).map {
      UInt32(packet[$0]) << 8 | UInt32(packet[$0 + 1])
    }
    var sum = words.reduce(0, +)
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    packet.replaceSubrange(10..<12, with: bytes16(~UInt16(sum)))
    return packet
  }

  package static func ipv6(
    _ source: IPAddress, _ destination: IPAddress, _ next: UInt8, _ payload: [UInt8], label: UInt32 = 0,
    trafficClass: UInt8 = 0
  ) -> [UInt8] {
    let first = 0x6000_0000 | UInt32(trafficClass) << 20 | label
    return bytes16(UInt16(first >> 16)) + bytes16(UInt16(truncatingIfNeeded: first))
      + bytes16(UInt16(payload.count)) + [next, 64] + source.networkBytes + destination.networkBytes + payload
  }

  /// A transport header whose ports stand where the protocol has them.
  package static func transport(_ ipProtocol: UInt8, _ sourcePort: UInt16, _ destinationPort: UInt16) -> [UInt8] {
    let ports = bytes16(sourcePort) + bytes16(destinationPort)
    let rest: [UInt8] = [0, 8, 0, 0, 0, 0, 0, 0]
    return switch ipProtocol {
    case 51: [17, 4, 0, 0] + ports + rest
    case 1: [8, 0, 0, 0] + ports
    case 58: [128, 0, 0, 0] + ports
    default: ports + rest
    }
  }

  package static func gre(_ carried: UInt16, _ payload: [UInt8], flags: UInt16 = 0, extra: [UInt8] = []) -> [UInt8] {
    bytes16(flags) + bytes16(carried) + extra + payload
  }

  package static func ethernet(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
    [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2] + bytes16(type) + payload
  }

  /// An IPv6 extension header of `length` bytes, a multiple of eight.
  package static func ipv6Extension(next: UInt8, length: Int = 8) -> [UInt8] {
    [next, UInt8(length / 8 - 1)] + [UInt8](repeating: 0, count: length - 2)
  }

  package static func ipv6Fragment(next: UInt8, offset: UInt16 = 0) -> [UInt8] {
    [next, 0] + bytes16(offset) + [0, 0, 0, 9]
  }

  package static func ip(
    _ source: IPAddress, _ destination: IPAddress, _ ipProtocol: UInt8, _ payload: [UInt8], label: UInt32 = 0,
    tos: UInt8 = 0
  ) -> [UInt8] {
    source.family == .ipv4
      ? ipv4(source, destination, ipProtocol, payload, tos: tos)
      : ipv6(source, destination, ipProtocol, payload, label: label, trafficClass: tos)
  }

  /// The packet that the flow describes.
  package static func packet(_ flow: Flow) -> [UInt8] {
    let payload: [UInt8]
    if let inner = flow.inner {
      let carried = ip(
        inner.source, inner.destination, inner.ipProtocol,
        transport(inner.ipProtocol, inner.sourcePort, inner.destinationPort), label: inner.flowLabel)
      let type: UInt16 = inner.source.family == .ipv4 ? 0x0800 : 0x86dd
      payload = flow.ipProtocol == 47 ? gre(type, carried) : carried
    } else {
      payload = transport(flow.ipProtocol, flow.sourcePort, flow.destinationPort)
    }
    return ip(flow.source, flow.destination, flow.ipProtocol, payload, label: flow.flowLabel, tos: flow.tos)
  }
}

/// The address that the text names; the tests write only valid ones.
package func address(_ text: String) -> IPAddress {
  IPAddress(text) ?? IPAddress.unspecified(.ipv4)
}
