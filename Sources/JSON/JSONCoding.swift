/// A value that can be made from JSON.
package protocol JSONDecodable {
  init(json: JSONValue) throws(JSONMismatch)
}

/// A value that can be written as JSON.
package protocol JSONEncodable {
  func write(to writer: inout JSONWriter)
}

package typealias JSONCodable = JSONDecodable & JSONEncodable

extension JSONValue {
  /// The value of a member that must be there.
  package func required<T: JSONDecodable>(_ key: String, as type: T.Type = T.self) throws(JSONMismatch) -> T {
    guard let value = try optional(key, as: type) else {
      throw JSONMismatch("expected the key \"\(key)\"")
    }
    return value
  }

  /// The value of a member, or nil when it is absent or null.
  package func optional<T: JSONDecodable>(_ key: String, as type: T.Type = T.self) throws(JSONMismatch) -> T? {
    guard case .object = self else { throw JSONMismatch(expected: "an object", found: self) }
    guard let value = self[key], value != .null else { return nil }
    do {
      return try T(json: value)
    } catch {
      throw error.inside(.key(key))
    }
  }

  /// The text of a string.
  package func requiredText(_ expected: String = "a string") throws(JSONMismatch) -> String {
    guard case .string(let text) = self else { throw JSONMismatch(expected: expected, found: self) }
    return text
  }
}

extension JSONWriter {
  /// A key with its value, or nothing at all for nil.
  package mutating func member(_ name: String, _ value: (some JSONEncodable)?) {
    guard let value else { return }
    key(name)
    value.write(to: &self)
  }
}

extension String: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self = try json.requiredText()
  }

  package func write(to writer: inout JSONWriter) {
    writer.string(self)
  }
}

extension Bool: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    guard case .bool(let flag) = json else { throw JSONMismatch(expected: "true or false", found: json) }
    self = flag
  }

  package func write(to writer: inout JSONWriter) {
    writer.bool(self)
  }
}

extension FixedWidthInteger where Self: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    guard case .integer(let number) = json, let value = Self(exactly: number) else {
      throw JSONMismatch(expected: "a whole number from \(Self.min) to \(Self.max)", found: json)
    }
    self = value
  }

  package func write(to writer: inout JSONWriter) {
    writer.integer(self)
  }
}

extension UInt8: JSONCodable {}
extension UInt16: JSONCodable {}
extension UInt32: JSONCodable {}
extension UInt64: JSONCodable {}
extension Int32: JSONCodable {}
extension Int64: JSONCodable {}
extension Int: JSONCodable {}

extension Array: JSONDecodable where Element: JSONDecodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    guard case .array(let elements) = json else { throw JSONMismatch(expected: "an array", found: json) }
    self = []
    reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      do {
        append(try Element(json: element))
      } catch {
        throw error.inside(.index(index))
      }
    }
  }
}

extension Array: JSONEncodable where Element: JSONEncodable {
  package func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for element in self { element.write(to: &writer) }
    writer.endArray()
  }
}

extension JSONValue: JSONCodable {
  package init(json: JSONValue) { self = json }

  package func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let flag): writer.bool(flag)
    case .integer(let number): writer.integer(number)
    case .double(let number): writer.double(number)
    case .string(let text): writer.string(text)
    case .array(let elements): elements.write(to: &writer)
    case .object(let members):
      writer.beginObject()
      for member in members { writer.member(member.key, member.value) }
      writer.endObject()
    }
  }
}
