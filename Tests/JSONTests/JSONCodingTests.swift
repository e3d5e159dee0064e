import JSON
import Testing

struct JSONCodingTests {
  private struct Leg: JSONDecodable, Equatable {
    var weight: UInt16
    var gateway: String?

    init(json: JSONValue) throws(JSONMismatch) {
      weight = try json.required("weight")
      gateway = try json.optional("gateway")
    }
  }

  private struct Table: JSONDecodable {
    var legs: [Leg]

    init(json: JSONValue) throws(JSONMismatch) { legs = try json.required("legs") }
  }

  @Test("Absent and null members are nil, and unknown ones do not matter")
  func optionals() throws {
    let json = try JSONValue(parsing: #"{"legs":[{"weight":1,"x":0},{"weight":2,"gateway":null}]}"#)
    let table = try Table(json: json)
    #expect(table.legs.map(\.weight) == [1, 2])
    #expect(table.legs.allSatisfy { $0.gateway == nil })
  }

  @Test(
    "A mismatch names its place and what was expected",
    arguments: [
      ("{}", #"expected the key "legs""#),
      ("[]", "expected an object, found an array"),
      (#"{"legs":3}"#, "legs: expected an array, found 3"),
      (
        #"{"legs":[{"weight":1},{"weight":70000}]}"#,
        "legs[1].weight: expected a whole number from 0 to 65535, found 70000"
      ),
      (#"{"legs":[{"weight":1.5}]}"#, "legs[0].weight: expected a whole number from 0 to 65535, found 1.5"),
      (#"{"legs":[{"weight":"1"}]}"#, #"legs[0].weight: expected a whole number from 0 to 65535, found "1""#),
      (#"{"legs":[{}]}"#, #"legs[0]: expected the key "weight""#),
      (#"{"legs":[{"weight":1,"gateway":true}]}"#, "legs[0].gateway: expected a string, found true"),
    ])
  func mismatches(text: String, message: String) throws {
    let json = try JSONValue(parsing: text)
    let mismatch = #expect(throws: JSONMismatch.self) { try Table(json: json) }
    #expect(mismatch?.description == message)
  }

  @Test("Integers are lossless at the ends of their ranges")
  func integers() throws {
    #expect(try UInt64(json: JSONValue(parsing: "18446744073709551615")) == .max)
    #expect(try Int64(json: JSONValue(parsing: "-9223372036854775808")) == .min)
    #expect(throws: JSONMismatch.self) { try UInt64(json: .integer(-1)) }
    #expect(throws: JSONMismatch.self) { try UInt64(json: .integer(Int128(UInt64.max) + 1)) }
  }
}
