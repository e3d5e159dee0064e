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
    case .addRoute(let route): "add the route \(RouteKey(route))"
    case .removeRoute(let route): "remove the route \(RouteKey(route))"
    case .addRule(let rule): "add the rule \(rule.phrase)"
    case .removeRule(let rule): "remove the rule \(rule.phrase)"
    }
  }

  /// The id of the nexthop or group that is changed.
  package var objectID: UInt32? {
    switch self {
    case .addNexthop(let nexthop), .removeNexthop(let nexthop): nexthop.id
    case .addGroup(let group), .removeGroup(let group), .replaceGroup(_, let group): group.id
    case .replaceRoute, .addRoute, .removeRoute, .addRule, .removeRule: nil
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
    switch self {
    case .replaceRoute(_, let route), .addRoute(let route), .removeRoute(let route): RouteKey(route)
    default: nil
    }
  }

  /// The nexthops that must exist for it.
  package var neededMembers: [UInt32] {
    switch self {
    case .addGroup(let group), .replaceGroup(_, let group): group.members.map(\.id)
    case .replaceRoute(_, let route), .addRoute(let route): route.nexthopID.map { [$0] } ?? []
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

extension Rule {
  /// What tells it from others, for people: "32765 to 10.0.0.0/8 table 100".
  var phrase: String {
    var text = "\(priority)"
    if let destination { text += " to \(destination)" }
    if case .lookup(let table) = action { text += " table \(table)" }
    if let suppressPrefixLength { text += " suppress_prefixlength \(suppressPrefixLength)" }
    return text
  }
}
