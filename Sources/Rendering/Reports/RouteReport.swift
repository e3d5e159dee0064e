package import Routing

/// A route with its nexthops, their shares and whether they are alive.
package struct RouteReport: Hashable, Sendable {
  package let route: Route
  /// The names of the route's table, protocol and scope, or their numbers.
  package let table: String
  package let `protocol`: String
  package let scope: String
  /// The group that the route uses.
  package let group: NexthopGroup?
  package let multipath: MultipathReport

  package init(_ route: Route, in index: StateIndex) {
    self.route = route
    table = index.names.tableName(route.table)
    self.protocol = index.names.protocolName(route.protocol)
    scope = index.names.scopeName(route.scope)
    group = route.nexthopID.flatMap(index.group)
    if let group {
      multipath = MultipathReport(group: group, in: index)
    } else if let id = route.nexthopID {
      var single = MultipathReport(legs: [], family: route.family, in: index)
      single.members = [NexthopReport(object: id, in: index)]
      multipath = single
    } else {
      let legs =
        switch route.legs {
        case .none: [RouteLeg]()
        case .single(let leg): [leg]
        case .multipath(let legs): legs
        }
      multipath = MultipathReport(legs: legs, family: route.family, in: index)
    }
  }

  /// Whether flows can take more than one way.
  package var isMultipath: Bool { multipath.members.count > 1 }

  /// Whether a route is multipath, without the work of a report.
  package static func isMultipath(_ route: Route, in index: StateIndex) -> Bool {
    if let id = route.nexthopID { return (index.group(id)?.members.count ?? 0) > 1 }
    return if case .multipath(let legs) = route.legs { legs.count > 1 } else { false }
  }

  /// The reports of a state's routes, in the kernel's order.
  ///
  /// - Parameter includesSinglePath: Also routes with one way, or none.
  package static func all(
    in index: StateIndex, selection: RouteSelection = .allTables(), includesSinglePath: Bool = false
  ) -> [RouteReport] {
    index.state.routes.compactMap { route in
      guard selection.includes(route), includesSinglePath || isMultipath(route, in: index) else { return nil }
      return RouteReport(route, in: index)
    }
  }
}
