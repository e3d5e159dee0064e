import Routing

/// Nexthops of one route that take packets of different lengths.
enum MTUCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    context.families.compactMap { family in
      var routes = RouteSample()
      var example: (small: Link, large: Link)?
      var isOwned = false
      var least: [UInt32] = []
      for use in context.multipaths(family) {
        let links = context.members(of: use).compactMap { context.links[$0.interface] }
        guard let small = links.min(by: { $0.mtu < $1.mtu }), let large = links.max(by: { $0.mtu < $1.mtu }),
          small.mtu < large.mtu, (use.key.mtu ?? .max) > small.mtu
        else { continue }
        example = example ?? (small, large)
        isOwned = isOwned || use.owner != nil
        routes.add(use.routes)
        least += repeatElement(small.mtu, count: routes.first.count - least.count)
      }
      return example.map { finding(family, routes, $0.small, $0.large, isOwned: isOwned, least) }
    }
  }

  /// - Parameter least: the smallest MTU of each of the first routes.
  private static func finding(
    _ family: AddressFamily, _ routes: RouteSample, _ small: Link, _ large: Link, isOwned: Bool, _ least: [UInt32]
  ) -> Finding {
    var finding = Finding(
      .mtuDiffers, .note, subject: routes.phrase(), family: family,
      text:
        "\(small.name) takes packets of \(small.mtu) bytes, and \(large.name) of \(large.mtu): what is longer passes or "
        + "not as the hash has it, and so do probes for the path MTU",
      remedy: isOwned ? "give the links one MTU" : "give the links, or the routes, one MTU",
      fix: isOwned || !routes.isComplete ? [] : zip(routes.first, least).map { .change(limit($0, to: $1)) })
    finding.interfaces = [small.name, large.name]
    finding.routes = routes
    return finding
  }

  /// The route with another MTU among its metrics.
  private static func limit(_ route: Route, to mtu: UInt32) -> PlannedChange {
    var new = route
    var extras = route.extras ?? RouteExtras()
    extras.metrics.removeAll { $0.kind == RouteMetric.mtu }
    extras.metrics.append(RouteMetric(kind: RouteMetric.mtu, value: mtu))
    extras.metrics.sort { $0.kind < $1.kind }
    new.extras = extras
    return .replaceRoute(from: route, to: new)
  }
}
