import Routing

/// Routes of ours in front of those of daemons are taken away; the daemon's are as they are.
extension PlanBuilder {
  /// The routes in front of others that the request is about: those of earlier plans, and those that the state shows.
  func selectedFollowings() -> [Following] {
    var found: [Following] = []
    for following in request.followings + ownRoutes.compactMap({ following(by: $0) }) {
      guard isSelected(following), !found.contains(where: { $0.isOurs(following.route) }) else { continue }
      found.append(following)
    }
    return found
  }

  private func isSelected(_ following: Following) -> Bool {
    guard request.family == nil || request.family == following.daemon.family else { return false }
    return switch request.selection {
    case .prefix(let prefix): following.daemon.destination == prefix
    case .group(let id): following.group == id
    case .everything: true
    }
  }

  mutating func revert(_ following: Following) {
    let daemon = state.routes.first { RouteKey($0) == RouteKey(following.daemon) }
    guard let id = following.group, let group = groups[id] else {
      withdraw(following)
      return
    }
    conversions.append(
      Conversion(
        from: .object(id: id), to: daemon?.nexthopID.map { .object(id: $0) } ?? .legs,
        routes: [daemon ?? following.daemon], group: daemon?.nexthopID.flatMap { groups[$0] }, replaced: group,
        following: following))
    if daemon == nil {
      note(
        ConversionHazard(
          .following, .note, subject: "\(RouteKey(following.daemon))",
          text: "the daemon has no route now, and there is none when ours is gone",
          remedy: "nothing is to be done"))
    }
    withdraw(following)
    guard !isUsed(id) else { return }
    add(.removeGroup(group), "nothing uses group \(id) any more")
    for member in group.members {
      guard let nexthop = singles[member.id], nexthop.protocol == request.protocol, !isUsed(nexthop.id) else {
        continue
      }
      add(.removeNexthop(nexthop), "nothing uses nexthop \(nexthop.id) any more")
    }
  }

  /// The last rule goes first, so that more specific routes are found until the end.
  private mutating func withdraw(_ following: Following) {
    for rule in following.rules.reversed() where state.rules.contains(where: { $0.lasting == rule.lasting }) {
      add(.removeRule(rule), "nothing is looked up in our table any more")
    }
    guard let own = state.routes.first(where: { following.isOurs($0) && $0.nexthopID == following.group }) else {
      return
    }
    add(.removeRoute(own), following.rules.isEmpty ? "the daemon's route carries the traffic again" : "our table ends")
  }
}
