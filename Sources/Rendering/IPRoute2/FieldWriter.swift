import Routing

/// Whether fields become text or JSON.
package enum OutputFormat: Hashable, Sendable {
  case text
  case json
  /// JSON with line breaks and an indent of four, as `ip -j -p`.
  case prettyJSON
}

/// What of a field has the colour, where `ip -c` gives it one.
enum Tint: Sendable {
  case none
  /// The value and the space behind it.
  case value
  /// The label, too.
  case words
}

/// Writes the fields of an object as `ip` does: one call a field, which becomes words of text or a member of JSON.
///
/// In text a field is its `label` (a word and its spaces, often), the value and a space; the key and the brackets of
/// objects and arrays are JSON only. A field with a nil key is an element of the open array.
struct FieldWriter: Sendable {
  private(set) var output: [UInt8] = []
  let format: OutputFormat
  /// Of text; nil for none.
  private let palette: Palette?
  /// Brackets that are open.
  private var depth = 0
  /// Whether the next element of the open bracket follows another.
  private var needsComma = false

  init(format: OutputFormat, palette: Palette? = nil) {
    self.format = format
    self.palette = format == .text ? palette : nil
  }

  var isText: Bool { format == .text }

  /// Hands over what was written so far and goes on with an empty buffer.
  mutating func removeAll() {
    output.removeAll(keepingCapacity: true)
  }

  // MARK: Brackets

  mutating func openObject(_ key: String? = nil) {
    guard !isText else { return }
    if let key { name(key) }
    open(UInt8(ascii: "{"))
  }

  mutating func closeObject() {
    guard !isText else { return }
    close(UInt8(ascii: "}"))
  }

  mutating func openArray(_ key: String? = nil) {
    guard !isText else { return }
    if let key { name(key) }
    open(UInt8(ascii: "["))
    if format == .prettyJSON { output.append(UInt8(ascii: " ")) }
  }

  mutating func closeArray() {
    guard !isText else { return }
    if format == .prettyJSON, needsComma { output.append(UInt8(ascii: " ")) }
    needsComma = false
    close(UInt8(ascii: "]"))
  }

  // MARK: Fields

  /// Words that only text has.
  mutating func text(_ words: String) {
    if isText { raw(words) }
  }

  mutating func string(_ key: String?, _ label: String, _ value: String, _ end: String = " ") {
    guard isText else { return quoted(key, value.utf8) }
    raw(label)
    raw(value)
    raw(end)
  }

  mutating func string(_ key: String?, _ label: String, _ value: [UInt8]) {
    guard isText else { return quoted(key, value) }
    raw(label)
    output.append(contentsOf: value)
    output.append(UInt8(ascii: " "))
  }

  mutating func address(_ key: String?, _ label: String, _ value: IPAddress, _ tint: Tint = .none) {
    painted(key, label, Palette.Colour(value.family), tint) { value.appendText(to: &$0) }
  }

  mutating func interface(_ key: String, _ label: String, _ name: [UInt8], _ tint: Tint = .none) {
    guard palette != nil else { return string(key, label, name) }
    painted(key, label, .interface, tint) { $0.append(contentsOf: name) }
  }

  /// ADDRESS/LENGTH, a bare address for a host, or `default`.
  mutating func prefix(_ key: String, _ label: String, _ value: Prefix, _ tint: Tint = .none) {
    painted(key, label, Palette.Colour(value.family), value.length == 0 ? .none : tint) {
      value.appendShortText(to: &$0)
    }
  }

  mutating func number(_ key: String?, _ label: String, _ value: some BinaryInteger, _ end: String = " ") {
    begin(key, label)
    if value.signum() < 0 { output.append(UInt8(ascii: "-")) }
    output.appendDecimal(UInt64(clamping: value.magnitude))
    if isText { raw(end) }
  }

  /// A time in 1/100 s, printed in seconds with C's `%g`.
  mutating func seconds(_ key: String, _ label: String, hundredths: UInt64) {
    begin(key, label)
    CompactDecimal(hundredths: hundredths).appendText(to: &output)
    endWord()
  }

  /// `0x` and hexadecimal digits; 0 has no prefix, as in C's `%#x`.
  mutating func prefixedHex(_ key: String?, _ label: String, _ value: UInt64) {
    string(key, label, value == 0 ? "0" : "0x" + String(value, radix: 16))
  }

  /// A member that is null in JSON and a word in text.
  mutating func null(_ key: String, _ words: String) {
    begin(key, words)
    if !isText { raw("null") }
  }

  /// A member that is a boolean in JSON and, with `words`, stands for itself in text.
  mutating func bool(_ key: String, _ words: String, _ value: Bool) {
    begin(key, words)
    if !isText { raw(value ? "true" : "false") }
  }

  /// Ends the output: JSON has a line feed after its last bracket.
  mutating func endOfOutput() {
    if !isText { output.append(UInt8(ascii: "\n")) }
  }

  // MARK: Pieces

  /// A field whose value needs no escapes.
  private mutating func painted(
    _ key: String?, _ label: String, _ colour: Palette.Colour, _ tint: Tint, value: (inout [UInt8]) -> Void
  ) {
    if tint == .words { start(colour) }
    begin(key, label)
    if tint == .value { start(colour) }
    quote()
    value(&output)
    quote()
    endWord()
    if tint != .none, palette != nil { output.append(contentsOf: Palette.end) }
  }

  private mutating func start(_ colour: Palette.Colour) {
    if let palette { output.append(contentsOf: palette.start(colour)) }
  }

  private mutating func begin(_ key: String?, _ label: String) {
    if isText {
      raw(label)
    } else if let key {
      name(key)
      needsComma = true
    } else {
      separate()
    }
  }

  private mutating func endWord() {
    if isText { output.append(UInt8(ascii: " ")) }
  }

  private mutating func quote() {
    if !isText { output.append(UInt8(ascii: "\"")) }
  }

  private mutating func raw(_ text: String) {
    output.append(contentsOf: text.utf8)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    output.append(bracket)
    depth += 1
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    depth -= 1
    if needsComma { breakLine() }
    output.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { output.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func breakLine() {
    guard format == .prettyJSON else { return }
    output.append(UInt8(ascii: "\n"))
    for _ in 0..<(4 * max(depth, 0)) { output.append(UInt8(ascii: " ")) }
  }

  private mutating func name(_ key: String) {
    separate()
    breakLine()
    output.append(UInt8(ascii: "\""))
    raw(key)
    raw(format == .prettyJSON ? "\": " : "\":")
    needsComma = false
  }

  /// A JSON string with the escapes that iproute2 knows; other control characters pass as they are.
  private mutating func quoted(_ key: String?, _ bytes: some Sequence<UInt8>) {
    begin(key, "")
    output.append(UInt8(ascii: "\""))
    for byte in bytes {
      switch byte {
      case 8: raw("\\b")
      case 9: raw("\\t")
      case 10: raw("\\n")
      case 12: raw("\\f")
      case 13: raw("\\r")
      case UInt8(ascii: "\\"), UInt8(ascii: "\""):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}

extension Prefix {
  /// Appends ADDRESS/LENGTH, a bare address for a host, or `default`, as `ip` prints a destination.
  func appendShortText(to output: inout [UInt8]) {
    guard length > 0 else { return output.append(contentsOf: "default".utf8) }
    address.appendText(to: &output)
    guard !isHost else { return }
    output.append(UInt8(ascii: "/"))
    output.appendDecimal(UInt64(length))
  }
}

extension [UInt8] {
  /// Appends a number in decimal.
  mutating func appendDecimal(_ value: UInt64) {
    if value < 10 {
      append(UInt8(ascii: "0") + UInt8(value))
      return
    }
    var power: UInt64 = 10
    while value / power >= 10 { power *= 10 }
    while power > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / power % 10))
      power /= 10
    }
  }
}
