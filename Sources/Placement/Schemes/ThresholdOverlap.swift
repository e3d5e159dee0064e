package import Forwarding

/// How much hash-threshold moves, by its ranges alone.
package enum ThresholdOverlap {
  /// The part of all hashes that lead another way after than before; nil where the hash does not decide by its size.
  ///
  /// Exact for any weights: both spreads divide the same 2^31 hashes.
  package static func movedShare(before: Spread, after: Spread) -> Double? {
    guard !before.ranges.isEmpty, !after.ranges.isEmpty else { return nil }
    return HashOverlap.moved(before: before, after: after).map { Double($0.moved) / Double($0.all) }
  }

  /// The part of the flows that move when one of `count` equal members is removed, by the arithmetic of RFC 2992.
  ///
  /// - Parameter position: 1 for the first member, `count` for the last.
  package static func movedShare(removing position: Int, of count: Int) -> Double {
    guard count > 1, (1...count).contains(position) else { return 1 }
    // What stays of the members before it and behind it, in units of 1 / (count (count - 1)).
    let before = (1..<position).reduce(0) { $0 + count - $1 }
    let behind = (position..<count).reduce(0) { $0 + $1 }
    return 1 - Double(before + behind) / Double(count * (count - 1))
  }
}
