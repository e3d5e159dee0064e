internal import JSON

/// Bytes as a string of hexadecimal digits, optionally with colons between them.
struct HexBytes: JSONCodable {
  var bytes: [UInt8]
  var separator: UInt8?

  init(_ bytes: [UInt8], separator: UInt8? = nil) {
    self.bytes = bytes
    self.separator = separator
  }

  init(json: JSONValue) throws(JSONMismatch) {
    let expected = "bytes in hexadecimal"
    let text = try json.requiredText(expected)
    guard let bytes = Self.parse(text) else { throw JSONMismatch(expected: expected, found: json) }
    self.init(bytes)
  }

  /// Pairs of digits, which colons may separate; nil for anything else.
  static func parse(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      if character == UInt8(ascii: ":"), high == nil { continue }
      guard let digit = Character(Unicode.Scalar(character)).hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    return high == nil ? bytes : nil
  }

  func write(to writer: inout JSONWriter) {
    let digits = Array("0123456789abcdef".utf8)
    writer.plainString { output in
      for (index, byte) in bytes.enumerated() {
        if index > 0, let separator { output.append(separator) }
        output.append(digits[Int(byte >> 4)])
        output.append(digits[Int(byte & 0xf)])
      }
    }
  }
}
