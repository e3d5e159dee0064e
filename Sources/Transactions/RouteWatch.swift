internal import KernelRouting
internal import Netlink
internal import Planning
internal import Routing

/// The routes that followers look at, as notifications tell them, and read anew where those may not tell all.
struct RouteWatch {
  /// Processes of daemons are looked for so often while all is well, in nanoseconds.
  private static let processInterval: UInt64 = 4_000_000_000
  /// Tables that are read faster than this are read whenever a link changes; others so often, both in nanoseconds.
  private static let quickReading: UInt64 = 20_000_000
  private static let readingInterval: UInt64 = 60_000_000_000

  /// How long our route stays in front of that of a daemon that is started again, in nanoseconds.
  let restartTime: UInt64
  private let daemons: () -> Set<Int32>
  /// Whether the routes have to be read, because notifications may not have told all.
  var isStale = true
  /// Nexthops and groups that messages were about since the last look.
  var announced: Set<UInt32> = []
  private var routes: [RouteKey: Route] = [:]
  private var lastReading: (time: UInt64, duration: UInt64) = (0, 0)
  private var processes: (found: Set<Int32>, time: UInt64)?

  init(restartTime: Duration, daemons: @escaping () -> Set<Int32>) {
    let (seconds, _) = restartTime.components
    self.restartTime = UInt64(clamping: seconds) * 1_000_000_000
    self.daemons = daemons
  }

  /// Takes note that a link has changed, with which the kernel may have taken routes away.
  ///
  /// Of routes over objects, those that are left tell as much; a large table is read for legs alone.
  mutating func linkChanged() {
    if lastReading.duration < Self.quickReading || routes.values.contains(where: { $0.nexthopID == nil }) {
      isStale = true
    }
  }

  /// Takes note of a route that has come or gone.
  ///
  /// - Returns: whether it is one that is looked at.
  mutating func take(_ route: Route, isGone: Bool, _ followers: [GroupFollower]) -> Bool {
    guard Self.isWatched(route, followers) else { return false }
    if route.nexthopID == nil {
      // Of legs, a notification may be about one of several.
      isStale = true
    } else if !isGone {
      routes[RouteKey(route)] = route
    } else if routes[RouteKey(route)]?.nexthopID == route.nexthopID {
      routes[RouteKey(route)] = nil
    }
    return true
  }

  private static func isWatched(_ route: Route, _ followers: [GroupFollower]) -> Bool {
    followers.contains { follower in
      let following = follower.following
      return route.destination == following.daemon.destination
        && (route.table == following.daemon.table || route.table == following.route.table)
    }
  }

  /// Adds what followers look at to an observation.
  mutating func complete(
    _ seen: inout GuardObservation, _ followers: [GroupFollower], _ kernel: inout Kernel
  ) throws(KernelError) {
    seen.announced = announced
    announced = []
    guard !followers.isEmpty else { return }
    seen.time = Transaction.now
    if isStale || seen.time > lastReading.time + Self.readingInterval { try read(followers, &kernel) }
    // Of routes that go with their object, the kernel tells nothing.
    seen.routes = routes.values.filter { route in
      route.nexthopID.map { seen.nexthops[$0] != nil || seen.groups[$0] != nil } ?? true
    }
    for family in AddressFamily.allCases
    where followers.contains(where: { $0.following.rules.contains { $0.family == family } }) {
      seen.rules += try kernel.rules(family: family)
    }
    let isWhole = followers.allSatisfy { follower in
      seen.routes.contains { RouteKey($0) == RouteKey(follower.following.daemon) }
    }
    if let known = processes, isWhole, seen.time < known.time + Self.processInterval {
      seen.daemons = known.found
    } else {
      seen.daemons = daemons()
      processes = (seen.daemons, seen.time)
    }
  }

  private mutating func read(_ followers: [GroupFollower], _ kernel: inout Kernel) throws(KernelError) {
    let start = Transaction.now
    var filters: Set<RouteFilter> = []
    for following in followers.map(\.following) {
      for table in [following.daemon.table, following.route.table] {
        filters.insert(RouteFilter(family: following.daemon.family, table: table))
      }
    }
    routes = [:]
    for filter in filters {
      for route in try kernel.routes(filter) where Self.isWatched(route, followers) { routes[RouteKey(route)] = route }
    }
    isStale = false
    let end = Transaction.now
    lastReading = (end, end - min(start, end))
  }

  /// Takes note of a change that was just made.
  mutating func made(_ change: PlannedChange) {
    switch change {
    case .addRoute(let route): routes[RouteKey(route)] = route
    case .removeRoute(let route): routes[RouteKey(route)] = nil
    default: break
    }
  }
}
