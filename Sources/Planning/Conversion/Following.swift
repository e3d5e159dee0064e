package import Routing

/// A route of ours in front of one that a routing daemon keeps: the same prefix over a resilient group whose members are
/// those of the daemon's route.
///
/// The daemon's route is watched and never touched, and carries the traffic again when ours is gone.
package struct Following: Hashable, Sendable {
  /// `rtm_protocol` of our routes: RTPROT_BGP, which zebra takes for one of its own and leaves alone, and other daemons
  /// for somebody else's.
  package static let routeProtocol: UInt8 = 186

  /// The daemon's route as it was when the plan was made; it is found again by its key.
  package var daemon: Route
  /// Ours, over the resilient group: with a better metric, or in a table of its own.
  package var route: Route
  /// Those that lead to the table of `route`, in the order in which they are made; empty where the metric is enough.
  package var rules: [Rule]

  package init(daemon: Route, route: Route, rules: [Rule] = []) {
    self.daemon = daemon
    self.route = route
    self.rules = rules
  }

  /// The id of the resilient group.
  package var group: UInt32? { route.nexthopID }

  /// Whether `candidate` is our route, whatever it goes over.
  package func isOurs(_ candidate: Route) -> Bool { RouteKey(candidate) == RouteKey(route) }
}

extension ConversionPlan {
  /// The routes before others that the plan makes or takes away.
  package var followings: [Following] { conversions.compactMap(\.following) }

  /// Which route takes over from which when `change` is made; nil where no route does.
  package func move(by change: PlannedChange) -> (from: Route, to: Route)? {
    switch change {
    case .replaceRoute(let old, let new): return (old, new)
    case .addRoute(let route):
      return followings.first { $0.rules.isEmpty && $0.isOurs(route) }.map { ($0.daemon, $0.route) }
    case .removeRoute(let route):
      return followings.first { $0.rules.isEmpty && $0.isOurs(route) }.map { (route, $0.daemon) }
    // Of the rules of one, only the last looks our table up.
    case .addRule(let rule):
      return followings.first { $0.rules.last?.lasting == rule.lasting }.map { ($0.daemon, $0.route) }
    case .removeRule(let rule):
      return followings.first { $0.rules.last?.lasting == rule.lasting }.map { ($0.route, $0.daemon) }
    default: return nil
    }
  }
}
