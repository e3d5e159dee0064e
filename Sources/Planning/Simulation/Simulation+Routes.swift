import Routing

/// What routes of both families have in common.
extension Simulation {
  mutating func apply(_ request: RouteRequest) throws(ChangeRefusal) {
    // `ip` looks for the interfaces before the kernel sees the request.
    for name in ([request.leg] + request.legs).compactMap(\.interface) { _ = try link(named: name) }
    switch request.family {
    case .ipv4: try apply4(request)
    case .ipv6: try apply6(request)
    }
  }

  /// The rare attributes as a dump shows them; nil when there are none.
  func extras(of request: RouteRequest) -> RouteExtras? {
    var extras = RouteExtras()
    var metrics: [UInt16: RouteMetric] = [:]
    for var metric in request.metrics {
      // What the kernel takes at most (`ip_metrics_convert()`).
      switch metric.kind {
      case 2: metric.value = min(metric.value, 65535 - 15)
      case 8: metric.value = min(metric.value, 65535 - 40)
      case 10: metric.value = min(metric.value, 255)
      default: break
      }
      metrics[metric.kind] = metric
    }
    extras.metrics = metrics.values.filter { $0.value != 0 || $0.name != nil }.sorted { $0.kind < $1.kind }
    extras.ttlPropagate = request.ttlPropagate
    if request.legs.count < 2, request.family == .ipv4 { extras.realms = (request.legs.first ?? request.leg).realms }
    if let seconds = request.expires, request.family == .ipv6 {
      extras.expires = Int32(clamping: UInt64(seconds) * 100)
    }
    return extras == RouteExtras() ? nil : extras
  }

  /// The nexthop objects that a route over `id` uses: itself, or the members of the group.
  func members(of id: UInt32) -> [Nexthop] {
    if let nexthop = nexthops[id] { return [nexthop] }
    return groups[id]?.members.compactMap { nexthops[$0.id] } ?? []
  }

  /// Whether a route may use the object (`fib_check_nexthop()`, `fib6_check_nexthop()`, net/ipv4/nexthop.c).
  func checkUse(of id: UInt32, family: AddressFamily, scope: UInt8) throws(ChangeRefusal) {
    let members = members(of: id)
    let isFDB = groups[id]?.isFDB ?? members.contains { if case .fdb = $0.target { true } else { false } }
    guard !isFDB else { throw .kernel(.invalid, "Route cannot point to a fdb nexthop") }
    switch family {
    case .ipv6:
      guard members.allSatisfy({ $0.family == .ipv6 }) else {
        throw .kernel(.invalid, "IPv6 routes can not use an IPv4 nexthop")
      }
    case .ipv4:
      guard scope == Scope.host else { return }
      guard groups[id] == nil else {
        throw .kernel(.invalid, "Route with host scope can not have multiple nexthops")
      }
      guard members.first?.gateway == nil else {
        throw .kernel(.invalid, "Route with host scope can not have a gateway")
      }
    }
  }

  // MARK: Flushing

  mutating func flush(_ selector: RouteSelector) throws(ChangeRefusal) {
    guard !selector.onlyCached else { return }
    let filter = try RouteFilter(selector, self, blackholes: blackholes)
    if base.settings.nexthopCompatMode == true, routes.contains(where: { $0.nexthopID != nil && filter.selects($0) }) {
      throw .notSimulated(
        "ip of iproute2 6.1 fails to flush routes over nexthop objects while net.ipv4.nexthop_compat_mode is 1; "
          + "delete them one by one")
    }
    routes.rewrite({ filter.selects($0) }, { _ in nil })
  }
}

/// A `RouteSelector` with its names resolved (`filter_nlmsg()` of ip, and what the kernel filters for it).
private struct RouteFilter {
  private let selector: RouteSelector
  private let table: UInt32?
  private let output: UInt32?
  private let input: UInt32?
  /// Ids of objects that make a dump show their routes as blackholes.
  private let blackholes: Set<UInt32>

  init(
    _ selector: RouteSelector, _ simulation: Simulation, blackholes: Set<UInt32>
  ) throws(ChangeRefusal) {
    self.selector = selector
    self.blackholes = blackholes
    switch selector.table {
    case .all: table = nil
    case .one(let reference): table = try simulation.number(reference)
    }
    output = try selector.outputInterface.map { name throws(ChangeRefusal) in try simulation.link(named: name).index }
    input = try selector.inputInterface.map { name throws(ChangeRefusal) in try simulation.link(named: name).index }
  }

  func selects(_ route: Route) -> Bool {
    selectsHeader(route) && selectsNexthop(route)
      && covers(selector.destinationRoot, selector.destinationMatch, route.destination)
      && covers(selector.sourceRoot, selector.sourceMatch, route.source ?? .everything(route.family))
  }

  private func selectsHeader(_ route: Route) -> Bool {
    (selector.family == nil || route.family == selector.family)
      && (table == nil || route.table == table)
      && (selector.tos == nil || route.tos == selector.tos)
      && (selector.protocol == nil || route.protocol == selector.protocol)
      && (selector.scope == nil || route.scope == selector.scope)
      && (selector.types == 0 || selector.types & (1 << UInt64(type(of: route).rawValue & 63)) != 0)
      && (selector.metric == nil || route.priority == selector.metric)
      && (selector.mark == nil || route.extras?.mark ?? 0 == selector.mark)
      && (input == nil || route.extras?.inputInterface == input)
      && (selector.preferredSource == nil
        || route.preferredSource.map { selector.preferredSource?.prefix.contains($0) ?? false } ?? false)
      && (selector.realms == nil
        || (route.extras?.realms ?? 0) & selector.realmsMask == (selector.realms ?? 0) & selector.realmsMask)
  }

  private func type(of route: Route) -> RouteType {
    route.nexthopID.map(blackholes.contains) ?? false ? .blackhole : route.type
  }

  /// `ip` looks at the interface and the gateway outside of the list of nexthops only.
  private func selectsNexthop(_ route: Route) -> Bool {
    let leg: RouteLeg? = if case .single(let leg) = route.legs { leg } else { nil }
    if let output, leg?.interface != output { return false }
    if let gateway = selector.gateway {
      guard let own = leg?.gateway, gateway.prefix.contains(own) else { return false }
    }
    return true
  }

  private func covers(_ root: RouteSelector.Extent?, _ match: RouteSelector.Extent?, _ prefix: Prefix) -> Bool {
    if let root, let wide = Self.prefix(root, prefix.family) {
      guard wide.contains(prefix) else { return false }
    }
    if let match, let narrow = Self.prefix(match, prefix.family) {
      guard prefix.family == narrow.family, prefix.length <= narrow.length, prefix.contains(narrow.address) else {
        return false
      }
    }
    return true
  }

  private static func prefix(_ extent: RouteSelector.Extent, _ family: AddressFamily) -> Prefix? {
    switch extent {
    case .default: .everything(family)
    case .prefix(let prefix): prefix.prefix
    }
  }
}
