import Files
import KernelRouting
import Netlink
import Planning
import Rendering
import Routing

/// A watch at work: listens to the kernel, reads what has changed, and tells it.
struct GroupWatcher: ~Copyable {
  private static let clock = ContinuousClock()
  private static let parts: StateParts = [.neighbours, .nexthops, .buckets]
  /// A terminal is drawn this often at the most, and what could not be read is tried again after this time.
  private static let breath = Duration.milliseconds(100)

  private let id: UInt32?
  private let interval: Duration
  private var kernel: Kernel
  private var monitor: KernelMonitor
  private var watch: GroupWatch
  private var outlet: WatchOutlet
  private let limit: Int?
  private let end: ContinuousClock.Instant?

  /// When the terminal may be drawn again, and whether it should be.
  private var drawing: (time: ContinuousClock.Instant, isDue: Bool) = (clock.now, false)
  /// Whether the state changed again and again while it was read, so that nothing is known of it.
  private var isUnread = false

  /// What notifications ask for.
  private struct News {
    var isStale = false
    var isLost = false
    var routes: [(route: Route, isGone: Bool)] = []
  }

  /// Begins to listen, in the network namespace of the calling thread, and reads how things are.
  ///
  /// - Parameters:
  ///   - id: the group; nil for all.
  ///   - family: keeps to the groups that it concerns; nil for all.
  ///   - interval: how often the buckets are looked at.
  ///   - limit: how many events are told at the most.
  ///   - time: how long it lasts at the most.
  init(
    _ kernel: consuming Kernel, group id: UInt32?, family: AddressFamily? = nil, names: NameTables,
    outlet: WatchOutlet, interval: Duration, limit: Int?, time: Duration?
  ) throws {
    // What happens from now on is told, and found in the state, too.
    var monitor = try KernelMonitor()
    try monitor.listenToRoutes()
    let state = try kernel.readState(Self.parts)
    watch = GroupWatch(state, group: id, family: family, names: names)
    self.id = id
    self.interval = interval
    self.outlet = outlet
    self.limit = limit
    self.monitor = monitor
    self.kernel = kernel
    end = time.map { Self.clock.now + $0 }
  }

  /// The state at the beginning, to be asked for groups.
  var index: StateIndex { watch.index }

  /// Works until a signal comes, the time is over, or enough is told.
  mutating func run(_ signals: borrowing SignalWatch) throws {
    defer { outlet.end() }
    try kernel.forEachRoute { watch.begin(with: $0) }
    var isDone = try outlet.tell(watch.beginning(), limit: limit)
    try outlet.draw(watch)
    var next = Self.clock.now + interval
    while !isDone {
      let now = Self.clock.now
      if let end, now >= end { return }
      var wake = end.map { min($0, next) } ?? next
      if drawing.isDue { wake = min(wake, drawing.time) }
      if isUnread { wake = min(wake, now + Self.breath) }
      let ready = try monitor.wait(or: signals, timeout: max(now.duration(to: wake), .zero))
      if ready.signals, signals.next() != nil { return }
      let news = ready.events ? try takeEvents(signals) : News()
      let isTime = Self.clock.now >= next
      if isTime { next = Self.clock.now + interval }
      isDone = try look(news, isTime: isTime)
    }
  }

  /// Finds out what has happened, and tells it.
  ///
  /// - Returns: whether enough is told.
  private mutating func look(_ news: News, isTime: Bool) throws -> Bool {
    var events: [WatchEvent] = news.isLost ? [.lost] : []
    let state = isTime || isUnread || news.isStale || news.isLost ? try readState() : nil
    events += watch.step(to: state, tellsState: isTime)
    if news.isLost {
      var users: [RouteKey: UInt32] = [:]
      try kernel.forEachRoute { route in
        if let group = route.nexthopID, watch.watches(group) { users[RouteKey(route)] = group }
      }
      events += watch.retake(users)
    } else {
      // The groups of routes that have come are known by now.
      for (route, isGone) in news.routes { events += watch.take(route, isGone: isGone) }
    }
    if try outlet.tell(events, limit: limit) { return true }
    drawing.isDue = drawing.isDue || isTime || !events.isEmpty
    if drawing.isDue, Self.clock.now >= drawing.time {
      try outlet.draw(watch)
      drawing = (Self.clock.now + Self.breath, false)
    }
    return false
  }

  /// The state; nil where it does not rest long enough to be read, which is no reason to end.
  private mutating func readState() throws(KernelError) -> RoutingState? {
    do throws(KernelError) {
      let state = try kernel.readState(Self.parts)
      isUnread = false
      return state
    } catch {
      guard case .interrupted = error else { throw error }
      isUnread = true
      return nil
    }
  }

  /// Takes everything that has come.
  private mutating func takeEvents(_ signals: borrowing SignalWatch) throws -> News {
    var news = News()
    // A machine on which something happens all the time is looked at, too.
    let limit = Self.clock.now + min(interval, .milliseconds(200))
    repeat {
      for event in try monitor.events() {
        switch event {
        case .link: news.isStale = true
        case .neighbour(let neighbour): news.isStale = news.isStale || watch.isGateway(neighbour)
        case .nexthop(let id, _): news.isStale = news.isStale || watch.concerns(object: id)
        case .bucket(let group, let number, let bucket): watch.take(bucket, number: number, of: group)
        case .route(let route, let isGone): news.routes.append((route, isGone))
        case .rule: break
        case .lost: news.isLost = true
        }
      }
    } while try Self.clock.now < limit && monitor.wait(or: signals, timeout: .zero).events
    return news
  }
}
