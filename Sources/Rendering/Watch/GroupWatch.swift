package import Planning
package import Routing

/// The groups that are watched: takes what the kernel tells and states that were read, and says what has happened between.
package struct GroupWatch: Sendable {
  private struct Way: Hashable {
    var group: UInt32
    var from: UInt32
    var to: UInt32
  }

  private struct Gateway: Hashable {
    var interface: UInt32
    var address: IPAddress
  }

  /// What `state` tells of the buckets.
  private struct Balance: Hashable {
    var buckets: [NexthopReport.BucketCounts?]
    var isBalanced: Bool
  }

  /// nil for all groups.
  private let id: UInt32?
  /// nil for both.
  private let family: AddressFamily?
  private let names: NameTables
  private var state: RoutingState
  package private(set) var index: StateIndex
  /// Those that are watched, in the kernel's order.
  package private(set) var groups: [GroupReport] = []
  private var members: Set<UInt32> = []
  private var gateways: Set<Gateway> = []
  /// Interfaces whose last member has left with the last step: a state is read in parts, and what took the member away
  /// may be seen in the one after it only.
  private var left: [UInt32] = []
  private var users: [RouteKey: UInt32] = [:]
  /// How many of those each group has.
  private var counts: [UInt32: Int] = [:]
  /// Buckets that have moved since the last step, in the order of the first of each way.
  private var moves: [(way: Way, bucket: Int)] = []
  /// What was told last, by group.
  private var told: [UInt32: Balance] = [:]

  /// - Parameters:
  ///   - state: with neighbours, nexthops and buckets; its routes are not looked at.
  ///   - id: the group to watch; nil for all, and for those that come.
  ///   - family: keeps to groups with a member of it; nil takes all.
  package init(
    _ state: RoutingState, group id: UInt32? = nil, family: AddressFamily? = nil, names: NameTables = NameTables()
  ) {
    self.id = id
    self.family = family
    self.names = names
    self.state = state
    index = StateIndex(state, names: names)
    takeUp()
  }

  /// How the groups are at the beginning.
  package mutating func beginning() -> [WatchEvent] {
    told = [:]
    return tellState()
  }

  /// Whether the group is watched.
  package func watches(_ group: UInt32) -> Bool {
    index.group(group).map { (id == nil || id == group) && index.concerns($0, family) } ?? false
  }

  /// Whether an object is a group that is watched, or a member of one, or may become that.
  package func concerns(object: UInt32) -> Bool {
    if index.group(object) != nil { return watches(object) }
    return index.nexthop(object) == nil || members.contains(object)
  }

  /// Whether a neighbour is the gateway of a member.
  package func isGateway(_ neighbour: Neighbour) -> Bool {
    gateways.contains(Gateway(interface: neighbour.interface, address: neighbour.address))
  }

  /// Takes up the groups of `state`.
  private mutating func takeUp() {
    index = StateIndex(state, names: names)
    groups = GroupReport.all(in: index, id: id).filter { index.concerns($0.group, family) }
    members = Set(groups.flatMap { $0.group.members.map(\.id) })
    gateways = []
    for nexthop in members.compactMap(index.nexthop) {
      guard let interface = nexthop.interface, let address = nexthop.gateway else { continue }
      gateways.insert(Gateway(interface: interface, address: address))
    }
  }

  // MARK: Routes

  /// How many routes use a group.
  package func userCount(of group: UInt32) -> Int { counts[group] ?? 0 }

  /// Takes one of the routes that there are at the beginning.
  package mutating func begin(with route: Route) {
    guard let group = route.nexthopID, watches(group) else { return }
    set(RouteKey(route), to: group)
  }

  /// Takes a route that was made, replaced or removed; the groups are known as they are by then.
  package mutating func take(_ route: Route, isGone: Bool) -> [WatchEvent] {
    let key = RouteKey(route)
    let before = users[key]
    // Of several routes of one key, one that goes takes itself away.
    if isGone, before != route.nexthopID { return [] }
    let after = isGone ? nil : route.nexthopID.flatMap { watches($0) ? $0 : nil }
    guard before != after else { return [] }
    set(key, to: after)
    var events: [WatchEvent] = []
    if let before { events.append(.route(key, group: before, isUser: false)) }
    if let after { events.append(.route(key, group: after, isUser: true)) }
    return events
  }

  /// Takes all routes anew, after some events were lost.
  package mutating func retake(_ routes: [RouteKey: UInt32]) -> [WatchEvent] {
    var events: [WatchEvent] = []
    for (key, group) in users where routes[key] != group { events.append(.route(key, group: group, isUser: false)) }
    for (key, group) in routes where users[key] != group { events.append(.route(key, group: group, isUser: true)) }
    users = routes
    counts = [:]
    for group in routes.values { counts[group, default: 0] += 1 }
    return events
  }

  private mutating func set(_ key: RouteKey, to group: UInt32?) {
    if let before = users[key] { counts[before, default: 0] -= 1 }
    if let group { counts[group, default: 0] += 1 }
    users[key] = group
  }

  // MARK: Buckets

  /// Takes a bucket that the kernel tells to have moved.
  package mutating func take(_ bucket: NexthopBucket, number: UInt16, of group: UInt32) {
    let number = Int(number)
    guard watches(group), let table = state.bucketTables.firstIndex(where: { $0.group == group }),
      state.bucketTables[table].buckets.indices.contains(number)
    else { return }
    let from = state.bucketTables[table].buckets[number].nexthop
    state.bucketTables[table].buckets[number] = bucket
    if from != bucket.nexthop { moves.append((Way(group: group, from: from, to: bucket.nexthop), number)) }
  }

  /// Finds the buckets that have moved without a word, as all do whose member has left.
  private mutating func compareTables(with next: RoutingState) {
    let tables = Dictionary(state.bucketTables.map { ($0.group, $0.buckets) }) { first, _ in first }
    for table in next.bucketTables where watches(table.group) {
      // A group that was made anew has another table.
      guard let before = tables[table.group], before.count == table.buckets.count else { continue }
      for (number, (old, new)) in zip(before, table.buckets).enumerated() where old.nexthop != new.nexthop {
        moves.append((Way(group: table.group, from: old.nexthop, to: new.nexthop), number))
      }
    }
  }

  // MARK: Steps

  /// Goes on to the state that was read, or to what notifications alone have made of the last one.
  ///
  /// - Parameters:
  ///   - read: nil where nothing was read.
  ///   - tellsState: whether it is time to say how many buckets are idle.
  package mutating func step(to read: RoutingState?, tellsState: Bool) -> [WatchEvent] {
    let (before, reports) = (index, groups)
    if let read {
      compareTables(with: read)
      state = read
    }
    guard read != nil || !moves.isEmpty else { return [] }
    takeUp()
    var events = (read == nil ? [] : linkEvents(before)) + memberEvents(reports, before)
    let old = Dictionary(reports.map { ($0.group.id, $0) }) { first, _ in first }
    let new = Dictionary(groups.map { ($0.group.id, $0) }) { first, _ in first }
    for report in reports where new[report.group.id] == nil {
      events.append(.group(before: report, after: nil))
      forget(report.group.id)
    }
    for report in groups {
      let earlier = old[report.group.id]
      if earlier.map({ Self.differ($0.group, report.group) }) ?? true {
        events.append(.group(before: earlier, after: report))
      }
      guard let earlier else { continue }
      events += moveEvents(of: report, before)
      events += Self.shareEvents(earlier, report)
      let isBalanced = report.group.resilient.map { $0.unbalancedTime == 0 }
      if let isBalanced, let was = earlier.group.resilient.map({ $0.unbalancedTime == 0 }), was != isBalanced {
        events.append(.balance(group: report.group.id, isBalanced: isBalanced))
      }
    }
    moves = []
    return events + (tellsState ? tellState() : newStates(old))
  }

  /// The kernel takes the routes of a group away with it, without a word.
  private mutating func forget(_ group: UInt32) {
    told[group] = nil
    guard counts.removeValue(forKey: group) ?? 0 > 0 else { return }
    users = users.filter { $0.value != group }
  }

  /// How those are that have just come.
  private mutating func newStates(_ old: [UInt32: GroupReport]) -> [WatchEvent] {
    groups.filter { old[$0.group.id] == nil }.map { report in
      told[report.group.id] = Self.balance(report)
      return .state(report)
    }
  }

  /// How those are whose buckets have become idle or busy, or that are not balanced.
  private mutating func tellState() -> [WatchEvent] {
    var events: [WatchEvent] = []
    for report in groups {
      let now = Self.balance(report)
      guard told[report.group.id] != now || !now.isBalanced else { continue }
      told[report.group.id] = now
      events.append(.state(report))
    }
    return events
  }

  private static func balance(_ report: GroupReport) -> Balance {
    Balance(
      buckets: report.multipath.members.map(\.buckets), isBalanced: report.group.resilient?.unbalancedTime ?? 0 == 0)
  }

  // MARK: Differences

  /// Whether somebody has changed a group, and not only time.
  private static func differ(_ left: NexthopGroup, _ right: NexthopGroup) -> Bool {
    let (old, new) = (left.resilient, right.resilient)
    return left.kind != right.kind || left.members != right.members || old?.buckets != new?.buckets
      || old?.idleTimer != new?.idleTimer || old?.unbalancedTimer != new?.unbalancedTimer
  }

  private func moveEvents(of report: GroupReport, _ before: StateIndex) -> [WatchEvent] {
    var order: [Way] = []
    var buckets: [Way: [Int]] = [:]
    for (way, bucket) in moves where way.group == report.group.id {
      if buckets[way] == nil { order.append(way) }
      buckets[way, default: []].append(bucket)
    }
    return order.map { way in
      .moved(
        group: way.group, from: member(way.from, before), to: member(way.to, before),
        buckets: (buckets[way] ?? []).sorted())
    }
  }

  /// What an object is, or was.
  private func member(_ id: UInt32, _ before: StateIndex) -> NexthopReport {
    NexthopReport(object: id, in: index.nexthop(id) == nil ? before : index)
  }

  private static func shareEvents(_ before: GroupReport, _ after: GroupReport) -> [WatchEvent] {
    let shares = { (report: GroupReport) -> [UInt32: Double] in
      let known = report.multipath.members.map { $0.share ?? $0.idealShare }
      return Dictionary(zip(report.group.members.map(\.id), known)) { first, _ in first }
    }
    let (old, new) = (shares(before), shares(after))
    var seen: Set<UInt32> = []
    let changes = (before.group.members + after.group.members).map(\.id).filter { seen.insert($0).inserted }.map {
      WatchEvent.ShareChange(member: $0, before: old[$0] ?? 0, after: new[$0] ?? 0)
    }.filter { abs($0.before - $0.after) > 1e-9 }
    return changes.isEmpty ? [] : [.shares(group: after.group.id, changes)]
  }

  private func memberEvents(_ reports: [GroupReport], _ before: StateIndex) -> [WatchEvent] {
    var events: [WatchEvent] = []
    var seen: Set<UInt32> = []
    for member in reports.flatMap(\.group.members) where seen.insert(member.id).inserted {
      guard before.nexthop(member.id) != nil, index.nexthop(member.id) != nil else { continue }
      let old = NexthopReport(object: member.id, in: before)
      let new = NexthopReport(object: member.id, in: index)
      if old.identity != new.identity {
        events.append(.nexthop(before: old, after: new))
      } else if old.neighbour != new.neighbour {
        events.append(.neighbour(new, before: old.neighbour, after: new.neighbour))
      }
    }
    return events
  }

  private mutating func linkEvents(_ before: StateIndex) -> [WatchEvent] {
    let (old, new) = (interfaces(before), interfaces(index))
    var seen: Set<UInt32> = []
    let events = (old + new + left).filter { seen.insert($0).inserted }.compactMap { interface -> WatchEvent? in
      let (was, link) = (before.link(interface), index.link(interface))
      let (old, new) = (WatchEvent.LinkState(was), WatchEvent.LinkState(link))
      let name = (link == nil ? before : index).interfaceName(interface)
      return old == new ? nil : .link(name: name, before: old, after: new)
    }
    left = old.filter { !new.contains($0) }
    return events
  }

  /// Those of the members, in the kernel's order.
  private func interfaces(_ index: StateIndex) -> [UInt32] {
    let watched = index.state.groups.filter { (id == nil || $0.id == id) && index.concerns($0, family) }
    return watched.flatMap { $0.members.compactMap { index.nexthop($0.id)?.interface } }
  }
}
