package import Forwarding
package import Routing

/// A routing state to which changes are made as the kernel would make them.
///
/// Every change either happens whole or is refused, as by the kernel, and then nothing has changed.
package struct Simulation: Sendable {
  /// The state without its routes, nexthop objects and bucket tables.
  var base: RoutingState
  var routes: RouteStore
  /// Single nexthop objects and groups by id.
  var nexthops: [UInt32: Nexthop]
  var groups: [UInt32: NexthopGroup]
  /// Places whose IPv6 legs were all put there by a change.
  var knownWeights: Set<RouteStore.Place> = []
  /// The bucket tables of the resilient groups whose dump fits them.
  package internal(set) var tables: [UInt32: ResilientTable] = [:]
  /// What the changes made depends on and the state does not tell.
  package internal(set) var doubts: Set<SimulationDoubt> = []
  /// The time since the state was read, in USER_HZ ticks (1/100 s).
  package internal(set) var now: Int64 = 0

  /// Whether a bucket of which the state does not tell it is taken for one that was not used since it moved.
  package var assumesUnusedBuckets = false {
    didSet { for id in tables.keys { tables[id]?.assumesUnused = assumesUnusedBuckets } }
  }

  package init(_ state: RoutingState) {
    routes = RouteStore(state.routes)
    nexthops = Dictionary((state.nexthops ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    groups = Dictionary(state.groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for dump in state.bucketTables {
      if let group = groups[dump.group] { tables[dump.group] = ResilientTable(group, dump) }
    }
    base = state
    base.routes = []
    base.bucketTables = []
    // A dump shows a route over a blackhole object as a blackhole, which it is only as long as the object is one.
    let sinks = blackholes
    guard !sinks.isEmpty else { return }
    routes.rewrite({ $0.type == .blackhole && $0.nexthopID.map(sinks.contains) ?? false }) { route in
      var route = route
      route.type = .unicast
      return route
    }
  }

  /// The state as it is now.
  package var state: RoutingState {
    var state = base
    state.routes = shownRoutes
    state.nexthops = base.nexthops.map { _ in nexthops.values.sorted { $0.id < $1.id } }
    state.groups = groups.values.sorted { $0.id < $1.id }.map(dumped)
    state.bucketTables = bucketTables
    return state
  }

  /// The bucket tables as a dump shows them now.
  var bucketTables: [BucketTable] {
    tables.sorted { $0.key < $1.key }.map { id, table in
      BucketTable(
        group: id,
        buckets: table.buckets.map {
          NexthopBucket(nexthop: $0.owner ?? 0, idleTime: UInt64(clamping: now - $0.usedAt))
        })
    }
  }

  private var shownRoutes: [Route] {
    let sinks = blackholes
    guard !sinks.isEmpty else { return routes.routes() }
    var shown = routes
    shown.rewrite({ $0.type == .unicast && $0.nexthopID.map(sinks.contains) ?? false }) { route in
      var route = route
      route.type = .blackhole
      return route
    }
    return shown.routes()
  }

  /// The ids of the blackhole objects, and of the groups of one.
  var blackholes: Set<UInt32> {
    let single = Set(nexthops.values.filter { $0.target == .blackhole }.map(\.id))
    guard !single.isEmpty else { return [] }
    return single.union(groups.values.filter { $0.members.contains { single.contains($0.id) } }.map(\.id))
  }

  private func dumped(_ group: NexthopGroup) -> NexthopGroup {
    guard let table = tables[group.id] else { return group }
    var group = group
    group.resilient?.unbalancedTime = table.unbalancedSince.map { UInt64(clamping: now - $0) } ?? 0
    return group
  }

  /// Makes a change.
  ///
  /// - Throws: where the kernel, or the command itself, would fail; nothing has changed then.
  package mutating func apply(_ change: RoutingChange) throws(ChangeRefusal) {
    var next = self
    try next.make(change)
    self = next
  }

  private mutating func make(_ change: RoutingChange) throws(ChangeRefusal) {
    switch change {
    case .route(let request): try apply(request)
    case .flushRoutes(let selector): try flush(selector)
    case .nexthop(let request): try apply(request)
    case .flushNexthops(let selector): try flush(selector)
    case .rule(let request): try apply(request)
    case .flushRules(let selector): try flush(selector)
    case .link(let request): try apply(request)
    case .deleteLink(let target): try delete(target)
    case .address(let request): try apply(request)
    case .flushAddresses(let selector): try flush(selector)
    case .neighbour(let request): try apply(request)
    case .flushNeighbours(let selector): try flush(selector)
    case .sysctl(let requests): for request in requests { try apply(request) }
    }
  }

  /// Lets time pass: buckets that are idle by then, or forced, move.
  ///
  /// - Parameters:
  ///   - time: in USER_HZ ticks since the state was read; not before `now`.
  ///   - onMove: told the time, the group and the indices of the buckets that move.
  package mutating func advance(
    to time: Int64, onMove: (_ time: Int64, _ group: UInt32, _ buckets: [Int]) -> Void = { _, _, _ in }
  ) {
    while let (id, due) = nextUpkeep, due <= time {
      now = max(now, due)
      let moved = tables[id]?.upkeep(now: now) ?? []
      if !moved.isEmpty { onMove(now, id, moved) }
    }
    now = max(now, time)
  }

  /// A lookup falls on a bucket.
  ///
  /// - Parameter time: in USER_HZ ticks since the state was read.
  package mutating func use(bucket: Int, of group: UInt32, at time: Int64) {
    tables[group]?.use(bucket, at: time)
  }

  private var nextUpkeep: (UInt32, Int64)? {
    tables.compactMap { id, table in table.nextUpkeep.map { (id, $0) } }.min { ($0.1, $0.0) < ($1.1, $1.0) }
  }
}
