/// One command of a batch, still as bytes: what remains of one line, or of several that are continued.
struct CommandText {
  /// Where a run of the bytes comes from.
  struct Piece {
    /// Index in `bytes` of the first byte of the run.
    var start: Int
    /// From 1.
    var line: Int
    /// Of the first byte of the run, from 1.
    var column: Int
  }

  private(set) var bytes: [UInt8] = []
  private var pieces: [Piece] = []

  /// Adds the rest of a line.
  mutating func append(_ text: ArraySlice<UInt8>, line: Int) {
    pieces.append(Piece(start: bytes.count, line: line, column: 1))
    bytes += text
  }

  mutating func removeLast(_ count: Int) { bytes.removeLast(min(count, bytes.count)) }

  /// The line and the column of the byte at an index.
  func place(of index: Int) -> (line: Int, column: Int) {
    let piece = pieces.last { $0.start <= index } ?? Piece(start: 0, line: 1, column: 1)
    return (piece.line, piece.column + index - piece.start)
  }
}

extension CommandText {
  /// As `ip -batch` of iproute2 6.1: its table of words has 512 places, and the last stays empty.
  static let maximumWords = 511

  /// The words as `ip -batch` divides them.
  ///
  /// White space is space, tab, CR and LF. A quote counts only at the start of a word, ends at the next quote of its
  /// kind, and ends the word even where no white space follows; nothing is escaped.
  func words() throws(CommandError) -> [Word] {
    var words: [Word] = []
    var index = 0
    while true {
      while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
      guard index < bytes.count else { return words }
      let place = place(of: index)
      guard words.count < Self.maximumWords else {
        throw CommandError(.tooManyWords(maximum: Self.maximumWords), line: place.line, column: place.column)
      }
      let start: Int
      if bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") {
        let quote = bytes[index]
        start = index + 1
        index = start
        while index < bytes.count, bytes[index] != quote { index += 1 }
        guard index < bytes.count else {
          throw CommandError(.unterminatedQuote, line: place.line, column: place.column)
        }
      } else {
        start = index
        while index < bytes.count, !Self.isSpace(bytes[index]) { index += 1 }
      }
      let text = String(decoding: bytes[start..<index], as: UTF8.self)
      words.append(Word(text: text, line: place.line, column: place.column))
      index += 1
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
  }
}
