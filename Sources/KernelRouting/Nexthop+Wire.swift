internal import Netlink
internal import Routing

/// What an RTM_NEWNEXTHOP message describes.
enum NexthopObject: Hashable {
  case single(Nexthop)
  case group(NexthopGroup)

  /// Reads the payload of an RTM_NEWNEXTHOP message; nil for a single nexthop of a family that is not routed here.
  init?(wire: RawSpan) throws(WireError) {
    let header = try NexthopHeader(wire: wire)
    var cursor = AttributeCursor(from: NexthopHeader.size)
    while let attribute = try cursor.next(in: wire) {
      guard attribute.type == NHA_GROUP else { continue }
      self = .group(try NexthopGroup(header, wire: wire))
      return
    }
    guard let nexthop = try Nexthop(header, wire: wire) else { return nil }
    self = .single(nexthop)
  }
}

extension Nexthop {
  fileprivate init?(_ header: NexthopHeader, wire: RawSpan) throws(WireError) {
    guard let family = AddressFamily(kernelValue: header.family) else { return nil }
    self.init(
      id: 0, family: family, target: .blackhole, protocol: header.protocol, scope: header.scope, flags: header.flags)
    var interface: UInt32 = 0
    var gateway: IPAddress?
    var isBlackhole = false
    var isFDB = false
    var encapsulation = EncapsulationParts()
    var cursor = AttributeCursor(from: NexthopHeader.size)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case NHA_ID: id = try value.uint32()
      case NHA_BLACKHOLE: isBlackhole = true
      case NHA_FDB: isFDB = true
      case NHA_OIF: interface = try value.uint32()
      case NHA_GATEWAY: gateway = try IPAddress(value, family: family)
      case NHA_ENCAP_TYPE: try encapsulation.readType(value)
      case NHA_ENCAP: encapsulation.readAttributes(value)
      default: break
      }
    }
    if isFDB {
      target = .fdb(gateway: gateway)
    } else if !isBlackhole {
      target = .device(interface: interface, gateway: gateway, encapsulation: encapsulation.encapsulation)
    }
  }

  /// Writes the payload of a request that adds or replaces the object; an id of 0 lets the kernel choose.
  func encode(into writer: inout AttributeWriter) {
    let onlink = UInt32(NexthopFlags.onlink.rawValue)
    writer.append(
      header: NexthopHeader(family: family.kernelValue, protocol: `protocol`, flags: flags & onlink).bytes)
    if id != 0 { writer.append(NHA_ID, id) }
    switch target {
    case .blackhole:
      writer.append(flag: NHA_BLACKHOLE)
    case .fdb(let gateway):
      writer.append(flag: NHA_FDB)
      if let gateway { writer.append(NHA_GATEWAY, bytes: gateway.networkBytes) }
    case .device(let interface, let gateway, let encapsulation):
      writer.append(NHA_OIF, interface)
      if let gateway { writer.append(NHA_GATEWAY, bytes: gateway.networkBytes) }
      encapsulation?.encode(into: &writer, type: NHA_ENCAP_TYPE, attributes: NHA_ENCAP)
    }
  }
}
