import Placement
import Routing
import TestSupport
import Testing

@Suite("Values of an open field")
struct FieldValuesTests {
  @Test(
    "ranges, prefixes and lists are read in their order",
    arguments: [
      ("33434-33534", SteerableField.sourcePort, "33434-33534", UInt64(101)),
      ("7", .sourcePort, "7", 1), ("49152-65535,1024-49151", .sourcePort, "49152-65535,1024-49151", 64512),
      ("9,5,7", .destinationPort, "9,5,7", 3), ("0x10-0x1f", .mark, "16-31", 16), ("0-255", .tos, "0-255", 256),
      ("0-0xfffff", .flowLabel, "0-1048575", 1 << 20), ("10.0.0.0/24", .source, "10.0.0.0/24", 256),
      ("10.0.0.0-10.0.0.255", .source, "10.0.0.0/24", 256), ("10.0.0.1-10.0.1.0", .source, "10.0.0.1-10.0.1.0", 256),
      ("10.0.0.1,10.0.0.0", .destination, "10.0.0.1,10.0.0.0", 2), ("10.0.0.1/32", .source, "10.0.0.1", 1),
      ("0.0.0.0/0", .source, "0.0.0.0/0", 1 << 32), ("2001:db8::/65", .source, "2001:db8::/65", 1 << 63),
      ("2001:db8::1-2001:db8::ffff", .innerSource, "2001:db8::1-2001:db8::ffff", 65535),
    ])
  func read(text: String, field: SteerableField, description: String, count: UInt64) throws {
    let values = try FieldValues(parsing: text, of: field)
    #expect(values.description == description)
    #expect(values.count == UInt128(count))
    #expect(try FieldValues(parsing: values.description, of: field) == values)
  }

  @Test("the addresses of a whole family are as many as a number can tell")
  func everything() throws {
    #expect(try FieldValues(parsing: "::/64", of: .source).count == 1 << 64)
    let all = try FieldValues(parsing: "::/0", of: .source)
    #expect(all.count == .max && all.description == "::/0")
    let halves = try FieldValues(parsing: "8000::/1,::/1", of: .source)
    #expect(halves.count == .max && halves.description == "8000::/1,::/1")
    #expect(try FieldValues(parsing: "::1-ffff::", of: .source).count > 1 << 127)
  }

  @Test(
    "what names no values is refused with the reason",
    arguments: [
      ("", SteerableField.sourcePort, "is no value of sport (1 to 65535)"), ("0-5", .sourcePort, "\"0\" is no value"),
      ("1-65536", .sourcePort, "\"65536\" is no value"), ("5-", .sourcePort, "\"\" is no value"),
      ("-5", .sourcePort, "\"\" is no value"), ("5-4", .sourcePort, "\"5-4\" is no range"),
      ("1-2-3", .sourcePort, "\"2-3\" is no value"), ("+5", .sourcePort, "\"+5\" is no value"),
      ("1,,2", .sourcePort, "\"\" is no value"), ("1-9,5", .sourcePort, "sport has 5 twice"),
      ("340282366920938463463374607431768211456", .mark, "is no value of mark"),
      ("http", .sourcePort, "\"http\" is no value"),
      ("10.0.0.0/33", .source, "out of range"), ("10.0.0.1/24", .source, "did you mean 10.0.0.0/24?"),
      ("10.0.0.x", .source, "is no IP address"), ("10.0.0.1,::1", .source, "both families"),
      ("10.0.0.1-::1", .source, "is no range"), ("10.0.0.0/24,10.0.0.7", .source, "src has 10.0.0.7 twice"),
      ("/24", .source, "is not a prefix"), ("1048576", .flowLabel, "is no value of flowlabel (0 to 1048575)"),
    ])
  func refuse(text: String, field: SteerableField, reason: String) {
    #expect {
      _ = try FieldValues(parsing: text, of: field)
    } throws: { error in
      (error as? FieldValuesError)?.description.contains(reason) == true
    }
  }

  @Test("text of any kind is read or refused, and nothing else")
  func anything() {
    var generator = SeededGenerator(seed: 0xf1e1d)
    let alphabet = Array("0123456789abcdefx:./,-+ ")
    for _ in 0..<20000 {
      let text = String((0..<Int(generator.next() % 24)).map { _ in generator.pick(alphabet) })
      let field = generator.pick(SteerableField.allCases)
      guard let values = try? FieldValues(parsing: text, of: field) else { continue }
      #expect(values.count > 0 && values.ranges.count > 0, "\(text)")
    }
  }

  @Test("each field is set, and nothing else is", arguments: SteerableField.allCases)
  func set(field: SteerableField) {
    for family in AddressFamily.allCases {
      let nothing = IPAddress.unspecified(family)
      var flow = Flow(source: nothing, destination: nothing)
      flow.inner = Flow.Inner(source: nothing, destination: nothing)
      let before = flow
      field.set(77, in: &flow)
      #expect(field.value(in: flow) == 77)
      for other in SteerableField.allCases where other != field { #expect(other.value(in: flow) == 0) }
      field.set(0, in: &flow)
      #expect(flow == before)
    }
    // Without an inner header there is nothing to set.
    var plain = Flow(source: .unspecified(.ipv4), destination: .unspecified(.ipv4))
    let before = plain
    field.set(5, in: &plain)
    #expect((plain == before) == field.isInner)
  }
}
