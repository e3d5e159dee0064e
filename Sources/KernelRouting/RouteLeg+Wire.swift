internal import Netlink
internal import Routing

extension RouteLeg {
  /// `struct rtnexthop`: length, flags, weight - 1, interface; attributes follow.
  static let headerSize = 8

  /// Reads one entry of RTA_MULTIPATH, which starts at its `rtnexthop`.
  init(entry: RawSpan, family: AddressFamily) throws(WireError) {
    self.init(
      interface: try entry.uint32(at: 4), weight: UInt16(try entry.uint8(at: 3)) + 1,
      flags: NexthopFlags(rawValue: try entry.uint8(at: 2)))
    var encapsulation = EncapsulationParts()
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: entry) {
      let value = entry.extracting(attribute.range)
      switch attribute.type {
      case RTA_GATEWAY: gateway = try IPAddress(value, family: family)
      case RTA_VIA: gateway = try IPAddress(via: value)
      case RTA_FLOW: realms = try value.uint32()
      case RTA_ENCAP_TYPE: try encapsulation.readType(value)
      case RTA_ENCAP: encapsulation.readAttributes(value)
      default: break
      }
    }
    self.encapsulation = encapsulation.encapsulation
  }

  /// Reads the value of RTA_MULTIPATH.
  static func list(_ bytes: RawSpan, family: AddressFamily) throws(WireError) -> [RouteLeg] {
    var legs: [RouteLeg] = []
    var offset = 0
    while bytes.byteCount - offset >= headerSize {
      let length = Int(try bytes.uint16(at: offset))
      guard length >= headerSize, length <= bytes.byteCount - offset else {
        throw .attributeLength(UInt16(length), offset: offset)
      }
      legs.append(try RouteLeg(entry: bytes.extracting(offset..<offset + length), family: family))
      offset += (length + 3) & ~3
    }
    return legs
  }

  /// Appends gateway, encapsulation and realms, for a route of `family`.
  func encodeAttributes(into writer: inout AttributeWriter, family: AddressFamily) {
    if let gateway {
      if gateway.family == family {
        writer.append(RTA_GATEWAY, bytes: gateway.networkBytes)
      } else {
        writer.append(RTA_VIA, bytes: gateway.viaBytes)
      }
    }
    encapsulation?.encode(into: &writer, type: RTA_ENCAP_TYPE, attributes: RTA_ENCAP)
    if let realms { writer.append(RTA_FLOW, realms) }
  }

  /// The entry for RTA_MULTIPATH.
  ///
  /// - Throws: `tooLong` for a weight outside 1 to 256 or attributes that do not fit.
  func entry(family: AddressFamily) throws(WireError) -> [UInt8] {
    var attributes = AttributeWriter()
    encodeAttributes(into: &attributes, family: family)
    let tail = try attributes.finished()
    guard (1...256).contains(weight), let length = UInt16(exactly: Self.headerSize + tail.count) else {
      throw .tooLong
    }
    return AttributeWriter.bytes(of: length) + [flags.intersection(.onlink).rawValue, UInt8(weight - 1)]
      + AttributeWriter.bytes(of: interface) + tail
  }
}
