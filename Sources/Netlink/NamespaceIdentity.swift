internal import CNetlink

/// What tells one network namespace of this boot from all others.
package struct NamespaceIdentity: Hashable, Sendable {
  /// Of the file that stands for it; another namespace may have it after its end.
  package var inode: UInt64
  /// No other namespace of this boot ever has it; 0 before Linux 5.14.
  package var cookie: UInt64

  package init(inode: UInt64, cookie: UInt64) {
    self.inode = inode
    self.cookie = cookie
  }

  /// That of the calling thread.
  package init(ofThread: Void) throws(Errno) {
    var inode: UInt64 = 0
    var cookie: UInt64 = 0
    let status = unsafe cnl_namespace_identity(&inode, &cookie)
    guard status == 0 else { throw Errno(rawValue: status) }
    self.init(inode: inode, cookie: cookie)
  }
}
