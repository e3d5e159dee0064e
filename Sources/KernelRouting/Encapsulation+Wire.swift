internal import Netlink
internal import Routing

/// Gathers the two attributes that make one encapsulation, in whatever order they come.
struct EncapsulationParts {
  private var type: UInt16?
  private var attributes: [UInt8] = []

  mutating func readType(_ value: RawSpan) throws(WireError) { type = try value.uint16() }

  mutating func readAttributes(_ value: RawSpan) { attributes = value.bytes() }

  /// nil when there was none, or its type is LWTUNNEL_ENCAP_NONE.
  var encapsulation: Encapsulation? {
    guard let type, type != 0 else { return nil }
    return Encapsulation(type: type, attributes: attributes)
  }
}

extension Encapsulation {
  /// Appends the encapsulation as attributes of these types.
  func encode(into writer: inout AttributeWriter, type: UInt16, attributes: UInt16) {
    writer.append(type, self.type)
    writer.append(attributes | 0x8000, bytes: self.attributes)
  }
}
