internal import Glibc

/// The right to do something alone, which ends with the value or with the process, however that ends.
package struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// How an attempt to take it ended.
  package enum Attempt: ~Copyable {
    case taken(FileLock)
    /// Somebody else has it; with what he has written about himself.
    case held(by: String)
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { _ = close(descriptor) }

  /// Takes the lock that the file at `path` stands for.
  ///
  /// - Parameters:
  ///   - note: who takes it, for those who come meanwhile; one line.
  ///   - waits: whether to wait until the lock is free.
  package static func take(_ path: String, note: String, waits: Bool = false) throws(FileError) -> Attempt {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(path: path, operation: "create", code: errno) }
    while flock(descriptor, LOCK_EX | (waits ? 0 : LOCK_NB)) != 0 {
      if errno == EINTR { continue }
      defer { _ = close(descriptor) }
      guard errno == EWOULDBLOCK else { throw FileError(path: path, operation: "lock", code: errno) }
      return .held(by: Self.note(descriptor))
    }
    let lock = FileLock(descriptor)
    // A full disk may keep the note from those who ask, and not the lock from its holder.
    if ftruncate(descriptor, 0) == 0 { try? writeAll(Array((note + "\n").utf8), to: descriptor, path: path) }
    return .taken(lock)
  }

  /// What the holder of the lock has written about himself; nil where nobody has it.
  ///
  /// Nothing is written, and the lock is nobody's for no moment longer than it takes to look.
  package static func holder(of path: String) throws(FileError) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError(path: path, operation: "open", code: errno)
    }
    defer { _ = close(descriptor) }
    while flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else { throw FileError(path: path, operation: "lock", code: errno) }
      return note(descriptor)
    }
    return nil
  }

  private static func note(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    let line = bytes[..<max(count, 0)].prefix { $0 != UInt8(ascii: "\n") }
    return String(decoding: line, as: UTF8.self)
  }
}
