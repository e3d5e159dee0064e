internal import Netlink
package import Routing

extension Kernel {
  /// Passes the routes to `body` as they arrive, so that memory does not grow with the table.
  ///
  /// After `body` has thrown, the rest of the answer is read and dropped.
  ///
  /// - Returns: whether every route was passed once. The kernel passes over IPv6 routes, or tells them twice, while others
  ///   come and go.
  /// - Throws: `KernelError`, also where the filter names a table that none of the families has (ENOENT); or what `body`
  ///   throws. The main table is everywhere: the kernel of a new namespace just has not made it yet.
  @discardableResult
  package mutating func forEachRoute(
    _ filter: RouteFilter = RouteFilter(), _ body: (Route) throws -> Void
  ) throws -> Bool {
    var table = RouteAttributeTable()
    var failure: (any Error)?
    var changes = RouteChanges()
    var lack: NetlinkError?
    var isAnywhere = filter.table == RouteTable.main
    for family in filter.family.map({ [$0] }) ?? AddressFamily.allCases {
      do throws(NetlinkError) {
        try dumpRoutes(filter, family: family, sharing: &table, changes: &changes) { route in
          guard failure == nil else { return }
          do { try body(route) } catch { failure = error }
        }
        isAnywhere = true
      } catch {
        guard Self.meansNoRoutes(error, filter) else { throw KernelError(error) }
        if !error.isUnsupported { lack = lack ?? error }
      }
      if let failure { throw failure }
    }
    if let lack, !isAnywhere { throw KernelError(lack) }
    return changes.isEmpty
  }

  /// The routes, in the kernel's order.
  ///
  /// Routes whose messages tell the same share their attributes.
  package mutating func routes(_ filter: RouteFilter = RouteFilter()) throws(KernelError) -> [Route] {
    try readRoutes(filter).routes
  }

  /// The routes, and how many IPv6 entries have come or gone while they were read, so that they are of no one moment.
  mutating func readRoutes(_ filter: RouteFilter) throws(KernelError) -> (routes: [Route], changes: Int) {
    var routes: [Route] = []
    var changes = 0
    var table = RouteAttributeTable()
    for family in filter.family.map({ [$0] }) ?? AddressFamily.allCases {
      do throws(NetlinkError) {
        changes += try appendRoutes(filter, family: family, sharing: &table, to: &routes)
      } catch {
        guard Self.meansNoRoutes(error, filter) else { throw KernelError(error) }
      }
    }
    return (routes, changes)
  }

  /// Reads the routes of a family, again when one has changed meanwhile that matters.
  ///
  /// Where IPv6 never comes to rest, as on a router with many peers, all readings are put together. There are more of them
  /// while they differ, since what one passes over lies where its messages end, and those of the next may end there too.
  ///
  /// - Returns: how many entries have come or gone, where it never came to rest.
  private mutating func appendRoutes(
    _ filter: RouteFilter, family: AddressFamily, sharing table: inout RouteAttributeTable, to routes: inout [Route]
  ) throws(NetlinkError) -> Int {
    let before = routes.count
    var changes = RouteChanges()
    var earlier: [[Route]] = []
    let most = 2 * Self.attempts
    for attempt in 1...most {
      let known = changes.count
      do throws(NetlinkError) {
        try dumpRoutes(filter, family: family, sharing: &table, changes: &changes) { routes.append($0) }
        if changes.count == known { return 0 }
        let reading = Array(routes[before...])
        if attempt >= Self.attempts, let previous = earlier.last, changes.leaveSame(previous, reading) { break }
      } catch {
        guard error.isTransient, attempt < most else { throw error }
      }
      guard attempt < most else { break }
      earlier.append(Array(routes[before...]))
      routes.removeLast(routes.count - before)
    }
    let last = Array(routes[before...])
    routes.removeLast(last.count)
    routes += changes.complete(last, from: earlier)
    return changes.entries
  }

  private mutating func dumpRoutes(
    _ filter: RouteFilter, family: AddressFamily, sharing table: inout RouteAttributeTable,
    changes: inout RouteChanges, _ body: (Route) -> Void
  ) throws(NetlinkError) {
    try dumpOnce(
      Self.operation(filter), type: RTM_GETROUTE, request: Self.request(filter, family: family),
      watching: RouteChanges.group(family),
      notice: { (type, wire) throws(WireError) in
        guard type == RTM_NEWROUTE || type == RTM_NEWROUTE + 1 else { return }
        var apart = RouteAttributeTable()
        if let route = try Route(wire: wire, sharing: &apart) { changes.add(route) }
      }
    ) { (wire) throws(WireError) in
      guard let route = try Route(wire: wire, sharing: &table), filter.admits(route, family: family) else { return }
      body(route)
    }
  }

  private static func operation(_ filter: RouteFilter) -> String {
    filter.table.map { "read the routes of table \($0)" } ?? "read the routes"
  }

  /// A table comes into being with its first route, so one that does not exist has none.
  private static func meansNoRoutes(_ error: NetlinkError, _ filter: RouteFilter) -> Bool {
    guard !error.isUnsupported else { return true }
    guard case .refused(let refusal) = error.reason else { return false }
    return filter.table != nil && refusal.errno == .noEntry
  }

  private static func request(_ filter: RouteFilter, family: AddressFamily) -> AttributeWriter {
    var request = AttributeWriter()
    request.append(
      header: [
        family.kernelValue, 0, 0, 0, 0, filter.protocol ?? 0, 0, filter.type?.rawValue ?? 0, 0, 0, 0, 0,
      ])
    if let table = filter.table { request.append(RTA_TABLE, table) }
    if let interface = filter.interface { request.append(RTA_OIF, interface) }
    return request
  }
}
