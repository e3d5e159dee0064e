/// Small numbers for keys of three words, in the order in which they come: 0, 1, 2, …
///
/// An open hash table with a plain mix in place of SipHash, as it is asked three times a flow.
struct InternTable: Sendable {
  struct Key: Hashable, Sendable {
    var first: UInt64
    var second: UInt64
    var third: UInt64
  }

  private(set) var keys: [Key] = []
  /// A power of two, at most half full: positions in `keys`, -1 for none.
  private var slots = [Int32](repeating: -1, count: 64)

  /// The number of the key, and whether it is a new one.
  mutating func number(of key: Key) -> (number: Int, isNew: Bool) {
    var slot = place(key)
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      if keys[number] == key { return (number, false) }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    slots[slot] = Int32(truncatingIfNeeded: keys.count)
    keys.append(key)
    if keys.count &* 2 > slots.count { grow() }
    return (keys.count - 1, true)
  }

  private func place(_ key: Key) -> Int {
    Int(truncatingIfNeeded: Mix.mix(key.first, key.second ^ Mix.mix(key.third))) & (slots.count &- 1)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (number, key) in keys.enumerated() {
      var slot = place(key)
      while slots[slot] >= 0 { slot = (slot &+ 1) & (slots.count &- 1) }
      slots[slot] = Int32(truncatingIfNeeded: number)
    }
  }
}

/// A mix of all bits of a word (the finalizer of SplitMix64).
enum Mix {
  static func mix(_ word: UInt64) -> UInt64 {
    var mixed = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
    mix((first &+ 0x9e37_79b9_7f4a_7c15) ^ mix(second &+ 0x9e37_79b9_7f4a_7c15))
  }
}
