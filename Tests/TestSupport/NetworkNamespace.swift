internal import Glibc
internal import Netlink

/// Runs `body` in a network namespace of its own, with `lo` up, and returns to the namespace of before.
///
/// The thread itself changes its namespace, so `body` must stay on it: it is synchronous. The namespace, with all that
/// was made in it, ends when nothing uses it any more.
///
/// - Throws: `CommandFailure` without the privilege to make one (root, or `unshare -Urn` around the tests).
package func withNetworkNamespace<Result>(_ body: () throws -> Result) throws -> Result {
  let before = unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
  guard before >= 0 else { throw failure("open the thread's network namespace", Errno(rawValue: errno)) }
  defer { close(before) }
  do throws(Errno) {
    try System.enterNewNetworkNamespace()
  } catch {
    throw failure("make a network namespace; run the tests as root or under unshare -Urn", error)
  }
  defer {
    do throws(Errno) {
      try System.enterNetworkNamespace("/proc/self/fd/\(before)")
    } catch {
      // A thread that can not return would carry other tests into this namespace.
      preconditionFailure("can not return to the network namespace of before: \(error)")
    }
  }
  try run("ip link set lo up")
  return try body()
}

private func failure(_ what: String, _ error: Errno) -> CommandFailure {
  CommandFailure(command: what, status: error.rawValue, output: "\(error)")
}
