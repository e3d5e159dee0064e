internal import Netlink

/// A sysctl of a network namespace with the value that it shall have.
package struct SysctlSetting: Hashable, Sendable {
  /// Below /proc/sys/net, with slashes: "ipv4/ip_forward".
  package var path: String
  package var value: String

  package init(_ path: String, _ value: some BinaryInteger) {
    self.path = path
    self.value = String(value)
  }

  package init(_ path: String, _ isOn: Bool) {
    self.init(path, isOn ? 1 : 0)
  }

  /// Writes the value, in the network namespace of the calling thread.
  ///
  /// - Throws: with errno `noEntry` where the kernel has no such sysctl.
  package func write() throws(KernelError) {
    do throws(Errno) {
      try System.write(Array(value.utf8), to: file)
    } catch {
      throw failure(error)
    }
  }

  /// Makes sure, before anything is begun, that the calling thread may write the value.
  ///
  /// - Throws: as `write`.
  package func checkWritable() throws(KernelError) {
    do throws(Errno) {
      try System.checkWritable(file)
    } catch {
      throw failure(error)
    }
  }

  private var file: String { "/proc/sys/net/" + path }

  private func failure(_ errno: Errno) -> KernelError {
    KernelError(NetlinkError("set net/\(path) to \(value)", .refused(Refusal(errno))))
  }
}
