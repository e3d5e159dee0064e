package import Routing

/// Makes plans that turn legacy multipath and groups into resilient groups.
///
/// Each set of routes with the same nexthops gets one new group, and each route is moved by one REPLACE under its own
/// key. Legs go straight to the resilient group: the way through a hash-threshold group costs forwarded traffic the same
/// in the end, and every route one change more.
package enum ConversionPlanner {
  /// The plan for a request; what forbids it, or can go wrong, is among its hazards.
  package static func plan(_ request: ConversionRequest, in state: RoutingState) -> ConversionPlan {
    let selection = RouteSelection(request, in: state)
    var builder = PlanBuilder(request, in: state, concerned: selection.sets.flatMap(\.routes))
    builder.checkMachine()
    builder.checkSelection(selection)
    guard state.nexthops != nil else { return builder.plan(.convert) }
    var isAnyConverted = false
    for set in selection.sets where builder.convert(set) { isAnyConverted = true }
    builder.finish()
    if isAnyConverted {
      builder.checkManagers()
      // A daemon that is followed looks after its neighbours itself.
      if builder.conversions.contains(where: { $0.following == nil }) { builder.checkOutlook() }
    }
    return builder.plan(.convert)
  }
}

extension PlanBuilder {
  /// Plans the conversion of one set of routes.
  ///
  /// - Returns: whether there is anything to be changed.
  mutating func convert(_ set: RouteSet) -> Bool {
    var set = set
    let all = set.routes.count
    leaveOutFollowings(&set)
    if all > 0, set.routes.isEmpty { return false }
    if let owner = followable(set) {
      propose(set, owner)
      if request.follows { return follow(set, owner) }
    }
    let count = set.routes.count
    set.routes = set.routes.filter { isConvertible($0) && isOwnable($0) }
    if count > 0, set.routes.isEmpty { return false }
    switch set.source {
    case .group(let group): return convert(group, set)
    case .legs(let legs): return convert(legs, set)
    }
  }

  private func steady(_ group: NexthopGroup) -> Bool {
    guard let old = group.resilient else { return false }
    let wanted = request.parameters
    return (wanted.buckets ?? old.buckets) == old.buckets
      && (wanted.idleTimer ?? old.idleTimer) == old.idleTimer
      && (wanted.unbalancedTimer ?? old.unbalancedTimer) == old.unbalancedTimer
  }

  // MARK: Groups

  private mutating func convert(_ group: NexthopGroup, _ set: RouteSet) -> Bool {
    guard group.kind == .hashThreshold || group.kind == .resilient, !group.isFDB else {
      refuse(.unconvertible, set.subject, "it is not a group that routes choose a nexthop from", "leave it out")
      return false
    }
    guard !steady(group) else {
      note(
        ConversionHazard(
          .notConcerned, .note, subject: set.subject, text: "it is resilient with these parameters already",
          remedy: "nothing is to be done"))
      return false
    }
    checkOwner(of: group, set)
    checkMembers(of: group, set)
    let parameters = parameters(weights: group.members.map(\.weight), old: group.resilient)
    if let old = group.resilient, old.buckets == parameters.buckets {
      var new = group
      new.resilient = parameters
      new.statistics = []
      check(new, set)
      add(.replaceGroup(from: group, to: new), "give group \(group.id) other timers, in place")
      conversions.append(
        Conversion(from: set.place, to: .object(id: group.id), routes: set.routes, group: new, replaced: group))
      return true
    }
    if set.routes.isEmpty, isUsed(group.id) { return false }
    guard let id = takeID(set) else { return false }
    let new = NexthopGroup(
      id: id, kind: .resilient, members: group.members, resilient: parameters, protocol: request.protocol)
    check(new, set)
    add(.addGroup(new), "a resilient group of the members of group \(group.id)")
    move(set.routes, to: id, "the resilient group")
    conversions.append(
      Conversion(
        from: set.place, to: .object(id: id), routes: set.routes, group: new, replaced: group,
        origin: origin(of: group.id)))
    removeIfUnused(group)
    return true
  }

  /// Removes a group that the plan has emptied; those of daemons are theirs to remove.
  mutating func removeIfUnused(_ group: NexthopGroup) {
    guard !request.keepsOldGroups, !isUsed(group.id), RouteOwner(protocol: group.protocol) == nil else { return }
    add(.removeGroup(group), "nothing uses group \(group.id) any more")
  }

  // MARK: Legs

  private mutating func convert(_ legs: [RouteLeg], _ set: RouteSet) -> Bool {
    checkLegs(legs, set)
    guard let family = set.routes.first?.family, let members = members(of: legs, family: family, set) else {
      return false
    }
    let parameters = parameters(weights: members.map(\.weight), old: nil)
    var routes = set.routes
    if request.isInTwoSteps {
      guard let between = takeID(set) else { return false }
      let group = NexthopGroup(id: between, members: members, protocol: request.protocol)
      add(.addGroup(group), "a hash-threshold group of the same nexthops, which places flows as the legs do")
      routes = move(routes, to: between, "the hash-threshold group")
    }
    guard let id = takeID(set) else { return false }
    let new = NexthopGroup(
      id: id, kind: .resilient, members: members, resilient: parameters, protocol: request.protocol)
    check(new, set)
    add(.addGroup(new), "a resilient group of \(request.isInTwoSteps ? "the same members" : "these nexthops")")
    let between = routes.first?.nexthopID
    move(routes, to: id, "the resilient group")
    conversions.append(Conversion(from: .legs, to: .object(id: id), routes: set.routes, group: new, origin: .legs))
    if let between, let group = simulation.groups[between] {
      self.between.append(group)
    }
    checkLegacyMove(set)
    return true
  }

  /// A member for each leg: objects that exist already, or new ones. Legs whose interface can not carry an object now are
  /// left out, where the user accepts that.
  mutating func members(
    of legs: [RouteLeg], family: AddressFamily, _ set: RouteSet
  ) -> [NexthopGroup.Member]? {
    var used: Set<UInt32> = []
    var members: [NexthopGroup.Member] = []
    for leg in legs {
      guard leg.interface != 0, let link = links[leg.interface] else {
        refuse(.unconvertible, set.subject, "a leg has no interface", "give each nexthop a device")
        return nil
      }
      guard link.isUp && link.hasCarrier else { continue }
      let key = NexthopKey(leg, family: family)
      let id: UInt32
      if let known = reusable(key).first(where: { !used.contains($0) }) {
        id = known
      } else {
        guard let free = takeID(set) else { return nil }
        id = free
        add(
          .addNexthop(key.nexthop(id: id, protocol: request.protocol)),
          "a nexthop object for \(leg.gateway.map { "via \($0) " } ?? "")dev \(link.name)")
      }
      used.insert(id)
      members.append(NexthopGroup.Member(id: id, weight: UInt32(leg.weight)))
    }
    guard !members.isEmpty else {
      refuse(.unconvertible, set.subject, "no nexthop has a link that is up and has carrier", "bring a link up first")
      return nil
    }
    return members
  }

  /// Objects that do the same and that nobody takes away: ours, and those that people made.
  private func reusable(_ key: NexthopKey) -> [UInt32] {
    // unspec, boot and static: what is typed in, or comes from a script.
    let owners: Set<UInt8> = [request.protocol, 0, 3, 4]
    return simulation.nexthops.values.filter { owners.contains($0.protocol) && NexthopKey($0) == key }
      .map(\.id).sorted()
  }

  // MARK: Both

  mutating func takeID(_ set: RouteSet) -> UInt32? {
    if let id = freeID() { return id }
    refuse(
      .noFreeID, set.subject, "no id of \(request.ids.lowerBound) to \(request.ids.upperBound) is free",
      "remove nexthop objects of that range")
    return nil
  }

  /// Moves routes to an object.
  ///
  /// - Returns: the routes as they are then.
  @discardableResult
  mutating func move(_ routes: [Route], to id: UInt32, _ target: String) -> [Route] {
    routes.map { route in
      let moved = route.over(.object(id: id, expansion: .none))
      if route.nexthopID == nil { standIn(for: route, over: id) }
      add(.replaceRoute(from: route, to: moved), "move \(RouteKey(route)) to \(target)")
      return moved
    }
  }

  /// The parameters asked for; what is not asked for stays as it is, or is advised.
  mutating func parameters(weights: [UInt32], old: ResilientParameters?) -> ResilientParameters {
    let wanted = request.parameters
    if old == nil, wanted.idleTimer == nil || wanted.unbalancedTimer == nil {
      let advice = TimerAdvice(request.pauses)
      note(
        ConversionHazard(
          .advisedTimers, .note, text: advice.sentence(besides: wanted), remedy: advice.remedy(besides: wanted)))
    }
    return advised(weights, old: old)
  }

  /// The same, without a word about it.
  func advised(_ weights: [UInt32], old: ResilientParameters? = nil) -> ResilientParameters {
    let (wanted, advice) = (request.parameters, TimerAdvice(request.pauses))
    return ResilientParameters(
      buckets: wanted.buckets ?? old?.buckets ?? BucketEstimate.advisedBuckets(weights: weights),
      idleTimer: wanted.idleTimer ?? old?.idleTimer ?? advice.idleTimer,
      unbalancedTimer: wanted.unbalancedTimer ?? old?.unbalancedTimer ?? advice.unbalancedTimer)
  }

  mutating func refuse(_ code: ConversionHazard.Code, _ subject: String, _ text: String, _ remedy: String) {
    note(ConversionHazard(code, .refusal, subject: subject, text: text, remedy: remedy))
  }
}
