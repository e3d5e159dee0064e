import Routing

/// Keeps one group's members those of a daemon's route, and our route in front of it as long as that one is there.
///
/// The daemon's route, its groups and its nexthop objects are looked at and never touched.
package struct GroupFollower: Hashable, Sendable {
  /// zebra replaces an IPv6 route in two steps, some 100 µs apart: one that is gone is looked for again after this time,
  /// in nanoseconds.
  package static let settling: UInt64 = 30_000_000
  /// More corrections than these within the time, in nanoseconds, are a fight.
  private static let corrections = (count: 5, time: UInt64(10_000_000_000))

  package let wanted: KeptGroup
  package let following: Following
  /// How long our route stays without the daemon's when the daemon is not running or was started anew, in nanoseconds.
  package let restartTime: UInt64
  /// Why the follower does nothing any more; nil while it does.
  package private(set) var standsDown: String?
  private var memory: DaemonGroups
  /// Since when the daemon's route has been gone.
  private var goneSince: UInt64?
  /// The processes of daemons that ran when its route was last seen.
  private var processes: Set<Int32> = []
  private var isHolding = false
  /// The members that the last look has led to; nil before, and where it was not carried out.
  private var last: Set<NexthopGroup.Member>?
  private var corrected: [UInt64] = []

  /// nil for a group that follows nothing.
  ///
  /// - Parameter records: what an earlier follower knew.
  package init?(_ wanted: KeptGroup, restartTime: UInt64, records: [DaemonGroupRecord] = []) {
    guard let following = wanted.following else { return nil }
    self.wanted = wanted
    self.following = following
    self.restartTime = restartTime
    memory = DaemonGroups(records)
  }

  /// For its successor.
  package var records: [DaemonGroupRecord] { memory.records }

  package var id: UInt32 { wanted.group.id }

  /// Whether news of the object `id` may matter.
  package func concerns(_ id: UInt32) -> Bool { id == self.id || memory.knows(id) }

  /// Looks at the machine, and decides.
  package mutating func decide(_ seen: GuardObservation) -> GroupGuard.Decision {
    guard standsDown == nil else { return GroupGuard.Decision() }
    if let other = seen.routes.first(where: following.isOurs), other.nexthopID != id {
      return standDown("another route has taken the place of \(RouteKey(other))", seen, withdraws: false)
    }
    memory.learn(seen)
    guard let daemon = daemonRoute(seen) else {
      return decideWithoutDaemon(seen)
    }
    goneSince = nil
    isHolding = false
    if !seen.daemons.isEmpty { processes = seen.daemons }
    memory.remember(daemon, seen)
    var draft = FollowDraft(self, seen)
    draft.lead(to: memory.ways(of: daemon, seen), as: "as \(RouteKey(following.daemon)) has")
    return checked(draft.decision, draft.members, seen)
  }

  /// The daemon's route; a zebra that starts puts one over our own group there for some microseconds, as it takes ours for
  /// one that it has left behind.
  private func daemonRoute(_ seen: GuardObservation) -> Route? {
    seen.routes.first { RouteKey($0) == RouteKey(following.daemon) && $0.nexthopID != id }
  }

  /// The daemon's route is gone: withdrawn, or with the daemon.
  private mutating func decideWithoutDaemon(_ seen: GuardObservation) -> GroupGuard.Decision {
    let since = goneSince ?? seen.time
    goneSince = since
    let draft = FollowDraft(self, seen)
    guard draft.isInPlace else { return GroupGuard.Decision() }
    let elapsed = seen.time - min(since, seen.time)
    if elapsed < Self.settling {
      var decision = GroupGuard.Decision()
      decision.isSoon = true
      return decision
    }
    let isRestarting = !processes.isEmpty && processes.isDisjoint(with: seen.daemons)
    if isRestarting, elapsed < restartTime {
      var decision = GroupGuard.Decision()
      decision.isPending = true
      if !isHolding {
        decision.notes.append(
          "group \(id): the daemon is not running any more, or was started anew: our route stays without its own for "
            + "up to \(restartTime / 1_000_000_000) s")
      }
      isHolding = true
      return decision
    }
    last = nil
    var leaving = draft
    leaving.withdraw("the daemon's route \(RouteKey(following.daemon)) is gone")
    return leaving.decision
  }

  /// What to do at the end: the daemon's route is to carry the traffic alone.
  package func withdrawal(_ seen: GuardObservation, because reason: String) -> GroupGuard.Decision {
    var draft = FollowDraft(self, seen)
    draft.withdraw(reason)
    return draft.decision
  }

  /// Takes note that the last decision was not carried out as a whole.
  package mutating func failed() { last = nil }

  // MARK: Others

  /// The decision, unless it is one too many that nothing of the daemon's calls for.
  private mutating func checked(
    _ decision: GroupGuard.Decision, _ members: [NexthopGroup.Member], _ seen: GuardObservation
  ) -> GroupGuard.Decision {
    let isSame = last == Set(members)
    last = Set(members)
    guard isSame, !decision.steps.isEmpty else { return decision }
    corrected = corrected.filter { seen.time < $0 + Self.corrections.time } + [seen.time]
    guard corrected.count > Self.corrections.count else { return decision }
    return standDown("somebody else changes our route or group again and again", seen, withdraws: true)
  }

  private mutating func standDown(
    _ reason: String, _ seen: GuardObservation, withdraws: Bool
  ) -> GroupGuard.Decision {
    standsDown = "group \(id): \(reason)"
    var decision = withdraws ? withdrawal(seen, because: reason) : GroupGuard.Decision()
    decision.notes = ["group \(id): \(reason): it is left alone from now on"]
    return decision
  }
}
