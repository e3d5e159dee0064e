internal import JSON
package import Routing

/// Flows as NDJSON: one object a line, whose keys are the names of the fields.
package struct NDJSONFlowFormat: Sendable {
  private let defaults: FlowDefaults

  package init(_ defaults: FlowDefaults = FlowDefaults()) { self.defaults = defaults }

  /// Reads one line, without a line end: a flow, or a prediction with its flow.
  ///
  /// - Throws: `FlowInputError` with a column.
  package func flow(
    _ line: Span<UInt8>, interface: FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) -> Flow {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(line.count)
    for index in line.indices { bytes.append(line[index]) }
    var reader = JSONReader(bytes)
    var builder = FlowBuilder(defaults: defaults)
    var columns: [(field: FlowField, column: Int)] = []
    guard try Self.next(&reader) == .beginObject else {
      throw Self.error(reader, "expected an object, such as {\"dst\":\"192.0.2.1\"}")
    }
    try Self.readFields(&reader, &builder, &columns, isInside: false, interface)
    guard try Self.next(&reader) == .end else { throw Self.error(reader, "there is more text after the object") }
    do throws(FlowFieldError) {
      return try builder.build()
    } catch {
      let column = columns.first { $0.field == error.field }?.column
      throw FlowInputError(column: column ?? max(line.count, 1), message: error.message)
    }
  }

  /// Reads the members of an object up to its end.
  ///
  /// - Parameter isInside: whether it is the flow of a prediction, and not the line's own object.
  private static func readFields(
    _ reader: inout JSONReader, _ builder: inout FlowBuilder, _ columns: inout [(field: FlowField, column: Int)],
    isInside: Bool, _ interface: FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) {
    while true {
      let token = try next(&reader)
      if token == .endObject { return }
      guard case .key(let name) = token else { throw error(reader, "expected a key") }
      guard let field = FlowField(rawValue: name) else {
        if !isInside, name == "flow" {
          guard try next(&reader) == .beginObject else { throw error(reader, "expected an object with a flow") }
          try readFields(&reader, &builder, &columns, isInside: true, interface)
        } else if !isInside, FlowField.resultKeys.contains(name) {
          try skipValue(&reader)
        } else {
          throw error(reader, FlowField.unknown(name, kind: "key"))
        }
        continue
      }
      guard !columns.contains(where: { $0.field == field }) else {
        throw error(reader, "key \(quoted(name)) appears twice")
      }
      let value = try text(&reader)
      columns.append((field, reader.tokenColumn))
      do throws(FlowFieldError) {
        try builder.take(field, value.utf8.span, interface)
      } catch {
        throw Self.error(reader, error.message)
      }
    }
  }

  private static func skipValue(_ reader: inout JSONReader) throws(FlowInputError) {
    do throws(JSONError) {
      try reader.skipValue()
    } catch {
      throw FlowInputError(column: error.column, message: error.phrase)
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
