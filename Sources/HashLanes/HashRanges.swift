internal import CSipHash

/// Few ranges of hashes, each with a choice: how a hash-threshold group and a multipath route divide them.
package struct HashRanges: Sendable {
  private let ends: [UInt32]
  private let steps: [UInt32]
  private let places: Range<Int>
  private let first: UInt32

  /// - Parameters:
  ///   - ends: the last hash of each range but the last one, ascending and below 2^31, at some places of the list.
  ///   - steps: at the same places, what is added to the choice of the range for that of the next one, without regard
  ///     to an overflow.
  ///   - first: the choice of the first range.
  package init(ends: [UInt32], steps: [UInt32], places: Range<Int>, first: UInt32) {
    self.ends = ends
    self.steps = steps
    self.places = places.clamped(to: 0..<min(ends.count, steps.count))
    self.first = first
  }

  /// Chooses for each hash of a list.
  ///
  /// - Parameters:
  ///   - hashes: 32 bits wide; the upper 31 take their place.
  ///   - choices: takes the choices; at least as many.
  package func select(_ hashes: inout [UInt32], lanes: LaneCount = .widest, into choices: inout [UInt32]) {
    let count = hashes.count
    guard choices.count >= count else { return }
    unsafe ends.withUnsafeBufferPointer { ends in
      unsafe steps.withUnsafeBufferPointer { steps in
        unsafe hashes.withUnsafeMutableBufferPointer { hashes in
          unsafe choices.withUnsafeMutableBufferPointer { choices in
            unsafe csh_choose(
              UInt32(lanes.rawValue), ends.baseAddress.map { unsafe $0 + places.lowerBound },
              steps.baseAddress.map { unsafe $0 + places.lowerBound }, places.count, first, hashes.baseAddress, count,
              choices.baseAddress)
          }
        }
      }
    }
  }
}
