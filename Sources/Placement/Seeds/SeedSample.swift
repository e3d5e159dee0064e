package import Forwarding
import MultipathHash
import Routing

/// Flows as far as another hash seed places them otherwise: what is hashed of each, and where each hash leads.
///
/// Flows with the same input are one with their weights summed up, so that a capture takes no more room than the flows in
/// it. Memory is bounded: no more than `most` different inputs are kept, each with 48 to 200 bytes, and flows with other
/// ones are counted as left out.
package struct SeedSample: Sendable {
  /// Flows with their weight.
  package typealias Count = FlowTally.Count

  /// What the hashes of some flows choose from, and how.
  struct Target: Sendable {
    var division: RouteDivision
    /// What the router before this one does with the flows; -1 where there is none.
    var branch: Int
    /// What is known without the key, by outcome of the division: flows that bring their hash along.
    var fixed: [Count]
  }

  /// Inputs to the hash, with a position in `targets`.
  struct Entry: Sendable {
    var target: Int
    var inputs: InputPool
  }

  private struct PoolKey: Hashable {
    var target: Int
    var key: InputPool.Key
  }

  private struct TargetKey: Hashable {
    var nexthops: RouteDivision.Nexthops
    var division: HashDivision
    var branch: Int
  }

  /// How many different inputs are kept at the most.
  package static let most = 1 << 22

  private(set) var targets: [Target] = []
  private(set) var entries: [Entry] = []
  private var pools: [PoolKey: Int] = [:]
  private var targetNumbers: [TargetKey: Int] = [:]
  private let most: Int

  /// Different inputs.
  package private(set) var inputs = 0
  /// Flows that the key places.
  package private(set) var hashed = Count()
  /// Flows that bring their hash along, or whose policy hashes nothing of them: of those with a choice among nexthops.
  package private(set) var fixed = Count()
  /// Flows without a choice: of one nexthop, for this machine, or refused.
  package private(set) var unhashed = Count()
  /// Flows that the key places in a way that can not be tried: sockets without a source, and what is no flow.
  package private(set) var untold = Count()
  /// Flows that the router before this one sends elsewhere.
  package private(set) var elsewhere = Count()
  /// Flows that there was no room for.
  package private(set) var leftOut = Count()
  /// Every caveat of a flow that is hashed.
  package private(set) var caveats: Caveats = []

  package init(most: Int = SeedSample.most) { self.most = most }

  /// All flows that came.
  package var all: Count {
    [hashed, fixed, unhashed, untold, elsewhere, leftOut].reduce(into: Count()) { $0.add($1) }
  }

  /// Counts a flow.
  ///
  /// - Parameters:
  ///   - divisions: of the divider that told the dependence.
  ///   - branch: what the router before this one does with the flow; -1 where there is none.
  package mutating func add(
    _ dependence: FlowDivider.Dependence?, _ divisions: [RouteDivision], branch: Int = -1, weight: UInt64
  ) {
    switch dependence {
    case nil, .twice?: untold.add(flows: 1, weight: weight)
    case .none(let decision)?:
      if decision.outcome == .undetermined {
        untold.add(flows: 1, weight: weight)
      } else {
        unhashed.add(flows: 1, weight: weight)
      }
    case .hash(let trace, let division)?:
      let target = target(divisions[division], branch: branch)
      guard let (key, row) = InputPool.entry(of: trace) else {
        var numbers: [UInt32] = [0]
        divisions[division].division.numbers(of: [trace.hash31], count: 1, into: &numbers)
        targets[target].fixed[Int(numbers[0])].add(flows: 1, weight: weight)
        fixed.add(flows: 1, weight: weight)
        return
      }
      add(row, to: pool(key, target), flows: 1, weight: weight)
    }
  }

  /// Counts a flow that the router before this one sends elsewhere.
  package mutating func addElsewhere(weight: UInt64) { elsewhere.add(flows: 1, weight: weight) }

  /// Adds what another sample of the same table has gathered.
  package mutating func add(_ other: SeedSample) {
    let numbers = other.targets.map { target(other: $0) }
    for (target, number) in zip(other.targets, numbers) {
      for (outcome, count) in target.fixed.enumerated() { targets[number].fixed[outcome].add(count) }
    }
    for entry in other.entries {
      let number = pool(entry.inputs.key, numbers[entry.target])
      for place in 0..<entry.inputs.count {
        add(
          entry.inputs.row(place), to: number, flows: entry.inputs.flows[place], weight: entry.inputs.weights[place])
      }
    }
    fixed.add(other.fixed)
    unhashed.add(other.unhashed)
    untold.add(other.untold)
    elsewhere.add(other.elsewhere)
    leftOut.add(other.leftOut)
  }

  private mutating func target(other: Target) -> Int { target(other.division, branch: other.branch) }

  private mutating func target(_ division: RouteDivision, branch: Int) -> Int {
    let key = TargetKey(nexthops: division.nexthops, division: division.division, branch: branch)
    if let number = targetNumbers[key] { return number }
    let number = targets.count
    targetNumbers[key] = number
    targets.append(
      Target(
        division: division, branch: branch,
        fixed: Array(repeating: Count(), count: division.division.outcomes.count)))
    for outcome in division.division.outcomes { caveats.formUnion(outcome.caveats) }
    return number
  }

  private mutating func pool(_ key: InputPool.Key, _ target: Int) -> Int {
    let poolKey = PoolKey(target: target, key: key)
    if let number = pools[poolKey] { return number }
    let number = entries.count
    pools[poolKey] = number
    entries.append(Entry(target: target, inputs: InputPool(key)))
    return number
  }

  private mutating func add(_ row: [UInt64], to entry: Int, flows: UInt64, weight: UInt64) {
    let (isCounted, isNew) = entries[entry].inputs.add(row, flows: flows, weight: weight, mayGrow: inputs < most)
    if isNew { inputs += 1 }
    if isCounted {
      hashed.add(flows: flows, weight: weight)
    } else {
      leftOut.add(flows: flows, weight: weight)
    }
  }
}
