package import Routing

/// Flows as CSV: a header that names the columns, then one flow a line.
package struct CSVFlowFormat: Sendable {
  /// The field of each column; nil for one of a prediction's result, which is passed over.
  private let columns: [FlowField?]
  private let defaults: FlowDefaults
  /// What reads most lines, where the columns are such.
  let plain: PlainCSV?

  /// Reads the header, without a line end.
  ///
  /// - Throws: `FlowInputError` with a column.
  package init(header line: Span<UInt8>, defaults: FlowDefaults = FlowDefaults()) throws(FlowInputError) {
    var columns: [FlowField?] = []
    var cursor = CSVFieldCursor()
    while let field = try cursor.next(in: line) {
      let name = string(line.extracting(field.text))
      if FlowField.resultColumns.contains(name) {
        columns.append(nil)
        continue
      }
      guard let column = FlowField(rawValue: name) else {
        throw FlowInputError(
          column: field.start + 1, message: FlowField.unknown(name, kind: "column"), isRecoverable: false)
      }
      guard !columns.contains(column) else {
        throw FlowInputError(
          column: field.start + 1, message: "column \(quoted(name)) appears twice", isRecoverable: false)
      }
      columns.append(column)
    }
    guard columns.contains(.destination) else {
      throw FlowInputError(column: 1, message: "the header has no column dst", isRecoverable: false)
    }
    self.columns = columns
    self.defaults = defaults
    plain = PlainCSV(columns, defaults: defaults)
  }

  /// Reads one line, without a line end.
  ///
  /// - Throws: `FlowInputError` with a column.
  package func flow(
    _ line: Span<UInt8>, interface: FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) -> Flow {
    var builder = FlowBuilder(defaults: defaults)
    var cursor = CSVFieldCursor()
    var count = 0
    do throws(FlowFieldError) {
      while let field = try Self.next(&cursor, line) {
        guard count < columns.count else { throw FlowFieldError(message: tooMany) }
        if let column = columns[count] {
          if field.hasDoubledQuotes {
            try builder.take(column, field.unescaped(in: line).span, interface)
          } else {
            try builder.take(column, line.extracting(field.text), interface)
          }
        }
        count += 1
      }
      guard count == columns.count else {
        throw FlowFieldError(message: "the line has \(count) of the header's \(columns.count) fields")
      }
      return try builder.build()
    } catch {
      throw try located(error, in: line)
    }
  }

  private var tooMany: String { "the line has more fields than the header's \(columns.count)" }

  private static func next(
    _ cursor: inout CSVFieldCursor, _ line: Span<UInt8>
  ) throws(FlowFieldError) -> CSVField? {
    do throws(FlowInputError) {
      return try cursor.next(in: line)
    } catch {
      // The line is walked again to find the place.
      throw FlowFieldError(message: error.message)
    }
  }

  /// Finds the column of an error, which costs nothing as long as there is none.
  ///
  /// - Throws: The error of a line that is no CSV, which knows its own place.
  private func located(_ error: FlowFieldError, in line: Span<UInt8>) throws(FlowInputError) -> FlowInputError {
    var cursor = CSVFieldCursor()
    var count = 0
    var place = max(line.count, 1)
    while let field = try cursor.next(in: line) {
      let isTheOne =
        count < columns.count ? error.field != nil && columns[count] == error.field : error.message == tooMany
      if isTheOne {
        place = field.start + 1
        break
      }
      count += 1
    }
    return FlowInputError(column: place, message: error.message)
  }
}
