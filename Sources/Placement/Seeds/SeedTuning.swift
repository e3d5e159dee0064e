package import Forwarding
import HashLanes
import MultipathHash
import Routing
import Synchronization

/// How evenly hash seeds place the flows of a sample, tried one after the other.
///
/// Seeds are held against each other by the largest overload of all groups of nexthops, then by the weight above the
/// ideal shares, then by the weight that moves.
package struct SeedTuning: Sendable {
  /// The nexthops that flows of a sample choose from.
  package struct Group: Sendable {
    /// A route over them: an index into `RoutingState.routes`.
    package let route: Int
    /// What the router before this one does with the flows; -1 where there is none.
    package let branch: Int
    package let kind: Spread.Kind
    /// Those that some hash leads to.
    package var members: [Decision.Choice]
    /// By member: its part of the weights.
    package var ideals: [Double]
    /// By member: the part of all hashes that lead to it.
    package var shares: [Double]
    /// All flows of the group, with a fixed hash or not.
    package var count = FlowTally.Count()
    /// How many flows of equal weight would scatter as these do: the square of the sum by the sum of the squares.
    package var effectiveFlows = 0.0

    /// How far a share is off by chance: the standard deviation of share by ideal share, of the member with the largest.
    package var deviation: Double {
      zip(shares, ideals).map { share, ideal in
        ideal > 0 && effectiveFlows > 0 ? (share * (1 - share) / effectiveFlows).squareRoot() / ideal : 0
      }.max() ?? 0
    }

    /// What of the overload no seed can mend: buckets that do not divide evenly, ranges of nexthops that are not usable.
    package var leastOverload: Double {
      zip(shares, ideals).map { share, ideal in ideal > 0 ? share / ideal : 0 }.max() ?? 1
    }
  }

  /// What comes of a seed.
  package struct Score: Hashable, Sendable {
    package var seed: UInt32
    /// The largest share by ideal share of all nexthops of all groups; 1 is even.
    package var overload: Double
    /// Weight above the ideal shares, of all groups.
    package var excess: Double
    /// What goes another way than under the seed of today; nil where that is not known.
    package var moved: FlowTally.Count?

    /// Whether it is to be preferred.
    package func isBetter(than other: Score) -> Bool {
      (overload, excess, moved?.weight ?? 0) < (other.overload, other.excess, other.moved?.weight ?? 0)
    }
  }

  /// The inputs of one pool, and where their outcomes are counted.
  private struct Part: Sendable {
    var inputs: InputPool
    var division: HashDivision
    /// By outcome: a number for each way.
    var ways: [UInt32]
    /// By outcome: a place among the sums.
    var slots: [Int]
    /// By input: the number of its way under the seed of today; empty where that is not known.
    var today: [UInt32]
  }

  package private(set) var groups: [Group] = []
  /// The seed of today, where it is known.
  package let today: UInt32?
  private var parts: [Part] = []
  /// The weight of flows with a fixed hash, by place among the sums; the last place is for what is not sent.
  private var fixed: [UInt64] = []
  /// Where the members of each group begin among the sums.
  private var starts: [Int] = []

  /// - Parameters:
  ///   - table: of which the flows of the sample were asked.
  ///   - today: the seed that is in force.
  package init(_ sample: SeedSample, _ table: ForwardingTable, today: UInt32?) {
    self.today = today
    var numbers: [GroupKey: Int] = [:]
    var groupOfTarget: [Int] = []
    for target in sample.targets {
      let key = GroupKey(nexthops: target.division.nexthops, branch: target.branch)
      let number = numbers[key] ?? groups.count
      if number == groups.count {
        numbers[key] = number
        groups.append(Self.group(target, table))
      }
      groupOfTarget.append(number)
    }
    for group in groups {
      starts.append(fixed.count)
      fixed += repeatElement(0, count: group.members.count)
    }
    let nowhere = fixed.count
    fixed.append(0)
    addFixed(sample, groupOfTarget, nowhere: nowhere)
    addParts(sample, groupOfTarget, nowhere: nowhere)
  }

  private struct GroupKey: Hashable {
    var nexthops: RouteDivision.Nexthops
    var branch: Int
  }

  private static func group(_ target: SeedSample.Target, _ table: ForwardingTable) -> Group {
    let spread = table.spread(ofRoute: target.division.route)
    var group = Group(
      route: target.division.route, branch: target.branch, kind: spread.kind, members: [], ideals: [], shares: [])
    for member in spread.members where member.takesHash && member.isUsable {
      if let known = group.members.firstIndex(of: member.choice) {
        group.ideals[known] += Double(member.choice.weight)
      } else {
        group.members.append(member.choice)
        group.ideals.append(Double(member.choice.weight))
      }
    }
    let sum = group.ideals.reduce(0, +)
    if sum > 0 { group.ideals = group.ideals.map { $0 / sum } }
    group.shares = Array(repeating: 0, count: group.members.count)
    for (outcome, share) in zip(target.division.division.outcomes, target.division.division.shares) {
      if let member = outcome.nexthop.flatMap({ group.members.firstIndex(of: $0) }) { group.shares[member] += share }
    }
    return group
  }

  private mutating func addFixed(_ sample: SeedSample, _ groupOfTarget: [Int], nowhere: Int) {
    for (number, target) in sample.targets.enumerated() {
      let group = groupOfTarget[number]
      let slots = slots(of: target.division.division, in: group, nowhere: nowhere)
      for (outcome, count) in target.fixed.enumerated() where count.flows > 0 {
        fixed[slots[outcome]] &+= count.weight
        groups[group].count.add(count)
      }
    }
  }

  private mutating func addParts(_ sample: SeedSample, _ groupOfTarget: [Int], nowhere: Int) {
    var squares = [Double](repeating: 0, count: groups.count)
    var sums = squares
    for entry in sample.entries where entry.inputs.count > 0 {
      let group = groupOfTarget[entry.target]
      let division = sample.targets[entry.target].division.division
      var ways: [Way: UInt32] = [:]
      let numbers = division.outcomes.map { outcome -> UInt32 in
        let way = Way(outcome)
        let number = ways[way] ?? UInt32(truncatingIfNeeded: ways.count)
        ways[way] = number
        return number
      }
      var part = Part(
        inputs: entry.inputs, division: division, ways: numbers,
        slots: slots(of: division, in: group, nowhere: nowhere), today: [])
      if let today { part.today = Self.ways(part, seed: today) }
      parts.append(part)
      for place in 0..<entry.inputs.count {
        let weight = Double(entry.inputs.weights[place])
        sums[group] += weight
        squares[group] += weight * weight
        groups[group].count.add(flows: entry.inputs.flows[place], weight: entry.inputs.weights[place])
      }
    }
    for group in groups.indices where squares[group] > 0 {
      groups[group].effectiveFlows = sums[group] * sums[group] / squares[group]
    }
  }

  private func slots(of division: HashDivision, in group: Int, nowhere: Int) -> [Int] {
    division.outcomes.map { outcome in
      outcome.nexthop.flatMap { groups[group].members.firstIndex(of: $0) }.map { starts[group] + $0 } ?? nowhere
    }
  }

  private static func ways(_ part: Part, seed: UInt32) -> [UInt32] {
    var ways: [UInt32] = []
    ways.reserveCapacity(part.inputs.count)
    var workspace = InputPool.Workspace()
    var numbers = [UInt32](repeating: 0, count: workspace.capacity)
    part.inputs.forEachBlock(HashKey(seed: seed), &workspace) { hashes, count, _ in
      part.division.numbers(of: hashes, count: count, into: &numbers)
      for index in 0..<count { ways.append(part.ways[Int(numbers[index])]) }
    }
    return ways
  }
}

extension Way {
  init(_ outcome: HashDivision.Outcome) {
    var decision = Decision(outcome: outcome.outcome)
    decision.nexthop = outcome.nexthop
    self.init(decision)
  }
}

extension SeedTuning {
  /// What comes of a seed, with the weight that each member of each group takes.
  package func placement(under seed: UInt32) -> (score: Score, weights: [[UInt64]]) {
    var workspace = Workspace()
    let score = score(seed, &workspace)
    let weights = groups.indices.map { Array(workspace.sums[starts[$0]..<starts[$0] + groups[$0].members.count]) }
    return (score, weights)
  }

  /// What comes of each seed, in order.
  ///
  /// - Parameters:
  ///   - threads: how many try seeds, the calling one among them.
  ///   - progress: called on this thread with the number of seeds tried so far.
  package func scores(
    of seeds: [UInt32], threads: Int = Processors.count, progress: (Int) -> Void = { _ in }
  ) -> [Score] {
    let work = Work(seeds)
    let helpers = (1..<max(threads, 1)).compactMap { _ in
      WorkerThread {
        var workspace = Workspace()
        while tryNext(of: work, &workspace) {}
      }
    }
    var workspace = Workspace()
    while tryNext(of: work, &workspace) { progress(min(work.next.load(ordering: .relaxed), seeds.count)) }
    for helper in helpers { helper.join() }
    return work.scores.withLock { $0 }
  }

  /// The best of some scores, the first one of equals; nil of none.
  package static func best(of scores: [Score]) -> Score? {
    scores.reduce(nil as Score?) { best, score in
      guard let best else { return score }
      return score.isBetter(than: best) ? score : best
    }
  }

  private final class Work: Sendable {
    let seeds: [UInt32]
    let next = Atomic<Int>(0)
    let scores: Mutex<[Score]>

    init(_ seeds: [UInt32]) {
      self.seeds = seeds
      scores = Mutex(seeds.map { Score(seed: $0, overload: 0, excess: 0, moved: nil) })
    }
  }

  private struct Workspace {
    var inputs = InputPool.Workspace()
    var numbers: [UInt32]
    var sums: [UInt64] = []

    init() { numbers = Array(repeating: 0, count: inputs.capacity) }
  }

  private func tryNext(of work: Work, _ workspace: inout Workspace) -> Bool {
    let index = work.next.add(1, ordering: .relaxed).oldValue
    guard index < work.seeds.count else { return false }
    let score = score(work.seeds[index], &workspace)
    work.scores.withLock { $0[index] = score }
    return true
  }

  private func score(_ seed: UInt32, _ workspace: inout Workspace) -> Score {
    workspace.sums = fixed
    var moved = FlowTally.Count()
    let key = HashKey(seed: seed)
    var (numbers, sums) = (workspace.numbers, workspace.sums)
    (workspace.numbers, workspace.sums) = ([], [])
    for part in parts {
      part.inputs.forEachBlock(key, &workspace.inputs) { hashes, count, first in
        part.division.numbers(of: hashes, count: count, into: &numbers)
        Self.sum(numbers, count, part.inputs.weights, first, part.slots, &sums)
        if !part.today.isEmpty { Self.compare(numbers, count, part, first, &moved) }
      }
    }
    (workspace.numbers, workspace.sums) = (numbers, sums)
    var score = Score(seed: seed, overload: 0, excess: 0, moved: today == nil ? nil : moved)
    for (group, start) in zip(groups, starts) where group.count.weight > 0 {
      let weight = Double(group.count.weight)
      for (member, ideal) in group.ideals.enumerated() where ideal > 0 {
        let taken = Double(sums[start + member])
        score.overload = max(score.overload, taken / (weight * ideal))
        score.excess += max(0, taken - weight * ideal)
      }
    }
    return score
  }

  private static func sum(
    _ numbers: [UInt32], _ count: Int, _ weights: [UInt64], _ first: Int, _ slots: [Int], _ sums: inout [UInt64]
  ) {
    let (numbers, weights, slots) = (numbers.span, weights.span, slots.span)
    var sums = sums.mutableSpan
    for index in 0..<count { sums[slots[Int(numbers[index])]] &+= weights[first &+ index] }
  }

  private static func compare(
    _ numbers: [UInt32], _ count: Int, _ part: Part, _ first: Int, _ moved: inout FlowTally.Count
  ) {
    let (numbers, ways, today) = (numbers.span, part.ways.span, part.today.span)
    let (flows, weights) = (part.inputs.flows.span, part.inputs.weights.span)
    for index in 0..<count where ways[Int(numbers[index])] != today[first &+ index] {
      moved.flows &+= flows[first &+ index]
      moved.weight &+= weights[first &+ index]
    }
  }
}
