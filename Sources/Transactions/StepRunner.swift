package import KernelRouting
internal import Netlink
package import Planning
internal import Routing

/// Makes one change after the other, each checked before and after.
package struct StepRunner: ~Copyable {
  /// Why a change was not made.
  package enum Failure: Error, Hashable, Sendable {
    /// Somebody else has changed the object; a clause.
    case otherwise(String)
    /// Something uses what is to be removed, and the kernel would remove that, too.
    case inUse([String])
    /// The kernel's refusal, or a failed exchange.
    case kernel(KernelError)
    /// The kernel has taken the change, and the object is not as it should be.
    case notAsAsked(String)
    /// Somebody wanted it to end while it waited; nothing was asked of the kernel.
    case stopped
  }

  /// What there was to do.
  package enum Outcome: Hashable, Sendable {
    case made
    case wasMade
  }

  /// From so many routes on, reading all of them at each step would make an apply last.
  private static let largeTable = 20_000

  package var kernel: Kernel
  private var isLarge = false

  package init(_ kernel: consuming Kernel) { self.kernel = kernel }

  /// Makes the change, unless it is made.
  ///
  /// - Parameters:
  ///   - isStopped: whether a wait is to end, with nothing made.
  ///   - between: called after the kernel has taken the change and before it is read back.
  package mutating func make(
    _ change: PlannedChange, isStopped: () -> Bool = { false }, between: () -> Void = {}
  ) throws(Failure) -> Outcome {
    let before = try objects(for: change)
    switch before.standing(of: change) {
    case .before: break
    case .after: return .wasMade
    case .otherwise(let reason): throw .otherwise(reason)
    }
    if let id = change.removedID {
      let users = before.users(of: id)
      guard users.isEmpty else { throw .inUse(users) }
    }
    if case .removeRoute(let route) = change { try expire(route, isStopped) }
    var refusal: KernelError?
    do throws(KernelError) {
      try request(change)
    } catch {
      refusal = error
    }
    between()
    // An answer that was lost is no refusal: what counts is what the kernel has.
    switch (try objects(for: change, withUsers: false).standing(of: change), refusal) {
    case (.after, _): return .made
    case (_, let refusal?): throw .kernel(refusal)
    case (.before, nil): throw .notAsAsked("it is as before")
    case (.otherwise(let reason), nil): throw .notAsAsked(reason)
    }
  }

  /// Undoes the change, without what the kernel has removed with a link meanwhile.
  ///
  /// - Returns: a clause about what was left out; nil when all is as before.
  package mutating func unmake(
    _ change: PlannedChange, between: () -> Void = {}
  ) throws(Failure) -> String? {
    let inverse = change.inverse
    let failure: Failure
    do throws(Failure) {
      _ = try make(inverse, between: between)
      return nil
    } catch {
      failure = error
    }
    switch failure {
    case .otherwise, .kernel: break
    case .inUse, .notAsAsked, .stopped: throw failure
    }
    guard let rest = inverse.rest(in: try remainingObjects()) else { throw failure }
    guard let left = rest.change else {
      // Where nothing of it can be had there must be nothing of it.
      guard case .before = try standing(of: inverse) else { throw failure }
      return rest.reason
    }
    _ = try make(left, between: between)
    return rest.reason
  }

  private mutating func remainingObjects() throws(Failure) -> RemainingObjects {
    do throws(KernelError) {
      return RemainingObjects(nexthops: try kernel.nexthops()?.single ?? [], links: try kernel.links())
    } catch {
      throw .kernel(error)
    }
  }

  /// Waits until a route that was made to expire has expired, so that no packet is on it any more.
  private mutating func expire(_ route: Route, _ isStopped: () -> Bool) throws(Failure) {
    guard let lifetime = route.extras?.expires, lifetime > 0, route.family == .ipv6 else { return }
    // A packet that has found it before is through long before it is looked at again.
    for _ in 0..<3 {
      let found = try objects(for: .removeRoute(route)).routes[RouteKey(route)]?.first
      guard let left = found?.extras?.expires, left > 0 else { return }
      var milliseconds = Int64(min(left, lifetime)) * 10 + 20
      while milliseconds > 0 {
        if isStopped() { throw .stopped }
        System.pause(.milliseconds(min(milliseconds, 50)))
        milliseconds -= 50
      }
    }
  }

  /// Where the change stands now.
  package mutating func standing(of change: PlannedChange) throws(Failure) -> ConcernedObjects.Standing {
    try objects(for: change, withUsers: false).standing(of: change)
  }

  /// Asks the kernel for the change, without looking before or after.
  mutating func request(_ change: PlannedChange) throws(KernelError) {
    switch change {
    case .addNexthop(let nexthop): try kernel.add(.nexthop(nexthop))
    case .removeNexthop(let nexthop): try kernel.delete(.nexthop(nexthop))
    case .addGroup(let group): try kernel.add(.group(group))
    case .removeGroup(let group): try kernel.delete(.group(group))
    case .replaceGroup(_, let group): try kernel.replace(.group(group))
    case .replaceRoute(_, let route): try kernel.replace(.route(route))
    case .addRoute(let route): try kernel.add(.route(route))
    case .removeRoute(let route): try kernel.delete(.route(route))
    case .addRule(let rule): try kernel.add(.rule(rule))
    case .removeRule(let rule): try kernel.delete(.rule(rule))
    }
  }

  /// What the kernel has of what one change is about.
  ///
  /// - Parameter withUsers: whether that includes what uses an object that is removed.
  private mutating func objects(
    for change: PlannedChange, withUsers: Bool = true
  ) throws(Failure) -> ConcernedObjects {
    do throws(KernelError) {
      switch change {
      case .replaceRoute(_, let route), .addRoute(let route), .removeRoute(let route):
        let routes = try kernel.routes(filter(for: route))
        return ConcernedObjects(nexthops: [], groups: [], routes: routes.filter(change.concerns))
      case .addRule(let rule), .removeRule(let rule):
        return ConcernedObjects(nexthops: [], groups: [], routes: [], rules: try kernel.rules(family: rule.family))
      default: break
      }
      let objects = try kernel.nexthops() ?? ([], [])
      var routes: [Route] = []
      if withUsers, let id = change.removedID {
        // Whatever uses it has a nexthop on the interface of one of its members.
        let members = objects.groups.first { $0.id == id }?.members.map(\.id) ?? [id]
        let interface = objects.single.first { members.contains($0.id) }?.interface
        routes = try kernel.routes(RouteFilter(interface: interface)).filter(change.concerns)
      }
      return ConcernedObjects(nexthops: objects.single, groups: objects.groups, routes: routes)
    } catch {
      throw .kernel(error)
    }
  }

  /// What to read to see where a route stands.
  ///
  /// The kernel has no filter by prefix. In a large table only routes of the same protocol and type are read: that
  /// somebody has put one of another protocol under the same key since the transaction began is not seen there.
  private func filter(for route: Route) -> RouteFilter {
    guard isLarge else { return RouteFilter(family: route.family, table: route.table) }
    return RouteFilter(family: route.family, table: route.table, protocol: route.protocol, type: route.type)
  }

  /// Why the changes can not be made one after the other, or are not those of this state; empty when they can.
  package mutating func obstacles(to plan: TransactionPlan) throws(KernelError) -> [String] {
    let state = try kernel.readState()
    isLarge = state.routes.count > Self.largeTable
    let keys = Set(plan.changes.compactMap(\.routeKey))
    let ids = Set(plan.changes.compactMap(\.objectID))
    let routes = state.routes.filter { route in
      keys.contains(RouteKey(route)) || route.nexthopID.map(ids.contains) == true
    }
    let objects = ConcernedObjects(
      nexthops: state.nexthops ?? [], groups: state.groups, routes: routes, rules: state.rules)
    let obstacles = objects.obstacles(to: plan.changes)
    return obstacles.isEmpty ? plan.expectation.mismatches(in: state).map(\.description) : obstacles
  }
}

extension StepRunner.Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .otherwise(let reason): reason
    case .inUse(let users): "it is used by \(users.joined(separator: ", ")), which would go with it"
    case .kernel(let error): error.description
    case .notAsAsked(let reason): "the kernel took it, and \(reason)"
    case .stopped: "it was stopped"
    }
  }
}
