import Routing

/// Objects that nothing uses.
enum UnusedCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    // What routes use is known of both families alone.
    guard context.family == nil, let nexthops = context.state.nexthops else { return [] }
    let groups = context.state.groups.filter { group in
      !group.isFDB && context.routes(over: group.id).isEmpty && isFree(group.id, group.protocol, context)
    }
    let members = Set(context.state.groups.flatMap { $0.members.map(\.id) })
    let singles = nexthops.filter { single in
      if case .fdb = single.target { return false }
      return !members.contains(single.id) && context.routes(over: single.id).isEmpty
        && isFree(single.id, single.protocol, context)
    }
    var found: [Finding] = []
    if !groups.isEmpty {
      var finding = finding(.unusedGroup, groups.map(\.id), "group", groups.map { .removeGroup($0) })
      finding.groups = Array(groups.map(\.id).prefix(RouteSample.limit))
      found.append(finding)
    }
    if !singles.isEmpty {
      var finding = finding(.unusedNexthop, singles.map(\.id), "nexthop", singles.map { .removeNexthop($0) })
      finding.nexthops = Array(singles.map(\.id).prefix(RouteSample.limit))
      found.append(finding)
    }
    return found
  }

  /// Whether neither a daemon nor a guard has plans with the object.
  private static func isFree(_ id: UInt32, _ owner: UInt8, _ context: CheckContext) -> Bool {
    guard RouteOwner(protocol: owner) == nil, !context.surroundings.isKept(id) else { return false }
    return context.surroundings.keptGroups != nil || owner != ConversionRequest.ownProtocol
  }

  private static func finding(
    _ code: Finding.Code, _ ids: [UInt32], _ noun: String, _ changes: [PlannedChange]
  ) -> Finding {
    let names = FixText.list(ids.map(String.init))
    return Finding(
      code, .note, subject: ids.count == 1 ? "\(noun) \(names)" : "\(ids.count) \(noun)s: \(names)",
      text: noun == "group" ? "no route goes over it" : "neither a route nor a group uses it",
      remedy: "delete what nobody has plans with",
      fix: changes.count <= RouteSample.limit ? changes.map { .change($0) } : [])
  }
}
