import Forwarding
package import Placement
package import Routing

/// How seeds place the flows of a sample: the one value behind text and JSON.
package struct SeedTuningReport: Sendable {
  /// A nexthop of a group, with the parts of the group's weight that it takes.
  struct Member: Sendable {
    var nexthop: Decision.Choice
    var ideal: Double
    /// By chance: the part of all hashes.
    var expected: Double
    /// Under the seed of today; nil where that is not known.
    var today: Double?
    var best: Double
  }

  struct Group: Sendable {
    var route: Route
    /// The ways that the routers before send its flows; empty where that is not told apart.
    var branch: String
    var kind: Spread.Kind
    var count: FlowTally.Count
    var effectiveFlows: Double
    var deviation: Double
    var leastOverload: Double
    var today: Double?
    var best: Double
    var members: [Member]
  }

  /// A router before this one.
  package struct Upstream: Hashable, Sendable {
    /// The snapshot.
    package var path: String
    package var seed: UInt32
    /// Whether it is known which of its nexthops is this router.
    package var isNextTo: Bool
    /// The families that both hash by the same policy and fields.
    package var sharedFamilies: [AddressFamily]
    /// Whether its seed is the one in force here; nil where that is not known.
    package var hasSeedOfToday: Bool?

    package init(
      path: String, seed: UInt32, isNextTo: Bool, sharedFamilies: [AddressFamily], hasSeedOfToday: Bool?
    ) {
      self.path = path
      self.seed = seed
      self.isNextTo = isNextTo
      self.sharedFamilies = sharedFamilies
      self.hasSeedOfToday = hasSeedOfToday
    }
  }

  let names: WayNames
  let upstream: [Upstream]
  let sample: SeedSample
  let randomSeed: UInt64
  let tries: Int
  let best: SeedTuning.Score
  let today: SeedTuning.Score?
  /// Overloads of the seeds that were tried, ascending.
  let overloads: [Double]
  /// Where the most weight is.
  let groups: [Group]

  /// - Parameters:
  ///   - scores: of the seeds that were tried; at least one.
  ///   - randomSeed: what random ones among them were made of.
  package init(
    _ tuning: SeedTuning, _ sample: SeedSample, _ scores: [SeedTuning.Score], randomSeed: UInt64, state: RoutingState,
    upstream: [Upstream] = [], branches: [String] = []
  ) {
    self.upstream = upstream
    names = WayNames(before: state, after: state)
    self.sample = sample
    self.randomSeed = randomSeed
    tries = scores.count
    overloads = scores.map(\.overload).sorted()
    let todayPlacement = tuning.today.map { tuning.placement(under: $0) }
    today = todayPlacement?.score
    // The seed of today moves nothing, and wins where no other one is better.
    let chosen =
      SeedTuning.best(of: (today.map { [$0] } ?? []) + scores)
      ?? tuning.placement(under: tuning.today ?? 1).score
    best = chosen
    let bestWeights = tuning.placement(under: chosen.seed).weights
    groups = tuning.groups.indices.map { index in
      let branch = tuning.groups[index].branch
      return Self.group(
        tuning.groups[index], branches.indices.contains(branch) ? branches[branch] : "", bestWeights[index],
        todayPlacement?.weights[index], state)
    }.sorted { ($1.count.weight, $0.branch) < ($0.count.weight, $1.branch) }
  }

  private static func group(
    _ group: SeedTuning.Group, _ branch: String, _ best: [UInt64], _ today: [UInt64]?, _ state: RoutingState
  ) -> Group {
    let weight = Double(max(group.count.weight, 1))
    let members = group.members.indices.map { index in
      Member(
        nexthop: group.members[index], ideal: group.ideals[index], expected: group.shares[index],
        today: today.map { Double($0[index]) / weight }, best: Double(best[index]) / weight)
    }
    func overload(_ share: (Member) -> Double) -> Double {
      members.map { $0.ideal > 0 ? share($0) / $0.ideal : 0 }.max() ?? 0
    }
    return Group(
      route: state.routes[group.route], branch: branch, kind: group.kind, count: group.count,
      effectiveFlows: group.effectiveFlows,
      deviation: group.deviation, leastOverload: group.leastOverload,
      today: today == nil ? nil : overload { $0.today ?? 0 }, best: overload(\.best), members: members)
  }

  var median: Double { overloads.isEmpty ? 1 : overloads[overloads.count / 2] }

  var worst: Double { overloads.last ?? 1 }

  /// Whether the seed of today is the choice.
  var keepsToday: Bool { today.map { $0.seed == best.seed } ?? false }

  /// The part of the seeds tried that are worse than that of today, as far as the largest overload goes.
  var worseThanToday: Double? {
    guard let today, !overloads.isEmpty else { return nil }
    return Double(overloads.count { $0 > today.overload }) / Double(overloads.count)
  }

  /// The group that scatters most.
  var largestDeviation: Group? { groups.max { $0.deviation < $1.deviation } }

  /// Groups of which a seed leaves nexthops idle that had to be expected to take a flow at least: of today, and of the
  /// choice.
  var starved: (today: Int, best: Int) {
    func isStarved(_ group: Group, _ share: (Member) -> Double?) -> Bool {
      group.members.contains { $0.expected * group.effectiveFlows > 20 && share($0) == 0 }
    }
    return (groups.count { isStarved($0, \.today) }, groups.count { isStarved($0) { $0.best } })
  }

  /// Whether all seeds are nearly alike: chance itself spreads the flows to within two parts in a hundred.
  var isHopeless: Bool { (largestDeviation?.deviation ?? 0) < 0.02 }

  /// Whether weights say something that the number of flows does not.
  var hasWeights: Bool { sample.hashed.weight != sample.hashed.flows }

  var isExact: Bool { sample.caveats.isEmpty && sample.untold.flows == 0 && sample.leftOut.flows == 0 }

  /// `legacy multipath of 4 nexthops`.
  func kind(_ group: Group) -> String {
    let count = Text.count(group.members.count, "usable nexthop")
    return switch group.kind {
    case .single: count
    case .legacy: "legacy multipath of \(count)"
    case .threshold(let id): "hash-threshold group \(id) of \(count)"
    case .resilient(let id, let buckets): "resilient group \(id) of \(count), \(buckets) buckets"
    }
  }
}
