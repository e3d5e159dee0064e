import MultipathHash
import Routing

/// The ICMP error that a router sends towards a server, when a reply of the server does not fit through its link.
enum TooBigPacket {
  private static let timeToLive: UInt8 = 64
  private static let nextMTU: UInt16 = 1400
  private static let quotedLength: UInt16 = 1500

  /// "Fragmentation needed" or "packet too big" about the reply to a flow, as it arrives here on its way to the server.
  ///
  /// The router is the first address of the client's /24 or /120, or the last but one where that is the client.
  static func packet(aboutReplyTo flow: Flow) -> [UInt8] {
    let router = router(near: flow.source)
    let ports = bytes(flow.destinationPort) + bytes(flow.sourcePort) + [0, 0, 0, 0]
    switch flow.family {
    case .ipv4:
      let quoted =
        ipv4(
          from: flow.destination, to: flow.source, flow.ipProtocol, length: quotedLength) + ports
      let message = [3, 4, 0, 0, 0, 0] + bytes(nextMTU) + quoted
      let length = UInt16(truncatingIfNeeded: 20 + message.count)
      return ipv4(from: router, to: flow.destination, IPProtocol.icmp, length: length) + message
    case .ipv6:
      // The reply carries the flow's label where the server reflects labels, or neither side sets one.
      let quoted =
        ipv6(from: flow.destination, to: flow.source, flow.ipProtocol, length: quotedLength - 40, label: flow.flowLabel)
        + ports
      let message = [2, 0, 0, 0, 0, 0] + bytes(nextMTU) + quoted
      let length = UInt16(truncatingIfNeeded: message.count)
      return ipv6(from: router, to: flow.destination, IPProtocol.icmpv6, length: length, label: 0) + message
    }
  }

  private static func router(near client: IPAddress) -> IPAddress {
    let network = client.masked(to: client.family.addressLength - 8)
    func host(_ number: UInt64) -> IPAddress {
      switch client.family {
      case .ipv4: IPAddress(ipv4: network.ipv4Value | UInt32(truncatingIfNeeded: number))
      case .ipv6: IPAddress(ipv6High: network.high, low: network.low | number)
      }
    }
    return host(1) == client ? host(254) : host(1)
  }

  private static func ipv4(
    from source: IPAddress, to destination: IPAddress, _ ipProtocol: UInt8, length: UInt16
  ) -> [UInt8] {
    var header: [UInt8] = [0x45, 0] + bytes(length) + [0, 0, 0x40, 0, timeToLive, ipProtocol, 0, 0]
    header += source.networkBytes + destination.networkBytes
    var sum: UInt32 = 0
    for offset in stride(from: 0, to: header.count, by: 2) {
      sum += UInt32(header[offset]) << 8 | UInt32(header[offset + 1])
    }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    let checksum = bytes(~UInt16(truncatingIfNeeded: sum))
    (header[10], header[11]) = (checksum[0], checksum[1])
    return header
  }

  private static func ipv6(
    from source: IPAddress, to destination: IPAddress, _ nextHeader: UInt8, length: UInt16, label: UInt32
  ) -> [UInt8] {
    var header: [UInt8] = [0x60, UInt8(truncatingIfNeeded: label >> 16 & 0xf)]
    header += bytes(UInt16(truncatingIfNeeded: label)) + bytes(length) + [nextHeader, timeToLive]
    return header + source.networkBytes + destination.networkBytes
  }

  private static func bytes(_ value: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }
}
