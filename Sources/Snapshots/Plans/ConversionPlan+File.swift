internal import Files
internal import JSON
package import Planning

extension ConversionPlan {
  /// Reads a plan from a file; `-` is standard input.
  package init(path: String) throws(SnapshotError) {
    let file = path == "-" ? "standard input" : path
    var reader = try JSONReader(file: path)
    let value: JSONValue
    do {
      value = try reader.value()
      try reader.finish()
    } catch {
      throw SnapshotError(file: file, error)
    }
    do {
      try self.init(json: value)
    } catch {
      throw .wrongValue(file: file, error)
    }
  }

  /// The text of the file.
  package var fileBytes: [UInt8] {
    var writer = JSONWriter(.indented(width: 1, depth: 3))
    write(to: &writer)
    writer.endLine()
    return writer.bytes
  }

  /// Writes the plan to a file, which is replaced as a whole or not at all; `-` is standard output.
  package func save(to path: String) throws(SnapshotError) {
    do {
      let file = try OutputFile(path: path)
      try file.write(fileBytes)
      try file.commit()
    } catch {
      throw .unwritable(file: path == "-" ? "standard output" : path, error)
    }
  }
}
