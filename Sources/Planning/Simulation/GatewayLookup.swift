import Routing

/// The lookup with which the kernel finds out how a gateway of a new nexthop is reached.
///
/// Unlike one for packets it goes by the gateway and the interface alone: there is no mark, port or user, and a source only
/// for IPv6.
struct GatewayLookup {
  let simulation: Simulation
  /// The source that the new IPv6 route prefers.
  var source: IPAddress?

  /// A route, and the interface of its nexthop that the lookup takes.
  struct Match {
    var route: Route
    var leg: RouteLeg
  }

  /// What one table answers.
  enum Answer {
    case match(Match)
    case refused(ChangeRefusal.Code)
    /// The next rule is asked.
    case nothing
  }

  /// The answer of the table itself, unless that is 0, or of all rules where that has none (`fib_check_nh()`, `ip6_route_check_nh()`).
  func find(_ gateway: IPAddress, interface: UInt32, table: UInt32, scope: UInt8) -> Answer {
    if table != 0, gateway.family == .ipv6 || table != RouteTable.main {
      let answer = ask(table, gateway, interface: interface, scope: scope)
      if case .match(let match) = answer, gateway.family == .ipv4 || accepts(match, interface) { return answer }
    }
    return walk(gateway, interface: interface, scope: scope)
  }

  /// Whether an IPv6 gateway is reached through a directly connected route.
  func accepts(_ match: Match, _ interface: UInt32) -> Bool {
    match.leg.gateway == nil && !match.route.type.isRefusal && (interface == 0 || match.leg.interface == interface)
  }

  private func walk(_ gateway: IPAddress, interface: UInt32, scope: UInt8) -> Answer {
    var target: UInt32?
    for rule in simulation.base.rules where rule.family == gateway.family {
      if let wanted = target, rule.priority < wanted { continue }
      target = nil
      guard matches(rule, gateway, interface: interface) else { continue }
      switch rule.action {
      case .lookup(let table):
        // Only the table itself is asked whatever the carriers are (RT6_LOOKUP_F_IGNORE_LINKSTATE).
        let answer = ask(
          table, gateway, interface: interface, scope: scope, heedsCarriers: gateway.family == .ipv6)
        if case .match(let match) = answer, isSuppressed(match, rule) { continue }
        if case .nothing = answer { continue }
        return answer
      case .goto(let priority): target = priority
      case .nop, .other: continue
      case .blackhole: return .refused(.invalid)
      case .unreachable: return .refused(.networkUnreachable)
      case .prohibit: return .refused(.accessDenied)
      }
    }
    return .refused(.networkUnreachable)
  }

  private func matches(_ rule: Rule, _ gateway: IPAddress, interface: UInt32) -> Bool {
    var fits = (rule.source?.length ?? 0) == 0 && rule.destination?.contains(gateway) ?? true
    fits = fits && (rule.inputInterface == nil || rule.inputInterface == "lo")
    if let name = rule.outputInterface {
      fits = fits && interface != 0 && !rule.isOutputDetached && simulation.link(interface)?.isNamed(name) == true
    }
    fits = fits && rule.mark == 0 && rule.tos == 0 && (rule.dscp ?? 0) == 0 && rule.ipProtocol == nil
    fits = fits && rule.sourcePorts == nil && rule.destinationPorts == nil && rule.tunnelID == nil
    fits = fits && rule.userIDs?.contains(0) ?? true && !rule.isL3MasterDevice
    return fits != rule.isInverted
  }

  /// The IPv6 lookup of a gateway does not get to what a rule suppresses (`fib6_rule_suppress()`).
  private func isSuppressed(_ match: Match, _ rule: Rule) -> Bool {
    guard rule.family == .ipv4 else { return false }
    if let length = rule.suppressPrefixLength, UInt32(match.route.destination.length) <= length { return true }
    guard let group = rule.suppressInterfaceGroup else { return false }
    return simulation.link(match.leg.interface)?.group == group
  }

  /// - Parameter heedsCarriers: whether legs without carrier are passed over where they are ignored.
  func ask(
    _ table: UInt32, _ gateway: IPAddress, interface: UInt32, scope: UInt8, heedsCarriers: Bool = false
  ) -> Answer {
    var isBacktracking = false
    for all in simulation.routes.covering(gateway, table: table) {
      let routes = gateway.family == .ipv6 ? visible(all, isBacktracking: isBacktracking) : all
      if !routes.isEmpty { isBacktracking = true }
      for route in routes {
        if route.family == .ipv4, route.tos != 0 || route.scope < scope { continue }
        if route.family == .ipv4, let answer = refusal4(route) { return answer }
        let usable = legs(route).first { leg in
          isUsable(leg, interface, route.family) && !(heedsCarriers && leg.flags.contains(.dead))
        }
        if let leg = usable {
          // IPv6 routes to nowhere are over the loopback interface, which has to be the one that is asked for.
          if route.type == .throw { return .nothing }
          return .match(Match(route: route, leg: leg))
        }
      }
    }
    return .nothing
  }

  /// Of the routes to a prefix those that the search sees, in its order: a prefix that has routes for some sources, and
  /// none for this one, is passed over whole, but for the root of the table, where the search does not come from a longer
  /// prefix (`fib6_node_lookup()`).
  private func visible(_ routes: [Route], isBacktracking: Bool) -> [Route] {
    let special = routes.filter { ($0.source?.length ?? 0) > 0 }
    guard !special.isEmpty else { return routes }
    let own = special.filter { route in
      source.map { route.source?.contains($0) ?? false } ?? false
    }.sorted { $0.source?.length ?? 0 > $1.source?.length ?? 0 }
    if own.isEmpty, !isBacktracking, routes[0].destination.length > 0 { return [] }
    return own + routes.filter { ($0.source?.length ?? 0) == 0 }
  }

  private func refusal4(_ route: Route) -> Answer? {
    switch route.type {
    case .unreachable: .refused(.hostUnreachable)
    case .prohibit: .refused(.accessDenied)
    case .blackhole: .refused(.invalid)
    case .throw: .nothing
    default: nil
    }
  }

  private func isUsable(_ leg: RouteLeg, _ interface: UInt32, _ family: AddressFamily) -> Bool {
    !simulation.isDead(leg, family) && (interface == 0 || leg.interface == interface)
  }

  private func legs(_ route: Route) -> [RouteLeg] {
    guard let id = route.nexthopID else { return route.legs.list }
    return simulation.members(of: id).compactMap { nexthop in
      guard case .device(let interface, let gateway, _) = nexthop.target else { return nil }
      return RouteLeg(gateway: gateway, interface: interface)
    }
  }
}

extension RouteType {
  /// Whether packets go nowhere.
  var isRefusal: Bool { self == .unreachable || self == .prohibit || self == .blackhole || self == .throw }
}
