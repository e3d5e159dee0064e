import Routing

/// IPv6 routes come and go (`ip6_route_add()`, `ip6_route_multipath_add()`, `ip6_route_del()`, net/ipv6/route.c;
/// `fib6_add_rt2node()`, net/ipv6/ip6_fib.c).
extension Simulation {
  /// The metric that the kernel gives to a route without one (IP6_RT_PRIO_USER).
  private static let defaultMetric: UInt32 = 1024

  mutating func apply6(_ request: RouteRequest) throws(ChangeRefusal) {
    let table = try number(request.table)
    guard request.tos == 0 else {
      throw .kernel(.invalid, "Invalid dsfield (tos): option not available for IPv6")
    }
    if request.mode == .delete {
      try delete6(request, table: table)
      return
    }
    let entries = try newRoutes6(request, table: table)
    // The weights of legs that are put there here are known.
    let isKnown = request.mode == .replace || routes[entries[0].place].isEmpty
    var mode = request.mode
    for entry in entries {
      try insert6(entry, mode: mode)
      if isKnown { knownWeights.insert(entry.place) }
      // The first one has replaced, or met, what was there; the others join it.
      mode = mode == .append ? .append : .prepend
    }
  }

  // MARK: Making

  /// One entry for each nexthop.
  private func newRoutes6(_ request: RouteRequest, table: UInt32) throws(ChangeRefusal) -> [Route] {
    var route = Route(
      destination: request.destination.prefix, source: request.source.flatMap { $0.length > 0 ? $0.prefix : nil },
      table: table, metric: (request.metric ?? 0) == 0 ? Self.defaultMetric : request.metric,
      type: request.type, protocol: request.protocol, nexthops: .legs(.none),
      preferredSource: request.preferredSource,
      // A route to nowhere has none (`ip6_route_info_create()`).
      preference: request.type.isRefusal ? nil : request.preference)
    route.extras = extras(of: request)
    if let id = request.nexthopID, id != 0 {
      guard request.legs.isEmpty, request.leg == LegRequest() else {
        throw .kernel(.invalid, "Nexthop specification and nexthop id are mutually exclusive")
      }
      let exists = nexthops[id] != nil || groups[id] != nil
      // Since Linux 6.16 the source is looked at first.
      let looksForIDFirst = base.kernel.version.map { $0 < KernelVersion(6, 16) } ?? false
      guard exists || !looksForIDFirst && route.source != nil else {
        throw .kernel(.invalid, "Nexthop id does not exist")
      }
      guard route.source == nil else { throw .kernel(.invalid, "Nexthops can not be used with source routing") }
      try checkUse(of: id, family: .ipv6, scope: 0)
      route.nexthops = .object(id: id, expansion: .none)
      try checkPreferredSource(request, interface: members(of: id).first?.interface)
      return [route]
    }
    if request.type.isRefusal {
      let loopback = base.links.first { $0.isLoopback }?.index ?? 1
      route.nexthops = .legs(.single(RouteLeg(interface: loopback)))
      try checkPreferredSource(request, interface: loopback)
      return [route]
    }
    if request.legs.isEmpty { return [try entry(route, request.leg, request, table: table)] }
    return try multipath(route, request, table: table)
  }

  private func entry(
    _ route: Route, _ leg: LegRequest, _ request: RouteRequest, table: UInt32
  ) throws(ChangeRefusal) -> Route {
    guard leg.otherFamilyGateway == nil else {
      throw .kernel(.invalid, "IPv6 does not support RTA_VIA attribute")
    }
    var route = route
    var checked = try checked(leg, family: .ipv6, table: table, scope: 0, source: request.preferredSource)
    checked.realms = nil
    route.nexthops = .legs(.single(checked))
    try checkPreferredSource(request, interface: checked.interface)
    return route
  }

  private func multipath(_ route: Route, _ request: RouteRequest, table: UInt32) throws(ChangeRefusal) -> [Route] {
    var entries: [Route] = []
    guard request.legs.allSatisfy({ $0.gateway != nil || $0.otherFamilyGateway != nil }) else {
      throw .kernel(.invalid, "Device only routes can not be added for IPv6 using the multipath API.")
    }
    for leg in request.legs {
      let entry = try entry(route, leg, request, table: table)
      guard !entries.contains(where: { isDuplicate($0, entry) }) else { throw .kernel(.exists) }
      entries.append(entry)
    }
    return entries
  }

  private func checkPreferredSource(_ request: RouteRequest, interface: UInt32?) throws(ChangeRefusal) {
    guard let source = request.preferredSource, !source.isUnspecified else { return }
    guard isOwnAddress(source, on: source.isLinkLocal ? interface : nil) else {
      throw .kernel(.invalid, "Invalid source address")
    }
  }

  // MARK: Inserting

  private mutating func insert6(_ new: Route, mode: RequestMode) throws(ChangeRefusal) {
    var all = routes[new.place]
    let isOther = { (route: Route) in route.source != new.source }
    var list = all.filter { !isOther($0) }
    let isReplacing = mode == .replace || mode == .change
    // Where every entry of the destination is gone, the kernel finds no place for it.
    if mode == .change, list.isEmpty, new.destination.length > 0 {
      throw .kernel(.noEntry, "Can not replace route - no match found")
    }
    let same = list.indices.filter { list[$0].priority == new.priority }
    if mode == .add, !same.isEmpty { throw .kernel(.exists) }
    if mode == .test, !same.isEmpty { throw .kernel(.exists) }
    let areJoined = same.map { canHaveSiblings(list[$0]) }
    if new.hasGateway6, areJoined.contains(nil) { doubts.insert(.advertisedRoute) }
    func canBeJoined(_ index: Int) -> Bool { canHaveSiblings(list[index]) ?? (list[index].extras?.expires == nil) }
    if isReplacing {
      guard let index = same.first(where: { canBeJoined($0) == new.hasGateway6 }) ?? same.first else {
        guard mode == .replace else { throw .kernel(.noEntry) }
        list.insert(new, at: list.firstIndex { $0.priority > new.priority } ?? list.count)
        return put(list, all, isOther, new.place)
      }
      // An entry with siblings takes them along: here they are its legs.
      list[index] = new
      return put(list, all, isOther, new.place)
    }
    for index in same {
      if isDuplicate(list[index], new) { throw .kernel(.exists) }
    }
    if new.hasGateway6, let index = same.first(where: canBeJoined) {
      let legs = list[index].legs.list
      if legs.count == 1, !knownWeights.contains(new.place) { doubts.insert(.hiddenWeight) }
      // What a dump no longer tells: the preference of the leg, or a route that now lies between legs.
      if new.preference ?? 0 != list[index].preference ?? 0 || same.last != index {
        base.hiddenRoutes.places.insert(HiddenRoutes.Place(new))
      }
      list[index].nexthops = .legs(.multipath(legs + new.legs.list))
    } else {
      list.insert(new, at: list.firstIndex { $0.priority > new.priority } ?? list.count)
    }
    all = all.filter(isOther) + list
    routes[new.place] = all
  }

  private mutating func put(
    _ list: [Route], _ all: [Route], _ isOther: (Route) -> Bool, _ place: RouteStore.Place
  ) {
    routes[place] = all.filter(isOther) + list
  }

  /// `rt6_qualify_for_ecmp()`: whether the route can have siblings. Those that the kernel itself makes of router
  /// advertisements can not, those of daemons can, and a dump tells one alone of neither; nil then.
  private func canHaveSiblings(_ route: Route) -> Bool? {
    let ofAdvertisements: UInt8 = 9
    guard route.hasGateway6 else { return false }
    let isKnown =
      route.protocol != ofAdvertisements || route.legs.list.count > 1 || knownWeights.contains(route.place)
    return isKnown ? true : nil
  }

  /// `rt6_duplicate_nexthop()`.
  private func isDuplicate(_ route: Route, _ new: Route) -> Bool {
    if route.nexthopID != nil || new.nexthopID != nil { return route.nexthopID == new.nexthopID }
    guard let leg = new.legs.list.first else { return route.legs.list.isEmpty }
    return route.legs.list.contains {
      $0.interface == leg.interface && $0.gateway == leg.gateway && $0.encapsulation == leg.encapsulation
    }
  }

  // MARK: Deleting

  private mutating func delete6(_ request: RouteRequest, table: UInt32) throws(ChangeRefusal) {
    if let id = request.nexthopID, id != 0, nexthops[id] == nil, groups[id] == nil {
      throw .kernel(.invalid, "Nexthop id does not exist")
    }
    guard routes.hasTable(table, .ipv6) || table == RouteTable.main || table == RouteTable.local else {
      throw .kernel(.noProcess, "FIB table does not exist")
    }
    guard !request.legs.isEmpty else {
      try delete6(request, leg: request.leg, table: table)
      return
    }
    var failure: ChangeRefusal?
    var deletedAny = false
    for leg in request.legs {
      do throws(ChangeRefusal) {
        try delete6(request, leg: leg, table: table)
        deletedAny = true
      } catch {
        failure = error
      }
    }
    if let failure {
      // The kernel goes on after a hop that it does not find, and reports the last failure.
      if deletedAny {
        throw .notSimulated(
          "the route has some of the nexthops and lacks others; the kernel deletes those that it has and reports a failure"
        )
      }
      throw failure
    }
  }

  private mutating func delete6(_ request: RouteRequest, leg: LegRequest, table: UInt32) throws(ChangeRefusal) {
    let place = RouteStore.Place(table: table, destination: request.destination.prefix)
    var source = request.source.flatMap { $0.length > 0 ? $0.prefix : nil }
    // Where no route to the prefix is for some sources alone, the kernel looks at those for all (`fib6_locate()`).
    if routes[place].allSatisfy({ $0.source == nil }) { source = nil }
    let interface = try leg.interface.map { name throws(ChangeRefusal) in try link(named: name).index } ?? 0
    let id = request.nexthopID ?? 0
    var list = routes[place]
    for index in list.indices where list[index].source == source {
      let route = list[index]
      guard (request.metric ?? 0) == 0 || route.priority == request.metric,
        request.protocol == 0 || route.protocol == request.protocol
      else { continue }
      if let own = route.nexthopID {
        guard id == 0 || id == own else { continue }
        list.remove(at: index)
      } else {
        guard id == 0 else { continue }
        let legs = route.legs.list
        let hop = legs.firstIndex {
          (interface == 0 || $0.interface == interface) && (leg.gateway == nil || $0.gateway == leg.gateway)
        }
        guard let hop else { continue }
        // A gateway, or a list of hops, means one; without either all go.
        if leg.gateway != nil || !request.legs.isEmpty, legs.count > 1 {
          list[index].nexthops = .legs(
            RouteLegs(siblings: legs.enumerated().filter { $0.offset != hop }.map(\.element)))
        } else {
          list.remove(at: index)
        }
      }
      routes[place] = list
      return
    }
    // The root of a table holds an entry that stands for nothing, and is found where nothing is.
    let isNull =
      request.destination.length == 0 && list.isEmpty && (request.metric ?? 0) == 0
      && request.protocol == 0 && id == 0 && leg == LegRequest()
    throw .kernel(isNull ? .noEntry : .noProcess)
  }
}

extension RouteLegs {
  /// IPv6 siblings: the kernel shows one alone as a route of its own, which still has its weight but does not show it.
  init(siblings legs: [RouteLeg]) {
    if legs.count == 1 { self = .single(legs[0]) } else { self = legs.isEmpty ? .none : .multipath(legs) }
  }
}

extension Route {
  /// Whether it is an IPv6 route over a gateway that is written in it.
  fileprivate var hasGateway6: Bool {
    guard case .legs(let legs) = nexthops else { return false }
    return legs.list.first?.gateway != nil
  }
}
