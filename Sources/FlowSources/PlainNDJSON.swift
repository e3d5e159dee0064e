import Routing

/// Reads the lines of NDJSON that nearly all flows come in: compact or with a blank behind colons and commas, and with
/// plain values (see `PlainFields`). Everything else it leaves to `NDJSONFlowFormat`.
struct PlainNDJSON: Sendable {
  private struct Key: Sendable {
    var name: ShortText
    var field: PlainFields.Field
    /// A bit of its own.
    var bit: UInt32

    /// Whether it stands at a place, with a quote behind it.
    @inline(__always)
    func stands(in bytes: Span<UInt8>, at place: Int) -> Bool {
      name.stands(in: bytes, at: place) && bytes[place &+ name.length] == UInt8(ascii: "\"")
    }
  }

  private var fields: PlainFields
  // In the order in which they came last, as the next line most likely has them.
  private var keys: [Key] = FlowField.allCases.enumerated().compactMap { number, field in
    guard let plain = PlainFields.Field(field), let name = ShortText(field.rawValue.utf8.span) else { return nil }
    return Key(name: name, field: plain, bit: 1 << UInt32(number))
  }

  init(_ defaults: FlowDefaults) { fields = PlainFields(defaults) }

  /// Longer numbers are not kept whole by every reader of JSON.
  private static let mostDigits = 15

  /// Reads the line that begins at `position`; as `PlainCSV.read`.
  mutating func read(
    _ bytes: Span<UInt8>, at position: inout Int, _ flows: inout FlowColumns, interface: FlowBuilder.InterfaceResolver
  ) -> Bool {
    var place = position
    guard Self.take(UInt8(ascii: "{"), bytes, &place) else { return false }
    fields.begin()
    var seen: UInt32 = 0
    var number = 0
    repeat {
      Self.skipBlank(bytes, &place)
      guard Self.take(UInt8(ascii: "\""), bytes, &place), let key = key(number, bytes, place), seen & key.bit == 0
      else {
        return false
      }
      seen |= key.bit
      place &+= key.name.length &+ 1
      guard Self.take(UInt8(ascii: ":"), bytes, &place) else { return false }
      Self.skipBlank(bytes, &place)
      let isText = Self.take(UInt8(ascii: "\""), bytes, &place)
      let start = place
      guard isText || (key.field.isNumber && Self.isNumber(bytes, place)),
        fields.read(key.field, bytes, &place, interface),
        isText ? Self.take(UInt8(ascii: "\""), bytes, &place) : place &- start <= Self.mostDigits
      else { return false }
      number &+= 1
    } while Self.take(UInt8(ascii: ","), bytes, &place)
    guard Self.take(UInt8(ascii: "}"), bytes, &place) else { return false }
    _ = Self.take(UInt8(ascii: "\r"), bytes, &place)
    guard Self.take(UInt8(ascii: "\n"), bytes, &place), fields.end(&flows) else { return false }
    position = place
    return true
  }

  /// The key at a place, the closing quote included.
  ///
  /// - Parameter number: how many keys of the line stand before it.
  @inline(__always)
  private mutating func key(_ number: Int, _ bytes: Span<UInt8>, _ place: Int) -> Key? {
    if number < keys.count, keys[number].stands(in: bytes, at: place) { return keys[number] }
    guard let found = keys.firstIndex(where: { $0.stands(in: bytes, at: place) }) else { return nil }
    if number < keys.count { keys.swapAt(number, found) }
    return keys[min(number, keys.count - 1)]
  }

  /// JSON has no numbers with leading zeros.
  @inline(__always)
  private static func isNumber(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
    guard place &+ 1 < bytes.count else { return false }
    let (first, second) = (bytes[place] &- UInt8(ascii: "0"), bytes[place &+ 1] &- UInt8(ascii: "0"))
    return first <= 9 && (first > 0 || second > 9)
  }

  @inline(__always)
  private static func skipBlank(_ bytes: Span<UInt8>, _ place: inout Int) {
    if place < bytes.count, bytes[place] == UInt8(ascii: " ") { place &+= 1 }
  }

  @inline(__always)
  private static func take(_ byte: UInt8, _ bytes: Span<UInt8>, _ place: inout Int) -> Bool {
    guard place < bytes.count, bytes[place] == byte else { return false }
    place &+= 1
    return true
  }
}
