package import Routing

/// Keeps one group as a transaction has left it: members that can not be used are taken out, and put back when they
/// can.
///
/// The kernel itself takes members out when their link goes, with their nexthop objects and without a word, and never
/// puts them back; a resilient group goes on sending to a neighbour that has failed.
package struct GroupGuard: Hashable, Sendable {
  package let wanted: KeptGroup
  /// Members that the guard has taken out because their neighbour has failed.
  package private(set) var out: Set<UInt32>
  /// Members that somebody else has taken out before the guard came; they stay out.
  package private(set) var drained: Set<UInt32> = []
  /// Why the guard does nothing any more; nil while it does.
  package private(set) var standsDown: String?
  /// The group as it was seen or left last; nil before the first look, and while it is gone.
  private var last: NexthopGroup?
  private var hasLooked = false
  /// What was told of members that are out, so that it is told once.
  private var told: [UInt32: String] = [:]

  /// - Parameter out: members that a guard had taken out before this one came.
  package init(_ wanted: KeptGroup, out: Set<UInt32> = []) {
    self.wanted = wanted
    self.out = out
  }

  /// What to do now.
  package struct Decision: Hashable, Sendable {
    /// In this order, each with a line on why.
    package var steps: [Step] = []
    /// Routes that the kernel has taken away together with the group, to be added where their key is free.
    package var routes: [Route] = []
    /// Neighbours that the kernel has to look for, because without traffic it would not.
    package var sought: [GuardObservation.Place] = []
    /// News about what the guard does not do.
    package var notes: [String] = []
    /// Whether it is worth a look again soon, although nothing may happen until then.
    package var isPending = false
    /// Whether it has to be looked at again within milliseconds.
    package var isSoon = false

    package init(notes: [String] = []) { self.notes = notes }

    /// Whether there is nothing to do, to say or to wait for.
    package var isQuiet: Bool { self == Decision() }
  }

  package struct Step: Hashable, Sendable {
    package var change: PlannedChange
    package var reason: String

    package init(_ change: PlannedChange, _ reason: String) {
      self.change = change
      self.reason = reason
    }
  }

  /// What keeps a member from being used.
  private enum Obstacle {
    case link(String)
    case neighbourFailed
    /// Nobody knows: it was not asked for, or has not answered yet.
    case neighbourUnknown
    case drained
  }

  /// Looks at the machine, and decides.
  package mutating func decide(_ seen: GuardObservation) -> Decision {
    defer { hasLooked = true }
    guard standsDown == nil else { return Decision() }
    let found = seen.groups[wanted.group.id]
    if let reason = foreignHand(seen, found) {
      standsDown = reason
      return Decision(notes: ["\(reason): it is left alone from now on"])
    }
    last = found
    return decide(seen, found)
  }

  private mutating func decide(_ seen: GuardObservation, _ found: NexthopGroup?) -> Decision {
    var decision = Decision()
    let present = Set(found?.members.map(\.id) ?? [])
    if !hasLooked, found != nil { drained = drainedMembers(seen, present) }
    var target: [KeptGroup.Member] = []
    var news: [String] = []
    for member in wanted.members {
      let id = member.nexthop.id
      let isIn = present.contains(id)
      guard let obstacle = obstacle(to: member, isIn: isIn, seen) else {
        target.append(member)
        told[id] = nil
        if !isIn { news.append("put member \(describe(member)) back") }
        continue
      }
      if isIn { news.append("took member \(describe(member)) out: \(text(obstacle))") }
      if let reason = reasonToStayOut(id, obstacle, isIn: isIn) {
        decision.notes.append("group \(wanted.group.id): member \(describe(member)) is out: \(reason)")
      }
      note(obstacle, to: member, seen, in: &decision)
    }
    // A group without members would take its routes along.
    guard !target.isEmpty else { return decision }
    guard Set(target.map(\.nexthop.id)) != present else { return decision }
    let counts = "\(target.count) of \(wanted.members.count) members"
    let reason = "group \(wanted.group.id): \(news.joined(separator: ", ")); \(counts)"
    for member in target where seen.nexthops[member.nexthop.id] == nil {
      let nexthop = nexthop(of: member, seen)
      decision.steps.append(
        Step(.addNexthop(nexthop), "group \(wanted.group.id): made nexthop \(describe(member)) again"))
    }
    var group = wanted.group
    group.members = target.map { NexthopGroup.Member(id: $0.nexthop.id, weight: $0.weight) }
    if let found {
      decision.steps.append(Step(.replaceGroup(from: found, to: group), reason))
    } else {
      decision.steps.append(Step(.addGroup(group), "\(reason); the group was gone"))
      decision.routes = wanted.routes
    }
    return decision
  }

  /// Takes note of what was done of a decision, as it was done whole.
  package mutating func left(_ group: NexthopGroup, out: Set<UInt32>) {
    last = group
    self.out = out
  }

  /// The members that are out after `group` because of their neighbours.
  package func out(after group: NexthopGroup, _ seen: GuardObservation) -> Set<UInt32> {
    let present = Set(group.members.map(\.id))
    return Set(
      wanted.members.filter { !present.contains($0.nexthop.id) && seen.nexthops[$0.nexthop.id] != nil }
        .map(\.nexthop.id)
    ).subtracting(drained)
  }

  // MARK: Members

  private func obstacle(to member: KeptGroup.Member, isIn: Bool, _ seen: GuardObservation) -> Obstacle? {
    guard let name = member.interface else { return nil }
    guard let link = seen.links.first(where: { $0.name == name }) else { return .link("interface \(name) is gone") }
    if !link.isUp { return .link("interface \(name) is down") }
    if !link.hasCarrier { return .link("interface \(name) has no carrier") }
    if drained.contains(member.nexthop.id) { return isIn ? nil : .drained }
    guard let gateway = member.nexthop.gateway else { return nil }
    let state = seen.neighbours[GuardObservation.Place(gateway, on: link.index)]
    if state == .failed { return .neighbourFailed }
    if isIn || state?.isValid == true { return nil }
    return .neighbourUnknown
  }

  private func note(
    _ obstacle: Obstacle, to member: KeptGroup.Member, _ seen: GuardObservation, in decision: inout Decision
  ) {
    switch obstacle {
    case .link, .drained: break
    case .neighbourFailed, .neighbourUnknown:
      decision.isPending = true
      if let gateway = member.nexthop.gateway, let link = seen.links.first(where: { $0.name == member.interface }) {
        decision.sought.append(GuardObservation.Place(gateway, on: link.index))
      }
    }
  }

  /// The nexthop on the interface of that name, whatever its index is by now.
  private func nexthop(of member: KeptGroup.Member, _ seen: GuardObservation) -> Nexthop {
    var nexthop = member.nexthop
    if case .device(_, let gateway, let encapsulation) = nexthop.target,
      let link = seen.links.first(where: { $0.name == member.interface })
    {
      nexthop.target = .device(interface: link.index, gateway: gateway, encapsulation: encapsulation)
    }
    return nexthop
  }

  private func drainedMembers(_ seen: GuardObservation, _ present: Set<UInt32>) -> Set<UInt32> {
    Set(
      wanted.members.map(\.nexthop.id).filter { id in
        !present.contains(id) && !out.contains(id) && seen.nexthops[id] != nil
      })
  }

  private func text(_ obstacle: Obstacle) -> String {
    switch obstacle {
    case .link(let reason): reason
    case .neighbourFailed: "its neighbour has failed"
    case .neighbourUnknown: "its neighbour does not answer"
    case .drained: "somebody else has taken it out"
    }
  }

  /// Why a member that the guard does not take out itself is out; nil where that was told before.
  private mutating func reasonToStayOut(_ id: UInt32, _ obstacle: Obstacle, isIn: Bool) -> String? {
    let reason: String
    switch obstacle {
    // While the kernel looks for a neighbour that has failed, nobody knows.
    case .neighbourFailed, .neighbourUnknown: reason = text(.neighbourUnknown)
    case .link, .drained: reason = text(obstacle)
    }
    defer { told[id] = reason }
    return isIn || told[id] == reason ? nil : reason
  }

  private func describe(_ member: KeptGroup.Member) -> String {
    var text = "\(member.nexthop.id)"
    if let gateway = member.nexthop.gateway { text += " via \(gateway)" }
    if let name = member.interface { text += " dev \(name)" }
    return text
  }

  // MARK: Others

  /// What shows that somebody else wants the group, or one of its members, otherwise; nil where nothing does.
  private func foreignHand(_ seen: GuardObservation, _ found: NexthopGroup?) -> String? {
    let id = wanted.group.id
    for member in wanted.members {
      guard let object = seen.nexthops[member.nexthop.id] else {
        if seen.groups[member.nexthop.id] != nil { return "group \(id): its member \(member.nexthop.id) is a group" }
        if seen.foreign.contains(member.nexthop.id) {
          return "group \(id): somebody else has removed nexthop \(member.nexthop.id)"
        }
        continue
      }
      if object.lasting != nexthop(of: member, seen).lasting {
        return "group \(id): somebody else has changed nexthop \(member.nexthop.id)"
      }
    }
    guard let found else {
      if seen.nexthops[id] != nil { return "group \(id): it is a single nexthop" }
      // The kernel takes a group away with its last member, whose nexthop object goes before.
      let isLeft = wanted.members.contains { seen.nexthops[$0.nexthop.id] != nil && !out.contains($0.nexthop.id) }
      if seen.foreign.contains(id) || !hasLooked && isLeft {
        return "group \(id): somebody else has removed it"
      }
      return nil
    }
    return foreignHand(on: found, seen)
  }

  private func foreignHand(on found: NexthopGroup, _ seen: GuardObservation) -> String? {
    let weights = Dictionary(wanted.members.map { ($0.nexthop.id, $0.weight) }, uniquingKeysWith: { first, _ in first })
    guard found.members.allSatisfy({ weights[$0.id] == $0.weight }) else {
      return "group \(found.id): somebody else has given it other members or weights"
    }
    var whole = wanted.group
    whole.members = found.members
    guard whole.isKept(as: found) else { return "group \(found.id): somebody else has changed its parameters" }
    if let last, seen.foreign.contains(found.id), last.members != found.members {
      return "group \(found.id): somebody else has changed its members"
    }
    return nil
  }
}
