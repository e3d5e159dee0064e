internal import Files
package import KernelRouting
package import Netlink
internal import Planning
internal import Routing

/// The guard at work: listens to the kernel, has each group's guard decide, and does what it says.
package struct GroupKeeper: ~Copyable {
  /// What the kernel says nothing of, such as the file of the groups, is looked at so often.
  private static let restInterval = Duration.seconds(5)
  /// A member that is missed is looked for so often.
  private static let searchInterval = Duration.seconds(1)
  /// Another transaction is waited for so long before the next look.
  private static let busyInterval = Duration.milliseconds(100)

  /// After somebody has made a nexthop, there may be a new group to be kept within this time, in nanoseconds.
  private static let expectation: UInt64 = 2_000_000_000
  /// A decision that has to be made within milliseconds is looked at again after this time.
  private static let soonInterval = Duration.milliseconds(10)

  let directory: TransactionDirectory
  private let namespace: NamespaceIdentity
  private let bootID: String?
  private var monitor: KernelMonitor
  var runner: StepRunner
  let log: (String) -> Void

  private var list: [KeptGroup] = []
  private var guards: [GroupGuard] = []
  private var foreign: Set<UInt32> = []
  /// Those that follow daemons, and what they look at.
  var followers: [GroupFollower] = []
  var watch: RouteWatch
  var isSoon = false
  var isPending = false
  private var isBusy = false
  /// Since the boot, in nanoseconds, as is the next one.
  private var lastLook: UInt64 = 0
  private var expectantUntil: UInt64 = 0
  /// What was said last of each group, so that it is said once.
  var said: [UInt32: String] = [:]

  /// - Parameters:
  ///   - kernel: of the namespace of the calling thread.
  ///   - daemons: the processes of routing daemons in that namespace.
  ///   - restartTime: how long our route stays in front of that of a daemon which is started again.
  ///   - log: takes one line for each thing that is done, or not done.
  package init(
    _ kernel: consuming Kernel, _ directory: TransactionDirectory, restartTime: Duration = .seconds(60),
    daemons: @escaping () -> Set<Int32> = { [] }, log: @escaping (String) -> Void
  ) throws(TransactionError) {
    try Transaction.checkPrivilege()
    let namespace = try Transaction.namespace()
    let monitor = try Self.openMonitor()
    self.directory = directory
    self.log = log
    self.namespace = namespace
    self.monitor = monitor
    watch = RouteWatch(restartTime: restartTime, daemons: daemons)
    bootID = KernelIdentity.running.bootID
    runner = StepRunner(kernel)
  }

  /// Takes up what follows daemons.
  private mutating func follow(_ now: [KeptGroup], _ memory: GuardMemory) throws(TransactionError) {
    let known = Dictionary(followers.map { ($0.id, $0.records) }, uniquingKeysWith: { first, _ in first })
    followers = now.compactMap { kept in
      GroupFollower(kept, restartTime: watch.restartTime, records: known[kept.group.id] ?? memory.daemonGroups)
    }
    watch.isStale = true
    guard !followers.isEmpty else { return }
    do throws(KernelError) {
      try monitor.listenToRoutes()
    } catch {
      throw .kernel(error)
    }
  }

  private static func openMonitor() throws(TransactionError) -> KernelMonitor {
    do throws(KernelError) {
      return try KernelMonitor()
    } catch {
      throw .kernel(error)
    }
  }

  /// Works until a signal other than SIGHUP comes; that one has it begin anew.
  ///
  /// - Parameter ready: called once the groups were looked at for the first time.
  package mutating func run(
    _ signals: borrowing SignalWatch, ready: (Int) -> Void
  ) throws(TransactionError) {
    try reload(isForced: true)
    try look()
    ready(guards.count + followers.count)
    while true {
      let wait = untilNextLook
      let news: (events: Bool, signals: Bool)
      do throws(KernelError) {
        news = try monitor.wait(or: signals, timeout: wait)
      } catch {
        throw .kernel(error)
      }
      if news.signals, let signal = signals.next() {
        // SIGHUP is 1.
        guard signal == 1 else {
          withdraw()
          return
        }
        log("begins anew")
        try reload(isForced: true)
        try look()
        continue
      }
      if news.events, try !takeEvents(signals), untilNextLook > .zero { continue }
      try reload(isForced: false)
      try look()
    }
  }

  /// How long nothing has to be looked at unless something happens.
  private var untilNextLook: Duration {
    let now = Transaction.now
    var interval =
      isSoon ? Self.soonInterval : isBusy ? Self.busyInterval : isPending ? Self.searchInterval : Self.restInterval
    if now < expectantUntil { interval = min(interval, Self.busyInterval) }
    return max(interval - .nanoseconds(Int64(clamping: now - min(lastLook, now))), .zero)
  }

  /// Takes everything that has come.
  ///
  /// - Returns: whether any of it may matter.
  private mutating func takeEvents(_ signals: borrowing SignalWatch) throws(TransactionError) -> Bool {
    var matters = false
    do throws(KernelError) {
      repeat {
        for event in try monitor.events() {
          switch event {
          case .link:
            matters = true
            watch.linkChanged()
          case .neighbour(let neighbour): matters = matters || isGateway(neighbour)
          case .nexthop(let id, let port):
            if port != runner.kernel.port { watch.announced.insert(id) }
            if followers.contains(where: { $0.concerns(id) }) { matters = true }
            guard port != runner.kernel.port, port != 0 else { continue }
            guard isOurs(id) else {
              expectantUntil = Transaction.now + Self.expectation
              continue
            }
            foreign.insert(id)
            matters = true
          case .bucket: break
          case .route(let route, let isGone): if watch.take(route, isGone: isGone, followers) { matters = true }
          case .rule: matters = matters || followers.contains { !$0.following.rules.isEmpty }
          case .lost:
            log("events were lost; everything is read again")
            watch.isStale = true
            matters = true
          }
        }
      } while try monitor.wait(or: signals, timeout: .zero).events
    } catch {
      throw .kernel(error)
    }
    return matters
  }

  private func isGateway(_ neighbour: Neighbour) -> Bool {
    list.contains { group in group.members.contains { $0.nexthop.gateway == neighbour.address } }
  }

  private func isOurs(_ id: UInt32) -> Bool {
    guards.map(\.wanted).contains { group in group.group.id == id || group.members.contains { $0.nexthop.id == id } }
  }

  // MARK: Groups

  /// Reads which groups are to be kept, and begins anew where that has changed.
  private mutating func reload(isForced: Bool) throws(TransactionError) {
    let now = try directory.keptGroups().groups(of: namespace)
    guard isForced || now != list else { return }
    let memory = GuardMemory(directory, namespace: namespace, bootID: bootID)
    list = now
    guards = now.filter { $0.following == nil }.map { GroupGuard($0, out: memory.out[$0.group.id] ?? []) }
    try follow(now, memory)
    foreign = []
    said = [:]
    log(now.isEmpty ? "no group is to be kept" : "keeps \(now.map { "group \($0.group.id)" }.joined(separator: ", "))")
  }

  /// Looks at every group, and does what is to be done.
  private mutating func look() throws(TransactionError) {
    lastLook = Transaction.now
    isBusy = false
    isPending = false
    isSoon = false
    guard !guards.isEmpty || !followers.isEmpty else { return }
    // A transaction changes groups on purpose; what it leaves behind is looked at when it is over.
    guard let lock = try directory.lockIfFree("guard") else {
      isBusy = true
      foreign = []
      return
    }
    defer { withExtendedLifetime(lock) {} }
    let course = try directory.openCourse()
    let touched = Set(course?.plan.changes.compactMap(\.objectID) ?? [])
    let seen = try observe()
    foreign = []
    for index in guards.indices where !touched.contains(guards[index].wanted.group.id) {
      let decision = guards[index].decide(seen)
      for note in decision.notes { log(note) }
      isPending = isPending || decision.isPending
      for place in decision.sought {
        try? runner.kernel.seek(place.address, on: place.interface, isKnown: seen.neighbours[place] != nil)
      }
      if !decision.steps.isEmpty { carryOut(decision, of: index, seen) }
    }
    look(with: seen, except: touched)
  }

  mutating func observe() throws(TransactionError) -> GuardObservation {
    do throws(KernelError) {
      let links = try runner.kernel.links()
      let objects = try runner.kernel.nexthops() ?? ([], [])
      let neighbours = guards.isEmpty ? [] : try runner.kernel.neighbours()
      var seen = GuardObservation(
        links: links, nexthops: objects.single, groups: objects.groups, neighbours: neighbours, foreign: foreign)
      try watch.complete(&seen, followers, &runner.kernel)
      return seen
    } catch {
      throw .kernel(error)
    }
  }

  /// Makes changes of a group one after the other.
  ///
  /// - Returns: whether all of it was done.
  mutating func carryOut(_ steps: [GroupGuard.Step], of id: UInt32) -> Bool {
    do throws(StepRunner.Failure) {
      for step in steps {
        try make(step.change)
        watch.made(step.change)
        log(step.reason)
      }
      if !steps.isEmpty { said[id] = nil }
      return true
    } catch {
      // A link that has just come up may have no address yet.
      let text = "group \(id): not yet as it should be: \(error)"
      if said[id] != text { log(text) }
      said[id] = text
      return false
    }
  }

  /// Routes and rules are not read before and after: a table may have a million routes, and the kernel's answer to an
  /// exclusive add, or to the removal of exactly this route, says as much.
  private mutating func make(_ change: PlannedChange) throws(StepRunner.Failure) {
    switch change {
    case .addRoute, .removeRoute, .addRule, .removeRule:
      do throws(KernelError) {
        try runner.request(change)
      } catch {
        throw .kernel(error)
      }
    default: _ = try runner.make(change)
    }
  }

  private mutating func carryOut(_ decision: GroupGuard.Decision, of index: Int, _ seen: GuardObservation) {
    let id = guards[index].wanted.group.id
    guard carryOut(decision.steps, of: id) else {
      isPending = true
      return
    }
    for route in decision.routes {
      do throws(KernelError) {
        try runner.kernel.add(.route(route))
        log("group \(id): put the route \(RouteKey(route)) back, which had gone with it")
      } catch {
        log("group \(id): the route \(RouteKey(route)) is not put back: \(error)")
      }
    }
    guard let group = decision.steps.last?.change.resultingGroup else { return }
    guards[index].left(group, out: guards[index].out(after: group, seen))
    saveMemory()
  }

  /// Writes down what the kernel does not tell.
  func saveMemory() {
    var memory = GuardMemory()
    for guardian in guards { memory.out[guardian.wanted.group.id] = guardian.out }
    for record in followers.flatMap(\.records) where !memory.daemonGroups.contains(where: { $0.group == record.group })
    {
      memory.daemonGroups.append(record)
    }
    memory.save(in: directory, namespace: namespace, bootID: bootID)
  }
}

extension PlannedChange {
  /// The group as it is afterwards, where it is one.
  fileprivate var resultingGroup: NexthopGroup? {
    switch self {
    case .addGroup(let group), .replaceGroup(_, let group): group
    default: nil
    }
  }
}
