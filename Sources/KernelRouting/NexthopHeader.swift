internal import Netlink

/// `struct nhmsg`, the header of messages about nexthops and buckets.
struct NexthopHeader {
  static let size = 8

  var family: UInt8 = 0
  var scope: UInt8 = 0
  var `protocol`: UInt8 = 0
  var flags: UInt32 = 0

  init(family: UInt8 = 0, protocol: UInt8 = 0, flags: UInt32 = 0) {
    self.family = family
    self.protocol = `protocol`
    self.flags = flags
  }

  init(wire: RawSpan) throws(WireError) {
    guard wire.byteCount >= Self.size else { throw .truncated(needed: Self.size, available: wire.byteCount) }
    family = try wire.uint8(at: 0)
    scope = try wire.uint8(at: 1)
    `protocol` = try wire.uint8(at: 2)
    flags = try wire.uint32(at: 4)
  }

  /// The header of a request, in which scope and the reserved byte must be 0.
  var bytes: [UInt8] { [family, 0, `protocol`, 0] + AttributeWriter.bytes(of: flags) }
}
