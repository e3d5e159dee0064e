import Routing

/// IPv6 routes that the kernel has beside multipath routes, and that neither `ip` nor this program is told.
enum HiddenRouteCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    let hidden = context.state.hiddenRoutes
    guard context.families.contains(.ipv6), !hidden.isEmpty else { return [] }
    var keys: [HiddenRoutes.Place] = []
    var found: [HiddenRoutes.Place: RouteSample] = [:]
    var others = RouteSample()
    for route in context.state.routes where hidden.concern(route) {
      let place = HiddenRoutes.Place(route)
      if hidden.places.contains(place) {
        if found[place] == nil { keys.append(place) }
        found[place, default: RouteSample()].add(route)
      } else {
        others.add(route)
      }
    }
    var findings = keys.compactMap { place in found[place].map { known(place, $0) } }
    if !others.isEmpty { findings.append(unknown(others)) }
    return findings
  }

  private static func known(_ place: HiddenRoutes.Place, _ routes: RouteSample) -> Finding {
    var finding = Finding(
      .hiddenRoute, .warning, subject: routes.first.first.map { "\(RouteKey($0))" } ?? "\(place.destination)",
      family: .ipv6,
      text:
        "between its legs the kernel has other routes, or it has legs of other preferences, which ip route does not "
        + "show: they may take its flows",
      remedy:
        "grep '^\(line(of: place.destination))' /proc/net/ipv6_route shows them: delete those without the right gateway "
        + "by their dev, or give them a metric of their own")
    finding.routes = routes
    return finding
  }

  /// How lines about the destination begin there.
  private static func line(of destination: Prefix) -> String {
    func digits(_ value: some FixedWidthInteger, _ width: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return digits(destination.address.high, 16) + digits(destination.address.low, 16) + " "
      + digits(destination.length, 2)
  }

  private static func unknown(_ routes: RouteSample) -> Finding {
    var finding = Finding(
      .hiddenRoute, .note, subject: "IPv6 multipath routes", family: .ipv6,
      text: "the kernel has another number of IPv6 routes than it tells, or the number can not be read: some may lie "
        + "between the legs of a route and take its flows, and no prediction of these is exact",
      remedy: "look into /proc/net/ipv6_route for lines of the same prefix and metric that ip -6 route does not show")
    finding.routes = routes
    return finding
  }
}
