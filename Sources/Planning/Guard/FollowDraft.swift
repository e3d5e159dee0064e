import Routing

/// The steps from what is seen to what a follower wants.
struct FollowDraft {
  private let wanted: KeptGroup
  private let following: Following
  private let seen: GuardObservation
  private(set) var decision = GroupGuard.Decision()
  /// The members that the group is to have; empty where our route is not to be.
  private(set) var members: [NexthopGroup.Member] = []

  init(_ follower: GroupFollower, _ seen: GuardObservation) {
    wanted = follower.wanted
    following = follower.following
    self.seen = seen
  }

  private var id: UInt32 { wanted.group.id }
  private var found: NexthopGroup? { seen.groups[id] }
  private var ownRoute: Route? { seen.routes.first { following.isOurs($0) && $0.nexthopID == id } }
  private var ownRules: [Rule] {
    following.rules.filter { rule in seen.rules.contains { $0.lasting == rule.lasting } }
  }

  /// Whether anything of ours is in front of the daemon's route.
  var isInPlace: Bool { ownRoute != nil || !ownRules.isEmpty }

  private mutating func add(_ change: PlannedChange, _ reason: String) {
    decision.steps.append(GroupGuard.Step(change, "group \(id): \(reason)"))
  }

  // MARK: There

  /// Has our route lead where the daemon's leads.
  ///
  /// - Parameter why: ends the sentence about the members.
  mutating func lead(to ways: [FollowedWay], as why: String) {
    let targets = objects(for: ways)
    guard !targets.isEmpty else { return withdraw("the daemon's route has no nexthop that can be used") }
    var current = found
    // The kernel's order has nothing to do with who gets which bucket of a group that is there already.
    if let group = current {
      members = group.members.compactMap { member in targets.first { $0.id == member.id } }
      members += targets.filter { target in !members.contains { $0.id == target.id } }
    } else {
      members = inOrder(targets)
    }
    let count = "\(members.count) \(members.count == 1 ? "member" : "members")"
    if let group = current, group.members != members {
      let replaced = substitute(in: group)
      current = replaced
      if Set(replaced.members) != Set(members) {
        var next = replaced
        next.members = members
        add(.replaceGroup(from: replaced, to: next), "\(news(from: replaced, to: members)); \(count), \(why)")
      }
    } else if current == nil {
      var group = wanted.group
      group.members = members
      add(.addGroup(group), "made it again with \(count), \(why)")
    }
    stand()
    if let found { removeUnused(found.members.filter { member in !members.contains { $0.id == member.id } }) }
  }

  /// Objects of other ids for the same nexthops take over from the old ones one by one: each gets all the buckets of the
  /// one that it stands for, as nobody else lacks any, and no flow moves.
  private mutating func substitute(in group: NexthopGroup) -> NexthopGroup {
    var group = group
    for (index, old) in group.members.enumerated() where !members.contains(where: { $0.id == old.id }) {
      guard let before = seen.nexthops[old.id] else { continue }
      let next = members.first { member in
        member.weight == old.weight && !group.members.contains { $0.id == member.id }
          && nexthop(member.id).map { NexthopKey($0) == NexthopKey(before) } ?? false
      }
      guard let next else { continue }
      var changed = group
      changed.members[index] = next
      add(
        .replaceGroup(from: group, to: changed),
        "\(describe(next.id)) stands for \(old.id) now, which moves no flow")
      group = changed
    }
    return group
  }

  /// As the plan had them, so that a group that is made again places flows as it did.
  private func inOrder(_ targets: [NexthopGroup.Member]) -> [NexthopGroup.Member] {
    let keys = wanted.members.map { NexthopKey($0.nexthop) }
    func place(_ member: NexthopGroup.Member) -> Int {
      nexthop(member.id).flatMap { nexthop in keys.firstIndex { $0 == NexthopKey(nexthop) } } ?? keys.count
    }
    return targets.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
      .map(\.element)
  }

  /// The objects of the ways, those of legs made where they are missing; a nexthop that is there twice counts once.
  private mutating func objects(for ways: [FollowedWay]) -> [NexthopGroup.Member] {
    var targets: [NexthopGroup.Member] = []
    for way in ways {
      let id: UInt32
      switch way.target {
      case .object(let nexthop): id = nexthop.id
      case .leg(let key):
        guard let own = own(key) ?? make(key) else { continue }
        id = own
      }
      if !targets.contains(where: { $0.id == id }) {
        targets.append(NexthopGroup.Member(id: id, weight: way.weight))
      }
    }
    return targets
  }

  private func own(_ key: NexthopKey) -> UInt32? {
    let used = Set(found?.members.map(\.id) ?? [])
    let ids = seen.nexthops.values.filter { nexthop in
      NexthopKey(nexthop) == key && (nexthop.protocol == wanted.group.protocol || used.contains(nexthop.id))
    }.map(\.id)
    return ids.filter(used.contains).min() ?? ids.min()
  }

  private mutating func make(_ key: NexthopKey) -> UInt32? {
    guard let id = freeID(for: key) else { return nil }
    add(.addNexthop(key.nexthop(id: id, protocol: wanted.group.protocol)), "made nexthop \(id) \(text(key))")
    return id
  }

  /// The id that the nexthop had in the plan, else one below the highest in use, which zebra never takes.
  private func freeID(for key: NexthopKey) -> UInt32? {
    let made = decision.steps.compactMap(\.change.objectID)
    let taken = Set(seen.nexthops.keys).union(seen.groups.keys).union(made)
    let planned = wanted.members.first { NexthopKey($0.nexthop) == key }?.nexthop.id
    if let planned, !taken.contains(planned) { return planned }
    var id = taken.max() ?? 0
    while id > 1 {
      id -= 1
      if !taken.contains(id) { return id }
    }
    return ConversionRequest.ownIDs.last { !taken.contains($0) }
  }

  /// Objects of ours that our group needs no more.
  private mutating func removeUnused(_ members: [NexthopGroup.Member]) {
    for member in members {
      guard let nexthop = seen.nexthops[member.id], nexthop.protocol == wanted.group.protocol,
        !seen.groups.values.contains(where: { group in
          group.id != id && group.members.contains { $0.id == member.id }
        }), !seen.routes.contains(where: { $0.nexthopID == member.id })
      else { continue }
      add(.removeNexthop(nexthop), "nothing uses nexthop \(nexthop.id) any more")
    }
  }

  // MARK: Route and rules

  /// Has our route and its rules in place.
  private mutating func stand() {
    if ownRoute == nil {
      add(.addRoute(following.route), "put our route \(RouteKey(following.route)) in front of the daemon's")
    }
    let there = ownRules
    guard there != following.rules else { return }
    // Of one priority, the kernel looks at the one first that came first.
    for rule in there.reversed() { add(.removeRule(rule), "took a rule away that is to come after another") }
    for rule in following.rules { add(.addRule(rule), "put the rule of priority \(rule.priority) there") }
  }

  mutating func withdraw(_ reason: String) {
    members = []
    for rule in ownRules.reversed() { add(.removeRule(rule), "took a rule away: \(reason)") }
    if let ownRoute {
      add(.removeRoute(ownRoute), "took our route \(RouteKey(ownRoute)) away: \(reason)")
    }
  }

  // MARK: Text

  private func nexthop(_ id: UInt32) -> Nexthop? {
    if let nexthop = seen.nexthops[id] { return nexthop }
    for case .addNexthop(let nexthop) in decision.steps.map(\.change) where nexthop.id == id { return nexthop }
    return nil
  }

  private func news(from old: NexthopGroup, to members: [NexthopGroup.Member]) -> String {
    let out = old.members.filter { member in !members.contains { $0.id == member.id } }
    let new = members.filter { member in !old.members.contains { $0.id == member.id } }
    var parts: [String] = []
    if !out.isEmpty { parts.append("took " + out.map { describe($0.id) }.joined(separator: ", ") + " out") }
    if !new.isEmpty { parts.append("took " + new.map { describe($0.id) }.joined(separator: ", ") + " in") }
    return parts.isEmpty ? "other weights" : parts.joined(separator: ", ")
  }

  private func describe(_ id: UInt32) -> String {
    guard let nexthop = nexthop(id), let key = NexthopKey(nexthop) else { return "\(id)" }
    return "\(id) \(text(key))"
  }

  private func text(_ key: NexthopKey) -> String {
    let name = seen.links.first { $0.index == key.interface }?.name ?? "if\(key.interface)"
    return (key.gateway.map { "via \($0) " } ?? "") + "dev \(name)"
  }
}
