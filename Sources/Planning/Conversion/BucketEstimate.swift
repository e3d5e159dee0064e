import Forwarding
import Placement
import Routing

/// What the number of buckets makes of the weights of a group, and what a resilient group saves.
package struct BucketEstimate: Hashable, Sendable {
  /// How many buckets each member is to have.
  package let wants: [Int]
  /// The largest ratio of the share that a member has to the one that its weight promises: the oversubscription of WCMP
  /// (EuroSys 2014), 1 where every share is exact.
  package let oversubscription: Double
  /// The smallest such ratio; 0 where a member has no bucket at all.
  package let undersubscription: Double

  package init(weights: [UInt32], buckets: Int) {
    let members = weights.enumerated().map { NexthopGroup.Member(id: UInt32($0.offset), weight: $0.element) }
    wants = ResilientTable.wants(members, buckets: buckets)
    let total = weights.reduce(0.0) { $0 + Double($1) }
    let ratios = zip(weights, wants).map { weight, wanted in
      Double(wanted) * total / (Double(buckets) * Double(max(weight, 1)))
    }
    oversubscription = ratios.max() ?? 1
    undersubscription = ratios.min() ?? 1
  }

  /// The positions of members without a bucket.
  package var starved: [Int] { wants.indices.filter { wants[$0] == 0 } }

  /// The smallest power of two from 64 on that gives no member more than 1 % too much, nor more than 2 % while any one
  /// member is missing; 32768 where none does.
  package static func advisedBuckets(weights: [UInt32]) -> UInt16 {
    for power in 6...15 {
      let count = 1 << power
      let whole = BucketEstimate(weights: weights, buckets: count)
      guard whole.oversubscription <= 1.01, whole.starved.isEmpty else { continue }
      let isSteady =
        weights.count < 3
        || weights.indices.allSatisfy { missing in
          var rest = weights
          rest.remove(at: missing)
          return BucketEstimate(weights: rest, buckets: count).oversubscription <= 1.02
        }
      if isSteady { return UInt16(count) }
    }
    return 32768
  }

  /// Which part of the flows one membership change moves on average over the members: as hash-threshold, and as resilient
  /// where only what the member has moves.
  package static func movesByMembershipChange(weights: [UInt32]) -> (threshold: Double, resilient: Double)? {
    guard weights.count > 1 else { return nil }
    let members = weights.enumerated().map { position, weight in
      Spread.Member(choice: Decision.Choice(gateway: nil, interface: UInt32(position + 1), weight: weight))
    }
    let all = Spread(kind: .threshold(group: 0), members: members)
    let total = weights.reduce(0.0) { $0 + Double($1) }
    var (threshold, resilient) = (0.0, 0.0)
    for missing in members.indices {
      var rest = members
      rest.remove(at: missing)
      let without = Spread(kind: .threshold(group: 0), members: rest)
      threshold += HashOverlap.moved(before: all, after: without).map { Double($0.moved) / Double($0.all) } ?? 1
      resilient += Double(weights[missing]) / total
    }
    return (threshold / Double(members.count), resilient / Double(members.count))
  }

  /// After how many membership changes a price is paid back; nil for never.
  ///
  /// - Parameter price: the part of the flows that the switch moves.
  package static func breakEven(price: Double, weights: [UInt32]) -> Int? {
    guard let moves = movesByMembershipChange(weights: weights) else { return nil }
    let saved = moves.threshold - moves.resilient
    guard saved > 1e-9 else { return price <= 0 ? 0 : nil }
    return Int((price / saved - 1e-9).rounded(.up))
  }
}
