internal import Glibc

/// Standard output or standard error, written without a buffer of its own.
package struct StandardStream: Sendable {
  package static let output = StandardStream(descriptor: STDOUT_FILENO, name: "standard output")
  package static let error = StandardStream(descriptor: STDERR_FILENO, name: "standard error")

  /// Whether a person can answer on standard input.
  package static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  private let descriptor: Int32
  private let name: String

  /// Whether a person reads it.
  package var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes all of the bytes.
  ///
  /// - Throws: `FileError`: a full disk must not look like success.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    try writeAll(bytes, to: descriptor, path: name)
  }

  /// Writes a message whose loss nobody could report.
  package func write(_ text: String) {
    try? write(Array(text.utf8))
  }
}

/// Writes all of the bytes to a descriptor; `path` is for the message.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
  var done = 0
  while done < bytes.count {
    let count = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress.map { unsafe $0 + done }, bytes.count - done)
    }
    if count >= 0 {
      done += count
    } else if errno != EINTR {
      throw FileError(path: path, operation: "write", code: errno)
    }
  }
}
