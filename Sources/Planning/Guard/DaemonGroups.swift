package import Routing

/// What a guard knows of a group of a daemon, to be kept for its successor.
package struct DaemonGroupRecord: Hashable, Sendable {
  package var group: UInt32
  /// As the daemon has them, with their objects as they were seen last.
  package var members: [KeptGroup.Member]
  /// Members whose objects were gone at some time since they were members.
  package var lost: Set<UInt32>

  package init(group: UInt32, members: [KeptGroup.Member], lost: Set<UInt32>) {
    self.group = group
    self.members = members
    self.lost = lost
  }
}

/// What is known of the groups and nexthop objects of a daemon beyond what the kernel has of them.
///
/// The kernel takes nexthop objects away with their link, and out of their groups. zebra makes an object again, and takes
/// the group for what it was: it leaves it without that member (FRRouting issues 14080 and 13413). So a member that was
/// lost with its object, and whose object was made again, is one of the group in the daemon's eyes.
struct DaemonGroups: Hashable, Sendable {
  private struct Known: Hashable, Sendable {
    var members: [NexthopGroup.Member]
    /// Members whose objects were gone at some time since they were members.
    var lost: Set<UInt32> = []
  }

  private var groups: [UInt32: Known] = [:]
  /// Every object that a route has led to, as it was seen last.
  private(set) var nexthops: [UInt32: Nexthop] = [:]
  /// The object that the daemon's route is over.
  private var current: UInt32?

  init(_ records: [DaemonGroupRecord] = []) {
    for record in records {
      groups[record.group] = Known(
        members: record.members.map { NexthopGroup.Member(id: $0.nexthop.id, weight: $0.weight) }, lost: record.lost)
      for member in record.members { nexthops[member.nexthop.id] = member.nexthop }
    }
  }

  var records: [DaemonGroupRecord] {
    groups.sorted { $0.key < $1.key }.map { id, known in
      DaemonGroupRecord(
        group: id,
        members: known.members.compactMap { member in
          nexthops[member.id].map { KeptGroup.Member(nexthop: $0.lasting, interface: nil, weight: member.weight) }
        }, lost: known.lost)
    }
  }

  func knows(_ id: UInt32) -> Bool { groups[id] != nil || nexthops[id] != nil || id == current }

  /// Takes note of what has become of the known groups.
  mutating func learn(_ seen: GuardObservation) {
    for (id, known) in groups {
      guard let found = seen.groups[id] else {
        groups[id] = nil
        continue
      }
      groups[id] = seen.announced.contains(id) ? Known(members: found.members) : Self.next(known, found, seen)
    }
    let members = Set(groups.values.flatMap { $0.members.map(\.id) })
    nexthops = nexthops.filter { members.contains($0.key) || $0.key == current }
    for (id, before) in nexthops {
      guard let nexthop = seen.nexthops[id] else { continue }
      if NexthopKey(nexthop) != NexthopKey(before) { forget(id, seen) }
      nexthops[id] = nexthop
    }
  }

  /// The id is another object's now, which is a member only of groups that say so.
  private mutating func forget(_ id: UInt32, _ seen: GuardObservation) {
    for group in groups.keys where seen.groups[group]?.members.contains(where: { $0.id == id }) != true {
      groups[group]?.members.removeAll { $0.id == id }
      groups[group]?.lost.remove(id)
    }
  }

  private static func next(_ known: Known, _ found: NexthopGroup, _ seen: GuardObservation) -> Known {
    var known = known
    let present = Set(found.members.map(\.id))
    var rest: [NexthopGroup.Member] = []
    for member in known.members where !present.contains(member.id) {
      if seen.nexthops[member.id] == nil || seen.announced.contains(member.id) { known.lost.insert(member.id) }
      // One that is there and was never lost has been taken out by somebody.
      if known.lost.contains(member.id) { rest.append(member) }
    }
    let kept = known.members.compactMap { member in
      found.members.first { $0.id == member.id } ?? rest.first { $0.id == member.id }
    }
    let ids = Set(kept.map(\.id))
    known.members = kept + found.members.filter { !ids.contains($0.id) }
    known.lost.subtract(present)
    return known
  }

  /// Takes note of the group that the daemon's route is over, and of its members.
  mutating func remember(_ route: Route, _ seen: GuardObservation) {
    current = route.nexthopID
    guard let id = route.nexthopID else { return }
    if let found = seen.groups[id], groups[id] == nil { groups[id] = Known(members: found.members) }
    for member in groups[id]?.members ?? [] { nexthops[member.id] = seen.nexthops[member.id] ?? nexthops[member.id] }
    if let nexthop = seen.nexthops[id] { nexthops[id] = nexthop }
  }

  /// Where the daemon's route leads now, each way over an object that exists or over a leg that can be used.
  func ways(of route: Route, _ seen: GuardObservation) -> [FollowedWay] {
    if let id = route.nexthopID {
      if let nexthop = seen.nexthops[id] { return [FollowedWay(.object(nexthop), weight: 1)] }
      return (groups[id]?.members ?? []).compactMap { member in
        seen.nexthops[member.id].map { FollowedWay(.object($0), weight: member.weight) }
      }
    }
    return route.legs.list.filter { leg in
      !leg.flags.contains(.dead) && !leg.flags.contains(.linkdown)
        && seen.links.contains { $0.index == leg.interface && $0.isUp && $0.hasCarrier }
    }.map { FollowedWay(.leg(NexthopKey($0, family: route.family)), weight: UInt32($0.weight)) }
  }
}

/// One nexthop of a daemon's route.
struct FollowedWay: Hashable, Sendable {
  enum Target: Hashable, Sendable {
    /// An object of the daemon.
    case object(Nexthop)
    /// A leg, for which there has to be an object of ours.
    case leg(NexthopKey)
  }

  var target: Target
  var weight: UInt32

  init(_ target: Target, weight: UInt32) {
    self.target = target
    self.weight = weight
  }
}
