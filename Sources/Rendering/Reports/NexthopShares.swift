internal import MultipathHash

/// The part of all hashes that each nexthop of a multipath gets.
enum NexthopShares {
  /// What the weights ask for; 0 for all when no weight is above 0.
  static func ideal(weights: [UInt32]) -> [Double] {
    let total = weights.reduce(0 as UInt64) { $0 &+ UInt64($1) }
    return weights.map { total == 0 ? 0 : Double($0) / Double(total) }
  }

  /// What the upper bounds give, with what falls on a skipped nexthop going to the next that is not, or to the first.
  ///
  /// - Parameters:
  ///   - weights: In the order of selection; nil for a nexthop that the kernel has taken out of the bounds.
  ///   - isSkipped: Whether selection passes over the nexthop because its neighbour is not valid.
  static func threshold(weights: [UInt32?], isSkipped: [Bool]) -> [Double] {
    let bounds = UpperBounds.bounds(weights: weights).map(Int64.init)
    var shares = [Double](repeating: 0, count: bounds.count)
    let usable = bounds.indices.filter { bounds[$0] >= 0 && !isSkipped[$0] }
    guard let first = usable.first ?? bounds.firstIndex(where: { $0 >= 0 }) else { return shares }
    var below: Int64 = -1
    for index in usable {
      shares[index] = Double(max(bounds[index] - below, 0)) / Double(1 << 31)
      below = max(below, bounds[index])
    }
    shares[first] += Double(Int64(Int32.max) - below) / Double(1 << 31)
    return shares
  }

  /// What the bucket counts give.
  static func buckets(counts: [Int]) -> [Double] {
    let total = counts.reduce(0, +)
    return counts.map { total == 0 ? 0 : Double($0) / Double(total) }
  }

  /// How many buckets each weight asks for, as the kernel rounds it.
  ///
  /// Mirrors nh_res_group_rebalance(), net/ipv4/nexthop.c, Linux 6.12.
  static func wantedBuckets(weights: [UInt32], buckets: UInt16) -> [Int] {
    let total = weights.reduce(0 as UInt64) { $0 &+ UInt64($1) }
    guard total > 0 else { return weights.map { _ in 0 } }
    var sum: UInt64 = 0
    var before: UInt64 = 0
    return weights.map { weight in
      sum &+= UInt64(weight)
      let bound = (UInt64(buckets) &* sum &+ total / 2) / total
      defer { before = bound }
      return Int(bound &- before)
    }
  }
}
