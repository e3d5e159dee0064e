internal import Netlink
internal import Routing

extension TrackedConnection {
  /// `struct nfgenmsg`: family, version, resource id.
  static let headerSize = 4

  /// Reads the payload of an IPCTNL_MSG_CT_NEW message; nil for families that are not routed here, and for an entry
  /// without the addresses of both directions.
  ///
  /// All numbers are in network order.
  init?(wire: RawSpan) throws(WireError) {
    guard wire.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: wire.byteCount)
    }
    guard let family = AddressFamily(kernelValue: try wire.uint8(at: 0)) else { return nil }
    var original: Tuple?
    var reply: Tuple?
    var zone: UInt16 = 0
    var status: UInt32 = 0
    var mark: UInt32 = 0
    var tcpState: TCPState?
    var originalCounters: Counters?
    var replyCounters: Counters?
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case CTA_TUPLE_ORIG: original = try Tuple(wire: value, family: family)
      case CTA_TUPLE_REPLY: reply = try Tuple(wire: value, family: family)
      case CTA_STATUS: status = try value.bigEndianUInt32()
      case CTA_PROTOINFO: tcpState = try Self.tcpState(value)
      case CTA_MARK: mark = try value.bigEndianUInt32()
      case CTA_COUNTERS_ORIG: originalCounters = try Counters(wire: value)
      case CTA_COUNTERS_REPLY: replyCounters = try Counters(wire: value)
      case CTA_ZONE: zone = try value.bigEndianUInt16()
      default: break
      }
    }
    guard var original, var reply else { return nil }
    // A zone of both directions stands outside of the tuples.
    if zone != 0 {
      original.zone = zone
      reply.zone = zone
    }
    self.init(
      original: original, reply: reply, status: Status(rawValue: status), mark: mark, tcpState: tcpState,
      originalCounters: originalCounters, replyCounters: replyCounters)
  }

  /// The value of CTA_PROTOINFO; nil for other protocols.
  private static func tcpState(_ wire: RawSpan) throws(WireError) -> TCPState? {
    var state: TCPState?
    var outer = AttributeCursor()
    while let attribute = try outer.next(in: wire) {
      guard attribute.type == CTA_PROTOINFO_TCP else { continue }
      let tcp = wire.extracting(attribute.range)
      var inner = AttributeCursor()
      while let attribute = try inner.next(in: tcp) {
        if attribute.type == CTA_PROTOINFO_TCP_STATE {
          state = TCPState(rawValue: try tcp.extracting(attribute.range).uint8())
        }
      }
    }
    return state
  }
}

extension TrackedConnection.Counters {
  /// Reads CTA_COUNTERS_ORIG or CTA_COUNTERS_REPLY; nil when it does not count bytes.
  init?(wire: RawSpan) throws(WireError) {
    var packets: UInt64 = 0
    var bytes: UInt64?
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case CTA_COUNTERS_PACKETS: packets = try value.bigEndianUInt64()
      case CTA_COUNTERS_BYTES: bytes = try value.bigEndianUInt64()
      default: break
      }
    }
    guard let bytes else { return nil }
    self.init(packets: packets, bytes: bytes)
  }
}

extension TrackedConnection.Tuple {
  /// Reads CTA_TUPLE_ORIG or CTA_TUPLE_REPLY; nil when an address or the protocol is missing.
  init?(wire: RawSpan, family: AddressFamily) throws(WireError) {
    var addresses: (source: IPAddress, destination: IPAddress)?
    var transport: Transport?
    var zone: UInt16 = 0
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case CTA_TUPLE_IP: addresses = try Self.addresses(value, family: family)
      case CTA_TUPLE_PROTO: transport = try Transport(wire: value)
      case CTA_TUPLE_ZONE: zone = try value.bigEndianUInt16()
      default: break
      }
    }
    guard let addresses, let transport else { return nil }
    self.init(
      source: addresses.source, destination: addresses.destination, ipProtocol: transport.ipProtocol,
      sourcePort: transport.sourcePort, destinationPort: transport.destinationPort,
      icmp: transport.icmpType.map { Flow.ICMPMessage(type: $0, code: transport.icmpCode) },
      icmpIdentifier: transport.icmpIdentifier, zone: zone)
  }

  private static func addresses(
    _ wire: RawSpan, family: AddressFamily
  ) throws(WireError) -> (source: IPAddress, destination: IPAddress)? {
    var source: IPAddress?
    var destination: IPAddress?
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch (attribute.type, family) {
      case (CTA_IP_V4_SRC, .ipv4), (CTA_IP_V6_SRC, .ipv6): source = try IPAddress(value, family: family)
      case (CTA_IP_V4_DST, .ipv4), (CTA_IP_V6_DST, .ipv6): destination = try IPAddress(value, family: family)
      default: break
      }
    }
    guard let source, let destination else { return nil }
    return (source, destination)
  }

  /// The value of CTA_TUPLE_PROTO.
  private struct Transport {
    var ipProtocol: UInt8
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    var icmpIdentifier: UInt16 = 0
    var icmpType: UInt8?
    var icmpCode: UInt8 = 0

    /// nil without a protocol.
    init?(wire: RawSpan) throws(WireError) {
      var ipProtocol: UInt8?
      var cursor = AttributeCursor()
      while let attribute = try cursor.next(in: wire) {
        let value = wire.extracting(attribute.range)
        switch attribute.type {
        case CTA_PROTO_NUM: ipProtocol = try value.uint8()
        case CTA_PROTO_SRC_PORT: sourcePort = try value.bigEndianUInt16()
        case CTA_PROTO_DST_PORT: destinationPort = try value.bigEndianUInt16()
        case CTA_PROTO_ICMP_ID, CTA_PROTO_ICMPV6_ID: icmpIdentifier = try value.bigEndianUInt16()
        case CTA_PROTO_ICMP_TYPE, CTA_PROTO_ICMPV6_TYPE: icmpType = try value.uint8()
        case CTA_PROTO_ICMP_CODE, CTA_PROTO_ICMPV6_CODE: icmpCode = try value.uint8()
        default: break
        }
      }
      guard let ipProtocol else { return nil }
      self.ipProtocol = ipProtocol
    }
  }
}
