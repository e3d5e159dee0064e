internal import Netlink
internal import Routing

extension Kernel {
  /// The routes, and, where the whole state is wanted and no filter leaves any out, what the kernel does not tell of them.
  mutating func routesAndHidden(
    _ filter: RouteFilter, isWhole: Bool
  ) throws(KernelError) -> (routes: [Route], hidden: HiddenRoutes) {
    let reading = try readRoutes(filter)
    guard isWhole, filter == RouteFilter() else { return (reading.routes, HiddenRoutes()) }
    let hidden = Self.hiddenRoutes(reading.routes, changes: reading.changes)
    guard hidden.mayBeAnywhere else { return (reading.routes, hidden) }
    // One that has come between the dump and the count would say so, too, but hardly twice.
    let again = try readRoutes(filter)
    return (again.routes, Self.hiddenRoutes(again.routes, changes: again.changes))
  }

  /// Where the kernel has IPv6 routes that it has not told as they are.
  ///
  /// - Parameters:
  ///   - routes: what it has told of all tables.
  ///   - changes: how many entries have come or gone while it did.
  private static func hiddenRoutes(_ routes: [Route], changes: Int) -> HiddenRoutes {
    // At once, since what comes or goes from now on was not told.
    let count = contents(.count, limit: 1 << 12)
    return HiddenRoutes(routes, changes: changes) { file, limit in
      file == .count ? count : contents(file, limit: limit)
    }
  }

  /// `/proc/net` is that of the process, whose namespace need not be the thread's.
  private static func contents(_ file: HiddenRoutes.File, limit: Int) -> [UInt8]? {
    try? System.contents(of: "/proc/thread-self/net/\(file.rawValue)", limit: limit)
  }
}
