internal import CSipHash
package import MultipathHash

/// The words that many hash inputs begin with, hashed once for all of them.
package struct HashBeginning: Sendable {
  private let begun: csh_state

  /// - Parameter words: the first words of a `HashInput`; may be none.
  package init(_ words: [UInt64], key: HashKey) {
    begun = unsafe words.withUnsafeBufferPointer {
      unsafe csh_begin(key.word0, key.word1, $0.baseAddress, $0.count)
    }
  }

  /// The hash of each of `count` inputs that begin so, equal to `HashInput.hash(key:)`.
  ///
  /// - Parameters:
  ///   - words: The first words behind the beginning of all inputs, then their second words, and so on: `capacity` of
  ///     each.
  ///   - start: Where the first words begin.
  ///   - wordCount: How many words of an input stand behind the beginning.
  ///   - hashes: Takes the hashes, at least `count`.
  package func hash(
    _ words: [UInt64], from start: Int = 0, capacity: Int, wordCount: Int, count: Int, lanes: LaneCount = .widest,
    into hashes: inout [UInt32]
  ) {
    guard start >= 0, count >= 0, count <= capacity, words.count >= start + capacity * wordCount, hashes.count >= count
    else { return }
    unsafe words.withUnsafeBufferPointer { words in
      unsafe hashes.withUnsafeMutableBufferPointer { hashes in
        unsafe withUnsafePointer(to: begun) { begun in
          unsafe csh_hash(
            UInt32(lanes.rawValue), begun, words.baseAddress.map { unsafe $0 + start }, capacity, wordCount, count,
            hashes.baseAddress)
        }
      }
    }
  }
}
