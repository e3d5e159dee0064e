import Routing

/// Plans of a resilient group in front of a daemon's route.
extension PlanBuilder {
  /// The daemon that a set of routes is to be taken up with; nil where there is none, or none that can be followed.
  func followable(_ set: RouteSet) -> RouteOwner? {
    var protocols = set.routes.map(\.protocol)
    if case .group(let group) = set.source { protocols.append(group.protocol) }
    return protocols.lazy.compactMap { RouteOwner(protocol: $0) }.first { $0.kind != nil }
  }

  /// What can be done about routes of a daemon.
  mutating func propose(_ set: RouteSet, _ owner: RouteOwner) {
    guard request.selection != .everything, let route = set.routes.first else { return }
    let weights: [UInt32] =
      switch set.source {
      case .group(let group): group.members.map(\.weight)
      case .legs(let legs): legs.map { UInt32($0.weight) }
      }
    if owner.kind == .zebra {
      let version = request.managers.first { $0.kind == .zebra }?.version
      proposals.append(.setting(RouteSet.subject(set.routes), advised(weights), version: version))
    }
    proposals.append(.following(RouteSet.subject(set.routes), owner, route.destination))
  }

  /// Takes the routes out of a set that stand in front of others, and those that have one in front of them.
  mutating func leaveOutFollowings(_ set: inout RouteSet) {
    guard !ownRoutes.isEmpty else { return }
    for route in set.routes {
      let text: String
      if let following = following(by: route) {
        text = "it stands in front of \(RouteKey(following.daemon)), whose nexthops it follows"
      } else if let following = following(inFrontOf: route) {
        text = "it is followed already: \(RouteKey(following.route)) stands in front of it"
      } else {
        continue
      }
      set.routes.removeAll { $0 == route }
      note(
        ConversionHazard(
          .notConcerned, .note, subject: "\(RouteKey(route))", text: text,
          remedy: "ecmpctl resilient tune --group changes timers, and resilient revert takes our route away"))
    }
  }

  /// Plans a route in front of each of the set.
  ///
  /// - Returns: whether there is anything to be changed.
  mutating func follow(_ set: RouteSet, _ owner: RouteOwner) -> Bool {
    var isAny = false
    for route in set.routes where isConvertible(route) {
      if follow(route, set, owner) { isAny = true }
    }
    return isAny
  }

  private mutating func follow(_ route: Route, _ set: RouteSet, _ owner: RouteOwner) -> Bool {
    let subject = "\(RouteKey(route))"
    guard let place = placeInFront(of: route), let group = followingGroup(route, set, owner) else { return false }
    check(group, RouteSet(source: set.source, routes: [route]))
    add(.addGroup(group), "a resilient group of the nexthops that \(owner.name) uses")
    var own = route.over(.object(id: group.id, expansion: .none)).lasting
    own.protocol = Following.routeProtocol
    own.table = place.table
    own.metric = place.metric
    let following = Following(daemon: route.lasting, route: own, rules: place.rules)
    add(
      .addRoute(own),
      place.rules.isEmpty
        ? "in front of the route of \(owner.name), which stays, by its metric"
        : "the route in a table of its own, which nothing looks up yet")
    for rule in place.rules {
      add(
        .addRule(rule),
        rule == place.rules.last
          ? "lead \(route.destination) there" : "more specific routes go first, as they do without these rules")
    }
    conversions.append(
      Conversion(
        from: set.place, to: .object(id: group.id), routes: [route], group: group, replaced: groups[set.place],
        following: following))
    note(
      ConversionHazard(
        .following, .warning, subject: subject,
        text: "only ecmpctl resilient guard has the group follow the route of \(owner.name): a nexthop that the daemon "
          + "takes out is a black hole until the guard has taken it out, too. Ended by SIGTERM, the guard takes our "
          + "route away; killed with no chance to do so, it leaves it, and its next start puts that right",
        remedy: "have the guard running before: systemctl enable --now ecmpctl-guard"))
    return true
  }

  /// The new group; nil where it can not be made.
  private mutating func followingGroup(_ route: Route, _ set: RouteSet, _ owner: RouteOwner) -> NexthopGroup? {
    let members: [NexthopGroup.Member]
    switch set.source {
    case .group(let group):
      checkMembers(of: group, set)
      members = group.members
    case .legs(let legs):
      guard let made = self.members(of: legs, family: route.family, set) else { return nil }
      members = made
    }
    guard let id = takeID(set) else { return nil }
    return NexthopGroup(
      id: id, kind: .resilient, members: members, resilient: parameters(weights: members.map(\.weight), old: nil),
      protocol: request.protocol)
  }

  // MARK: Places

  private struct Place {
    var table: UInt32
    var metric: UInt32?
    var rules: [Rule] = []
  }

  /// Where our route is looked at before `route` is; nil, with a hazard, where there is no such place.
  private mutating func placeInFront(of route: Route) -> Place? {
    let metric = route.metric ?? 0
    let rivals = state.routes.filter {
      $0.flags & RouteFlags.cloned == 0 && $0.table == route.table && $0.destination == route.destination
        && $0.source == route.source && $0.tos == route.tos && ($0.metric ?? 0) < metric
    }
    if let rival = rivals.first {
      refuse(
        .notConcerned, "\(RouteKey(route))", "the route \(RouteKey(rival)) goes before it, and takes its traffic",
        "take that one away first")
      return nil
    }
    // IPv6 makes 1024 of a metric of 0.
    let best: UInt32 = route.family == .ipv4 ? 0 : 1
    if metric > best {
      let better = metric >= best + 10 ? metric - 10 : best
      return Place(table: route.table, metric: better == 0 ? nil : better)
    }
    return ruledPlace(route)
  }

  /// A table of its own, and rules that lead there right before the table of `route` is looked up.
  private mutating func ruledPlace(_ route: Route) -> Place? {
    let rules = state.rules.filter { $0.family == route.family }
    guard let plain = rules.first(where: { $0.action == .lookup(table: route.table) }), plain.priority > 0,
      plain.lasting == Rule(family: route.family, priority: plain.priority, action: plain.action).with(plain.protocol)
    else {
      refuse(
        .notConcerned, "\(RouteKey(route))",
        "no metric is better than its own, and no plain rule leads to its table, before which another could stand",
        "give the daemon's routes a metric above \(route.family == .ipv4 ? 0 : 1)")
      return nil
    }
    let used = Set(state.routes.map(\.table)).union(rules.compactMap(\.table))
    guard let table = request.tables.first(where: { !used.contains($0) && !takenTables.contains($0) }) else {
      refuse(
        .noFreeID, "\(RouteKey(route))",
        "no table of \(request.tables.lowerBound) to \(request.tables.upperBound) is free", "empty one of them")
      return nil
    }
    takenTables.insert(table)
    var lead = Rule(family: route.family, priority: plain.priority - 1, action: .lookup(table: table))
    lead.destination = route.destination
    lead.protocol = request.protocol
    var place = Place(table: table, metric: route.metric, rules: [lead])
    if route.destination.length < (route.family == .ipv4 ? 32 : 128) {
      var specific = lead
      specific.action = .lookup(table: route.table)
      specific.suppressPrefixLength = UInt32(route.destination.length)
      place.rules.insert(specific, at: 0)
    }
    return place
  }
}

extension Rule {
  fileprivate func with(_ number: UInt8) -> Rule {
    var rule = self
    rule.protocol = number
    return rule
  }

  fileprivate var table: UInt32? {
    if case .lookup(let table) = action { table } else { nil }
  }
}

extension [UInt32: NexthopGroup] {
  fileprivate subscript(place: Conversion.Place) -> NexthopGroup? {
    if case .object(let id) = place { self[id] } else { nil }
  }
}

// MARK: What is followed already

extension PlanBuilder {
  /// The route in front of `route` that an earlier plan has made, as the state tells it.
  func following(inFrontOf route: Route) -> Following? {
    let ours = ownRoutes.filter { $0.destination == route.destination && $0.tos == route.tos && $0 != route }
    if let better = ours.first(where: { $0.table == route.table && ($0.metric ?? 0) < (route.metric ?? 0) }) {
      return Following(daemon: route.lasting, route: better.lasting)
    }
    for own in ours where own.table != route.table {
      let rules = state.rules.filter {
        $0.protocol == request.protocol && $0.destination == route.destination
          && ($0.action == .lookup(table: own.table)
            || $0.action == .lookup(table: route.table) && $0.suppressPrefixLength != nil)
      }
      if rules.contains(where: { $0.action == .lookup(table: own.table) }) {
        return Following(daemon: route.lasting, route: own.lasting, rules: rules)
      }
    }
    return nil
  }

  /// The daemon's route that `own` stands in front of; nil where it does not.
  func following(by own: Route) -> Following? {
    guard ownRoutes.contains(own) else { return nil }
    for route in state.routes where route.destination == own.destination && !isFollowing(route) {
      if let following = following(inFrontOf: route), following.isOurs(own) { return following }
    }
    return nil
  }

  /// Whether a route looks like one that plans put in front of others.
  func isFollowing(_ route: Route) -> Bool {
    guard route.protocol == Following.routeProtocol, let id = route.nexthopID, let group = groups[id] else {
      return false
    }
    return group.kind == .resilient && group.protocol == request.protocol
  }
}
