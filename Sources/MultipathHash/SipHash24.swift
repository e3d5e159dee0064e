/// SipHash with two compression and four finalisation rounds (Aumasson and Bernstein, 2012).
package enum SipHash24 {
  /// The hash of a message made of whole words.
  ///
  /// - Parameter words: the message, eight bytes a word, the first byte in the lowest bits.
  package static func hash(_ words: Span<UInt64>, key: HashKey) -> UInt64 {
    var state = State(key: key)
    for index in words.indices {
      state.absorb(words[index])
    }
    // The last word carries the message length in bytes in its top byte; no bytes are left over to share it with.
    state.absorb(UInt64(truncatingIfNeeded: words.count &* 8) << 56)
    return state.finish()
  }

  private struct State {
    var v0: UInt64
    var v1: UInt64
    var v2: UInt64
    var v3: UInt64

    /// The constants spell "somepseudorandomlygeneratedbytes".
    @inline(__always)
    init(key: HashKey) {
      v0 = key.word0 ^ 0x736f_6d65_7073_6575
      v1 = key.word1 ^ 0x646f_7261_6e64_6f6d
      v2 = key.word0 ^ 0x6c79_6765_6e65_7261
      v3 = key.word1 ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func round() {
      v0 &+= v1
      v2 &+= v3
      v1 = Self.rotate(v1, 13) ^ v0
      v3 = Self.rotate(v3, 16) ^ v2
      v0 = Self.rotate(v0, 32)
      v2 &+= v1
      v0 &+= v3
      v1 = Self.rotate(v1, 17) ^ v2
      v3 = Self.rotate(v3, 21) ^ v0
      v2 = Self.rotate(v2, 32)
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    @inline(__always)
    mutating func finish() -> UInt64 {
      v2 ^= 0xff
      round()
      round()
      round()
      round()
      return v0 ^ v1 ^ v2 ^ v3
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
      value &<< count | value &>> (64 &- count)
    }
  }
}
