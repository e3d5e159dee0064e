/// One request. It is consumed by being sent, so that it can not be sent twice by mistake.
package struct NetlinkMessage: ~Copyable {
  /// NLM_F_*: the bits that say how to send and acknowledge are added by the socket.
  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let request = Flags(rawValue: 0x1)
    package static let acknowledge = Flags(rawValue: 0x4)
    /// NLM_F_ROOT and NLM_F_MATCH.
    package static let dump = Flags(rawValue: 0x300)
    package static let replace = Flags(rawValue: 0x100)
    package static let exclusive = Flags(rawValue: 0x200)
    package static let create = Flags(rawValue: 0x400)
    package static let append = Flags(rawValue: 0x800)
  }

  let type: UInt16
  let flags: Flags
  let payload: [UInt8]

  /// A request of a type (`RTM_*`) with its fixed header and attributes.
  package init(type: UInt16, flags: Flags = [], payload: AttributeWriter) throws(WireError) {
    self.type = type
    self.flags = flags
    self.payload = try payload.finished()
  }

  /// The message as it is sent.
  func encoded(adding more: Flags, sequence: UInt32, port: UInt32) -> [UInt8] {
    Self.encode(type: type, flags: flags.union(more), sequence: sequence, port: port, payload: payload)
  }

  static func encode(type: UInt16, flags: Flags, sequence: UInt32, port: UInt32, payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(MessageHeader.size + payload.count)
    bytes += AttributeWriter.bytes(of: UInt32(truncatingIfNeeded: MessageHeader.size + payload.count))
    bytes += AttributeWriter.bytes(of: type)
    bytes += AttributeWriter.bytes(of: flags.rawValue)
    bytes += AttributeWriter.bytes(of: sequence)
    bytes += AttributeWriter.bytes(of: port)
    bytes += payload
    return bytes
  }
}

/// One request among many that are sent together.
package struct NetlinkRequest: Hashable, Sendable {
  let type: UInt16
  let flags: NetlinkMessage.Flags
  let payload: [UInt8]

  /// A request of a type (`RTM_*`) with its fixed header and attributes.
  package init(type: UInt16, flags: NetlinkMessage.Flags = [], payload: AttributeWriter) throws(WireError) {
    self.init(type: type, flags: flags, payload: try payload.finished())
  }

  init(type: UInt16, flags: NetlinkMessage.Flags = [], payload: [UInt8]) {
    self.type = type
    self.flags = flags
    self.payload = payload
  }
}
