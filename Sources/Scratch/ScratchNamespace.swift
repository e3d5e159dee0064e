package import KernelRouting
internal import Netlink
package import Routing

/// A network namespace of the program's own, for experiments that the live one must not feel.
///
/// It has no name and no thread lives in it: it ends with the value, and with the process however that ends. Like
/// `Kernel`, the value belongs to the thread that made it.
package struct ScratchNamespace: ~Copyable {
  /// The kernel as seen from inside. It can be used from outside too, as a socket stays where it was opened.
  package var kernel: Kernel
  private let inside: NamespaceHandle

  private init(kernel: consuming Kernel, inside: consuming NamespaceHandle) {
    self.kernel = kernel
    self.inside = inside
  }

  /// Makes an empty namespace: `lo`, down, and nothing else. The calling thread stays where it is.
  ///
  /// - Throws: `missingPrivilege` without CAP_SYS_ADMIN over the network namespace of the thread, or without
  ///   CAP_NET_ADMIN, as nothing could be made in it.
  package init() throws(KernelError) {
    try Kernel.checkPrivilege(to: "work in a scratch network namespace")
    self = try Self.awayFromHome({ () throws(Errno) in try System.enterNewNetworkNamespace() }) {
      () throws(KernelError) in
      ScratchNamespace(kernel: try Kernel(visiting: ()), inside: try Self.currentNamespace())
    }
  }

  /// Runs `body` with the calling thread inside, as sysctls and the opening of sockets need it.
  ///
  /// - Throws: what `body` throws, or `KernelError`.
  package borrowing func run<Success: ~Copyable>(_ body: () throws -> Success) throws -> Success {
    let result = try Self.awayFromHome({ () throws(Errno) in try inside.enter() }) { () throws(KernelError) in
      Result { try body() }
    }
    return try result.get()
  }

  /// An open file that stands for the namespace while the value lives, to make interfaces in it from another one.
  package var descriptor: Int32 { inside.descriptor }

  /// Writes sysctls inside, in order.
  package borrowing func set(_ settings: [SysctlSetting]) throws(KernelError) {
    try Self.awayFromHome({ () throws(Errno) in try inside.enter() }) { () throws(KernelError) in
      for setting in settings { try setting.write() }
    }
  }

  /// Everything that decides where a packet goes inside, the sysctls of the inside included.
  package mutating func readState() throws(KernelError) -> RoutingState {
    let home = try Self.leaveHome { () throws(Errno) in try inside.enter() }
    return try Self.returnHome(home, Result { () throws(KernelError) in try kernel.readState() })
  }

  private static func currentNamespace() throws(KernelError) -> NamespaceHandle {
    do throws(Errno) { return try NamespaceHandle(ofThread: ()) } catch { throw failure(error) }
  }

  /// Runs `body` in the namespace that `leave` moves the thread to, and comes back in any case.
  private static func awayFromHome<Success: ~Copyable>(
    _ leave: () throws(Errno) -> Void, _ body: () throws(KernelError) -> Success
  ) throws(KernelError) -> Success {
    let home = try leaveHome(leave)
    return try returnHome(home, Result { () throws(KernelError) in try body() })
  }

  /// - Returns: where to come back to.
  private static func leaveHome(_ leave: () throws(Errno) -> Void) throws(KernelError) -> NamespaceHandle {
    let home = try currentNamespace()
    do throws(Errno) {
      // Coming back may need more privilege than leaving: it is tried before.
      try home.enter()
      try leave()
    } catch {
      throw failure(error)
    }
    return home
  }

  private static func returnHome<Success: ~Copyable>(
    _ home: borrowing NamespaceHandle, _ result: consuming Result<Success, KernelError>
  ) throws(KernelError) -> Success {
    do throws(Errno) { try home.enter() } catch { throw failure(error) }
    return try result.get()
  }

  private static func failure(_ error: Errno) -> KernelError {
    KernelError(NetlinkError("work in a scratch network namespace", .socket(error)))
  }
}
