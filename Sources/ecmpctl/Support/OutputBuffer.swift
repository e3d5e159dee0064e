import Files
import Rendering

/// Standard output, collected into large writes.
struct OutputBuffer {
  private static let chunk = 1 << 16

  var bytes: [UInt8] = []
  private var header: [UInt8]

  /// Colours what is written, which is then whole lines of text each time; nil leaves it as it is.
  private let painter: TextPainter?

  /// - Parameter header: stands in front of everything; where nothing follows only `finish()` writes it.
  init(header: String = "", painter: TextPainter? = nil) {
    self.header = Array(header.utf8)
    self.painter = painter
    bytes.reserveCapacity(Self.chunk + 4096)
  }

  /// Writes out what has been collected, when that is enough for a large write.
  mutating func flushIfFull() throws(FileError) {
    if bytes.count >= Self.chunk { try flush() }
  }

  /// Writes out everything that has been collected.
  mutating func flush() throws(FileError) {
    guard !bytes.isEmpty else { return }
    try writeHeader()
    try StandardStream.output.write(painter?.painted(bytes) ?? bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Writes out what has been collected, and then this.
  mutating func write(_ more: [UInt8]) throws(FileError) {
    try flush()
    guard !more.isEmpty else { return }
    try writeHeader()
    try StandardStream.output.write(more)
  }

  /// Writes out the last of it, and the header in any case.
  mutating func finish() throws(FileError) {
    try writeHeader()
    try flush()
  }

  private mutating func writeHeader() throws(FileError) {
    guard !header.isEmpty else { return }
    try StandardStream.output.write(header)
    header = []
  }

  mutating func print(_ line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }
}
