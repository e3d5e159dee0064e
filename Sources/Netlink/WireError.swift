/// Why bytes are not what they should be, or do not fit where they should go.
@usableFromInline
package enum WireError: Error, Hashable, Sendable {
  /// A message or a fixed header ends after fewer bytes than it must have.
  case truncated(needed: Int, available: Int)
  /// The length field of an attribute at `offset` is below its own header, or reaches beyond the bytes around it.
  case attributeLength(UInt16, offset: Int)
  /// A value is shorter than its kind.
  case shortValue(needed: Int, available: Int)
  /// An address has neither 4 nor 16 bytes, or not those of its family.
  case addressLength(Int)
  /// What was appended does not fit into an attribute (65535 bytes) or a message.
  case tooLong
}

extension WireError: CustomStringConvertible {
  @usableFromInline
  package var description: String {
    switch self {
    case .truncated(let needed, let available):
      "the message ends after \(available) bytes where \(needed) are needed"
    case .attributeLength(let length, let offset):
      "the attribute at byte \(offset) has the impossible length \(length)"
    case .shortValue(let needed, let available):
      "a value has \(available) bytes where \(needed) are needed"
    case .addressLength(let length):
      "an address has \(length) bytes"
    case .tooLong:
      "the message is too long for netlink"
    }
  }
}
