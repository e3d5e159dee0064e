package import Routing

extension PlannedChange {
  /// What is done, in a few words: "add group 100".
  package var phrase: String {
    switch self {
    case .addNexthop(let nexthop): "add nexthop \(nexthop.id)"
    case .removeNexthop(let nexthop): "remove nexthop \(nexthop.id)"
    case .addGroup(let group): "add group \(group.id)"
    case .removeGroup(let group): "remove group \(group.id)"
    case .replaceGroup(_, let group): "change group \(group.id)"
    case .replaceRoute(_, let route):
      "move the route \(RouteKey(route)) to \(route.nexthopID.map { "nexthop object \($0)" } ?? "legs of its own")"
    }
  }

  /// The id of the nexthop or group that is changed.
  package var objectID: UInt32? {
    switch self {
    case .addNexthop(let nexthop), .removeNexthop(let nexthop): nexthop.id
    case .addGroup(let group), .removeGroup(let group), .replaceGroup(_, let group): group.id
    case .replaceRoute: nil
    }
  }

  /// The id of the nexthop or group that is removed.
  package var removedID: UInt32? {
    switch self {
    case .removeNexthop(let nexthop): nexthop.id
    case .removeGroup(let group): group.id
    default: nil
    }
  }

  /// The key of the route that is changed.
  package var routeKey: RouteKey? {
    if case .replaceRoute(_, let route) = self { RouteKey(route) } else { nil }
  }

  /// The nexthops that must exist for it.
  package var neededMembers: [UInt32] {
    switch self {
    case .addGroup(let group), .replaceGroup(_, let group): group.members.map(\.id)
    case .replaceRoute(_, let route): route.nexthopID.map { [$0] } ?? []
    default: []
    }
  }

  /// Whether it can be seen on `route`: it has the key of the route, or removes an object that the route uses.
  package func concerns(_ route: Route) -> Bool {
    if let routeKey { return routeKey == RouteKey(route) }
    if let id = objectID { return route.nexthopID == id }
    return false
  }
}
