internal import Netlink

/// The features of an interface that matter here (ETHTOOL_MSG_FEATURES_GET).
struct InterfaceFeatures {
  /// `struct genlmsghdr`.
  static let headerSize = 4

  var interface: UInt32
  /// `rx-hashing` is among the active ones.
  var hashesOnReceive: Bool

  /// Reads the payload of an answer; nil for one that names no interface or no features.
  init?(wire: RawSpan) throws(WireError) {
    guard wire.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: wire.byteCount)
    }
    var interface: UInt32?
    var hashes: Bool?
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case ETHTOOL_A_FEATURES_HEADER:
        var inner = AttributeCursor()
        while let attribute = try inner.next(in: value) {
          guard attribute.type == ETHTOOL_A_HEADER_DEV_INDEX else { continue }
          interface = try value.extracting(attribute.range).uint32()
        }
      case ETHTOOL_A_FEATURES_ACTIVE: hashes = try Self.names(value).contains("rx-hashing")
      default: break
      }
    }
    guard let interface, let hashes else { return nil }
    self.interface = interface
    hashesOnReceive = hashes
  }

  /// The names in a bitset that lists the bits that are set.
  private static func names(_ bitset: RawSpan) throws(WireError) -> Set<String> {
    var names: Set<String> = []
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: bitset) {
      guard attribute.type == ETHTOOL_A_BITSET_BITS else { continue }
      let bits = bitset.extracting(attribute.range)
      var inner = AttributeCursor()
      while let bit = try inner.next(in: bits) {
        let fields = bits.extracting(bit.range)
        var field = AttributeCursor()
        while let attribute = try field.next(in: fields) {
          if attribute.type == ETHTOOL_A_BITSET_BIT_NAME { names.insert(fields.extracting(attribute.range).text()) }
        }
      }
    }
    return names
  }
}
