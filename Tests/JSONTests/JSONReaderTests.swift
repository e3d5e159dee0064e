import JSON
import TestSupport
import Testing

struct JSONReaderTests {
  private static let samples: [(String, JSONValue)] = [
    ("null", JSONValue.null),
    (" true\n", true),
    ("false", false),
    ("0", 0),
    ("-1", -1),
    ("9223372036854775807", .integer(Int128(Int64.max))),
    ("18446744073709551615", .integer(Int128(UInt64.max))),
    ("-9223372036854775808", .integer(Int128(Int64.min))),
    ("99999999999999999999999999999999999999", .integer(99_999_999_999_999_999_999_999_999_999_999_999_999)),
    ("-0", .double(-0.0)),
    ("1.5", .double(1.5)),
    ("1e3", .double(1000)),
    ("1E-2", .double(0.01)),
    ("\"\"", ""),
    ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\u{8}\u{c}\n\r\tz"),
    ("\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"", "Aé€😀"),
    ("\"\\ud83d\"", "\u{fffd}"),
    ("\"né\u{7f}\"", "né\u{7f}"),
    ("[]", []),
    ("[ 1 , [ ] , {} ]", [1, [], [:]]),
    ("{\"a\":1,\"a\":2,\"b\":[null]}", ["a": 1, "a": 2, "b": [nil]]),
    ("\u{feff}1", 1),
  ]

  @Test("Reads every kind of value", arguments: samples)
  func values(text: String, expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
    #expect(try byteByByte(Array(text.utf8)) == expected, "in chunks of one byte")
  }

  private static let mistakes: [(String, JSONError.Kind, String)] = [
    ("", JSONError.Kind.truncated, "line 1, column 1: the text ends in the middle of a value"),
    ("[1,\n 2", .truncated, "line 2, column 3: the text ends in the middle of a value"),
    ("\"abc", .truncated, "line 1, column 5: the text ends in the middle of a value"),
    ("\"abc\\", .truncated, "line 1, column 6: the text ends in the middle of a value"),
    ("{\"a\"", .truncated, "line 1, column 5: the text ends in the middle of a value"),
    ("tru", .truncated, "line 1, column 4: the text ends in the middle of a value"),
    ("[1,]", .syntax, "line 1, column 4: expected a value"),
    ("[1 2]", .syntax, "line 1, column 4: expected \",\" or \"]\""),
    ("{\"a\":1 \"b\"}", .syntax, "line 1, column 8: expected \",\" or \"}\""),
    ("{\"a\" 1}", .syntax, "line 1, column 6: expected \":\" after a key"),
    ("{a:1}", .syntax, "line 1, column 2: expected a key in quotes"),
    ("{\"a\":1,}", .syntax, "line 1, column 8: expected a key in quotes"),
    ("[1]\n\n  x", .syntax, "line 3, column 3: there is more text after the end of the value"),
    ("[01]", .syntax, "line 1, column 2: a number is written wrongly"),
    ("1.", .syntax, "line 1, column 1: a number is written wrongly"),
    ("-", .syntax, "line 1, column 1: a number is written wrongly"),
    ("1e+", .syntax, "line 1, column 1: a number is written wrongly"),
    ("+1", .syntax, "line 1, column 1: expected a value"),
    ("nul!", .syntax, "line 1, column 1: expected a value"),
    ("\"a\nb\"", .syntax, "line 1, column 3: a control character in a string"),
    ("\"a\\x\"", .syntax, "line 1, column 3: unknown escape in a string"),
    ("\"\\u12g4\"", .syntax, "line 1, column 2: \\u needs four hexadecimal digits"),
    ("\"\\ud83d\\u0041\"", .syntax, "line 1, column 2: half of a surrogate pair"),
  ]

  @Test("Says where a text is not JSON", arguments: mistakes)
  func errors(text: String, kind: JSONError.Kind, message: String) {
    for chunked in [false, true] {
      let error = #expect(throws: JSONError.self) {
        if chunked { _ = try byteByByte(Array(text.utf8)) } else { _ = try JSONValue(parsing: text) }
      }
      #expect(error?.kind == kind)
      #expect(error?.description == message)
    }
  }

  @Test("Deep nesting is an error, not a stack overflow", arguments: ["[", "{\"a\":", "[{\"a\":"])
  func depth(opening: String) {
    let text = String(repeating: opening, count: 100_000)
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.phrase == "nested more than 256 levels deep")
    var reader = JSONReader(Array(text.utf8))
    #expect(throws: JSONError.self) { try reader.skipValue() }
  }

  @Test("The deepest nesting allowed is read")
  func deepest() throws {
    let text = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
    var value = try JSONValue(parsing: text)
    var depth = 1
    while let inner = value[0] {
      value = inner
      depth += 1
    }
    #expect(depth == 256)
  }

  @Test("Bytes that are not UTF-8 are repaired")
  func repairs() throws {
    #expect(try JSONValue(parsing: [0x22, 0x61, 0xff, 0x22]) == "a\u{fffd}")
  }

  @Test("A big array is read one element at a time, around keys that are skipped")
  func elements() throws {
    var next = 0
    var reader = JSONReader { (buffer: inout [UInt8]) in
      defer { next += 1 }
      switch next {
      case 0: buffer.append(contentsOf: "{\"x\":[{\"routes\":1}],\"routes\":[".utf8)
      case 1...1000: buffer.append(contentsOf: "{\"n\":\(next - 1)},".utf8)
      case 1001: buffer.append(contentsOf: "{\"n\":1000}]}".utf8)
      default: break
      }
    }
    #expect(try reader.next() == .beginObject)
    #expect(try reader.nextKey() == "x")
    try reader.skipValue()
    #expect(try reader.nextKey() == "routes")
    #expect(try reader.next() == .beginArray)
    var count = 0
    while let element = try reader.nextElement() {
      #expect(element["n"] == .integer(Int128(count)))
      count += 1
      // What was consumed was also handed out: no more than one chunk is read ahead.
      #expect(next <= count + 2)
    }
    #expect(count == 1001)
    #expect(try reader.nextKey() == nil)
    try reader.finish()
  }

  @Test("A failing source keeps its errno and gets a position")
  func sourceFails() {
    var calls = 0
    var reader = JSONReader { (buffer: inout [UInt8]) throws(JSONError) in
      calls += 1
      guard calls == 1 else { throw JSONError(kind: .unreadable(5), line: 0, column: 0, phrase: "I/O error") }
      buffer = Array("[\n1,".utf8)
    }
    let error = #expect(throws: JSONError.self) { try reader.value() }
    #expect(error == JSONError(kind: .unreadable(5), line: 2, column: 3, phrase: "I/O error"))
  }

  @Test("Any text is read or refused with a position, in one piece as in small chunks")
  func fuzz() throws {
    let alphabet = Array("{}[]:,\"\\ \n0123456789.eE+-truefalsnu/bdD8\u{e9}".utf8)
    for seed in UInt64(0)..<4000 {
      var random = SeededGenerator(seed: seed)
      let length = Int.random(in: 0...60, using: &random)
      let bytes = (0..<length).map { _ in
        seed % 2 == 0 ? alphabet.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
      }
      let whole = Result { try JSONValue(parsing: bytes) }
      let pieces = Result { try byteByByte(bytes) }
      switch (whole, pieces) {
      case (.success(let left), .success(let right)):
        #expect(left == right, "seed \(seed)")
      case (.failure(let left as JSONError), .failure(let right as JSONError)):
        #expect(left == right, "seed \(seed)")
        #expect(left.line >= 1 && left.column >= 1, "seed \(seed)")
      default:
        Issue.record("seed \(seed): \(whole) and \(pieces)")
      }
    }
  }

  @Test("Every truncation of a text is reported as one")
  func truncations() {
    let text = Array("{\"a\":[1,true,\"x\\u00e9\",{\"b\":null}],\"c\":{}}".utf8)
    for length in 0..<text.count {
      let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.prefix(length))) }
      #expect(error?.kind == .truncated, "of \(length) bytes")
    }
  }

  private func byteByByte(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var rest = bytes[...]
    var reader = JSONReader { (buffer: inout [UInt8]) in
      if let first = rest.popFirst() { buffer.append(first) }
    }
    let value = try reader.value()
    try reader.finish()
    return value
  }
}
