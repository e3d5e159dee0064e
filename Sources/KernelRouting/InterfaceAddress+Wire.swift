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

  /// Writes the payload of a request that adds or deletes the address.
  ///
  /// Of the flags only those that a user may set are written.
  func encode(into writer: inout AttributeWriter) {
    let flags = flags & Self.settableFlags
    writer.append(
      header: [address.family.kernelValue, prefixLength, UInt8(truncatingIfNeeded: flags), scope]
        + AttributeWriter.bytes(of: interface))
    writer.append(IFA_LOCAL, bytes: address.networkBytes)
    if flags > 0xff { writer.append(IFA_FLAGS, flags) }
    writer.append(IFA_ADDRESS, bytes: (peer ?? address).networkBytes)
  }

  /// IFA_F_NODAD, OPTIMISTIC, HOMEADDRESS, MANAGETEMPADDR, NOPREFIXROUTE and MCAUTOJOIN.
  private static let settableFlags: UInt32 = 0x02 | 0x04 | 0x10 | 0x100 | 0x200 | 0x400
}
