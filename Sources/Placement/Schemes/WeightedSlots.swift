/// Slots in proportion to weights.
enum WeightedSlots {
  /// The greatest number that divides all weights; 1 for none.
  static func divisor(_ weights: [UInt32]) -> UInt32 {
    weights.reduce(0, divisor) == 0 ? 1 : weights.reduce(0, divisor)
  }

  private static func divisor(_ left: UInt32, _ right: UInt32) -> UInt32 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }

  /// How many slots each weight gets: the weight itself, scaled down where the sum would exceed `limit`, at least 1.
  static func counts(_ weights: [UInt32], total: UInt64, limit: Int) -> [Int] {
    guard total > UInt64(limit) else { return weights.map { Int($0) } }
    return weights.map { max(Int((UInt64($0) &* UInt64(limit) &+ total / 2) / total), 1) }
  }

  /// The position of the member behind each slot, member after member.
  static func slots(_ weights: [UInt32], limit: Int) -> [UInt16] {
    let total = weights.reduce(UInt64(0)) { $0 + UInt64($1) }
    return counts(weights, total: total, limit: limit).enumerated().flatMap { position, count in
      repeatElement(UInt16(truncatingIfNeeded: position), count: count)
    }
  }
}
