internal import Netlink
internal import Routing

extension InterfaceAddress {
  /// `struct ifaddrmsg`.
  static let headerSize = 8

  /// Reads the payload of an RTM_NEWADDR message; nil for families that are not routed here.
  init?(wire: RawSpan) throws(WireError) {
    guard wire.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: wire.byteCount)
    }
    guard let family = AddressFamily(kernelValue: try wire.uint8(at: 0)) else { return nil }
    // The header holds the low byte of the flags; IFA_FLAGS holds them all.
    var flags = UInt32(try wire.uint8(at: 2))
    var address: IPAddress?
    var local: IPAddress?
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case IFA_ADDRESS: address = try IPAddress(value, family: family)
      case IFA_LOCAL: local = try IPAddress(value, family: family)
      case IFA_FLAGS: flags = try value.uint32()
      default: break
      }
    }
    guard let own = local ?? address else { return nil }
    self.init(
      interface: try wire.uint32(at: 4), address: own, peer: address == own ? nil : address,
      prefixLength: try wire.uint8(at: 1), scope: try wire.uint8(at: 3), flags: flags)
  }
}
