import Forwarding
package import Routing

/// What `tune` changes of a resilient group; nil is left as it is.
package struct TuneRequest: Hashable, Sendable {
  package var group: UInt32
  /// USER_HZ ticks, 1/100 s.
  package var idleTimer: UInt32?
  package var unbalancedTimer: UInt32?
  /// All members, in order, with their weights.
  package var members: [NexthopGroup.Member]?

  package init(group: UInt32) { self.group = group }
}

/// Makes plans that change a group in place: its id, its type and its number of buckets stay.
package enum TunePlanner {
  /// - Parameter options: what is accepted, and who else makes routes; its selection and parameters are not looked at.
  package static func plan(
    _ tune: TuneRequest, _ options: ConversionRequest, in state: RoutingState
  ) -> ConversionPlan {
    var request = options
    request.selection = .group(tune.group)
    let selection = RouteSelection(request, in: state)
    var builder = PlanBuilder(request, in: state, concerned: selection.sets.flatMap(\.routes))
    builder.checkMachine()
    builder.checkSelection(selection)
    if state.nexthops != nil, let set = selection.sets.first, case .group(let group) = set.source {
      builder.tune(group, tune, set)
    }
    return builder.plan(.tune)
  }
}

extension PlanBuilder {
  fileprivate mutating func tune(_ group: NexthopGroup, _ tune: TuneRequest, _ set: RouteSet) {
    guard var parameters = group.resilient, group.kind == .resilient else {
      refuse(.notConcerned, set.subject, "it is not resilient", "convert it with ecmpctl resilient plan")
      return
    }
    parameters.idleTimer = tune.idleTimer ?? parameters.idleTimer
    parameters.unbalancedTimer = tune.unbalancedTimer ?? parameters.unbalancedTimer
    parameters.unbalancedTime = 0
    var new = group
    new.members = tune.members ?? group.members
    new.resilient = parameters
    new.statistics = []
    guard !group.isKept(as: new) else {
      note(
        ConversionHazard(
          .notConcerned, .note, subject: set.subject, text: "it is so already", remedy: "nothing is to be done"))
      return
    }
    for member in new.members where singles[member.id] == nil {
      refuse(.unconvertible, set.subject, "there is no nexthop \(member.id)", "ecmpctl show nexthops lists them")
    }
    checkOwner(of: group, set)
    checkMembers(of: new, set)
    check(new, set)
    add(.replaceGroup(from: group, to: new), phrase(group, new))
    conversions.append(Conversion(from: set.place, to: set.place, routes: set.routes, group: new, replaced: group))
    checkCourse(group, set)
  }

  private func phrase(_ old: NexthopGroup, _ new: NexthopGroup) -> String {
    old.members == new.members ? "other timers for group \(old.id)" : "other members or weights for group \(old.id)"
  }

  /// What the buckets do after the change, as far as it depends on traffic.
  private mutating func checkCourse(_ group: NexthopGroup, _ set: RouteSet) {
    guard let table = simulation.tables[group.id], !table.isBalanced else { return }
    var quiet = table
    quiet.assumesUnused = true
    while let due = quiet.nextUpkeep, due <= Int64(UInt32.max) { quiet.upkeep(now: due) }
    let waiting = zip(table.owners, quiet.owners).count { $0 != $1 }
    guard waiting > 0 else { return }
    let forced =
      table.unbalancedTimer > 0 ? "at the latest after \(table.unbalancedTimer / 100) s" : "never while it is in use"
    note(
      ConversionHazard(
        .laterMoves, .note, subject: set.subject,
        text: "\(waiting) of \(table.owners.count) buckets are to move later: each once it is idle, \(forced)",
        remedy: "watch them with ecmpctl show buckets \(group.id)"))
  }
}
