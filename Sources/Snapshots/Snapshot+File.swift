internal import Files
internal import JSON
internal import Routing

extension Snapshot {
  /// Reads a snapshot from a file; `-` is standard input.
  package init(path: String) throws(SnapshotError) {
    var reader = try JSONReader(file: path)
    try self.init(reading: &reader, file: path == "-" ? "standard input" : path)
  }

  /// Writes the snapshot to a file, which is replaced as a whole or not at all; `-` is standard output.
  package func save(to path: String) throws(SnapshotError) {
    do {
      // The key decides where every flow goes: who knows it can aim flows at one nexthop.
      let holdsKey = (state.settings.hashSeed ?? 0) != 0
      let file = try OutputFile(path: path, permissions: holdsKey ? 0o600 : 0o666)
      try write(file.write)
      try file.commit()
    } catch {
      throw .unwritable(file: path == "-" ? "standard output" : path, error)
    }
  }
}

extension JSONReader {
  /// Reads a file in chunks; `-` is standard input.
  init(file path: String) throws(SnapshotError) {
    let file: InputFile
    do {
      file = try InputFile(path: path)
    } catch {
      throw .unreadable(file: error.name, reason: error.reason)
    }
    self.init(refill: { (buffer: inout [UInt8]) throws(JSONError) -> Void in
      do throws(FileError) {
        try file.read(appendingTo: &buffer)
      } catch {
        throw JSONError(kind: .unreadable(error.code), line: 0, column: 0, phrase: error.reason)
      }
    })
  }
}
