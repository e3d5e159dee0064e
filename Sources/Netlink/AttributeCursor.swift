/// One attribute, by its place in the bytes that it was found in.
@usableFromInline
package struct Attribute: Hashable, Sendable {
  /// The type without the nested and byte-order bits.
  @usableFromInline package var type: UInt16
  /// The value without header and padding.
  @usableFromInline package var range: Range<Int>

  @inlinable
  package init(type: UInt16, range: Range<Int>) {
    self.type = type
    self.range = range
  }
}

/// Walks attributes that follow each other, each padded to four bytes.
@usableFromInline
package struct AttributeCursor {
  @usableFromInline var offset: Int

  /// A cursor whose first attribute starts at `offset`.
  @inlinable
  package init(from offset: Int = 0) { self.offset = offset }

  /// The next attribute of `bytes`, which must be the same at each call; nil at the end.
  ///
  /// Up to three bytes after the last attribute are taken for padding.
  @inlinable
  package mutating func next(in bytes: RawSpan) throws(WireError) -> Attribute? {
    guard bytes.byteCount - offset >= 4 else { return nil }
    let length = try bytes.uint16(at: offset)
    guard length >= 4, Int(length) <= bytes.byteCount - offset else {
      throw .attributeLength(length, offset: offset)
    }
    let type = try bytes.uint16(at: offset + 2) & 0x3fff
    let range = offset + 4..<offset + Int(length)
    offset += (Int(length) + 3) & ~3
    return Attribute(type: type, range: range)
  }
  /// The types of the attributes that follow each other in an array.
  package static func types(in bytes: [UInt8]) throws(WireError) -> [UInt16] {
    let span = unsafe bytes.span.bytes
    var types: [UInt16] = []
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: span) { types.append(attribute.type) }
    return types
  }
}
