internal import JSON
package import Routing

/// Flows as NDJSON: one object a line, whose keys are the names of the fields.
package struct NDJSONFlowFormat: Sendable {
  package init() {}

  /// Reads one line, without a line end.
  ///
  /// - Throws: `FlowInputError` with a column.
  package func flow(
    _ line: Span<UInt8>, interface: FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) -> Flow {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(line.count)
    for index in line.indices { bytes.append(line[index]) }
    var reader = JSONReader(bytes)
    var builder = FlowBuilder()
    var columns: [(field: FlowField, column: Int)] = []
    guard try Self.next(&reader) == .beginObject else {
      throw Self.error(reader, "expected an object, such as {\"dst\":\"192.0.2.1\"}")
    }
    while true {
      let token = try Self.next(&reader)
      if token == .endObject { break }
      guard case .key(let name) = token else { throw Self.error(reader, "expected a key") }
      guard let field = FlowField(rawValue: name) else {
        throw Self.error(reader, FlowField.unknown(name, kind: "key"))
      }
      guard !columns.contains(where: { $0.field == field }) else {
        throw Self.error(reader, "key \(quoted(name)) appears twice")
      }
      let text = try Self.text(&reader)
      columns.append((field, reader.tokenColumn))
      do throws(FlowFieldError) {
        try builder.take(field, text.utf8.span, interface)
      } catch {
        throw Self.error(reader, error.message)
      }
    }
    guard try Self.next(&reader) == .end else { throw Self.error(reader, "there is more text after the object") }
    do throws(FlowFieldError) {
      return try builder.build()
    } catch {
      let column = columns.first { $0.field == error.field }?.column
      throw FlowInputError(column: column ?? max(line.count, 1), message: error.message)
    }
  }

  /// A value as text: a string's, or a number's digits; empty for null.
  private static func text(_ reader: inout JSONReader) throws(FlowInputError) -> String {
    switch try next(&reader) {
    case .string(let text): return text
    case .integer(let number): return String(number)
    case .double(let number): return String(number)
    case .null: return ""
    default: throw error(reader, "expected a number or a string")
    }
  }

  private static func next(_ reader: inout JSONReader) throws(FlowInputError) -> JSONReader.Token {
    do throws(JSONError) {
      return try reader.next()
    } catch {
      let message = error.kind == .truncated ? "the line ends in the middle of a value" : error.phrase
      throw FlowInputError(column: error.column, message: message)
    }
  }

  private static func error(_ reader: JSONReader, _ message: String) -> FlowInputError {
    FlowInputError(column: reader.tokenColumn, message: message)
  }
}
