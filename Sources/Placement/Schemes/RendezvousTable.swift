import MultipathHash

/// Rendezvous hashing over slots: each slot belongs to the member that draws highest for it.
///
/// A member's draw is a uniform number u by a hash of slot and member; by weight w it scores -w/ln(u), so that it wins
/// in proportion to its weight. Slots stand in for hashes, as in load balancers that can not draw for every packet.
struct RendezvousTable: Sendable {
  /// The position of the member behind each slot.
  let slots: [UInt16]

  init(names: [HashKey], weights: [UInt32], count: Int) {
    let isEven = Set(weights).count <= 1
    var slots: [UInt16] = []
    slots.reserveCapacity(count)
    for slot in 0..<count {
      let key = Mix.mix(UInt64(slot) &+ 1)
      var best = (position: 0, score: -Double.infinity)
      for position in names.indices {
        let draw = Mix.mix(key ^ names[position].word0) ^ names[position].word1
        // In the middle of one of 2^52 steps: never 0 or 1.
        let uniform = (Double(Mix.mix(draw) >> 12) + 0.5) * 0x1p-52
        let score = isEven ? uniform : -Double(weights[position]) / Self.logarithm(uniform)
        if score > best.score { best = (position, score) }
      }
      slots.append(UInt16(truncatingIfNeeded: best.position))
    }
    self.slots = slots
  }

  /// The natural logarithm of a number above 0, good to ten digits.
  static func logarithm(_ value: Double) -> Double {
    let ratio = (value.significand - 1) / (value.significand + 1)
    let square = ratio * ratio
    var term = ratio
    var sum = 0.0
    for index in 0..<12 {
      sum += term / Double(2 * index + 1)
      term *= square
    }
    return Double(value.exponent) * 0.693_147_180_559_945_3 + 2 * sum
  }
}
