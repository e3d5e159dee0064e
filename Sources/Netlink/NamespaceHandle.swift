internal import CNetlink

/// A network namespace held open, so that it outlives its last thread and can be entered again.
package struct NamespaceHandle: ~Copyable {
  /// The open file, for requests that name a namespace by it.
  package let descriptor: Int32

  /// The namespace that the calling thread is in.
  package init(ofThread: Void) throws(Errno) {
    var descriptor: Int32 = -1
    let status = unsafe cnl_open_namespace("/proc/thread-self/ns/net", &descriptor)
    guard status == 0 else { throw Errno(rawValue: status) }
    self.descriptor = descriptor
  }

  deinit { cnl_close_descriptor(descriptor) }

  /// Moves the calling thread into the namespace.
  package borrowing func enter() throws(Errno) {
    let status = cnl_set_namespace(descriptor)
    guard status == 0 else { throw Errno(rawValue: status) }
  }
}
