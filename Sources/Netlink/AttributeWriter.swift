/// Builds the payload of a message: a fixed header, then attributes.
///
/// A failed append is remembered instead of thrown; `finished()` reports the first.
package struct AttributeWriter {
  /// What was written so far, always a multiple of four bytes.
  package private(set) var bytes: [UInt8] = []
  private var failure: WireError?

  /// An empty payload.
  package init() {}

  /// The payload.
  ///
  /// - Throws: what the first failed append met.
  package func finished() throws(WireError) -> [UInt8] {
    if let failure { throw failure }
    return bytes
  }

  /// Appends bytes that are no attribute, such as a fixed header, and pads them.
  package mutating func append(header: [UInt8]) {
    bytes += header
    pad()
  }

  /// Appends an attribute of bytes as they are.
  package mutating func append(_ type: UInt16, bytes value: [UInt8]) {
    guard value.count <= Int(UInt16.max) - 4 else {
      failure = failure ?? .tooLong
      return
    }
    append(word: UInt16(value.count + 4))
    append(word: type)
    bytes += value
    pad()
  }

  /// Appends an attribute that says all by being there.
  package mutating func append(flag type: UInt16) { append(type, bytes: []) }

  /// Appends a number in the byte order of the machine.
  package mutating func append(_ type: UInt16, _ value: some FixedWidthInteger) {
    append(type, bytes: Self.bytes(of: value))
  }

  /// Appends a number in network order.
  package mutating func append(_ type: UInt16, bigEndian value: some FixedWidthInteger) {
    append(type, bytes: Self.bytes(of: value.bigEndian))
  }

  /// Appends a text with the 0 byte that ends it.
  package mutating func append(_ type: UInt16, text: String) { append(type, bytes: Array(text.utf8) + [0]) }

  /// Appends an attribute of attributes.
  ///
  /// - Parameter flagged: whether the type carries NLA_F_NESTED, which newer attributes demand.
  package mutating func nest(
    _ type: UInt16, flagged: Bool = true, _ body: (inout AttributeWriter) -> Void
  ) {
    var inner = AttributeWriter()
    body(&inner)
    failure = failure ?? inner.failure
    append(flagged ? type | 0x8000 : type, bytes: inner.bytes)
  }

  /// The bytes of a number in the byte order of the machine.
  package static func bytes<Value: FixedWidthInteger>(of value: Value) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    for _ in 0..<MemoryLayout<Value>.size {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
    return Value(1).littleEndian == 1 ? bytes : bytes.reversed()
  }

  private mutating func append(word: UInt16) { bytes += Self.bytes(of: word) }

  private mutating func pad() {
    while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
  }
}
