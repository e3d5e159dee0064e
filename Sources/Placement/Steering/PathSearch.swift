package import Forwarding
package import Routing

/// Looks for values of an open field that take each path, or certain ones, in the order of the values.
///
/// The values are decided about in portions, each as a batch. The first portion is looked at whole, so that it is known how
/// many values take each path; after it the search ends as soon as it has found enough, or nothing more can be found.
/// Memory grows with the paths and the values asked for, and not with the values looked at.
package struct PathSearch: Sendable {
  /// Values in a portion: all ports.
  package static let portion = 1 << 16
  /// More values are not looked at.
  package static let most: UInt64 = 1 << 24

  package let open: OpenFlow
  private let table: ForwardingTable
  /// Empty for each path.
  private let selectors: [PathSelector]
  private let portion: Int
  package private(set) var finding: PathFinding

  private var cursor: ValueCursor
  /// The flows of the portion, and their values.
  private var flows: FlowColumns
  private var values: [UInt128] = []

  private var places: [PathKey: Int] = [:]
  private var elsewheres: [Way: Int] = [:]
  /// By the shape of a decision what becomes of its flows.
  private var outcomes: [Outcome?] = []
  /// What the routes that were met promise: by nexthop object, or by -1 and less for routes with legs of their own.
  private var promises: [Int64: [Promise]] = [:]
  /// The route of the last values, and how many of them in a row.
  private var run: (route: Int?, values: UInt64) = (nil, 0)

  /// The part of the hash space that leads to a path.
  private struct Promise {
    let path: Int
    let share: Double
  }

  /// A nexthop, whatever its weight.
  private struct PathKey: Hashable {
    let id: UInt32?
    let gateway: IPAddress?
    let interface: UInt32

    init(_ choice: Decision.Choice) {
      (id, gateway, interface) = (choice.id, choice.gateway, choice.interface)
    }
  }

  private struct Outcome {
    /// Of `paths`, or of `elsewhere`.
    let index: Int
    let isPath: Bool
    let caveats: Caveats
  }

  /// - Parameters:
  ///   - selectors: The paths that values are wanted for; empty for all.
  ///   - count: How many values are wanted for each, at least 1.
  ///   - portion: How many values are decided about at once, at least 1.
  package init(
    _ table: ForwardingTable, _ open: OpenFlow, selectors: [PathSelector] = [], count: Int = 1,
    portion: Int = PathSearch.portion
  ) {
    self.table = table
    self.open = open
    self.selectors = selectors
    self.portion = Int(min(UInt128(portion), open.values.count))
    finding = PathFinding(wanted: count)
    cursor = ValueCursor(open.values)
    flows = FlowColumns(capacity: self.portion)
    let (first, last) = (open.flow(open.values.first), open.flow(open.values.last))
    if open.values.count > 1, HashDependence.isSame(first, last, in: table) == true {
      finding.blindness = .init(hashed: HashDependence.fields(of: first, in: table))
    }
  }

  /// Looks until there is enough, or nothing more to be found.
  ///
  /// - Parameter progress: is told after each portion how many values were looked at.
  package mutating func run(by decider: inout BatchDecider, progress: (UInt64) -> Void = { _ in }) {
    var batch = DecisionBatch()
    while fill() {
      decider.decide(flows, into: &batch)
      let shapes = decider.shapes
      while outcomes.count < shapes.shapes.count { outcomes.append(nil) }
      for place in values.indices { add(place, of: batch, shapes) }
      endPortion()
      progress(finding.examined)
    }
  }

  /// Looks as `run` does, with decisions that come from elsewhere.
  ///
  /// - Parameter decide: tells the decisions about flows, in their order.
  package mutating func run(
    progress: (UInt64) -> Void = { _ in }, decide: ([Flow]) throws -> [Decision]
  ) rethrows {
    while fill() {
      let decisions = try decide(values.map(open.flow))
      for (place, decision) in zip(values.indices, decisions) { add(place, decision) }
      endPortion()
      progress(finding.examined)
    }
  }

  // MARK: Portions

  /// Takes the next values; false where the search is at its end.
  private mutating func fill() -> Bool {
    guard finding.examined == 0 || mayFindMore else { return false }
    values.removeAll(keepingCapacity: true)
    flows.removeAll()
    while values.count < portion, let value = cursor.advance() {
      values.append(value)
      flows.append(open.flow(value))
    }
    return !values.isEmpty
  }

  private mutating func endPortion() {
    endRun()
    finding.examined += UInt64(values.count)
  }

  /// Whether a value that was not looked at may be one that is wanted.
  private var mayFindMore: Bool {
    guard finding.examined < Self.most else { return false }
    // Where a destination leads does not tell where the next one does.
    let mayMeetRoutes = open.field == .destination || finding.routes.count > 1
    guard finding.blindness == nil || mayMeetRoutes else { return false }
    let wanted = finding.paths.filter { $0.isWanted && $0.condition == .usable }
    guard !wanted.isEmpty else { return mayMeetRoutes }
    // What can not be told of so many is not told of others.
    guard finding.paths.contains(where: { $0.count > 0 }) || mayMeetRoutes else { return false }
    return wanted.contains { $0.picks.count < finding.wanted }
  }

  // MARK: Decisions

  private mutating func add(_ place: Int, of batch: borrowing DecisionBatch, _ shapes: DecisionShapes) {
    let shape = batch.shapes[place]
    guard shape != DecisionBatch.other else { return add(place, batch.others[Int(batch.routes[place])]) }
    let route = batch.routes[place]
    note(route: route < 0 ? nil : Int(route))
    let outcome: Outcome
    if let known = outcomes[Int(shape)] {
      outcome = known
    } else {
      outcome = self.outcome(of: shapes.decision(place, of: batch), place)
      outcomes[Int(shape)] = outcome
    }
    if let path = count(outcome) { pick(place, shapes.decision(place, of: batch), path) }
  }

  private mutating func add(_ place: Int, _ decision: Decision) {
    note(route: decision.route)
    if let path = count(outcome(of: decision, place)) { pick(place, decision, path) }
  }

  /// Counts a value.
  ///
  /// - Returns: the path that wants it.
  private mutating func count(_ outcome: Outcome) -> Int? {
    if !outcome.caveats.isEmpty {
      finding.uncertain += 1
      finding.caveats.formUnion(outcome.caveats)
    }
    guard outcome.isPath else {
      finding.elsewhere[outcome.index].count += 1
      finding.elsewhere[outcome.index].caveats.formUnion(outcome.caveats)
      return nil
    }
    finding.paths[outcome.index].count += 1
    finding.paths[outcome.index].caveats.formUnion(outcome.caveats)
    return finding.paths[outcome.index].isWanted && finding.paths[outcome.index].picks.count < finding.wanted
      ? outcome.index : nil
  }

  private mutating func pick(_ place: Int, _ decision: Decision, _ path: Int) {
    finding.paths[path].picks.append(.init(value: values[place], decision: decision))
  }

  private mutating func outcome(of decision: Decision, _ place: Int) -> Outcome {
    if case .sent = decision.outcome, let nexthop = decision.nexthop {
      return Outcome(index: path(nexthop), isPath: true, caveats: decision.caveats)
    }
    let way = decision.outcome == .sent ? Way.broadcast : Way(decision)
    let number = elsewheres[way] ?? finding.elsewhere.count
    if number == finding.elsewhere.count {
      elsewheres[way] = number
      finding.elsewhere.append(.init(way: way, first: .init(value: values[place], decision: decision)))
    }
    return Outcome(index: number, isPath: false, caveats: decision.caveats)
  }

  private mutating func path(_ nexthop: Decision.Choice) -> Int {
    let key = PathKey(nexthop)
    if let place = places[key] { return place }
    let place = finding.paths.count
    places[key] = place
    let isWanted = selectors.isEmpty || selectors.contains { $0.selects(nexthop) }
    finding.paths.append(.init(nexthop, isWanted: isWanted))
    return place
  }

  // MARK: Routes

  private mutating func note(route: Int?) {
    guard route != run.route else {
      run.values += 1
      return
    }
    endRun()
    run = (route, 1)
    if let route { meet(route) }
  }

  private mutating func endRun() {
    if let route = run.route {
      finding.routes[route, default: 0] += run.values
      for promise in promises[key(of: route)] ?? [] {
        finding.paths[promise.path].expected += Double(run.values) * promise.share
      }
    }
    run.values = 0
  }

  private func key(of route: Int) -> Int64 {
    table.nexthopID(ofRoute: route).map { Int64($0) } ?? -1 - Int64(route)
  }

  /// Makes every nexthop of a route a path, whether or not a value takes it.
  private mutating func meet(_ route: Int) {
    if finding.firstRoute == nil { finding.firstRoute = route }
    let key = key(of: route)
    guard promises[key] == nil else { return }
    let spread = table.spread(ofRoute: route)
    if case .resilient(let group, _) = spread.kind { finding.resilientGroups.append(group) }
    promises[key] = zip(spread.members, spread.shares).map { member, share in
      let isKnown = places[PathKey(member.choice)] != nil
      let path = path(member.choice)
      // What one route can use is usable.
      if !isKnown || member.isUsable { finding.paths[path].condition = Self.condition(of: member, in: spread) }
      return Promise(path: path, share: share)
    }
  }

  private static func condition(of member: Spread.Member, in spread: Spread) -> PathFinding.Condition {
    if member.isUsable { return .usable }
    if case .resilient = spread.kind { return .noBuckets }
    return member.takesHash ? .neighbourFailed : .down
  }
}
