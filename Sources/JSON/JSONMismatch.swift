/// A JSON value that is not what was expected in its place.
package struct JSONMismatch: Error, Hashable {
  package enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  /// The way from the top of the text to the value.
  package var path: [Step] = []
  /// What was expected and what is there, as a phrase.
  package var phrase: String
  /// The line where the value begins, or the one around it that was read as a whole; from 1, nil when unknown.
  package var line: Int?

  package init(_ phrase: String) {
    self.phrase = phrase
  }

  package init(expected: String, found: JSONValue) {
    phrase = "expected \(expected), found \(found.summary)"
  }

  /// The same mismatch, seen from one level further up.
  package func inside(_ step: Step) -> JSONMismatch {
    var outer = self
    outer.path.insert(step, at: 0)
    return outer
  }

  /// Such as `routes[17].legs[0].weight`; empty for the top.
  package var place: String {
    var text = ""
    for step in path {
      switch step {
      case .key(let key): text += text.isEmpty ? key : "." + key
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}

extension JSONMismatch: CustomStringConvertible {
  package var description: String { path.isEmpty ? phrase : "\(place): \(phrase)" }
}

extension JSONValue {
  /// The value in a few words, for an error.
  package var summary: String {
    switch self {
    case .null: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .integer(let number): return String(number)
    case .double(let number): return String(number)
    case .string(let text):
      var writer = JSONWriter()
      writer.string(text.count > 40 ? text.prefix(40) + "…" : text)
      return writer.text
    case .array: return "an array"
    case .object: return "an object"
    }
  }
}
