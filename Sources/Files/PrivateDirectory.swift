internal import Glibc

/// A directory that its owner alone may enter, with files that he alone may read, whose changes are on the disk when
/// the call returns.
package struct PrivateDirectory: Sendable {
  package let path: String
  private let owner: UInt32

  /// - Parameter owner: The user id that the directory and its files must belong to.
  package init(_ path: String, owner: UInt32 = 0) {
    self.path = path
    self.owner = owner
  }

  /// The path of a file in it.
  package func file(_ name: String) -> String { path + "/" + name }

  /// Makes the directory where there is none, and makes sure that it is private.
  package func make() throws(PrivateFile.Failure) {
    guard geteuid() == owner else { throw .system(FileError(path: path, operation: "write", code: EPERM)) }
    if unsafe mkdir(path, 0o700) == 0 {
      try synchronise(parent)
    } else if errno != EEXIST {
      throw failure("create", path)
    }
    try check()
  }

  /// Makes sure that nobody else may have written into the directory.
  ///
  /// - Returns: whether there is one.
  @discardableResult
  package func check() throws(PrivateFile.Failure) -> Bool {
    var information = stat()
    guard unsafe lstat(path, &information) == 0 else {
      if errno == ENOENT { return false }
      throw failure("open", path)
    }
    guard information.st_mode & S_IFMT == S_IFDIR else { throw .untrusted("\(path) is no directory") }
    guard information.st_uid == owner else {
      throw .untrusted("\(path) belongs to user \(information.st_uid) and not to \(owner)")
    }
    guard information.st_mode & 0o077 == 0 else {
      let mode = String(information.st_mode & 0o7777, radix: 8)
      throw .untrusted("\(path) is open to other users (mode \(mode)): chmod go= \(path)")
    }
    return true
  }

  /// Makes sure that what was made, renamed or removed in the directory is on the disk.
  package func synchronise() throws(PrivateFile.Failure) { try synchronise(path) }

  /// Gives a file another name; one of that name is replaced.
  package func rename(_ old: String, to new: String) throws(PrivateFile.Failure) {
    guard unsafe Glibc.rename(file(old), file(new)) == 0 else { throw failure("rename", file(old)) }
    try synchronise()
  }

  /// Removes a file; one that is not there is no failure.
  package func remove(_ name: String) throws(PrivateFile.Failure) {
    guard unsafe unlink(file(name)) == 0 || errno == ENOENT else { throw failure("remove", file(name)) }
    try synchronise()
  }

  /// The contents of a file; nil when there is no such file.
  package func contents(of name: String) throws(PrivateFile.Failure) -> [UInt8]? {
    guard try check() else { return nil }
    let descriptor = unsafe open(file(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      if errno == ELOOP { throw .untrusted("\(file(name)) is a symbolic link") }
      throw failure("open", file(name))
    }
    defer { _ = close(descriptor) }
    var information = stat()
    guard unsafe fstat(descriptor, &information) == 0 else { throw failure("read", file(name)) }
    guard information.st_mode & S_IFMT == S_IFREG, information.st_uid == owner, information.st_mode & 0o077 == 0 else {
      throw .untrusted("\(file(name)) is no private file of user \(owner)")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count > 0 { bytes += chunk[..<count] } else if errno != EINTR { throw failure("read", file(name)) }
    }
  }

  private var parent: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func synchronise(_ directory: String) throws(PrivateFile.Failure) {
    let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", directory) }
    defer { _ = close(descriptor) }
    // A file system that can not do it for a directory (EINVAL) needs it not.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("write", directory) }
  }

  private func failure(_ operation: String, _ path: String) -> PrivateFile.Failure {
    .system(FileError(path: path, operation: operation, code: errno))
  }
}
