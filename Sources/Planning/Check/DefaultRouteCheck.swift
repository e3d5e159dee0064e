import Routing

/// Default routes that stand side by side where one over several nexthops was meant.
enum DefaultRouteCheck {
  private struct Key: Hashable {
    var table: UInt32
    var metric: UInt32
    var tos: UInt8
  }

  static func findings(_ context: CheckContext) -> [Finding] {
    guard context.families.contains(.ipv4) else { return [] }
    var keys: [Key] = []
    var routes: [Key: RouteSample] = [:]
    for route in context.state.routes where route.destination.length == 0 && isCandidate(route) {
      let key = Key(table: route.table, metric: route.metric ?? 0, tos: route.tos)
      if routes[key] == nil { keys.append(key) }
      routes[key, default: RouteSample()].add(route)
    }
    return keys.compactMap { key in
      guard let found = routes[key], found.count > 1 else { return nil }
      return finding(found)
    }
  }

  /// Whether `fib_select_default()` takes turns with it: one gateway, and no nexthop object that others share.
  private static func isCandidate(_ route: Route) -> Bool {
    guard route.family == .ipv4, route.type == .unicast, route.flags & RouteFlags.cloned == 0,
      case .legs(.single(let leg)) = route.nexthops
    else { return false }
    return leg.gateway != nil
  }

  private static func finding(_ routes: RouteSample) -> Finding {
    let owner = routes.first.lazy.compactMap { RouteOwner(protocol: $0.protocol) }.first
    var finding = Finding(
      .defaultRotation, .warning, subject: "\(routes.first.first.map { "\(RouteKey($0))" } ?? "")", family: .ipv4,
      text:
        "there are \(routes.count) default routes of one metric, which are no multipath: what is forwarded takes the "
        + "first alone, and connections of this machine may take turns",
      remedy: owner?.remedy ?? "make one route over all of the gateways")
    finding.routes = routes
    if owner == nil, routes.isComplete, let first = routes.first.first {
      let legs = routes.first.flatMap(\.legs.list)
      let rest = routes.first.dropFirst().map { Finding.Fix.change(.removeRoute($0)) }
      finding.fix = rest + [.change(.replaceRoute(from: first, to: first.over(.legs(.multipath(legs)))))]
    }
    return finding
  }
}
