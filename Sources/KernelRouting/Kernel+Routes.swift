internal import Netlink
package import Routing

extension Kernel {
  /// Passes the routes to `body` as they arrive, so that memory does not grow with the table.
  ///
  /// After `body` has thrown, the rest of the answer is read and dropped.
  ///
  /// - Throws: `KernelError`, or what `body` throws.
  package mutating func forEachRoute(
    _ filter: RouteFilter = RouteFilter(), _ body: (Route) throws -> Void
  ) throws {
    var table = RouteAttributeTable()
    var failure: (any Error)?
    for family in filter.family.map({ [$0] }) ?? AddressFamily.allCases {
      do throws(NetlinkError) {
        try dumpOnce(
          Self.readRoutes, type: RTM_GETROUTE, request: Self.request(filter, family: family)
        ) { (wire) throws(WireError) in
          guard failure == nil, let route = try Route(wire: wire, sharing: &table),
            filter.admits(route, family: family)
          else { return }
          do { try body(route) } catch { failure = error }
        }
      } catch {
        guard Self.meansNoRoutes(error, filter) else { throw KernelError(error) }
      }
      if let failure { throw failure }
    }
  }

  /// The routes, in the kernel's order.
  ///
  /// Routes whose messages tell the same share their attributes.
  package mutating func routes(_ filter: RouteFilter = RouteFilter()) throws(KernelError) -> [Route] {
    var routes: [Route] = []
    var table = RouteAttributeTable()
    for family in filter.family.map({ [$0] }) ?? AddressFamily.allCases {
      let before = routes.count
      do throws(NetlinkError) {
        try dump(
          Self.readRoutes, type: RTM_GETROUTE, request: Self.request(filter, family: family),
          start: { routes.removeLast(routes.count - before) }
        ) { (wire) throws(WireError) in
          guard let route = try Route(wire: wire, sharing: &table), filter.admits(route, family: family) else { return }
          routes.append(route)
        }
      } catch {
        guard Self.meansNoRoutes(error, filter) else { throw KernelError(error) }
      }
    }
    return routes
  }

  private static var readRoutes: String { "read the routes" }

  /// A table comes into being with its first route, so one that does not exist is an empty one.
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
