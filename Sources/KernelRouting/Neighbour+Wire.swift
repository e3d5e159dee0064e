internal import Netlink
internal import Routing

extension Neighbour {
  /// `struct ndmsg`.
  static let headerSize = 12

  /// Reads the payload of an RTM_NEWNEIGH message; nil for bridge entries and for entries without an address.
  init?(wire: RawSpan) throws(WireError) {
    guard wire.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: wire.byteCount)
    }
    guard let family = AddressFamily(kernelValue: try wire.uint8(at: 0)) else { return nil }
    var address: IPAddress?
    var linkLayerAddress: [UInt8] = []
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case NDA_DST: address = try IPAddress(value, family: family)
      case NDA_LLADDR: linkLayerAddress = value.bytes()
      default: break
      }
    }
    guard let address else { return nil }
    self.init(
      address: address, interface: try wire.uint32(at: 4), state: State(rawValue: try wire.uint16(at: 8)),
      linkLayerAddress: linkLayerAddress)
  }

  /// Writes the payload of a request that adds, replaces or deletes the entry.
  ///
  /// - Parameter flags: `NTF_*`.
  func encode(into writer: inout AttributeWriter, flags: UInt8 = 0) {
    writer.append(
      header: [address.family.kernelValue, 0, 0, 0] + AttributeWriter.bytes(of: interface)
        + AttributeWriter.bytes(of: state.rawValue) + [flags, 0])
    writer.append(NDA_DST, bytes: address.networkBytes)
    if !linkLayerAddress.isEmpty { writer.append(NDA_LLADDR, bytes: linkLayerAddress) }
  }
}
