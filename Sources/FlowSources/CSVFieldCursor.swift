/// One field of a CSV line: where it is, and where its text is, without quotes and blanks around it.
struct CSVField {
  /// Offset of the field's first byte that is no blank.
  var start: Int
  var text: Range<Int>
  /// Whether the text has quotes written twice.
  var hasDoubledQuotes = false

  /// The text with doubled quotes made single.
  func unescaped(in line: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = text.lowerBound
    while index < text.upperBound {
      bytes.append(line[index])
      index += line[index] == UInt8(ascii: "\"") ? 2 : 1
    }
    return bytes
  }
}

/// Walks over the fields of one CSV line (RFC 4180, and blanks around a field do not count).
struct CSVFieldCursor {
  /// Offset of the next field; nil after the last.
  private var position: Int? = 0

  /// - Throws: `FlowInputError` with a column.
  mutating func next(in line: Span<UInt8>) throws(FlowInputError) -> CSVField? {
    guard var index = position else { return nil }
    while index < line.count, Self.isBlank(line[index]) { index += 1 }
    if index < line.count, line[index] == UInt8(ascii: "\"") { return try quotedField(in: line, at: index) }
    let start = index
    while index < line.count, line[index] != UInt8(ascii: ",") { index += 1 }
    position = index < line.count ? index + 1 : nil
    while index > start, Self.isBlank(line[index - 1]) { index -= 1 }
    return CSVField(start: start, text: start..<index)
  }

  private mutating func quotedField(in line: Span<UInt8>, at start: Int) throws(FlowInputError) -> CSVField {
    let quote = UInt8(ascii: "\"")
    var field = CSVField(start: start, text: start..<start)
    var index = start + 1
    while true {
      guard index < line.count else {
        throw FlowInputError(column: start + 1, message: "the quote is not closed on this line")
      }
      if line[index] == quote {
        guard index + 1 < line.count, line[index + 1] == quote else { break }
        field.hasDoubledQuotes = true
        index += 1
      }
      index += 1
    }
    field.text = start + 1..<index
    index += 1
    while index < line.count, Self.isBlank(line[index]) { index += 1 }
    guard index == line.count || line[index] == UInt8(ascii: ",") else {
      throw FlowInputError(column: index + 1, message: "expected a comma after the closing quote")
    }
    position = index < line.count ? index + 1 : nil
    return field
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
