internal import Netlink
internal import Routing

extension Route {
  /// `struct rtmsg`.
  static let headerSize = 12

  /// Reads the payload of an RTM_NEWROUTE message; nil for families that are not routed here.
  ///
  /// Unknown attributes are skipped. `table` remembers the attributes of the routes read so far.
  init?(wire: RawSpan, sharing table: inout RouteAttributeTable) throws(WireError) {
    guard wire.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: wire.byteCount)
    }
    guard let family = AddressFamily(kernelValue: try wire.uint8(at: 0)) else { return nil }
    var destination = Prefix.everything(family)
    // Where the attribute of the destination stands; it is the first or the second one.
    var place = wire.byteCount..<wire.byteCount
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: wire) {
      guard attribute.type == RTA_DST else { continue }
      let address = try IPAddress(wire.extracting(attribute.range), family: family)
      destination = Prefix(containing: address, length: try wire.uint8(at: 1))
      place = attribute.range.lowerBound - 4..<attribute.range.upperBound
      break
    }
    self.init(destination: destination, sharing: try table.attributes(wire, without: place, family: family))
  }

  /// Writes the payload of a request that adds, replaces or deletes the route.
  ///
  /// Only what a user may set is written: lifetimes and states of the kernel's own are not, nor the expansion of a
  /// nexthop object, which the kernel refuses next to the object's id.
  func encode(into writer: inout AttributeWriter) throws(WireError) {
    var onlink: UInt32 = 0
    if case .legs(.single(let leg)) = nexthops { onlink = UInt32(leg.flags.intersection(.onlink).rawValue) }
    writer.append(
      header: [
        family.kernelValue, destination.length, source?.length ?? 0, tos,
        table < 256 ? UInt8(table) : RT_TABLE_COMPAT, `protocol`, scope, type.rawValue,
      ] + AttributeWriter.bytes(of: onlink))
    if destination.length > 0 { writer.append(RTA_DST, bytes: destination.address.networkBytes) }
    if let source { writer.append(RTA_SRC, bytes: source.address.networkBytes) }
    writer.append(RTA_TABLE, table)
    if let metric { writer.append(RTA_PRIORITY, metric) }
    if let preferredSource { writer.append(RTA_PREFSRC, bytes: preferredSource.networkBytes) }
    if let preference { writer.append(RTA_PREF, preference) }
    extras?.encode(into: &writer)
    switch nexthops {
    case .object(let id, _):
      writer.append(RTA_NH_ID, id)
    case .legs(.none):
      break
    case .legs(.single(let leg)):
      if leg.interface != 0 { writer.append(RTA_OIF, leg.interface) }
      leg.encodeAttributes(into: &writer, family: family)
    case .legs(.multipath(let legs)):
      var entries: [UInt8] = []
      for leg in legs { entries += try leg.entry(family: family) }
      writer.append(RTA_MULTIPATH, bytes: entries)
    }
  }
}

extension RouteAttributes {
  /// Reads what an RTM_NEWROUTE message, of at least the length of its header, says apart from the destination.
  ///
  /// `table` remembers the multipath legs of the routes read so far.
  init(wire: RawSpan, family: AddressFamily, sharing table: inout LegTable) throws(WireError) {
    let flags = try wire.uint32(at: 8)
    let sourceLength = try wire.uint8(at: 2)
    var source: Prefix?
    var routingTable = UInt32(try wire.uint8(at: 4))
    var metric: UInt32?
    var preferredSource: IPAddress?
    var preference: UInt8?
    var hop = SingleHop()
    var multipath: RouteLegs?
    var object: UInt32?
    var extras: RouteExtras?
    var cursor = AttributeCursor(from: Route.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case RTA_SRC: source = Prefix(containing: try IPAddress(value, family: family), length: sourceLength)
      case RTA_TABLE: routingTable = try value.uint32()
      case RTA_PRIORITY: metric = try value.uint32()
      case RTA_PREFSRC: preferredSource = try IPAddress(value, family: family)
      case RTA_PREF: preference = try value.uint8()
      case RTA_NH_ID: object = try value.uint32()
      case RTA_MULTIPATH: multipath = try table.legs(value, family: family)
      case RTA_OIF, RTA_GATEWAY, RTA_VIA, RTA_ENCAP_TYPE, RTA_ENCAP:
        try hop.read(attribute.type, value, family: family)
      default: try RouteExtras.read(attribute.type, value, into: &extras)
      }
    }
    let legs = multipath ?? hop.legs(flags: NexthopFlags(rawValue: UInt8(truncatingIfNeeded: flags)))
    self.init(
      source: source, table: routingTable, metric: metric, tos: try wire.uint8(at: 3),
      type: RouteType(rawValue: try wire.uint8(at: 7)), protocol: try wire.uint8(at: 5), scope: try wire.uint8(at: 6),
      flags: flags, nexthops: object.map { .object(id: $0, expansion: legs) } ?? .legs(legs),
      preferredSource: preferredSource, preference: preference, extras: extras)
  }
}

/// The nexthop of a route that has one, gathered from the route's own attributes.
private struct SingleHop {
  private var isPresent = false
  private var gateway: IPAddress?
  private var interface: UInt32 = 0
  private var encapsulation: EncapsulationParts?

  mutating func read(_ type: UInt16, _ value: RawSpan, family: AddressFamily) throws(WireError) {
    switch type {
    case RTA_OIF:
      interface = try value.uint32()
      isPresent = true
    case RTA_GATEWAY:
      gateway = try IPAddress(value, family: family)
      isPresent = true
    case RTA_VIA:
      gateway = try IPAddress(via: value)
      isPresent = true
    default:
      var parts = encapsulation ?? EncapsulationParts()
      if type == RTA_ENCAP { parts.readAttributes(value) } else { try parts.readType(value) }
      encapsulation = parts
    }
  }

  func legs(flags: NexthopFlags) -> RouteLegs {
    let encapsulation = encapsulation?.encapsulation
    guard isPresent || encapsulation != nil else { return .none }
    return .single(RouteLeg(gateway: gateway, interface: interface, flags: flags, encapsulation: encapsulation))
  }
}
