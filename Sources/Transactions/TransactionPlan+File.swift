internal import Files
internal import JSON

extension TransactionPlan {
  static var format: String { "ecmpctl-plan" }
  /// Of the file format; a higher one is not read.
  static var version: Int { 1 }

  /// Reads a plan from a file; `-` is standard input.
  package init(file path: String) throws(TransactionError) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try InputFile.contents(of: path)
    } catch {
      throw .journal(.system(error))
    }
    do {
      var reader = JSONReader(bytes)
      let value = try reader.value()
      try reader.finish()
      guard value["format"]?.text == Self.format else {
        throw JSONMismatch("it has no format \"\(Self.format)\"")
      }
      let version: Int = try value.required("version")
      guard version <= Self.version else { throw JSONMismatch("it is of version \(version): update ecmpctl") }
      try self.init(json: value)
    } catch {
      throw .notAPlan(path: path, "\(error)")
    }
  }

  /// Writes the plan to a file, which is replaced as a whole or not at all; `-` is standard output.
  package func save(to path: String) throws(TransactionError) {
    var writer = JSONWriter(.indented(width: 1, depth: 3))
    writer.object { json in
      json.member("format", Self.format)
      json.member("version", Self.version)
      writeMembers(to: &json)
    }
    writer.endLine()
    do throws(FileError) {
      let file = try OutputFile(path: path)
      try file.write(writer.bytes)
      try file.commit()
    } catch {
      throw .journal(.system(error))
    }
  }
}
