internal import Glibc

/// Standard output or standard error, written without a buffer of its own.
package struct StandardStream: Sendable {
  package static let output = StandardStream(descriptor: STDOUT_FILENO, name: "standard output")
  package static let error = StandardStream(descriptor: STDERR_FILENO, name: "standard error")

  /// Opens the standard streams that the process was started without.
  ///
  /// Else the next socket or file would take the number of one, and be written to in its place. They are opened the
  /// wrong way round, so that reading from them and writing to them still fail.
  package static func openMissing() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is taken, which is this one: those below it are open.
      _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// From now on, a write to a pipe that nobody reads any more fails, and does not end the process (SIGPIPE).
  package static func outliveReaders() { _ = signal(SIGPIPE, SIG_IGN) }

  /// Ends the process as a write to a pipe that nobody reads any more does by itself.
  package static func endForLostReader() -> Never {
    _ = signal(SIGPIPE, SIG_DFL)
    _ = raise(SIGPIPE)
    exit(128 + SIGPIPE)
  }

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

  /// Makes sure that the stream was open for writing when the process was started.
  package func check() throws(FileError) {
    guard Glibc.write(descriptor, nil, 0) >= 0 else {
      throw FileError(path: name, operation: "write", code: errno)
    }
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
