internal import Glibc

/// A private file that grows by whole records, each on the disk before the call returns.
///
/// A record that can not be written whole leaves the file as it was. A machine that stops in the middle of one may leave
/// its beginning, which has no line end, and is written over by the next one.
package final class AppendedFile {
  package let path: String
  private let descriptor: Int32
  private var size: Int

  /// Makes a file that must not exist yet.
  package init(creating path: String) throws(FileError) {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    size = 0
    if descriptor < 0 { throw FileError(path: path, operation: "create", code: errno) }
  }

  /// Opens a file to go on behind its last whole record.
  package init(continuing path: String) throws(FileError) {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    size = 0
    if descriptor < 0 { throw FileError(path: path, operation: "open", code: errno) }
    size = Self.records(in: try InputFile.contents(of: path)).count
  }

  /// The whole records of a file's contents: up to the last line end before what was only set aside.
  package static func records(in contents: [UInt8]) -> ArraySlice<UInt8> {
    let written = contents.prefix { $0 != 0 }
    return written[..<(written.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)]
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
  }

  /// Sets room on the disk aside for so many more bytes, so that records up to that do not meet a full disk.
  ///
  /// Until they are written, they are 0 in the file.
  package func reserve(_ bytes: Int) throws(FileError) {
    let status = posix_fallocate(descriptor, size, bytes)
    guard status == 0 || status == EOPNOTSUPP else { throw FileError(path: path, operation: "write", code: status) }
  }

  /// Appends a record, which ends with a line end.
  package func append(_ record: [UInt8]) throws(FileError) {
    do throws(FileError) {
      guard lseek(descriptor, size, SEEK_SET) >= 0 else { throw FileError(path: path, operation: "write", code: errno) }
      try writeAll(record, to: descriptor, path: path)
      guard fsync(descriptor) == 0 else { throw FileError(path: path, operation: "write", code: errno) }
      size += record.count
    } catch {
      _ = ftruncate(descriptor, size)
      throw error
    }
  }
}
