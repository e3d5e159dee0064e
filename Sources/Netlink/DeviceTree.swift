internal import CNetlink

/// /sys as the network namespace of the calling thread has it, mounted for this value alone and seen by nobody else.
///
/// It takes CAP_SYS_ADMIN, as entering a namespace does, and Linux 5.2.
package struct DeviceTree: ~Copyable {
  private let descriptor: Int32

  /// Mounts it.
  package init() throws(Errno) {
    var descriptor: Int32 = -1
    let status = unsafe cnl_open_device_tree(&descriptor)
    guard status == 0 else { throw Errno(rawValue: status) }
    self.descriptor = descriptor
  }

  deinit { cnl_close_descriptor(descriptor) }

  /// The path that stands for /sys.
  package var path: String { "/proc/self/fd/\(descriptor)" }
}
