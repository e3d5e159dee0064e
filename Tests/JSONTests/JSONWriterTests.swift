import JSON
import TestSupport
import Testing

struct JSONWriterTests {
  private static let sample: JSONValue = [
    "a": 1, "b": [], "c": [:], "d": [["x": "y", "z": [true, nil]], 2.5],
  ]

  @Test(
    "Lays out the same value in every way",
    arguments: [
      (JSONWriter.Layout.compact, #"{"a":1,"b":[],"c":{},"d":[{"x":"y","z":[true,null]},2.5]}"#),
      (
        .indented(width: 2),
        """
        {
          "a": 1,
          "b": [],
          "c": {},
          "d": [
            {
              "x": "y",
              "z": [
                true,
                null
              ]
            },
            2.5
          ]
        }
        """
      ),
      (
        .indented(width: 1, depth: 2),
        """
        {
         "a": 1,
         "b": [],
         "c": {},
         "d": [
          {"x":"y","z":[true,null]},
          2.5
         ]
        }
        """
      ),
    ])
  func layouts(layout: JSONWriter.Layout, expected: String) {
    var writer = JSONWriter(layout)
    Self.sample.write(to: &writer)
    #expect(writer.text == expected)
  }

  @Test("The iproute2 layout is what ip -j -p prints")
  func iproute2() throws {
    // ip -j -p route show, with an empty and a filled array of words
    let printed = """
      [ {
              "dst": "192.0.2.0/24",
              "flags": [ ]
          },{
              "dst": "default",
              "nexthops": [ {
                      "dev": "a1",
                      "flags": [ "dead","linkdown" ]
                  } ]
          } ]
      """
    var writer = JSONWriter(.iproute2)
    try JSONValue(parsing: printed).write(to: &writer)
    #expect(writer.text == printed)
  }

  @Test(
    "Escapes what RFC 8259 says, and nothing else",
    arguments: [
      ("plain é€😀/'", "\"plain é€😀/'\""),
      ("a\"b\\c", #""a\"b\\c""#),
      ("\u{8}\t\n\u{c}\r", #""\b\t\n\f\r""#),
      ("\u{0}\u{1f}\u{7f}", "\"\\u0000\\u001f\u{7f}\""),
    ])
  func escapes(value: String, expected: String) throws {
    var writer = JSONWriter()
    writer.string(value)
    #expect(writer.text == expected)
    #expect(try JSONValue(parsing: writer.bytes) == .string(value))
  }

  @Test("Numbers of every width, raw texts, lines and flushing")
  func numbers() throws {
    var writer = JSONWriter()
    writer.array {
      $0.integer(UInt64.max)
      $0.integer(Int64.min)
      $0.integer(UInt8(7))
      $0.double(0.1)
      $0.double(.nan)
      $0.double(-.infinity)
      $0.rawNumber("1e+07")
      $0.plainString { $0.append(contentsOf: "10.0.0.1".utf8) }
      $0.object { $0.member("absent", Int?.none) }
    }
    writer.endLine()
    var flushed: [UInt8] = []
    writer.flush { flushed += $0 }
    writer.bool(true)
    writer.endLine()
    #expect(
      String(decoding: flushed, as: UTF8.self)
        == "[18446744073709551615,-9223372036854775808,7,0.1,null,null,1e+07,\"10.0.0.1\",{}]\n")
    #expect(writer.text == "true\n")
  }

  @Test("What is written in any layout reads back the same")
  func roundTrip() throws {
    for seed in UInt64(0)..<1500 {
      var random = SeededGenerator(seed: seed)
      let value = randomValue(depth: 4, using: &random)
      let layouts: [JSONWriter.Layout] = [.compact, .indented(width: 2), .indented(width: 3, depth: 1), .iproute2]
      for layout in layouts {
        var writer = JSONWriter(layout)
        value.write(to: &writer)
        #expect(try JSONValue(parsing: writer.bytes) == value, "seed \(seed), \(layout)")
      }
    }
  }

  private func randomValue(depth: Int, using random: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int128(Int64(bitPattern: random.next())))
    case 3: return .integer(Int128(random.next() >> UInt64.random(in: 0...63, using: &random)))
    case 4: return .double(Double.random(in: -1e9...1e9, using: &random))
    case 5: return .string(randomText(using: &random))
    case 6:
      let count = Int.random(in: 0...4, using: &random)
      return .array((0..<count).map { _ in randomValue(depth: depth - 1, using: &random) })
    default:
      let count = Int.random(in: 0...4, using: &random)
      return .object(
        (0..<count).map { _ in
          JSONMember(randomText(using: &random), randomValue(depth: depth - 1, using: &random))
        })
    }
  }

  private func randomText(using random: inout SeededGenerator) -> String {
    let alphabet = Array("ab\"\\/\n\t\u{0}\u{1f}é€😀 ")
    let count = Int.random(in: 0...8, using: &random)
    return String((0..<count).compactMap { _ in alphabet.randomElement(using: &random) })
  }
}
