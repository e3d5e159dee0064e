package import Routing

/// Which routes to read. The kernel itself leaves the others out, where it can.
package struct RouteFilter: Hashable, Sendable {
  /// nil for both.
  package var family: AddressFamily?
  /// nil for all tables.
  package var table: UInt32?
  /// `rtm_protocol`.
  package var `protocol`: UInt8?
  package var type: RouteType?
  /// Interface index: routes with at least one nexthop on it.
  package var interface: UInt32?

  package init(
    family: AddressFamily? = nil, table: UInt32? = nil, protocol: UInt8? = nil, type: RouteType? = nil,
    interface: UInt32? = nil
  ) {
    self.family = family
    self.table = table
    self.protocol = `protocol`
    self.type = type
    self.interface = interface
  }

  /// Whether a route passes, as far as the route itself tells: a kernel without filters sends all.
  ///
  /// The interface is not checked: the legs of a nexthop object may be unknown here.
  func admits(_ route: Route, family: AddressFamily) -> Bool {
    route.family == family && (table == nil || table == route.table)
      && (`protocol` == nil || `protocol` == route.protocol) && (type == nil || type == route.type)
      && route.flags & RouteFlags.cloned == 0
  }
}
