import Routing

/// What a decision depends on and the state does not have.
extension Walk {
  /// Notes that a part which this step asks is not known.
  mutating func noteUnread(_ part: StatePart) {
    if table.state.unread.contains(part) { caveats.insert(.stateIncomplete) }
  }

  /// Notes the parts that every lookup of the flow asks, whatever it finds.
  mutating func noteUnread() {
    let unread = table.state.unread
    guard !unread.isEmpty else { return }
    if !unread.isSubset(of: StatePart.known) { caveats.insert(.stateIncomplete) }
    for part in [StatePart.routes(flow.family), .rules(flow.family), .settings(flow.family)] { noteUnread(part) }
    // A forwarded packet asks addresses only for the loose reverse path filter: its own table of local routes has the rest.
    if !isForwarded || (flow.family == .ipv4 && table.links.reversePathFilter(ingress) == 2) { noteUnread(.addresses) }
    let rules = flow.family == .ipv4 ? table.rules4 : table.rules6
    let asksForLinks =
      flow.outputInterface != 0 || needsInterface
      || rules.contains { $0.rule.isL3MasterDevice || $0.rule.suppressInterfaceGroup != nil }
    if asksForLinks { noteUnread(.links) }
  }

  /// Notes that the kernel has others than these of the routes that it chooses among.
  mutating func noteHidden(_ routes: [Int]) {
    let hidden = table.state.hiddenRoutes
    guard !hidden.isEmpty, !caveats.contains(.hiddenRoute) else { return }
    if routes.contains(where: { hidden.concern(table.state.routes[$0]) }) { caveats.insert(.hiddenRoute) }
  }

  /// Whether a route goes to a nexthop object of which nothing is known, as no objects are.
  func isObjectUnread(_ route: Int) -> Bool {
    guard table.state.unread.contains(.nexthops), let id = table.state.routes[route].nexthopID else { return false }
    return table.nexthops.objects[id] == nil
  }
}
