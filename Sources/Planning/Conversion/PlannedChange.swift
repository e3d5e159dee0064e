package import Routing

/// One step of a plan: a change of one object, which can be undone.
package enum PlannedChange: Hashable, Sendable {
  case addNexthop(Nexthop)
  case removeNexthop(Nexthop)
  case addGroup(NexthopGroup)
  case removeGroup(NexthopGroup)
  /// Other members, weights or timers of a group that keeps its id, type and number of buckets.
  case replaceGroup(from: NexthopGroup, to: NexthopGroup)
  /// The same key (table, prefix, source prefix, TOS, metric) over other nexthops; every other attribute stays.
  case replaceRoute(from: Route, to: Route)
  /// A route under a key that no other one has.
  case addRoute(Route)
  case removeRoute(Route)
  /// The last of its priority.
  case addRule(Rule)
  case removeRule(Rule)

  /// What undoes it.
  package var inverse: PlannedChange {
    switch self {
    case .addNexthop(let nexthop): .removeNexthop(nexthop)
    case .removeNexthop(let nexthop): .addNexthop(nexthop)
    case .addGroup(let group): .removeGroup(group)
    case .removeGroup(let group): .addGroup(group)
    case .replaceGroup(let old, let new): .replaceGroup(from: new, to: old)
    case .replaceRoute(let old, let new): .replaceRoute(from: new, to: old)
    case .addRoute(let route): .removeRoute(route)
    case .removeRoute(let route): .addRoute(route)
    case .addRule(let rule): .removeRule(rule)
    case .removeRule(let rule): .addRule(rule)
    }
  }
}
