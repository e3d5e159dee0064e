internal import Netlink

/// A second network namespace beside that of the calling thread, with `lo` up; it ends with the value.
package struct SideNamespace: ~Copyable {
  /// The process that keeps it: what `ip link set … netns` and `--netns` take.
  package let process: String

  private init() throws {
    process = try run("unshare --net sleep 600 </dev/null >/dev/null 2>&1 & echo $!").filter(\.isNumber)
  }

  /// Makes one that is ready to be entered.
  package static func make() throws -> SideNamespace {
    let namespace = try SideNamespace()
    // Until it has its own namespace, the process is still in that of the thread.
    try run(
      """
      until [ "$(readlink /proc/\(namespace.process)/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
      """)
    try namespace.enter { _ = try run("ip link set lo up") }
    return namespace
  }

  // The test runner may have blocked gentler signals for its children.
  deinit { _ = try? run("kill -KILL \(process)") }

  /// Runs `body` in the namespace, and returns to that of before.
  package borrowing func enter<Result: ~Copyable>(_ body: () throws -> Result) throws -> Result {
    let before = try NamespaceHandle(ofThread: ())
    try System.enterNetworkNamespace("/proc/\(process)/ns/net")
    defer {
      do throws(Errno) {
        try before.enter()
      } catch {
        preconditionFailure("can not return to the network namespace of before: \(error)")
      }
    }
    return try body()
  }
}
