/// A small fast generator that gives the same numbers for the same seed, in every version of this program.
package struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
  private var state: UInt64

  /// - Parameter count: how many numbers are passed over.
  package init(seed: UInt64, skipping count: UInt64 = 0) {
    state = seed &+ count &* Self.step
  }

  private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  package mutating func next() -> UInt64 {
    state &+= Self.step
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }

  /// A number below `limit`, or 0 for 0; unlike the standard library's it stays the same across its versions.
  package mutating func number(below limit: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: limit).high
  }
}
