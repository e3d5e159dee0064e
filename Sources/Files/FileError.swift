internal import Glibc

/// A file operation that the system refused.
package struct FileError: Error, Hashable {
  /// As the user wrote it; `-` for standard input or output.
  package var path: String
  /// What was tried, such as "open".
  package var operation: String
  /// The errno.
  package var code: Int32

  package init(path: String, operation: String, code: Int32) {
    self.path = path
    self.operation = operation
    self.code = code
  }

  /// Standard input is to be read by two.
  static let secondReader = FileError(path: "-", operation: "open", code: EBUSY)

  /// Whether nobody reads what was to be written any more.
  package var isLostReader: Bool { code == EPIPE }

  /// Whether the process lacks the right to write.
  package var isForbiddenOutput: Bool {
    (code == EACCES || code == EPERM) && ["create", "write", "replace"].contains(operation)
  }

  /// The system's words for the errno, such as "No such file or directory".
  package var reason: String {
    if self == .secondReader { return "it can be read once, and is named twice: give a file for one of them" }
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}

extension FileError: CustomStringConvertible {
  package var description: String { "can not \(operation) \(name): \(reason)" }

  /// What is said for the path.
  package var name: String {
    switch path {
    case "": "\"\""
    case "-": operation == "write" ? "standard output" : "standard input"
    default: path
    }
  }
}
