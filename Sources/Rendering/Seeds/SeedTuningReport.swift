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
    var kind: Spread.Kind
    var count: FlowTally.Count
    var effectiveFlows: Double
    var deviation: Double
    var leastOverload: Double
    var today: Double?
    var best: Double
    var members: [Member]
  }

  let names: WayNames
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
    _ tuning: SeedTuning, _ sample: SeedSample, _ scores: [SeedTuning.Score], randomSeed: UInt64, state: RoutingState
  ) {
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
      Self.group(tuning.groups[index], bestWeights[index], todayPlacement?.weights[index], state)
    }.sorted { $0.count.weight > $1.count.weight }
  }

  private static func group(
    _ group: SeedTuning.Group, _ best: [UInt64], _ today: [UInt64]?, _ state: RoutingState
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
      route: state.routes[group.route], kind: group.kind, count: group.count, effectiveFlows: group.effectiveFlows,
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
