import Routing

/// Reads the lines of CSV that nearly all flows come in (see `PlainFields`); everything else it leaves to
/// `CSVFlowFormat`.
struct PlainCSV: Sendable {
  private let columns: [PlainFields.Field]
  private var fields: PlainFields

  /// nil where there is a column that no plain line has.
  init?(_ columns: [FlowField?], defaults: FlowDefaults) {
    fields = PlainFields(defaults)
    self.columns = columns.compactMap { $0.flatMap(PlainFields.Field.init) }
    guard self.columns.count == columns.count else { return nil }
  }

  /// Reads the line that begins at `position`, and moves there to the next one.
  ///
  /// - Parameters:
  ///   - bytes: Each line has its line end.
  ///   - flows: Takes the flow; has room for it.
  /// - Returns: false for a line that is left to `CSVFlowFormat`; `position` stays then, and nothing is taken.
  mutating func read(
    _ bytes: Span<UInt8>, at position: inout Int, _ flows: inout FlowColumns, interface: FlowBuilder.InterfaceResolver
  ) -> Bool {
    var place = position
    let list = columns
    let columns = list.span
    fields.begin()
    for number in columns.indices {
      if number > 0 {
        guard place < bytes.count, bytes[place] == UInt8(ascii: ",") else { return false }
        place &+= 1
      }
      guard place < bytes.count else { return false }
      // An empty field, which must not be the only one: a blank line is none.
      if bytes[place] == UInt8(ascii: ",") || (bytes[place] == UInt8(ascii: "\n") && number > 0) { continue }
      guard fields.read(columns[number], bytes, &place, interface) else { return false }
    }
    guard place < bytes.count else { return false }
    if bytes[place] == UInt8(ascii: "\r") { place &+= 1 }
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\n"), fields.end(&flows) else { return false }
    position = place &+ 1
    return true
  }
}
