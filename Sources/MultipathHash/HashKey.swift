/// The 128-bit key of the multipath hash.
package struct HashKey: Hashable, Sendable {
  package let word0: UInt64
  package let word1: UInt64

  /// A key from its two words, which are numbers and no bytes in memory.
  package init(word0: UInt64, word1: UInt64) {
    self.word0 = word0
    self.word1 = word1
  }

  /// The key that Linux 6.11 and later derive from a seed.
  ///
  /// - Parameter seed: the value of `fib_multipath_hash_seed`, or the boot seed where the sysctl is 0.
  package init(seed: UInt32) {
    let word = UInt64(seed) << 32 | UInt64(seed)
    self.init(word0: word, word1: word)
  }
}
