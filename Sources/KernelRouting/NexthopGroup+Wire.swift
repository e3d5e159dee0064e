internal import Netlink
internal import Routing

extension NexthopGroup {
  init(_ header: NexthopHeader, wire: RawSpan) throws(WireError) {
    self.init(id: 0, members: [], protocol: header.protocol, scope: header.scope, flags: header.flags)
    var cursor = AttributeCursor(from: NexthopHeader.size)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case NHA_ID: id = try value.uint32()
      case NHA_GROUP: members = try Member.list(value)
      case NHA_GROUP_TYPE: kind = Kind(rawValue: try value.uint16())
      case NHA_FDB: isFDB = true
      case NHA_RES_GROUP: resilient = try ResilientParameters(value)
      case NHA_GROUP_STATS: statistics = try MemberStatistics.list(value)
      default: break
      }
    }
  }

  /// Writes the payload of a request that adds or replaces the group; an id of 0 lets the kernel choose.
  ///
  /// - Throws: `tooLong` for a weight outside 1 to 65535.
  func encode(into writer: inout AttributeWriter) throws(WireError) {
    writer.append(header: NexthopHeader(protocol: `protocol`).bytes)
    if id != 0 { writer.append(NHA_ID, id) }
    var entries: [UInt8] = []
    for member in members { entries += try member.entry() }
    writer.append(NHA_GROUP, bytes: entries)
    writer.append(NHA_GROUP_TYPE, kind.rawValue)
    if isFDB { writer.append(flag: NHA_FDB) }
    if let resilient {
      writer.nest(NHA_RES_GROUP) { nest in
        nest.append(NHA_RES_GROUP_BUCKETS, resilient.buckets)
        nest.append(NHA_RES_GROUP_IDLE_TIMER, resilient.idleTimer)
        nest.append(NHA_RES_GROUP_UNBALANCED_TIMER, resilient.unbalancedTimer)
      }
    }
  }
}

extension NexthopGroup.Member {
  /// `struct nexthop_grp`: id, low and high byte of weight - 1, two reserved bytes.
  private static let entrySize = 8

  /// Reads the value of NHA_GROUP.
  fileprivate static func list(_ bytes: RawSpan) throws(WireError) -> [NexthopGroup.Member] {
    guard bytes.byteCount.isMultiple(of: entrySize) else {
      throw .shortValue(needed: (bytes.byteCount / entrySize + 1) * entrySize, available: bytes.byteCount)
    }
    var members: [NexthopGroup.Member] = []
    members.reserveCapacity(bytes.byteCount / entrySize)
    for offset in stride(from: 0, to: bytes.byteCount, by: entrySize) {
      // On kernels before the 16-bit weights the high byte is reserved and always 0.
      let weight = UInt32(try bytes.uint8(at: offset + 4)) | UInt32(try bytes.uint8(at: offset + 5)) << 8
      members.append(NexthopGroup.Member(id: try bytes.uint32(at: offset), weight: weight + 1))
    }
    return members
  }

  fileprivate func entry() throws(WireError) -> [UInt8] {
    guard (1...65535).contains(weight) else { throw .tooLong }
    let stored = weight - 1
    return AttributeWriter.bytes(of: id)
      + [UInt8(truncatingIfNeeded: stored), UInt8(truncatingIfNeeded: stored >> 8), 0, 0]
  }
}

extension ResilientParameters {
  /// Reads the value of NHA_RES_GROUP.
  fileprivate init(_ bytes: RawSpan) throws(WireError) {
    self.init(buckets: 0, idleTimer: 0, unbalancedTimer: 0)
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: bytes) {
      let value = bytes.extracting(attribute.range)
      switch attribute.type {
      case NHA_RES_GROUP_BUCKETS: buckets = try value.uint16()
      case NHA_RES_GROUP_IDLE_TIMER: idleTimer = try value.uint32()
      case NHA_RES_GROUP_UNBALANCED_TIMER: unbalancedTimer = try value.uint32()
      case NHA_RES_GROUP_UNBALANCED_TIME: unbalancedTime = try value.uint64()
      default: break
      }
    }
  }
}

extension NexthopGroup.MemberStatistics {
  /// Reads the value of NHA_GROUP_STATS.
  fileprivate static func list(_ bytes: RawSpan) throws(WireError) -> [NexthopGroup.MemberStatistics] {
    var list: [NexthopGroup.MemberStatistics] = []
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: bytes) {
      guard attribute.type == NHA_GROUP_STATS_ENTRY else { continue }
      list.append(try NexthopGroup.MemberStatistics(bytes.extracting(attribute.range)))
    }
    return list
  }

  private init(_ bytes: RawSpan) throws(WireError) {
    self.init(id: 0, packets: 0)
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: bytes) {
      let value = bytes.extracting(attribute.range)
      switch attribute.type {
      case NHA_GROUP_STATS_ENTRY_ID: id = try value.uint32()
      case NHA_GROUP_STATS_ENTRY_PACKETS: packets = try value.variableUInt()
      case NHA_GROUP_STATS_ENTRY_PACKETS_HW: hardwarePackets = try value.variableUInt()
      default: break
      }
    }
  }
}
