package import JSON
package import Routing

extension AddressFamily: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let expected = "\"inet\" or \"inet6\""
    guard let family = AddressFamily(rawValue: try json.requiredText(expected)) else {
      throw JSONMismatch(expected: expected, found: json)
    }
    self = family
  }

  package func write(to writer: inout JSONWriter) {
    writer.string(rawValue)
  }
}

extension IPAddress: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    guard let address = IPAddress(try json.requiredText("an IP address")) else {
      throw JSONMismatch(expected: "an IP address", found: json)
    }
    self = address
  }

  package func write(to writer: inout JSONWriter) {
    writer.plainString { appendText(to: &$0) }
  }
}

extension Prefix: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let expected = "a prefix (ADDRESS/LENGTH)"
    let text = try json.requiredText(expected)
    do {
      // The words `default` and `any` of the command line have no family, and so no place in a file.
      guard text.utf8.first != nil, IPAddress(String(text.prefix { $0 != "/" })) != nil else {
        throw PrefixSyntaxError.notAPrefix(text)
      }
      self = try Prefix(parsing: text)
    } catch PrefixSyntaxError.hostBits(_, let meant) {
      throw JSONMismatch(expected: "a prefix without bits beyond its length, such as \(meant)", found: json)
    } catch {
      throw JSONMismatch(expected: expected, found: json)
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.plainString {
      address.appendText(to: &$0)
      $0.append(UInt8(ascii: "/"))
      $0.append(contentsOf: String(length).utf8)
    }
  }
}
