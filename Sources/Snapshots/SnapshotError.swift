package import Files
package import JSON

/// Why a snapshot, or a dump to import, can not be used; the description is one line.
package enum SnapshotError: Error, Hashable {
  /// The system refuses the file.
  case unreadable(file: String, reason: String)
  case unwritable(file: String, FileError)
  case notJSON(file: String, line: Int, column: Int, phrase: String)
  /// The file is fine as far as it goes.
  case truncated(file: String, line: Int, column: Int)
  /// JSON, but nothing that `snapshot save` writes.
  case notASnapshot(file: String)
  case newerVersion(file: String, version: Int64, supported: Int64)
  /// A value that is not what belongs in its place.
  case wrongValue(file: String, JSONMismatch)
  /// A line of text that is not what belongs there.
  case wrongLine(file: String, line: Int, phrase: String)
}

extension SnapshotError {
  /// The error of a JSON reader, in a file.
  package init(file: String, _ error: JSONError) {
    self =
      switch error.kind {
      case .syntax: .notJSON(file: file, line: error.line, column: error.column, phrase: error.phrase)
      case .truncated: .truncated(file: file, line: error.line, column: error.column)
      case .unreadable: .unreadable(file: file, reason: error.phrase)
      }
  }
}

extension SnapshotError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "can not read \(file): \(reason)"
    case .unwritable(let file, let error): "can not write \(file): \(error.reason)"
    case .notJSON(let file, let line, let column, let phrase): "\(file):\(line):\(column): not JSON: \(phrase)"
    case .truncated(let file, let line, let column):
      "\(file):\(line):\(column): the file ends early; save or copy it again"
    case .notASnapshot(let file):
      "\(file) is not an ecmpctl snapshot; write one with `ecmpctl snapshot save` or `ecmpctl snapshot import`"
    case .newerVersion(let file, let version, let supported):
      "\(file) is snapshot version \(version); this ecmpctl reads up to \(supported): update ecmpctl"
    case .wrongValue(let file, let mismatch): "\(file)\(mismatch.line.map { ":\($0)" } ?? ""): \(mismatch)"
    case .wrongLine(let file, let line, let phrase): "\(file):\(line): \(phrase)"
    }
  }
}
