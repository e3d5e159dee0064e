internal import Files

/// A text of at most 15 bytes that is looked for in many places.
struct ShortText: Sendable {
  let length: Int
  private let words: (UInt64, UInt64)
  private let masks: (UInt64, UInt64)

  /// nil for an empty text and for a longer one.
  init?(_ text: Span<UInt8>) {
    guard text.count > 0, text.count < 16 else { return nil }
    length = text.count
    var words: (UInt64, UInt64) = (0, 0)
    for index in text.indices {
      let bits = UInt64(text[index]) << (8 * UInt64(index & 7))
      if index < 8 { words.0 |= bits } else { words.1 |= bits }
    }
    self.words = words
    masks = (Self.mask(min(length, 8)), Self.mask(max(length - 8, 0)))
  }

  private static func mask(_ length: Int) -> UInt64 { length == 8 ? .max : 1 << (8 * UInt64(length)) - 1 }

  /// Whether it stands at `position`, and a comma, a quote or the end of the line behind it.
  @inline(__always)
  func stands(in bytes: Span<UInt8>, at position: Int) -> Bool {
    guard bytes.word(at: position) & masks.0 == words.0,
      length <= 8 || bytes.word(at: position &+ 8) & masks.1 == words.1, position &+ length < bytes.count
    else { return false }
    return PlainFields.isEnd(bytes[position &+ length])
  }
}
