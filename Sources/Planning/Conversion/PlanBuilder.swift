import Routing

/// Puts a plan together step by step, and follows what the steps make of the state.
struct PlanBuilder {
  let state: RoutingState
  let request: ConversionRequest
  let links: [UInt32: Link]
  let singles: [UInt32: Nexthop]
  let groups: [UInt32: NexthopGroup]
  private(set) var steps: [ConversionStep] = []
  private(set) var hazards: [ConversionHazard] = []
  var conversions: [Conversion] = []
  var proposals: [DaemonProposal] = []
  /// Tables of their own that the plan has given to routes.
  var takenTables: Set<UInt32> = []
  /// Routes that may stand in front of those of daemons.
  private(set) var ownRoutes: [Route] = []
  /// Routes that carry the traffic of others while those are replaced; they end with the plan.
  var standIns: [Route] = []
  var standInKeys: Set<RouteKey> = []
  /// Groups of two-step plans, and resilient groups that routes have left, which go once no stand-in needs them.
  var between: [NexthopGroup] = []
  var emptied: [NexthopGroup] = []
  /// Follows the plan; what a step is refused for becomes a hazard.
  private(set) var simulation: Simulation
  private var allocator: IDAllocator
  /// How many routes, and groups by way of a member, use an object now.
  private var users: [UInt32: Int] = [:]
  /// Routes of each key: a REPLACE finds the first.
  private let keyCounts: [RouteKey: Int]
  /// Whether a step was refused, after which the simulation does not follow any more.
  private(set) var isStuck = false

  init(_ request: ConversionRequest, in state: RoutingState, concerned: [Route]) {
    self.state = state
    self.request = request
    links = Dictionary(state.links.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    singles = Dictionary((state.nexthops ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    groups = Dictionary(state.groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    simulation = Simulation(state)
    let taken = Set(singles.keys).union(groups.keys)
    allocator = IDAllocator(Self.ranges(request, taken), taken: taken)
    let keys = Set(
      concerned.map(RouteKey.init) + concerned.compactMap { Self.standIn(for: $0, over: 0) }.map(RouteKey.init))
    var counts: [RouteKey: Int] = [:]
    for route in state.routes where route.flags & RouteFlags.cloned == 0 {
      if let id = route.nexthopID { users[id, default: 0] += 1 }
      if !keys.isEmpty, keys.contains(RouteKey(route)) { counts[RouteKey(route), default: 0] += 1 }
    }
    keyCounts = counts
    ownRoutes = state.routes.filter(isFollowing)
    for group in state.groups {
      for member in group.members { users[member.id, default: 0] += 1 }
    }
  }

  /// Where ids are taken from, in this order.
  ///
  /// zebra hands out the id above the highest that it has seen, whoever has it: one below is never taken by zebra, and
  /// leaves its count as it is.
  private static func ranges(_ request: ConversionRequest, _ taken: Set<UInt32>) -> [ClosedRange<UInt32>] {
    guard request.follows, let highest = taken.max(), highest > 1 else { return [request.ids] }
    return [1...highest - 1, request.ids]
  }

  func interfaceName(_ index: UInt32) -> String { links[index]?.name ?? "if\(index)" }

  /// Whether a REPLACE of the route could find another one.
  func hasTwins(_ route: Route) -> Bool { keyCounts[RouteKey(route), default: 0] > 1 }

  func isTaken(_ key: RouteKey) -> Bool { keyCounts[key, default: 0] > 0 }

  func isUsed(_ id: UInt32) -> Bool { users[id, default: 0] > 0 }

  /// An id that nobody has; nil where none of the range is left.
  mutating func freeID() -> UInt32? { allocator.take() }

  /// An id that an object had before, if it is free.
  mutating func reclaim(_ id: UInt32) -> Bool { allocator.claim(id) }

  mutating func note(_ hazard: ConversionHazard) {
    var hazard = hazard
    hazard.isAccepted =
      hazard.severity == .refusal && hazard.code.canBeAccepted && request.accepted.contains(hazard.code)
    if !hazards.contains(hazard) { hazards.append(hazard) }
  }

  /// Appends a step, and makes its change in the simulation.
  mutating func add(_ change: PlannedChange, _ phrase: String) {
    steps.append(ConversionStep(change, phrase: phrase))
    switch change {
    case .addGroup(let group): count(group, 1)
    case .removeGroup(let group): count(group, -1)
    case .replaceGroup(let old, let new):
      count(old, -1)
      count(new, 1)
    case .replaceRoute(let old, let new):
      if let id = old.nexthopID { users[id, default: 0] -= 1 }
      if let id = new.nexthopID { users[id, default: 0] += 1 }
    case .addRoute(let route): if let id = route.nexthopID { users[id, default: 0] += 1 }
    case .removeRoute(let route): if let id = route.nexthopID { users[id, default: 0] -= 1 }
    case .addNexthop, .removeNexthop, .addRule, .removeRule: break
    }
    guard !isStuck else { return }
    do throws(ChangeRefusal) {
      try simulation.apply(change.request(interface: interfaceName))
    } catch {
      isStuck = true
      var answer = "\(error)"
      if answer.hasSuffix(".") { answer.removeLast() }
      note(
        ConversionHazard(
          .notSimulated, .refusal, subject: phrase,
          text: error.isCertain
            ? "step \(steps.count) would be refused: \(answer)"
            : "what step \(steps.count) does can not be foreseen: \(answer)",
          remedy: "remove what stands in the way, or leave these routes out of the plan"))
    }
  }

  private mutating func count(_ group: NexthopGroup, _ difference: Int) {
    for member in group.members { users[member.id, default: 0] += difference }
  }

  /// The plan, with prices by the shares of the hash.
  func plan(_ kind: ConversionPlan.Kind) -> ConversionPlan {
    var plan = ConversionPlan(
      kind: kind, steps: steps, conversions: conversions, protocol: request.protocol,
      hazards: hazards.enumerated().sorted {
        ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
      }.map(\.element))
    plan.proposals = proposals
    plan.expectation = StateExpectation(of: steps, state: state, singles: singles, groups: groups, links: links)
    // A route in front of one that is not there any more, or leads elsewhere, would be a black hole.
    if kind == .convert { plan.expectation.routes += plan.followings.map(\.daemon) }
    if !isStuck { SharePricer.price(&plan, in: state) }
    return plan
  }
}

/// Hands out ids of objects from the highest of each range down.
struct IDAllocator {
  private var ranges: [ClosedRange<UInt32>]
  private var taken: Set<UInt32>
  private var next: UInt32?

  /// - Parameter ranges: exhausted one after the other.
  init(_ ranges: [ClosedRange<UInt32>], taken: Set<UInt32>) {
    self.ranges = ranges
    self.taken = taken
    next = ranges.first?.upperBound
  }

  mutating func take() -> UInt32? {
    while let id = next, let range = ranges.first {
      if id > range.lowerBound {
        next = id - 1
      } else {
        ranges.removeFirst()
        next = ranges.first?.upperBound
      }
      if id != 0, taken.insert(id).inserted { return id }
    }
    return nil
  }

  mutating func claim(_ id: UInt32) -> Bool { id != 0 && taken.insert(id).inserted }
}

extension StateExpectation {
  /// What the steps take for granted in the state that they were made from.
  init(
    of steps: [ConversionStep], state: RoutingState, singles: [UInt32: Nexthop], groups: [UInt32: NexthopGroup],
    links: [UInt32: Link]
  ) {
    self.init()
    var added: Set<UInt32> = []
    var removed: Set<UInt32> = []
    var needed: Set<UInt32> = []
    var moved: Set<RouteKey> = []
    var through: Set<UInt32> = []
    for step in steps {
      switch step.change {
      case .addNexthop(let nexthop):
        added.insert(nexthop.id)
        if let interface = nexthop.interface { through.insert(interface) }
      case .addGroup(let group):
        added.insert(group.id)
        needed.formUnion(group.members.map(\.id))
      case .removeNexthop(let nexthop): removed.insert(nexthop.id)
      case .removeGroup(let group): removed.insert(group.id)
      case .replaceGroup(let old, let new):
        needed.insert(old.id)
        needed.formUnion(new.members.map(\.id))
      case .replaceRoute(let old, let new):
        if moved.insert(RouteKey(old)).inserted { routes.append(old) }
        needed.formUnion([old.nexthopID, new.nexthopID].compactMap { $0 })
        through.formUnion((old.legs.list + new.legs.list).map(\.interface))
      case .addRoute(let route):
        moved.insert(RouteKey(route))
        needed.formUnion([route.nexthopID].compactMap { $0 })
      case .removeRoute(let route):
        if moved.insert(RouteKey(route)).inserted { routes.append(route) }
        needed.formUnion([route.nexthopID].compactMap { $0 })
      case .addRule, .removeRule: break
      }
    }
    let ids = needed.union(removed).subtracting(added)
    self.groups = ids.compactMap { groups[$0] }.sorted { $0.id < $1.id }
    let members = ids.union(self.groups.flatMap { $0.members.map(\.id) }).subtracting(added)
    nexthops = members.compactMap { singles[$0] }.sorted { $0.id < $1.id }
    through.formUnion(nexthops.compactMap(\.interface))
    let resilient = Set(self.groups.filter { $0.kind == .resilient }.map(\.id))
    bucketTables = state.bucketTables.filter { resilient.contains($0.group) }
    for index in through where index != 0 { if let link = links[index] { interfaces[index] = link.name } }
    freeIDs = added.sorted()
    removedIDs = removed.subtracting(added).sorted()
  }
}
