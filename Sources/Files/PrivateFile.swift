internal import Glibc

/// A small file that its owner alone may read and write, alone in a directory that its owner alone may enter.
package struct PrivateFile: Sendable {
  /// Why the file can not be used.
  package enum Failure: Error, Hashable {
    /// Somebody else might have written or read it; the clause says why.
    case untrusted(String)
    case system(FileError)
  }

  /// More than this is no small file.
  private static let limit = 4096

  package let directory: String
  package let path: String
  private let owner: UInt32

  /// - Parameter owner: The user id that the file and its directory must belong to.
  package init(directory: String, name: String, owner: UInt32 = 0) {
    self.directory = directory
    self.owner = owner
    path = directory + "/" + name
  }

  /// The contents; nil when there is no such file.
  package func read() throws(Failure) -> [UInt8]? {
    var information = stat()
    guard unsafe lstat(directory, &information) == 0 else { return try absent(directory) }
    try check(information, directory, kind: S_IFDIR)
    // A pipe or a device must not hold the program up before its kind is known.
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ELOOP { throw .untrusted("\(path) is a symbolic link") }
      return try absent(path)
    }
    defer { _ = close(descriptor) }
    guard unsafe fstat(descriptor, &information) == 0 else { throw failure("read", path) }
    try check(information, path, kind: S_IFREG)
    guard information.st_size <= Self.limit else { throw .untrusted("\(path) is too large") }
    var bytes = [UInt8](repeating: 0, count: Self.limit)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw failure("read", path) }
    return Array(bytes[..<count])
  }

  /// Replaces the file, whole or not at all; makes the directory when there is none.
  package func write(_ bytes: [UInt8]) throws(Failure) {
    if unsafe mkdir(directory, 0o700) != 0, errno != EEXIST { throw failure("create", directory) }
    var information = stat()
    guard unsafe lstat(directory, &information) == 0 else { throw failure("open", directory) }
    try check(information, directory, kind: S_IFDIR)
    do throws(FileError) {
      let file = try OutputFile(path: path, permissions: 0o600)
      try file.write(bytes)
      try file.commit()
    } catch {
      throw .system(error)
    }
  }

  private func check(_ information: stat, _ path: String, kind: mode_t) throws(Failure) {
    guard information.st_mode & S_IFMT == kind else {
      throw .untrusted("\(path) is no \(kind == S_IFDIR ? "directory" : "regular file")")
    }
    guard information.st_uid == owner else {
      throw .untrusted("\(path) belongs to user \(information.st_uid) and not to \(owner)")
    }
    guard information.st_mode & 0o077 == 0 else {
      let mode = String(information.st_mode & 0o7777, radix: 8)
      throw .untrusted("\(path) is open to other users (mode \(mode)): chmod go= \(path)")
    }
  }

  /// Nothing where there is no file.
  private func absent(_ path: String) throws(Failure) -> [UInt8]? {
    if errno == ENOENT { return nil }
    throw failure("open", path)
  }

  private func failure(_ operation: String, _ path: String) -> Failure {
    .system(FileError(path: path, operation: operation, code: errno))
  }
}

extension PrivateFile.Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .untrusted(let reason): reason
    case .system(let error): error.description
    }
  }

  /// Whether the process lacks the right to look.
  package var isPermission: Bool {
    if case .system(let error) = self { error.code == EACCES || error.code == EPERM } else { false }
  }
}
