/// Whole values, and containers one member at a time.
extension JSONReader {
  /// Consumes the next value, whatever it is.
  package mutating func value() throws(JSONError) -> JSONValue {
    switch try next() {
    case .string(let text): return .string(text)
    case .integer(let number): return .integer(number)
    case .double(let number): return .double(number)
    case .bool(let flag): return .bool(flag)
    case .null: return .null
    case .beginArray:
      var elements: [JSONValue] = []
      while let element = try nextElement() { elements.append(element) }
      return .array(elements)
    case .beginObject:
      var members: [JSONMember] = []
      while let key = try nextKey() { members.append(JSONMember(key, try value())) }
      return .object(members)
    case .key, .endObject, .endArray, .end:
      throw error("expected a value")
    }
  }

  /// Consumes the next value without keeping it.
  package mutating func skipValue() throws(JSONError) {
    var depth = 0
    repeat {
      switch try next() {
      case .beginObject, .beginArray: depth += 1
      case .endObject, .endArray: depth -= 1
      case .end: throw error("expected a value")
      case .key, .string, .integer, .double, .bool, .null: break
      }
    } while depth > 0
  }

  /// The next element of the array that is open, or nil having consumed its end.
  package mutating func nextElement() throws(JSONError) -> JSONValue? {
    if try peek() == .endArray {
      _ = try next()
      return nil
    }
    return try value()
  }

  /// The next key of the object that is open, or nil having consumed its end; the value is next.
  package mutating func nextKey() throws(JSONError) -> String? {
    switch try next() {
    case .key(let key): return key
    case .endObject: return nil
    default: throw error("expected a key")
    }
  }

  /// Reads to the end of the text, where nothing but blanks may follow.
  package mutating func finish() throws(JSONError) {
    guard try next() == .end else { throw error("there is more text after the end of the value") }
  }
}

extension JSONValue {
  /// Reads one JSON text, such as a file or a line of NDJSON.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var reader = JSONReader(bytes)
    self = try reader.value()
    try reader.finish()
  }

  /// As `init(parsing:)` of bytes.
  package init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }
}
