import Files

/// Standard output, collected into large writes.
struct OutputBuffer {
  private static let chunk = 1 << 16

  var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(Self.chunk + 4096) }

  /// Writes out what has been collected, when that is enough for a large write.
  mutating func flushIfFull() throws(FileError) {
    if bytes.count >= Self.chunk { try flush() }
  }

  /// Writes out everything.
  mutating func flush() throws(FileError) {
    guard !bytes.isEmpty else { return }
    try StandardStream.output.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func print(_ line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }
}
