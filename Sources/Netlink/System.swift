internal import CNetlink

/// What the kernel tells and does outside netlink, for the calling thread.
package enum System {
  /// Moves the calling thread to the network namespace that the file at `path` stands for.
  package static func enterNetworkNamespace(_ path: String) throws(Errno) {
    let status = unsafe cnl_enter_namespace(path)
    guard status == 0 else { throw Errno(rawValue: status) }
  }

  /// Moves the calling thread to a new network namespace, which ends when nothing uses it any more.
  package static func enterNewNetworkNamespace() throws(Errno) {
    let status = cnl_unshare_network()
    guard status == 0 else { throw Errno(rawValue: status) }
  }

  /// Whether the calling thread has CAP_NET_ADMIN, without which the kernel lets nobody change interfaces and routes;
  /// over a network namespace of somebody else's it may still refuse.
  package static var hasNetAdmin: Bool {
    guard let bytes = try? contents(of: "/proc/thread-self/status") else { return true }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("CapEff:") }),
      let mask = UInt64(line.drop { $0 != "\t" }.dropFirst(), radix: 16)
    else { return true }
    // CAP_NET_ADMIN is 12.
    return mask >> 12 & 1 != 0
  }

  /// Whether both paths lead to one file.
  package static func isSameFile(_ left: String, _ right: String) -> Bool {
    unsafe cnl_same_file(left, right) != 0
  }

  /// The user id of a file's owner, as the user namespace of the calling thread has it; nil where there is no such file.
  package static func owner(of path: String) -> UInt32? {
    var user: UInt32 = 0
    return unsafe cnl_file_owner(path, &user) == 0 ? user : nil
  }

  /// The contents of a small file, such as a sysctl, up to `limit` bytes.
  package static func contents(of path: String, limit: Int = 4096) throws(Errno) -> [UInt8] {
    var status: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      status = unsafe cnl_read_file(path, buffer.baseAddress, buffer.count, &count)
    }
    guard status == 0 else { throw Errno(rawValue: status) }
    return bytes
  }

  /// Writes to a file that exists, such as a sysctl, all in one write.
  package static func write(_ bytes: [UInt8], to path: String) throws(Errno) {
    let status = unsafe bytes.withUnsafeBytes { unsafe cnl_write_file(path, $0.baseAddress, $0.count) }
    guard status == 0 else { throw Errno(rawValue: status) }
  }

  /// Makes sure that a file that exists, such as a sysctl, can be opened for writing.
  package static func checkWritable(_ path: String) throws(Errno) {
    let status = unsafe cnl_try_writing(path)
    guard status == 0 else { throw Errno(rawValue: status) }
  }

  /// Runs a program to its end, in the network namespace of the calling thread.
  ///
  /// It is looked for in PATH, and then where systems keep the programs of the administrator.
  ///
  /// - Parameters:
  ///   - words: the program's name, then its arguments; none has a 0 byte.
  ///   - input: what it reads from standard input.
  ///   - limit: bytes of its output that are kept.
  /// - Returns: the exit status, or 128 and the signal that ended it; what it wrote to standard output and standard error.
  /// - Throws: `noEntry` where there is no such program.
  package static func run(
    _ words: [String], input: [UInt8] = [], limit: Int = 1 << 20
  ) throws(Errno) -> (status: Int32, output: [UInt8]) {
    var arguments: [UInt8] = []
    for word in words {
      guard !word.utf8.contains(0) else { throw .invalid }
      arguments += Array(word.utf8) + [0]
    }
    var failure: Int32 = 0
    var status: Int32 = 0
    let output = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      failure = unsafe arguments.withUnsafeBytes { arguments in
        unsafe input.withUnsafeBytes { input in
          unsafe cnl_run_program(
            arguments.baseAddress, words.count, input.baseAddress, input.count, buffer.baseAddress, buffer.count,
            &count,
            &status)
        }
      }
    }
    guard failure == 0 else { throw Errno(rawValue: failure) }
    return (status, output)
  }

  /// `uname -r` and `uname -m`.
  package static func kernelName() -> (release: String, machine: String) {
    var release = [CChar](repeating: 0, count: 65)
    var machine = [CChar](repeating: 0, count: 65)
    _ = unsafe cnl_kernel_name(&release, release.count, &machine, machine.count)
    return (text(release), text(machine))
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
