internal import Glibc

/// A file that appears whole under its name, or not at all.
///
/// What is written goes to a nameless file in the same directory (a named temporary one where the file system has
/// no O_TMPFILE), which takes the place of the old file in `commit()`. A process that is killed before leaves the old
/// file as it was. Standard output (`-`) and what is no regular file, such as a pipe, are written directly.
package final class OutputFile {
  private enum Mode: Equatable {
    case direct
    case nameless
    case named(String)
    case closed
  }

  package let path: String
  /// The file behind symbolic links, which are to stay.
  private let target: String
  private var descriptor: Int32
  private var mode: Mode

  /// - Parameter permissions: Of a file that is made, less those that the process masks out.
  package init(path: String, permissions: UInt32 = 0o666) throws(FileError) {
    self.path = path
    guard let target = Self.resolve(path) else { throw FileError(path: path, operation: "create", code: ELOOP) }
    self.target = target
    if path == "-" {
      descriptor = STDOUT_FILENO
      mode = .direct
      return
    }
    if Self.isSpecial(target) {
      descriptor = unsafe open(target, O_WRONLY | O_CLOEXEC)
      mode = .direct
    } else {
      descriptor = unsafe open(Self.directory(of: target), Self.temporaryFileFlag | O_WRONLY | O_CLOEXEC, permissions)
      mode = .nameless
      if descriptor < 0, [EOPNOTSUPP, EISDIR, ENOENT, EINVAL].contains(errno) {
        let name = Self.temporaryName(for: target)
        descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        mode = .named(name)
      }
    }
    if descriptor < 0 {
      mode = .closed
      throw FileError(path: path, operation: "create", code: errno)
    }
  }

  deinit {
    if path != "-", descriptor >= 0 { _ = close(descriptor) }
    if case .named(let name) = mode { _ = unsafe unlink(name) }
  }

  /// Writes all of the bytes.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    try writeAll(bytes, to: descriptor, path: path)
  }

  /// Makes sure that the bytes are on the disk, and gives the file its name.
  package func commit() throws(FileError) {
    switch mode {
    case .direct, .closed:
      return
    case .nameless:
      try synchronise()
      let name = Self.temporaryName(for: target)
      // The descriptor's name in /proc is the way in for those without CAP_DAC_READ_SEARCH.
      guard unsafe linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
        throw FileError(path: path, operation: "create", code: errno)
      }
      mode = .named(name)
      try rename(name)
    case .named(let name):
      try synchronise()
      try rename(name)
    }
  }

  private func synchronise() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError(path: path, operation: "write", code: errno) }
  }

  private func rename(_ name: String) throws(FileError) {
    guard unsafe Glibc.rename(name, target) == 0 else {
      throw FileError(path: path, operation: "replace", code: errno)
    }
    mode = .closed
  }

  // MARK: Names

  /// O_TMPFILE of asm-generic/fcntl.h, which the Glibc module does not show.
  private static let temporaryFileFlag: Int32 = 0o20000000 | O_DIRECTORY

  private static func resolve(_ path: String) -> String? {
    if let resolved = Environment.absolute(path) { return resolved }
    // A symbolic link may lead to a file that is yet to be made; more in a row than this are a circle.
    var path = path
    for _ in 0..<40 {
      guard let target = SymbolicLink.target(of: path) else { return path }
      path = target.hasPrefix("/") ? target : directory(of: path) + "/" + target
    }
    return nil
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func temporaryName(for path: String) -> String {
    "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
  }

  /// Whether the path exists and is neither a regular file nor a directory.
  private static func isSpecial(_ path: String) -> Bool {
    var information = stat()
    guard unsafe stat(path, &information) == 0 else { return false }
    let kind = information.st_mode & S_IFMT
    return kind != S_IFREG && kind != S_IFDIR
  }
}
