internal import Netlink
internal import Routing

extension Kernel {
  /// Where the kernel has IPv6 routes that it has not told as they are.
  ///
  /// - Parameters:
  ///   - routes: what it has told of all tables.
  ///   - changes: how many entries have come or gone while it did.
  static func hiddenRoutes(_ routes: [Route], changes: Int) -> HiddenRoutes {
    HiddenRoutes(routes, changes: changes) { file, limit in
      // `/proc/net` is that of the process, whose namespace need not be the thread's.
      try? System.contents(of: "/proc/thread-self/net/\(file.rawValue)", limit: limit)
    }
  }
}
