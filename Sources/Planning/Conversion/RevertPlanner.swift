package import Routing

/// Makes plans that turn resilient groups back: into hash-threshold groups, or into legs where they came from legs.
///
/// Where a group came from is known from what earlier plans did (`ConversionRequest.history`), or told by its objects:
/// a group of ours with objects of ours among its members was made of legs, as a conversion of groups adds no objects.
package enum RevertPlanner {
  package static func plan(_ request: ConversionRequest, in state: RoutingState) -> ConversionPlan {
    let selection = RouteSelection(request, in: state)
    var builder = PlanBuilder(request, in: state, concerned: selection.sets.flatMap(\.routes))
    let followings = builder.selectedFollowings()
    if followings.isEmpty { builder.checkRevertible(selection) }
    guard state.nexthops != nil else { return builder.plan(.revert) }
    for following in followings { builder.revert(following) }
    for var set in selection.sets {
      let count = set.routes.count
      set.routes.removeAll { route in followings.contains { $0.isOurs(route) } }
      if count > 0, set.routes.isEmpty { continue }
      guard case .group(let group) = set.source, group.kind == .resilient else { continue }
      builder.revert(group, set)
    }
    builder.finish()
    return builder.plan(.revert)
  }
}

extension PlanBuilder {
  fileprivate mutating func checkRevertible(_ selection: RouteSelection) {
    checkSelection(selection)
    let isAnyResilient = selection.sets.contains { set in
      if case .group(let group) = set.source { group.kind == .resilient } else { false }
    }
    guard !isAnyResilient, !selection.sets.isEmpty else { return }
    let severity: ConversionHazard.Severity = request.selection == .everything ? .note : .refusal
    note(
      ConversionHazard(
        .notConcerned, severity, subject: selection.sets[0].subject, text: "it is not resilient",
        remedy: "nothing is to be done"))
  }

  fileprivate mutating func revert(_ group: NexthopGroup, _ set: RouteSet) {
    var set = set
    set.routes = set.routes.filter { isConvertible($0) && isOwnable($0) }
    checkOwner(of: group, set)
    guard !set.routes.isEmpty || !isUsed(group.id) else { return }
    var trace = trace(of: group.id)
    let former = formerGroup(group.id, trace)
    // One that has come back to its place stays there.
    if trace?.place == set.place { trace = nil }
    let origin = trace?.place
    if request.restoresOrigin {
      if let former, former.kind == .resilient {
        return revertToResilient(group, set, trace, former)
      }
      guard origin != nil || isOwn(group.id, group.protocol) || request.selection != .everything else {
        note(
          ConversionHazard(
            .notConcerned, .note, subject: set.subject, text: "it is resilient, and no plan has made it so",
            remedy: "name it, or give --revert-to hash-threshold, to have it as hash-threshold all the same"))
        return
      }
    }
    let wantsLegs: Bool
    switch request.revertTarget {
    case .legs: wantsLegs = true
    case .threshold: wantsLegs = false
    case nil, .origin: wantsLegs = origin == .legs || origin == nil && isMadeOfLegs(group)
    }
    // A group that no route uses has no legs to become.
    if wantsLegs, set.routes.isEmpty {
      removeOwn(group)
      conversions.append(Conversion(from: set.place, to: .legs, routes: [], replaced: group, origin: origin))
      return
    }
    if wantsLegs, revertToLegs(group, set) { return }
    revert(group, to: nil, set, trace)
  }

  /// The group as it was before all plans that are known; nil where routes had legs, or nothing is known.
  ///
  /// A group that a plan has made was not there before all plans, whatever is known of that one.
  private func formerGroup(_ id: UInt32, _ trace: Trace?) -> NexthopGroup? {
    let former: NexthopGroup? =
      switch trace?.place {
      case .object(let old)?: trace.flatMap { earliest(old, until: $0.record) }
      case .legs?: nil
      case nil: untuned(id)
      }
    return former.flatMap { isOwn($0.id, $0.protocol) ? nil : $0 }
  }

  /// Whether plans have made the group, and members for it.
  private func isMadeOfLegs(_ group: NexthopGroup) -> Bool {
    isOwn(group.id, group.protocol)
      && group.members.contains { member in singles[member.id].map { isOwn($0.id, $0.protocol) } ?? false }
  }

  private func isOwn(_ id: UInt32, _ number: UInt8) -> Bool {
    number == request.protocol && request.ids.contains(id)
  }

  // MARK: Legs

  /// - Returns: false where the routes can not have legs; nothing is planned then.
  private mutating func revertToLegs(_ group: NexthopGroup, _ set: RouteSet) -> Bool {
    let current = currentLegs(group)
    var moved: [(old: Route, new: Route)] = []
    for route in set.routes {
      guard let legs = recordedLegs(of: route) ?? current, !legs.isEmpty, hasLegs(legs, route) else {
        note(
          ConversionHazard(
            .unconvertible, request.revertTarget == .legs ? .refusal : .warning, subject: "\(RouteKey(route))",
            text: "its nexthops can not be written as legs", remedy: "it becomes a hash-threshold group"))
        return false
      }
      moved.append((route, route.over(.legs(legs.count == 1 ? .single(legs[0]) : .multipath(legs)))))
    }
    for (old, new) in moved {
      standIn(for: old, over: group.id)
      add(.replaceRoute(from: old, to: new), "give \(RouteKey(old)) legs of its own again")
    }
    conversions.append(
      Conversion(from: set.place, to: .legs, routes: set.routes, replaced: group, origin: .legs))
    checkLegacyMove(set)
    emptied.append(group)
    return true
  }

  /// The members as legs; nil where an object is none of a device.
  private func currentLegs(_ group: NexthopGroup) -> [RouteLeg]? {
    var legs: [RouteLeg] = []
    for member in group.members {
      guard let nexthop = singles[member.id], let key = NexthopKey(nexthop), member.weight <= 256 else { return nil }
      legs.append(key.leg(weight: UInt16(member.weight)))
    }
    return legs
  }

  /// The legs that an earlier plan took from the route, where their interfaces are as they were.
  private func recordedLegs(of route: Route) -> [RouteLeg]? {
    let key = RouteKey(route)
    for conversion in request.history.reversed() where conversion.from == .legs {
      guard let old = conversion.routes.first(where: { RouteKey($0) == key }) else { continue }
      let legs = old.legs.list.map { leg in
        var leg = leg
        leg.flags = leg.flags.intersection(.onlink)
        return leg
      }
      return legs.allSatisfy { links[$0.interface]?.isUp ?? false } ? legs : nil
    }
    return nil
  }

  /// Whether the kernel takes these legs for the route.
  private func hasLegs(_ legs: [RouteLeg], _ route: Route) -> Bool {
    switch route.family {
    case .ipv4: true
    // Only legs with a gateway have siblings.
    case .ipv6: legs.count == 1 || legs.allSatisfy { $0.gateway?.family == .ipv6 }
    }
  }

  // MARK: Groups

  /// Gives a group back what it had when it was resilient before all plans.
  private mutating func revertToResilient(
    _ group: NexthopGroup, _ set: RouteSet, _ trace: Trace?, _ former: NexthopGroup
  ) {
    var parameters = former.resilient
    parameters?.unbalancedTime = 0
    guard trace == nil else { return revert(group, to: parameters, set, trace) }
    var new = group
    new.resilient = parameters
    new.statistics = []
    // Objects that are gone meanwhile can not be members again.
    if former.members.allSatisfy({ singles[$0.id] != nil }) { new.members = former.members }
    guard !group.isKept(as: new) else { return }
    let what = new.members == group.members ? "timers" : "members and timers"
    add(.replaceGroup(from: group, to: new), "give group \(group.id) its \(what) back, in place")
    conversions.append(Conversion(from: set.place, to: set.place, routes: set.routes, group: new, replaced: group))
  }

  /// Moves the routes of a group to one of the same members.
  ///
  /// - Parameter parameters: of a resilient one; nil for hash-threshold.
  private mutating func revert(
    _ group: NexthopGroup, to parameters: ResilientParameters?, _ set: RouteSet, _ trace: Trace?
  ) {
    let origin = trace?.place
    let id: UInt32
    let kind: NexthopGroup.Kind = parameters == nil ? .hashThreshold : .resilient
    let name = parameters == nil ? "hash-threshold" : "resilient"
    if case .object(let old)? = origin, let existing = groups[old],
      NexthopGroup(id: old, kind: kind, members: group.members, resilient: parameters).isKept(as: existing)
    {
      // The group of before has been kept.
      id = old
    } else {
      let earlier = earlierID(origin)
      guard let free = earlier ?? takeID(set) else { return }
      id = free
      let owner = trace.flatMap { earlier == nil ? nil : earliest(free, until: $0.record)?.protocol }
      let new = NexthopGroup(
        id: id, kind: kind, members: group.members, resilient: parameters,
        protocol: owner ?? request.protocol)
      checkCommands(new, set)
      add(.addGroup(new), "a \(name) group of the members of group \(group.id)")
    }
    move(set.routes, to: id, "the \(name) group")
    conversions.append(
      Conversion(
        from: set.place, to: .object(id: id), routes: set.routes, group: simulation.groups[id], replaced: group,
        origin: origin))
    removeIfUnused(group)
  }

  /// The id that the group had before, if it is free.
  private mutating func earlierID(_ origin: Conversion.Place?) -> UInt32? {
    guard case .object(let old)? = origin, reclaim(old) else { return nil }
    return old
  }

  /// Removes a group, and those of its members that were made by plans, as far as nothing uses them.
  mutating func removeOwn(_ group: NexthopGroup) {
    guard !request.keepsOldGroups, !isUsed(group.id) else { return }
    add(.removeGroup(group), "nothing uses group \(group.id) any more")
    for member in group.members {
      guard let nexthop = singles[member.id], isOwn(nexthop.id, nexthop.protocol), !isUsed(nexthop.id) else { continue }
      add(.removeNexthop(nexthop), "nothing uses nexthop \(nexthop.id) any more")
    }
  }
}
