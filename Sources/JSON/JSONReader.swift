/// A pull reader for one JSON text (RFC 8259), which holds no more of it than the value being read.
///
/// Nothing recurses over the input, and containers nest at most `maximumDepth` deep. Bytes in strings that are
/// not UTF-8 are repaired to U+FFFD, since names in the kernel are bytes.
package struct JSONReader {
  package enum Token: Hashable, Sendable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    case key(String)
    case string(String)
    /// Every whole number without an exponent, as long as it fits.
    case integer(Int128)
    case double(Double)
    case bool(Bool)
    case null
    /// The end of the text.
    case end
  }

  package static let maximumDepth = 256

  private enum Container { case object, array }

  private enum State {
    case start, value, firstElement, firstKey, key, afterValue
  }

  private var input: JSONInput
  private var containers: [Container] = []
  private var state = State.start
  private var lookahead: Token?
  private var scratch: [UInt8] = []
  /// Where the token that was read or peeked at last begins; both from 1, the column in bytes.
  package private(set) var tokenLine = 1
  package private(set) var tokenColumn = 1

  /// Reads a text that is in memory.
  package init(_ bytes: [UInt8]) {
    input = JSONInput(bytes: bytes)
  }

  /// Reads a text in chunks: `refill` is given an empty buffer to fill, and leaves it empty at the end.
  ///
  /// The position of an error that `refill` throws is replaced by the reader's own.
  package init(refill: @escaping (inout [UInt8]) throws(JSONError) -> Void) {
    input = JSONInput(refill: refill)
  }

  /// The next token, not consumed.
  package mutating func peek() throws(JSONError) -> Token {
    if let lookahead { return lookahead }
    let token = try scan()
    lookahead = token
    return token
  }

  /// Consumes the next token.
  package mutating func next() throws(JSONError) -> Token {
    if let token = lookahead {
      lookahead = nil
      return token
    }
    return try scan()
  }

  /// An error at the token that was read or peeked at last.
  package func error(_ phrase: String) -> JSONError {
    JSONError(kind: .syntax, line: tokenLine, column: tokenColumn, phrase: phrase)
  }

  // MARK: Grammar

  private mutating func scan() throws(JSONError) -> Token {
    if state == .start {
      guard try input.skipByteOrderMark() else { throw error("expected a value") }
      state = .value
    }
    try input.skipBlanks()
    tokenLine = input.line
    tokenColumn = input.column
    guard let byte = try input.peek() else {
      if containers.isEmpty, state == .afterValue { return .end }
      throw truncated()
    }
    switch state {
    case .start, .value:
      return try scanValue(byte)
    case .firstElement:
      return byte == UInt8(ascii: "]") ? close(.endArray) : try scanValue(byte)
    case .firstKey:
      return byte == UInt8(ascii: "}") ? close(.endObject) : try scanKey(byte)
    case .key:
      return try scanKey(byte)
    case .afterValue:
      return try scanAfterValue(byte)
    }
  }

  private mutating func scanAfterValue(_ byte: UInt8) throws(JSONError) -> Token {
    guard let container = containers.last else { throw error("there is more text after the end of the value") }
    switch (byte, container) {
    case (UInt8(ascii: ","), .object):
      input.advance()
      state = .key
      return try scan()
    case (UInt8(ascii: ","), .array):
      input.advance()
      state = .value
      return try scan()
    case (UInt8(ascii: "}"), .object): return close(.endObject)
    case (UInt8(ascii: "]"), .array): return close(.endArray)
    case (_, .object): throw error("expected \",\" or \"}\"")
    case (_, .array): throw error("expected \",\" or \"]\"")
    }
  }

  private mutating func close(_ token: Token) -> Token {
    input.advance()
    containers.removeLast()
    state = .afterValue
    return token
  }

  private mutating func open(_ container: Container) throws(JSONError) -> Token {
    guard containers.count < Self.maximumDepth else {
      throw error("nested more than \(Self.maximumDepth) levels deep")
    }
    input.advance()
    containers.append(container)
    state = container == .object ? .firstKey : .firstElement
    return container == .object ? .beginObject : .beginArray
  }

  private mutating func scanKey(_ byte: UInt8) throws(JSONError) -> Token {
    guard byte == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
    let key = try scanString()
    try input.skipBlanks()
    guard let separator = try input.peek() else { throw truncated() }
    guard separator == UInt8(ascii: ":") else { throw errorHere("expected \":\" after a key") }
    input.advance()
    state = .value
    return .key(key)
  }

  private mutating func scanValue(_ byte: UInt8) throws(JSONError) -> Token {
    switch byte {
    case UInt8(ascii: "{"): return try open(.object)
    case UInt8(ascii: "["): return try open(.array)
    default: break
    }
    let token: Token
    switch byte {
    case UInt8(ascii: "\""): token = .string(try scanString())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): token = try scanNumber()
    case UInt8(ascii: "t"): token = try scanWord("true", .bool(true))
    case UInt8(ascii: "f"): token = try scanWord("false", .bool(false))
    case UInt8(ascii: "n"): token = try scanWord("null", .null)
    default: throw error("expected a value")
    }
    state = .afterValue
    return token
  }

  // MARK: Scalars

  private mutating func scanWord(_ word: StaticString, _ token: Token) throws(JSONError) -> Token {
    for expected in word.description.utf8 {
      guard let byte = try input.peek() else { throw truncated() }
      guard byte == expected else { throw error("expected a value") }
      input.advance()
    }
    return token
  }

  private mutating func scanNumber() throws(JSONError) -> Token {
    scratch.removeAll(keepingCapacity: true)
    var isWhole = true
    scan: while let byte = try input.peek() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"): isWhole = false
      default: break scan
      }
      scratch.append(byte)
      input.advance()
    }
    guard isWrittenAsNumber(scratch) else { throw error("a number is written wrongly") }
    if isWhole, let value = wholeNumber(scratch) { return .integer(value) }
    guard let value = Double(String(decoding: scratch, as: UTF8.self)) else {
      throw error("a number is written wrongly")
    }
    return .double(value)
  }

  private mutating func scanString() throws(JSONError) -> String {
    input.advance()
    scratch.removeAll(keepingCapacity: true)
    while true {
      guard let run = try input.plainRun() else { throw truncated() }
      guard let byte = try input.peek() else { throw truncated() }
      if byte == UInt8(ascii: "\""), scratch.isEmpty {
        let text = String(decoding: run, as: UTF8.self)
        input.advance()
        return text
      }
      scratch.append(contentsOf: run)
      switch byte {
      case UInt8(ascii: "\""):
        input.advance()
        return String(decoding: scratch, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try scanEscape()
      case 0..<0x20:
        throw errorHere("a control character in a string")
      default:
        // A chunk ended here, and the string goes on in the next one.
        continue
      }
    }
  }

  private mutating func scanEscape() throws(JSONError) {
    let line = input.line
    let column = input.column
    func wrong(_ phrase: String) -> JSONError { JSONError(kind: .syntax, line: line, column: column, phrase: phrase) }
    input.advance()
    guard let byte = try input.next() else { throw truncated() }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
    case UInt8(ascii: "b"): scratch.append(0x08)
    case UInt8(ascii: "f"): scratch.append(0x0c)
    case UInt8(ascii: "n"): scratch.append(0x0a)
    case UInt8(ascii: "r"): scratch.append(0x0d)
    case UInt8(ascii: "t"): scratch.append(0x09)
    case UInt8(ascii: "u"):
      guard let unit = try scanHexUnit() else { throw wrong("\\u needs four hexadecimal digits") }
      guard UTF16.isLeadSurrogate(unit) || UTF16.isTrailSurrogate(unit) else {
        appendScalar(UInt32(unit))
        return
      }
      // Half of a pair alone is no character: it is repaired like bad UTF-8.
      guard UTF16.isLeadSurrogate(unit), try input.peek() == UInt8(ascii: "\\") else {
        appendScalar(0xfffd)
        return
      }
      input.advance()
      guard let mark = try input.next() else { throw truncated() }
      guard mark == UInt8(ascii: "u"), let low = try scanHexUnit(), UTF16.isTrailSurrogate(low) else {
        throw wrong("half of a surrogate pair")
      }
      appendScalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(low) - 0xdc00))
    default:
      throw wrong("unknown escape in a string")
    }
  }

  private mutating func scanHexUnit() throws(JSONError) -> UInt16? {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = try input.next() else { throw truncated() }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  private mutating func appendScalar(_ value: UInt32) {
    let scalar = Unicode.Scalar(value) ?? "\u{fffd}"
    scratch.append(contentsOf: Character(scalar).utf8)
  }

  // MARK: Errors

  private func errorHere(_ phrase: String) -> JSONError {
    JSONError(kind: .syntax, line: input.line, column: input.column, phrase: phrase)
  }

  private func truncated() -> JSONError {
    JSONError(
      kind: .truncated, line: input.line, column: input.column, phrase: "the text ends in the middle of a value")
  }
}
