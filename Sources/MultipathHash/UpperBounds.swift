/// How hash-threshold selection divides the 31-bit hashes among nexthops.
package enum UpperBounds {
  /// The largest hash that each nexthop takes: -1 for none at all, and 0x7fffffff for the last eligible one.
  ///
  /// Mirrors fib_rebalance(), rt6_multipath_rebalance() and nh_group_rebalance(), Linux 6.12.
  ///
  /// - Parameter weights: one a nexthop, in the order of selection; nil for a nexthop that is not eligible.
  package static func bounds(weights: [UInt32?]) -> [Int32] {
    let total = weights.reduce(0 as UInt64) { $0 &+ UInt64($1 ?? 0) }
    var sum: UInt64 = 0
    return weights.map { weight in
      guard let weight, total > 0 else { return -1 }
      sum &+= UInt64(weight)
      // Up to 65536 nexthops of weight 65536 the shifted sum fits in 64 bits.
      let closest = (sum &<< 31 &+ total / 2) / total
      return Int32(truncatingIfNeeded: closest &- 1)
    }
  }

  /// The first nexthop whose range holds the 31-bit hash; nil when none is eligible.
  package static func index(of hash31: UInt32, in bounds: [Int32]) -> Int? {
    bounds.firstIndex { Int64(hash31) <= Int64($0) }
  }
}
