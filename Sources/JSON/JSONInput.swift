/// The bytes of a JSON text, a chunk at a time, with the position of the next one.
struct JSONInput {
  /// Fills the empty buffer with what comes next; leaves it empty at the end of the text.
  typealias Refill = (inout [UInt8]) throws(JSONError) -> Void

  private var buffer: [UInt8]
  private var position = 0
  /// Bytes before the buffer.
  private var consumed = 0
  /// Offset of the current line's first byte.
  private var lineStart = 0
  private(set) var line = 1
  private let refill: Refill?

  init(bytes: [UInt8]) {
    buffer = bytes
    refill = nil
  }

  init(refill: @escaping Refill) {
    buffer = []
    self.refill = refill
  }

  /// In bytes, from 1.
  var column: Int { consumed + position - lineStart + 1 }

  /// The next byte, not consumed; nil at the end of the text.
  mutating func peek() throws(JSONError) -> UInt8? {
    if position < buffer.count { return buffer[position] }
    return try loadChunk() ? buffer[position] : nil
  }

  /// Consumes the byte that `peek()` returned.
  mutating func advance() { position += 1 }

  mutating func next() throws(JSONError) -> UInt8? {
    guard let byte = try peek() else { return nil }
    position += 1
    return byte
  }

  private mutating func loadChunk() throws(JSONError) -> Bool {
    guard let refill else { return false }
    consumed += position
    position = 0
    buffer.removeAll(keepingCapacity: true)
    do {
      try refill(&buffer)
    } catch {
      throw JSONError(kind: error.kind, line: line, column: column, phrase: error.phrase)
    }
    return !buffer.isEmpty
  }

  /// Consumes blanks, and counts the lines.
  mutating func skipBlanks() throws(JSONError) {
    while let byte = try peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        position += 1
      case UInt8(ascii: "\n"):
        position += 1
        line += 1
        lineStart = consumed + position
      default:
        return
      }
    }
  }

  /// Consumes a byte order mark at the start of the text, which RFC 8259 allows a reader to ignore.
  ///
  /// - Returns: False when there is only a part of one.
  mutating func skipByteOrderMark() throws(JSONError) -> Bool {
    guard try peek() == 0xef else { return true }
    for expected: UInt8 in [0xef, 0xbb, 0xbf] {
      guard try next() == expected else { return false }
    }
    lineStart = consumed + position
    return true
  }

  /// Consumes what stands in a string up to a quote, a backslash or a control character, or to the end of the chunk.
  ///
  /// - Returns: Nil at the end of the text.
  mutating func plainRun() throws(JSONError) -> ArraySlice<UInt8>? {
    guard try peek() != nil else { return nil }
    let start = position
    while position < buffer.count {
      let byte = buffer[position]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      position += 1
    }
    return buffer[start..<position]
  }
}
