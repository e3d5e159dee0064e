internal import Netlink
internal import Routing

extension ConnectedSocket {
  /// `struct inet_diag_msg`.
  static let headerSize = 72

  /// Reads the payload of a SOCK_DIAG_BY_FAMILY message; nil for families that are not routed here, and for a socket
  /// that is connected to nothing.
  ///
  /// Ports and addresses are in network order, the rest is in the byte order of the machine.
  ///
  /// - Parameter ipProtocol: the one asked for, which the answer does not repeat.
  init?(wire: RawSpan, ipProtocol: UInt8) throws(WireError) {
    guard wire.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: wire.byteCount)
    }
    guard let family = AddressFamily(kernelValue: try wire.uint8(at: 0)) else { return nil }
    var source = try IPAddress(socket: wire, at: 8, family: family)
    var destination = try IPAddress(socket: wire, at: 24, family: family)
    let isMapped = destination.isIPv4Mapped
    if isMapped {
      source = source.isIPv4Mapped ? IPAddress(ipv4: source.ipv4Value) : .unspecified(.ipv4)
      destination = IPAddress(ipv4: destination.ipv4Value)
    }
    let destinationPort = try wire.bigEndianUInt16(at: 6)
    guard !destination.isUnspecified, destinationPort != 0 else { return nil }
    // The owner of a socket that has no inode is told as 0.
    let hasOwner = try wire.uint32(at: 68) != 0

    let serviceAttribute = family == .ipv6 && !isMapped ? INET_DIAG_TCLASS : INET_DIAG_TOS
    var tos: UInt8 = 0
    var mark: UInt32?
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case serviceAttribute: tos = try value.uint8()
      case INET_DIAG_MARK: mark = try value.uint32()
      default: break
      }
    }
    self.init(
      source: source, destination: destination, ipProtocol: ipProtocol, sourcePort: try wire.bigEndianUInt16(at: 4),
      destinationPort: destinationPort, interface: try wire.uint32(at: 40), state: try wire.uint8(at: 1),
      userID: hasOwner ? try wire.uint32(at: 64) : nil, mark: mark, tos: tos)
  }

  /// The payload of a request for the sockets of a family and a protocol (`struct inet_diag_req_v2`).
  ///
  /// - Parameter states: a bit for each TCP_* number.
  static func request(family: AddressFamily, ipProtocol: UInt8, states: UInt32) -> AttributeWriter {
    // Each attribute beyond the fixed ones is asked for by the bit below its number.
    let attributes: UInt8 = 1 << UInt8(INET_DIAG_TOS - 1) | 1 << UInt8(INET_DIAG_TCLASS - 1)
    let identity = [UInt8](repeating: 0, count: 48)
    var request = AttributeWriter()
    request.append(
      header: [family.kernelValue, ipProtocol, attributes, 0] + AttributeWriter.bytes(of: states) + identity)
    return request
  }
}

extension IPAddress {
  /// An address in the 16 bytes that `struct inet_diag_sockid` has for one.
  fileprivate init(socket wire: RawSpan, at offset: Int, family: AddressFamily) throws(WireError) {
    switch family {
    case .ipv4: self.init(ipv4: try wire.bigEndianUInt32(at: offset))
    case .ipv6:
      self.init(ipv6High: try wire.bigEndianUInt64(at: offset), low: try wire.bigEndianUInt64(at: offset + 8))
    }
  }

  /// ::ffff:0:0/96.
  fileprivate var isIPv4Mapped: Bool { family == .ipv6 && high == 0 && low >> 32 == 0xffff }
}
