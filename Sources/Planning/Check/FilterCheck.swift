import Forwarding
import Routing

/// Filters of sources that drop what comes back another way.
enum FilterCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    // With rules the way back is not to be told from the routes alone.
    guard context.families.contains(.ipv4), !context.state.hasCustomRules(.ipv4) else { return [] }
    let uses = context.multipaths(.ipv4).filter { use in
      use.routes.first.contains { $0.table == RouteTable.main }
    }
    let sets = uses.map { Set(context.members(of: $0).map(\.interface)) }
    var strict: [UInt32] = []
    var routes = RouteSample()
    for interface in sets.reduce(into: Set(), { $0.formUnion($1) }).sorted()
    where context.table.reversePathFilter(interface) == 1 {
      guard let other = sets.firstIndex(where: { !$0.contains(interface) }) else { continue }
      strict.append(interface)
      if routes.isEmpty { routes = uses[other].routes }
    }
    guard let first = strict.first, let route = routes.first.first else { return [] }
    let names = strict.map(context.name)
    var finding = Finding(
      .strictReversePath, .note, subject: FixText.list(names), family: .ipv4,
      text: "rp_filter is strict: what comes in by \(context.name(first)) from \(RouteKey(route)), whose route has no "
        + "nexthop there, is dropped, wherever its sender had it go",
      remedy: "let packets in by any way that leads to a route back, unless the peers keep to these ways",
      fix: [.command(FixText.sysctl(names.map { FixText.setting(.ipv4, $0, "rp_filter", 2) }))])
    finding.interfaces = names
    finding.routes = routes
    return [finding]
  }
}
