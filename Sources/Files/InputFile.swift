internal import Glibc

/// A file, or standard input, that is read in chunks.
package final class InputFile {
  package let path: String
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private var chunk: [UInt8]
  /// Bytes that were looked at and not yet read.
  private var begun: [UInt8] = []

  /// Opens the file; `-` is standard input.
  package init(path: String, chunkSize: Int = 1 << 16) throws(FileError) {
    self.path = path
    chunk = Array(repeating: 0, count: max(chunkSize, 1))
    ownsDescriptor = path != "-"
    guard ownsDescriptor else {
      descriptor = STDIN_FILENO
      return
    }
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw FileError(path: path, operation: "open", code: errno) }
  }

  deinit {
    if ownsDescriptor, descriptor >= 0 { _ = close(descriptor) }
  }

  /// Appends the next chunk to `buffer`.
  ///
  /// - Returns: The number of bytes appended; 0 at the end of the file.
  @discardableResult
  package func read(appendingTo buffer: inout [UInt8]) throws(FileError) -> Int {
    guard begun.isEmpty else {
      defer { begun = [] }
      buffer.append(contentsOf: begun)
      return begun.count
    }
    return try readChunk(of: chunk.count, appendingTo: &buffer)
  }

  /// The first bytes of what is still to be read; fewer than `count` at the end of the file.
  package func peek(_ count: Int) throws(FileError) -> [UInt8] {
    while begun.count < count, try readChunk(of: count - begun.count, appendingTo: &begun) > 0 {}
    return begun
  }

  /// Gives what is still to be read to somebody else: a descriptor of his own, and the bytes to be read before it.
  package func handOver() throws(FileError) -> (descriptor: Int32, begun: [UInt8]) {
    defer { begun = [] }
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    if copy < 0 { throw FileError(path: path, operation: "read", code: errno) }
    return (copy, begun)
  }

  private func readChunk(of limit: Int, appendingTo buffer: inout [UInt8]) throws(FileError) -> Int {
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, min($0.count, limit))
      }
      if count >= 0 {
        buffer.append(contentsOf: chunk[..<count])
        return count
      }
      if errno != EINTR { throw FileError(path: path, operation: "read", code: errno) }
    }
  }

  /// The whole of a file.
  package static func contents(of path: String) throws(FileError) -> [UInt8] {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    while try file.read(appendingTo: &bytes) > 0 {}
    return bytes
  }
}
