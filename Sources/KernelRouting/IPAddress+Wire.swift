internal import Netlink
internal import Routing

extension IPAddress {
  /// An address of a family from its 4 or 16 bytes in network order.
  init(_ bytes: RawSpan, family: AddressFamily) throws(WireError) {
    guard bytes.byteCount == Int(family.addressLength) / 8 else { throw .addressLength(bytes.byteCount) }
    switch family {
    case .ipv4: self.init(ipv4: try bytes.bigEndianUInt32())
    case .ipv6: self.init(ipv6High: try bytes.bigEndianUInt64(), low: try bytes.bigEndianUInt64(at: 8))
    }
  }

  /// An address whose family its length tells.
  init(anyFamily bytes: RawSpan) throws(WireError) {
    try self.init(bytes, family: bytes.byteCount == 4 ? .ipv4 : .ipv6)
  }

  /// The value of RTA_VIA: a family in the byte order of the machine, then the address; nil for a family that
  /// is not routed here.
  init?(via bytes: RawSpan) throws(WireError) {
    let number = try bytes.uint16()
    guard let family = AddressFamily(kernelValue: UInt8(truncatingIfNeeded: number)), number < 256 else { return nil }
    try self.init(bytes.extracting(droppingFirst: 2), family: family)
  }

  /// The value of RTA_VIA.
  var viaBytes: [UInt8] { AttributeWriter.bytes(of: UInt16(family.kernelValue)) + networkBytes }
}
