/// HTML and SVG in the making.
struct Markup {
  private(set) var bytes: [UInt8] = []

  /// Markup as it is; for what this program writes itself.
  mutating func raw(_ markup: String) {
    bytes.append(contentsOf: markup.utf8)
  }

  /// Any text, with everything in it escaped that could be taken for markup, in an element as in a quoted attribute.
  mutating func text(_ text: String) {
    bytes.append(contentsOf: Self.escaped(text).utf8)
  }

  /// An element with a text in it.
  mutating func element(_ name: String, _ text: String, attributes: String = "") {
    raw("<\(name)\(attributes.isEmpty ? "" : " " + attributes)>")
    self.text(text)
    raw("</\(name)>")
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Control characters are not allowed in HTML, not even as references.
      case _ where scalar.properties.generalCategory == .control: result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
