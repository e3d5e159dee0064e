internal import Netlink
internal import Routing

extension Rule {
  /// `struct fib_rule_hdr`.
  static let headerSize = 12

  /// Reads the payload of an RTM_NEWRULE message; nil for families that are not routed here.
  init?(wire: RawSpan) throws(WireError) {
    guard wire.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: wire.byteCount)
    }
    guard let family = AddressFamily(kernelValue: try wire.uint8(at: 0)) else { return nil }
    self.init(family: family, priority: 0, action: .nop)
    tos = try wire.uint8(at: 3)
    flags = try wire.uint32(at: 8)
    isInverted = flags & FIB_RULE_INVERT != 0
    let lengths = (destination: try wire.uint8(at: 1), source: try wire.uint8(at: 2))
    var table = UInt32(try wire.uint8(at: 4))
    var target: UInt32 = 0
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case FRA_TABLE: table = try value.uint32()
      case FRA_GOTO: target = try value.uint32()
      case FRA_DST:
        destination = Prefix(containing: try IPAddress(value, family: family), length: lengths.destination)
      case FRA_SRC: source = Prefix(containing: try IPAddress(value, family: family), length: lengths.source)
      default: try readSelector(attribute.type, value)
      }
    }
    action = Self.action(try wire.uint8(at: 7), table: table, target: target)
  }

  private static func action(_ number: UInt8, table: UInt32, target: UInt32) -> Action {
    switch number {
    case FR_ACT_TO_TBL: .lookup(table: table)
    case FR_ACT_GOTO: .goto(priority: target)
    case FR_ACT_NOP: .nop
    case FR_ACT_BLACKHOLE: .blackhole
    case FR_ACT_UNREACHABLE: .unreachable
    case FR_ACT_PROHIBIT: .prohibit
    default: .other(number)
    }
  }

  private mutating func readSelector(_ type: UInt16, _ value: RawSpan) throws(WireError) {
    switch type {
    case FRA_PRIORITY: priority = try value.uint32()
    case FRA_IIFNAME: inputInterface = value.text()
    case FRA_OIFNAME: outputInterface = value.text()
    case FRA_FWMARK: mark = try value.uint32()
    case FRA_FWMASK: markMask = try value.uint32()
    case FRA_DSCP: dscp = try value.uint8()
    case FRA_DSCP_MASK: dscpMask = try value.uint8()
    case FRA_IP_PROTO: ipProtocol = try value.uint8()
    case FRA_SPORT_RANGE: sourcePorts = try Range(ports: value)
    case FRA_DPORT_RANGE: destinationPorts = try Range(ports: value)
    case FRA_SPORT_MASK: sourcePortMask = try value.uint16()
    case FRA_DPORT_MASK: destinationPortMask = try value.uint16()
    case FRA_UID_RANGE: userIDs = Range(first: try value.uint32(), last: try value.uint32(at: 4))
    case FRA_TUN_ID: tunnelID = try value.bigEndianUInt64()
    case FRA_L3MDEV: isL3MasterDevice = try value.uint8() != 0
    case FRA_FLOWLABEL: flowLabel = try value.bigEndianUInt32()
    case FRA_FLOWLABEL_MASK: flowLabelMask = try value.bigEndianUInt32()
    // The kernel sends -1 where the rule suppresses nothing.
    case FRA_SUPPRESS_PREFIXLEN: suppressPrefixLength = try value.uint32().unlessAllOnes
    case FRA_SUPPRESS_IFGROUP: suppressInterfaceGroup = try value.uint32().unlessAllOnes
    case FRA_FLOW: realms = try value.uint32()
    case FRA_PROTOCOL: `protocol` = try value.uint8()
    default: break
    }
  }
}

extension Rule {
  /// Writes the payload of a request that adds or deletes the rule.
  func encode(into writer: inout AttributeWriter) {
    var table: UInt32 = 0
    var target: UInt32?
    let number: UInt8
    switch action {
    case .lookup(let wanted): (number, table) = (FR_ACT_TO_TBL, wanted)
    case .goto(let priority): (number, target) = (FR_ACT_GOTO, priority)
    case .nop: number = FR_ACT_NOP
    case .blackhole: number = FR_ACT_BLACKHOLE
    case .unreachable: number = FR_ACT_UNREACHABLE
    case .prohibit: number = FR_ACT_PROHIBIT
    case .other(let other): number = other
    }
    writer.append(
      header: [
        family.kernelValue, destination?.length ?? 0, source?.length ?? 0, tos,
        table < 256 ? UInt8(table) : RT_TABLE_COMPAT, 0, 0, number,
      ] + AttributeWriter.bytes(of: isInverted ? FIB_RULE_INVERT : 0))
    writer.append(FRA_PRIORITY, priority)
    if table != 0 { writer.append(FRA_TABLE, table) }
    if let target { writer.append(FRA_GOTO, target) }
    if let destination { writer.append(FRA_DST, bytes: destination.address.networkBytes) }
    if let source { writer.append(FRA_SRC, bytes: source.address.networkBytes) }
    encodeSelectors(into: &writer)
  }

  private func encodeSelectors(into writer: inout AttributeWriter) {
    if let inputInterface { writer.append(FRA_IIFNAME, text: inputInterface) }
    if let outputInterface { writer.append(FRA_OIFNAME, text: outputInterface) }
    if mark != 0 || markMask != 0 {
      writer.append(FRA_FWMARK, mark)
      writer.append(FRA_FWMASK, markMask)
    }
    if let dscp { writer.append(FRA_DSCP, dscp) }
    if dscp != nil, dscpMask != 0x3f { writer.append(FRA_DSCP_MASK, dscpMask) }
    if let ipProtocol { writer.append(FRA_IP_PROTO, ipProtocol) }
    if let sourcePorts { writer.append(FRA_SPORT_RANGE, bytes: sourcePorts.portBytes) }
    if let destinationPorts { writer.append(FRA_DPORT_RANGE, bytes: destinationPorts.portBytes) }
    if let sourcePortMask { writer.append(FRA_SPORT_MASK, sourcePortMask) }
    if let destinationPortMask { writer.append(FRA_DPORT_MASK, destinationPortMask) }
    if let userIDs {
      writer.append(
        FRA_UID_RANGE, bytes: AttributeWriter.bytes(of: userIDs.first) + AttributeWriter.bytes(of: userIDs.last))
    }
    if let tunnelID { writer.append(FRA_TUN_ID, bigEndian: tunnelID) }
    if isL3MasterDevice { writer.append(FRA_L3MDEV, UInt8(1)) }
    if let flowLabel { writer.append(FRA_FLOWLABEL, bigEndian: flowLabel) }
    if let flowLabelMask { writer.append(FRA_FLOWLABEL_MASK, bigEndian: flowLabelMask) }
    if let suppressPrefixLength { writer.append(FRA_SUPPRESS_PREFIXLEN, suppressPrefixLength) }
    if let suppressInterfaceGroup { writer.append(FRA_SUPPRESS_IFGROUP, suppressInterfaceGroup) }
    if let realms { writer.append(FRA_FLOW, realms) }
    if `protocol` != 0 { writer.append(FRA_PROTOCOL, `protocol`) }
  }
}

extension Rule.Range {
  /// Reads `struct fib_rule_port_range`: two ports in the byte order of the machine.
  fileprivate init(ports: RawSpan) throws(WireError) {
    self.init(first: UInt32(try ports.uint16()), last: UInt32(try ports.uint16(at: 2)))
  }

  fileprivate var portBytes: [UInt8] {
    AttributeWriter.bytes(of: UInt16(truncatingIfNeeded: first))
      + AttributeWriter.bytes(of: UInt16(truncatingIfNeeded: last))
  }
}

extension UInt32 {
  fileprivate var unlessAllOnes: UInt32? { self == .max ? nil : self }
}
