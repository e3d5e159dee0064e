package import Routing

/// What a plan takes for granted: the objects that it touches or leans on, in full, as they were when it was made.
package struct StateExpectation: Hashable, Sendable {
  /// Every route that a step replaces.
  package var routes: [Route]
  /// Nexthop objects that the plan uses, removes or replaces, among them all members of its groups.
  package var nexthops: [Nexthop]
  package var groups: [NexthopGroup]
  /// The bucket tables of the resilient groups that routes leave, so that a revert by undoing knows what was lost.
  package var bucketTables: [BucketTable]
  /// Names of the interfaces that nexthops go through, by index: an index alone may be another interface's by now.
  package var interfaces: [UInt32: String]
  /// Ids that have to be free.
  package var freeIDs: [UInt32]
  /// Groups and nexthop objects that the plan removes: no route but those of `routes`, and no group but those that it
  /// removes, may use them, as the kernel removes users together with what they use.
  package var removedIDs: [UInt32]

  package init(
    routes: [Route] = [], nexthops: [Nexthop] = [], groups: [NexthopGroup] = [], bucketTables: [BucketTable] = [],
    interfaces: [UInt32: String] = [:], freeIDs: [UInt32] = [], removedIDs: [UInt32] = []
  ) {
    self.routes = routes
    self.nexthops = nexthops
    self.groups = groups
    self.bucketTables = bucketTables
    self.interfaces = interfaces
    self.freeIDs = freeIDs
    self.removedIDs = removedIDs
  }
}

/// Where a machine is not what a plan expects.
package enum ExpectationMismatch: Hashable, Sendable {
  case routeGone(Route)
  case routeChanged(from: Route, to: Route)
  case nexthopGone(Nexthop)
  case nexthopChanged(from: Nexthop, to: Nexthop)
  case groupGone(NexthopGroup)
  case groupChanged(from: NexthopGroup, to: NexthopGroup)
  /// No interface of this index, or one of another name.
  case interfaceChanged(index: UInt32, from: String, to: String?)
  case idTaken(UInt32)
  /// A route that the plan does not know uses an object that it removes.
  case newUser(of: UInt32, Route)
  /// A group that the plan does not know has a member that it removes.
  case newGroup(of: UInt32, NexthopGroup)
}

extension StateExpectation {
  /// Where `state` is not as expected; empty where the plan can be carried out.
  ///
  /// What changes by itself is not compared: the packets of a group, the time that a table has been unbalanced, the time
  /// that a route has left, marks of offload, and whether a link has carrier.
  package func mismatches(in state: RoutingState) -> [ExpectationMismatch] {
    interfaceMismatches(state) + objectMismatches(state) + routeMismatches(state) + userMismatches(state)
  }

  private func interfaceMismatches(_ state: RoutingState) -> [ExpectationMismatch] {
    interfaces.sorted { $0.key < $1.key }.compactMap { index, name in
      let now = state.links.first { $0.index == index }?.name
      return now == name ? nil : .interfaceChanged(index: index, from: name, to: now)
    }
  }

  private func objectMismatches(_ state: RoutingState) -> [ExpectationMismatch] {
    let singles = Dictionary((state.nexthops ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let others = Dictionary(state.groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var result: [ExpectationMismatch] = []
    for nexthop in nexthops {
      guard let now = singles[nexthop.id] else {
        result.append(.nexthopGone(nexthop))
        continue
      }
      if now.lasting != nexthop.lasting { result.append(.nexthopChanged(from: nexthop, to: now)) }
    }
    for group in groups {
      guard let now = others[group.id] else {
        result.append(.groupGone(group))
        continue
      }
      if !group.isKept(as: now) { result.append(.groupChanged(from: group, to: now)) }
    }
    for id in freeIDs where singles[id] != nil || others[id] != nil { result.append(.idTaken(id)) }
    return result
  }

  private func routeMismatches(_ state: RoutingState) -> [ExpectationMismatch] {
    guard !routes.isEmpty else { return [] }
    let keys = Set(routes.map(RouteKey.init))
    var found: [RouteKey: [Route]] = [:]
    for route in state.routes where route.flags & RouteFlags.cloned == 0 {
      let key = RouteKey(route)
      if keys.contains(key) { found[key, default: []].append(route) }
    }
    return routes.compactMap { route in
      let candidates = found[RouteKey(route), default: []]
      if candidates.contains(where: { $0.lasting == route.lasting }) { return nil }
      return candidates.first.map { .routeChanged(from: route, to: $0) } ?? .routeGone(route)
    }
  }

  private func userMismatches(_ state: RoutingState) -> [ExpectationMismatch] {
    guard !removedIDs.isEmpty else { return [] }
    let removed = Set(removedIDs)
    let known = Set(routes.map(RouteKey.init))
    var result: [ExpectationMismatch] = []
    for route in state.routes where route.flags & RouteFlags.cloned == 0 {
      if let id = route.nexthopID, removed.contains(id), !known.contains(RouteKey(route)) {
        result.append(.newUser(of: id, route))
      }
    }
    // A group that is to stay may have been known to use it: then the plan would not remove it.
    for group in state.groups where !removed.contains(group.id) {
      let expected = groups.first { $0.id == group.id }
      for member in group.members where removed.contains(member.id) {
        if expected?.members.contains(where: { $0.id == member.id }) == true { continue }
        result.append(.newGroup(of: member.id, group))
      }
    }
    return result
  }
}
