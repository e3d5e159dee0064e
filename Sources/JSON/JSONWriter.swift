/// Writes JSON into a buffer of bytes, keys in the order of the calls.
///
/// The calls are trusted to be balanced: the writer puts in commas, quotes and blanks, and checks nothing.
package struct JSONWriter: Sendable {
  /// Where blanks and line breaks go.
  package enum Layout: Hashable, Sendable {
    /// None anywhere, as `ip -j` writes.
    case compact
    /// A member or an element a line, `width` spaces a level; compact inside anything deeper than `depth` levels.
    case indented(width: Int, depth: Int = .max)
    /// As `ip -j -p` writes.
    case iproute2
  }

  private struct Container {
    var isArray: Bool
    var isEmpty = true
  }

  /// What was written and not yet taken.
  package private(set) var bytes: [UInt8] = []
  private let layout: Layout
  private var containers: [Container] = []
  private var followsKey = false

  package init(_ layout: Layout = .compact) {
    self.layout = layout
  }

  /// Hands over what was written since the last call, to be written to a file; the buffer keeps its capacity.
  package mutating func flush<Failure>(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    try body(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// The text so far.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  // MARK: Containers

  package mutating func beginObject() {
    beginValue()
    bytes.append(UInt8(ascii: "{"))
    containers.append(Container(isArray: false))
  }

  package mutating func endObject() {
    end(UInt8(ascii: "}"))
  }

  package mutating func beginArray() {
    beginValue()
    bytes.append(UInt8(ascii: "["))
    if layout == .iproute2 { bytes.append(UInt8(ascii: " ")) }
    containers.append(Container(isArray: true))
  }

  package mutating func endArray() {
    end(UInt8(ascii: "]"))
  }

  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    beginObject()
    body(&self)
    endObject()
  }

  package mutating func array(_ body: (inout JSONWriter) -> Void) {
    beginArray()
    body(&self)
    endArray()
  }

  package mutating func key(_ key: String) {
    beginMember()
    appendQuoted(key)
    bytes.append(UInt8(ascii: ":"))
    if breaksLines { bytes.append(UInt8(ascii: " ")) }
    followsKey = true
  }

  // MARK: Scalars

  package mutating func string(_ value: String) {
    beginValue()
    appendQuoted(value)
  }

  /// A string whose text `append` adds to the buffer, and which needs no escapes, such as an address.
  package mutating func plainString(_ append: (inout [UInt8]) -> Void) {
    beginValue()
    bytes.append(UInt8(ascii: "\""))
    append(&bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  package mutating func integer(_ value: some BinaryInteger) {
    beginValue()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// The shortest text that reads back as the same number; null for what JSON has no number for.
  package mutating func double(_ value: Double) {
    guard value.isFinite else { return null() }
    rawNumber(value.description)
  }

  /// A number already in its text, which must be JSON.
  package mutating func rawNumber(_ text: String) {
    beginValue()
    bytes.append(contentsOf: text.utf8)
  }

  package mutating func bool(_ value: Bool) {
    rawNumber(value ? "true" : "false")
  }

  package mutating func null() {
    rawNumber("null")
  }

  /// Ends the line after a whole value, such as a line of NDJSON.
  package mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
  }

  // MARK: Layout

  /// Whether members of the innermost container stand on lines of their own.
  private var breaksLines: Bool {
    switch layout {
    case .compact: false
    case .indented(_, let depth): containers.count <= depth
    case .iproute2: true
    }
  }

  private mutating func beginValue() {
    if followsKey {
      followsKey = false
    } else if !containers.isEmpty {
      beginMember()
    }
  }

  private mutating func beginMember() {
    guard let container = containers.last else { return }
    if !container.isEmpty { bytes.append(UInt8(ascii: ",")) }
    containers[containers.count - 1].isEmpty = false
    if breaksLines, !(container.isArray && layout == .iproute2) { breakLine() }
  }

  private mutating func end(_ closing: UInt8) {
    guard let container = containers.last else { return }
    let breaks = breaksLines
    containers.removeLast()
    if !container.isEmpty, breaks {
      if container.isArray, layout == .iproute2 {
        bytes.append(UInt8(ascii: " "))
      } else {
        breakLine()
      }
    }
    bytes.append(closing)
  }

  private mutating func breakLine() {
    let width =
      switch layout {
      case .compact: 0
      case .indented(let width, _): width
      case .iproute2: 4
      }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: width * containers.count))
  }

  // MARK: Strings

  private mutating func appendQuoted(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    if value.utf8.contains(where: Self.needsEscape) {
      for byte in value.utf8 { appendEscaped(byte) }
    } else {
      bytes.append(contentsOf: value.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    guard Self.needsEscape(byte) else { return bytes.append(byte) }
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0a: bytes.append(UInt8(ascii: "n"))
    case 0x0c: bytes.append(UInt8(ascii: "f"))
    case 0x0d: bytes.append(UInt8(ascii: "r"))
    case 0..<0x20:
      let digits = String(byte, radix: 16)
      bytes.append(contentsOf: "u00\(digits.utf8.count == 1 ? "0" : "")\(digits)".utf8)
    default: bytes.append(byte)
    }
  }
}
