internal import Glibc
internal import Synchronization

/// A file, or standard input, that is read in chunks.
package final class InputFile {
  package let path: String
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let chunkSize: Int
  /// Made when something is read through it: zeros take time.
  private lazy var chunk = [UInt8](repeating: 0, count: chunkSize)
  /// Bytes that were looked at and not yet read.
  private var begun: [UInt8] = []
  /// How many bytes the system has given so far.
  package private(set) var byteCount: UInt64 = 0

  /// Whether somebody reads standard input, which all of the process has only once.
  private static let standardInputIsTaken = Atomic(false)

  /// Opens the file; `-` is standard input, which can be opened once.
  package init(path: String, chunkSize: Int = 1 << 16) throws(FileError) {
    self.path = path
    self.chunkSize = max(chunkSize, 1)
    ownsDescriptor = path != "-"
    guard ownsDescriptor else {
      descriptor = STDIN_FILENO
      guard !Self.standardInputIsTaken.exchange(true, ordering: .relaxed) else { throw .secondReader }
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
    return try readChunk(of: chunkSize, appendingTo: &buffer)
  }

  /// Reads until there are `size` bytes or the file ends; but once there is a whole line, it does not wait for more.
  ///
  /// - Parameters:
  ///   - start: What stands before the bytes, and is counted with them.
  ///   - room: How many bytes can be appended to the block without moving it.
  ///   - isAtEnd: Set at the end of the file; nothing is read where it is set.
  package func readBlock(
    behind start: ArraySlice<UInt8>, size: Int, room: Int, isAtEnd: inout Bool
  ) throws(FileError) -> [UInt8] {
    var failure: FileError?
    var ends = isAtEnd
    let size = max(size, start.count)
    let block = unsafe [UInt8](unsafeUninitializedCapacity: size + begun.count + room) { block, count in
      for bytes in [start, begun[...]] {
        _ = unsafe UnsafeMutableBufferPointer(rebasing: block[count...]).initialize(fromContentsOf: bytes)
        count += bytes.count
      }
      begun = []
      while !ends, count < size {
        if unsafe block.prefix(count).contains(UInt8(ascii: "\n")), !isReady(within: 0) { return }
        let free = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(block)[count..<size])
        do throws(FileError) {
          let read = unsafe try readBytes(free)
          ends = read == 0
          count += read
        } catch {
          failure = error
          return
        }
      }
    }
    isAtEnd = ends
    if let failure { throw failure }
    return block
  }

  /// Whether there is something to read, or the end, without waiting for it; waits for it so many milliseconds.
  package func isReady(within milliseconds: Int32) -> Bool {
    guard begun.isEmpty else { return true }
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, milliseconds) != 0
  }

  /// The size of a regular file; nil for anything else.
  package var size: UInt64? {
    var information = stat()
    guard unsafe fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
    return UInt64(max(information.st_size, 0))
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
    var failure: FileError?
    let count = unsafe chunk.withUnsafeMutableBytes { bytes in
      do throws(FileError) {
        return unsafe try readBytes(UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(limit)))
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    buffer.append(contentsOf: chunk[..<count])
    return count
  }

  /// Reads as many bytes as there are, up to the size of the buffer; 0 at the end of the file.
  private func readBytes(_ buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    while true {
      let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 {
        byteCount += UInt64(count)
        return count
      }
      if errno != EINTR { throw FileError(path: path, operation: "read", code: errno) }
    }
  }

  /// The whole of a file.
  package static func contents(of path: String) throws(FileError) -> [UInt8] {
    let file = try InputFile(path: path)
    // One more than there is, so that the end is seen at once.
    let size = max(Int(clamping: (file.size ?? 0) + 1), 1 << 12)
    var isAtEnd = false
    var bytes = try file.readBlock(behind: [], size: size, room: 0, isAtEnd: &isAtEnd)
    while !isAtEnd { bytes += try file.readBlock(behind: [], size: 1 << 16, room: 0, isAtEnd: &isAtEnd) }
    return bytes
  }
}
