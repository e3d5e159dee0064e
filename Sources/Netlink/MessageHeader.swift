/// `struct nlmsghdr`, with the place of the payload behind it.
package struct MessageHeader: Hashable, Sendable {
  /// Bytes of the header itself.
  package static var size: Int { 16 }

  package var type: UInt16
  package var flags: UInt16
  package var sequence: UInt32
  /// The address of the socket that the message is meant for.
  package var port: UInt32
  /// The payload in the bytes that the header was found in.
  package var payload: Range<Int>

  init(type: UInt16, flags: UInt16, sequence: UInt32, port: UInt32, payload: Range<Int>) {
    self.type = type
    self.flags = flags
    self.sequence = sequence
    self.port = port
    self.payload = payload
  }

  /// NLM_F_DUMP_INTR: the objects changed between two parts of the dump.
  package var isInterrupted: Bool { flags & 0x10 != 0 }
  /// NLM_F_CAPPED: an error does not repeat the request's payload.
  package var isCapped: Bool { flags & 0x100 != 0 }
  /// NLM_F_ACK_TLVS: attributes that explain follow the status.
  package var hasExplanation: Bool { flags & 0x200 != 0 }
}

/// The types below the first RTM_* one.
package enum ControlMessage {
  package static let noOperation: UInt16 = 1
  package static let error: UInt16 = 2
  package static let done: UInt16 = 3
}

/// Walks the messages of one datagram.
package struct MessageCursor {
  private var offset = 0

  /// A cursor at the first message.
  package init() {}

  /// The next message of `bytes`, which must be the same at each call; nil at the end.
  package mutating func next(in bytes: RawSpan) throws(WireError) -> MessageHeader? {
    let available = bytes.byteCount - offset
    guard available > 0 else { return nil }
    guard available >= MessageHeader.size else {
      throw .truncated(needed: MessageHeader.size, available: available)
    }
    let length = Int(try bytes.uint32(at: offset))
    guard length >= MessageHeader.size, length <= available else {
      throw .truncated(needed: max(length, MessageHeader.size), available: available)
    }
    let header = MessageHeader(
      type: try bytes.uint16(at: offset + 4), flags: try bytes.uint16(at: offset + 6),
      sequence: try bytes.uint32(at: offset + 8), port: try bytes.uint32(at: offset + 12),
      payload: offset + MessageHeader.size..<offset + length)
    offset += (length + 3) & ~3
    return header
  }
}
