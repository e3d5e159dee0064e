package import Routing

/// Which routes `ip route show` prints, and by that which fields it leaves out.
package struct RouteSelection: Hashable, Sendable {
  /// Nil for both. `ip` takes IPv4 alone when neither `-6` nor `table all` is given.
  package var family: AddressFamily?
  /// The one table to show, whose name `ip` then leaves out; nil for all.
  package var table: UInt32?
  /// The prefix as a last word on the command line; nil for any.
  package var prefix: PrefixSelector?

  /// The prefix that `ip route show PREFIX` asks for.
  package enum PrefixSelector: Hashable, Sendable {
    /// `default`, of any family.
    case everything
    /// Routes for exactly this prefix.
    case exactly(Prefix)
  }

  package init(family: AddressFamily? = .ipv4, table: UInt32? = RouteTable.main, prefix: PrefixSelector? = nil) {
    self.family = family
    self.table = table
    self.prefix = prefix
  }

  /// What `ip route show table all` prints, or with a family `ip -4` and `ip -6`.
  package static func allTables(_ family: AddressFamily? = nil) -> RouteSelection {
    RouteSelection(family: family, table: nil)
  }

  package func includes(_ route: Route) -> Bool {
    if let family, route.family != family { return false }
    if route.flags & RouteFlags.cloned != 0 { return false }
    if let table {
      if route.table != table { return false }
      // iproute2 still takes IPv6 routes of type local for those of table local, as on kernels without IPv6 tables.
      if route.family == .ipv6, table == RouteTable.main, route.type == .local { return false }
    }
    return switch prefix {
    case nil: true
    case .everything: route.destination.length == 0
    case .exactly(let prefix): route.destination == prefix
    }
  }
}
