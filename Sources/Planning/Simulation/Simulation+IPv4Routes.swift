import Routing

/// IPv4 routes come and go (`fib_table_insert()`, `fib_table_delete()`, net/ipv4/fib_trie.c; `fib_create_info()`,
/// net/ipv4/fib_semantics.c).
extension Simulation {
  mutating func apply4(_ request: RouteRequest) throws(ChangeRefusal) {
    let table = try number(request.table)
    guard !request.destination.hasHostBits else {
      throw .kernel(.invalid, "Invalid prefix for given prefix length")
    }
    if request.mode == .delete {
      try delete4(request, table: table)
    } else {
      try insert4(try newRoute4(request, table: table), mode: request.mode)
    }
  }

  // MARK: Making

  private func newRoute4(_ request: RouteRequest, table: UInt32) throws(ChangeRefusal) -> Route {
    guard request.tos & 3 == 0 else { throw .kernel(.invalid, "Invalid dsfield (tos): ECN bits must be 0") }
    guard request.scope >= Self.smallestScope(of: request.type) else { throw .kernel(.invalid, "Invalid scope") }
    var route = Route(
      destination: request.destination.prefix, table: table, metric: request.metric ?? 0 == 0 ? nil : request.metric,
      tos: request.tos, type: request.type, protocol: request.protocol, scope: request.scope, nexthops: .legs(.none),
      preferredSource: request.preferredSource)
    route.extras = extras(of: request)
    if let id = request.nexthopID, id != 0 {
      guard request.legs.isEmpty, request.leg == LegRequest() else {
        throw .kernel(.invalid, "Nexthop specification and nexthop id are mutually exclusive")
      }
      guard nexthops[id] != nil || groups[id] != nil else { throw .kernel(.invalid, "Nexthop id does not exist") }
      try checkUse(of: id, family: .ipv4, scope: request.scope)
      route.nexthops = .object(id: id, expansion: .none)
    } else {
      route.nexthops = .legs(try legs4(request, table: table))
    }
    try checkPreferredSource(request, table: table)
    return route
  }

  /// `fib_props`: a route may not reach wider than its type does.
  private static func smallestScope(of type: RouteType) -> UInt8 {
    switch type {
    case .local: Scope.host
    case .broadcast, .anycast: Scope.link
    case .nat, .unspecified: Scope.nowhere
    default: Scope.universe
    }
  }

  private func legs4(_ request: RouteRequest, table: UInt32) throws(ChangeRefusal) -> RouteLegs {
    let hasLeg = request.leg.gateway != nil || request.leg.otherFamilyGateway != nil || request.leg.interface != nil
    if request.type.isRefusal {
      guard !hasLeg, request.legs.isEmpty else {
        throw .kernel(.invalid, "Gateway, device and multipath can not be specified for this route type")
      }
      return .none
    }
    guard request.scope <= Scope.host else { throw .kernel(.invalid, "Invalid scope") }
    let requests = request.legs.isEmpty ? [request.leg] : request.legs
    if request.scope == Scope.host { return .single(try hostLeg(requests)) }
    var legs: [RouteLeg] = []
    for leg in requests {
      legs.append(try checked(leg, family: .ipv4, table: table, scope: request.scope))
    }
    if legs.count == 1 {
      legs[0].weight = 1
      // A leg alone has its realms in the route itself.
      legs[0].realms = nil
      return .single(legs[0])
    }
    try compareFirst(request, legs)
    return .multipath(legs)
  }

  /// A nexthop outside of the list has to be the first of it (`fib_get_nhs()`).
  private func compareFirst(_ request: RouteRequest, _ legs: [RouteLeg]) throws(ChangeRefusal) {
    if let name = request.leg.interface, try link(named: name).index != legs[0].interface {
      throw .kernel(.invalid, "Nexthop device index does not match RTA_OIF")
    }
    if let gateway = request.leg.gateway ?? request.leg.otherFamilyGateway, gateway != legs[0].gateway {
      throw .kernel(.invalid, "Nexthop gateway does not match RTA_GATEWAY or RTA_VIA")
    }
  }

  /// A route of host scope is for an address of the machine.
  private func hostLeg(_ requests: [LegRequest]) throws(ChangeRefusal) -> RouteLeg {
    guard requests.count == 1 else {
      throw .kernel(.invalid, "Route with host scope can not have multiple nexthops")
    }
    guard requests[0].gateway == nil, requests[0].otherFamilyGateway == nil else {
      throw .kernel(.invalid, "Route with host scope can not have a gateway")
    }
    guard let name = requests[0].interface else { throw .kernel(.noDevice) }
    let device = try link(named: name)
    return RouteLeg(interface: device.index, flags: requests[0].isOnlink ? .onlink : [])
  }

  private func checkPreferredSource(_ request: RouteRequest, table: UInt32) throws(ChangeRefusal) {
    guard let source = request.preferredSource, !source.isUnspecified, !request.type.isRefusal else { return }
    if request.type == .local, request.destination.address == source { return }
    let local = routes.covering(source, table: RouteTable.local).first?.first?.type == .local
    let inTable = table != RouteTable.local && routes.covering(source, table: table).first?.first?.type == .local
    guard local || inTable else { throw .kernel(.invalid, "Invalid prefsrc address") }
  }

  // MARK: Inserting

  private mutating func insert4(_ route: Route, mode: RequestMode) throws(ChangeRefusal) {
    var list = routes[route.place]
    // The first of a lower TOS, or of this TOS and no smaller metric (`fib_find_alias()`).
    let first =
      list.firstIndex { $0.tos < route.tos || $0.tos == route.tos && $0.priority >= route.priority } ?? list.count
    let end = list[first...].firstIndex { $0.tos != route.tos || $0.priority != route.priority } ?? list.count
    guard first < end else {
      guard mode.creates else { throw .kernel(.noEntry) }
      list.insert(route, at: first)
      routes[route.place] = list
      return
    }
    if mode == .add || mode == .test { throw .kernel(.exists) }
    let same = list[first..<end].firstIndex { isSame4($0, route) }
    if mode == .replace || mode == .change {
      if let same {
        guard same == first else { throw .kernel(.exists) }
        return
      }
      list[first] = route
    } else {
      guard same == nil else { throw .kernel(.exists) }
      list.insert(route, at: mode == .append ? end : first)
    }
    routes[route.place] = list
  }

  /// Whether both share one `fib_info`: `fib_find_info()` compares what is not the key.
  private func isSame4(_ left: Route, _ right: Route) -> Bool {
    // One over an object that brings no metrics is content with those of another (`fib_find_info_nh()`).
    let sharesMetrics = right.nexthopID != nil && right.extras?.metrics.isEmpty ?? true
    func comparable(_ route: Route) -> Route {
      var route = route
      route.flags = 0
      if sharesMetrics { route.extras?.metrics = [] }
      route.metric = route.priority
      if route.extras == RouteExtras() { route.extras = nil }
      if case .object(let id, _) = route.nexthops {
        route.nexthops = .object(id: id, expansion: .none)
      } else {
        let legs = route.legs.list.map { leg in
          var leg = leg
          leg.flags = leg.flags.intersection(.onlink)
          return leg
        }
        route.nexthops = .legs(.multipath(legs))
      }
      return route
    }
    return comparable(left) == comparable(right)
  }

  // MARK: Deleting

  private mutating func delete4(_ request: RouteRequest, table: UInt32) throws(ChangeRefusal) {
    if let id = request.nexthopID, id != 0, nexthops[id] == nil, groups[id] == nil {
      throw .kernel(.invalid, "Nexthop id does not exist")
    }
    let standard = [RouteTable.main, RouteTable.local, RouteTable.default]
    guard standard.contains(table) || routes.hasTable(table, .ipv4) else {
      throw .kernel(.noProcess, "FIB table does not exist")
    }
    let place = RouteStore.Place(table: table, destination: request.destination.prefix)
    var list = routes[place]
    let deleted = RequestedLegs(
      leg: try wanted(request.leg),
      legs: try request.legs.map { leg throws(ChangeRefusal) in try wanted(leg) })
    guard
      let index = list.firstIndex(where: { $0.tos == request.tos && deletes4(request, deleted, $0) })
    else { throw .kernel(.noProcess) }
    list.remove(at: index)
    routes[place] = list
  }

  /// The nexthops of a deletion, by interface index; 0 and nil match any.
  private struct RequestedLegs {
    var leg: RouteLeg
    var legs: [RouteLeg]
  }

  private func wanted(_ request: LegRequest) throws(ChangeRefusal) -> RouteLeg {
    let interface = try request.interface.map { name throws(ChangeRefusal) in try link(named: name).index } ?? 0
    return RouteLeg(gateway: request.gateway ?? request.otherFamilyGateway, interface: interface)
  }

  private func deletes4(_ request: RouteRequest, _ deleted: RequestedLegs, _ route: Route) -> Bool {
    guard request.type == .unspecified || route.type == request.type,
      request.scope == Scope.nowhere || route.scope == request.scope,
      request.preferredSource == nil || route.preferredSource == request.preferredSource,
      request.protocol == 0 || route.protocol == request.protocol,
      (request.metric ?? 0) == 0 || route.priority == request.metric,
      matchesMetrics(request, route)
    else { return false }
    let names = deleted.leg.interface != 0 || deleted.leg.gateway != nil
    if let id = request.nexthopID, id != 0 { return route.nexthopID == id }
    if route.nexthopID != nil { return !names && deleted.legs.isEmpty }
    // A route to nowhere counts as one with a nexthop that has neither interface nor gateway.
    let legs = route.legs == .none ? [RouteLeg()] : route.legs.list
    func matches(_ wanted: RouteLeg, _ leg: RouteLeg) -> Bool {
      (wanted.interface == 0 || wanted.interface == leg.interface)
        && (wanted.gateway == nil || wanted.gateway == leg.gateway)
    }
    if names { return legs.first.map { matches(deleted.leg, $0) } ?? false }
    return deleted.legs.isEmpty || deleted.legs.count >= legs.count && zip(deleted.legs, legs).allSatisfy(matches)
  }

  /// `fib_metrics_match()`: every metric of the request has to be the route's.
  private func matchesMetrics(_ request: RouteRequest, _ route: Route) -> Bool {
    request.metrics.allSatisfy { wanted in
      wanted.kind == 1 || (route.extras?.metrics ?? []).contains { $0.kind == wanted.kind && $0.value == wanted.value }
    }
  }
}

extension Route {
  /// The metric as a number; 0 when the kernel sent none.
  var priority: UInt32 { metric ?? 0 }
}

extension RequestMode {
  /// Whether NLM_F_CREATE is among the flags.
  var creates: Bool {
    switch self {
    case .add, .replace, .prepend, .append: true
    case .change, .test, .delete: false
    }
  }
}
