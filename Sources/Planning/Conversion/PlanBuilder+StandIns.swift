import Routing

/// Routes that stand in for IPv6 routes while those are replaced.
///
/// The kernel frees a replaced IPv6 route at once. A packet whose lookup has found it on another CPU, and that needs a
/// new entry of that CPU's cache, can not hold it any more and is answered with "no route"; and legs come one after the
/// other. A route of the next better metric takes the traffic meanwhile, over the object that the route comes to or comes
/// from: when the route is replaced, no packet is on it. It expires, and lookups pass it over from then on: when it is
/// removed, no packet is on it, either. Expiring, it also ends by itself where nobody comes back to remove it.
extension PlanBuilder {
  /// Seconds until a stand-in expires, by which the route has to be replaced.
  static let standInLifetime: Int32 = 2

  /// Has a route of the next better metric carry the traffic of an IPv6 route from now on, where there is room for one.
  mutating func standIn(for route: Route, over id: UInt32) {
    guard let standIn = Self.standIn(for: route, over: id), !isTaken(RouteKey(standIn)),
      standInKeys.insert(RouteKey(standIn)).inserted
    else { return }
    add(
      .addRoute(standIn),
      "stands in for \(RouteKey(route)) for \(Self.standInLifetime) s, as no IPv6 route is replaced without a gap")
    standIns.append(standIn)
  }

  /// Whether something stands in for the route.
  func hasStandIn(_ route: Route) -> Bool {
    Self.standIn(for: route, over: 0).map { standInKeys.contains(RouteKey($0)) } ?? false
  }

  /// Takes the stand-ins away, and then the groups that only waited for that.
  mutating func finish() {
    for standIn in standIns { add(.removeRoute(standIn), "no packet takes it any more, once it has expired") }
    for group in between { add(.removeGroup(group), "nothing uses the hash-threshold group any more") }
    for group in emptied { removeOwn(group) }
  }

  /// nil where no metric is better.
  static func standIn(for route: Route, over id: UInt32) -> Route? {
    // IP6_RT_PRIO_USER, where none is told.
    let metric = route.metric.flatMap { $0 == 0 ? nil : $0 } ?? 1024
    guard route.family == .ipv6, metric > 1 else { return nil }
    var standIn = route.over(.object(id: id, expansion: .none)).lasting
    standIn.metric = metric - 1
    var extras = standIn.extras ?? RouteExtras()
    extras.expires = standInLifetime * 100
    standIn.extras = extras
    return standIn
  }

}
