internal import CSipHash
package import MultipathHash
package import Routing

/// The words that many hash inputs begin with, hashed once for all of them, or once for each protocol.
package struct HashBeginnings: Sendable {
  /// One, or one for each protocol.
  private let begun: [csh_state]
  /// Words that are hashed.
  private let count: Int

  /// - Parameter words: the first words of each `HashInput`; may be none.
  package init(_ words: [UInt64], key: HashKey) {
    begun = [csh_state(words, key)]
    count = words.count
  }

  /// - Parameter words: the first words of a `HashInput` of each protocol, equally many for all.
  package init(ofProtocols words: (UInt8) -> [UInt64], key: HashKey) {
    begun = (0...255 as ClosedRange<UInt8>).map { csh_state(words($0), key) }
    count = words(0).count
  }

  /// The hash of each of `count` inputs that begin so, equal to `HashInput.hash(key:)`.
  ///
  /// - Parameters:
  ///   - words: The first words behind the beginning of all inputs, then their second words, and so on: `capacity` of
  ///     each.
  ///   - start: Where the first words begin.
  ///   - kinds: what tells the protocols, where inputs begin with them.
  ///   - wordCount: How many words of an input stand behind the beginning.
  ///   - hashes: Takes the hashes, at least `count`.
  package func hash(
    _ words: [UInt64], from start: Int = 0, kinds: [FlowKind] = [], capacity: Int, wordCount: Int, count: Int,
    lanes: LaneCount = .widest, into hashes: inout [UInt32]
  ) {
    let isOne = begun.count == 1
    guard start >= 0, count >= 0, count <= capacity, words.count >= start + capacity * wordCount,
      hashes.count >= count, isOne || kinds.count >= count
    else { return }
    unsafe words.withUnsafeBufferPointer { words in
      unsafe hashes.withUnsafeMutableBufferPointer { hashes in
        unsafe kinds.withUnsafeBytes { kinds in
          unsafe begun.withUnsafeBufferPointer { begun in
            unsafe csh_hash(
              UInt32(lanes.rawValue), begun.baseAddress, self.count,
              isOne ? nil : kinds.baseAddress?.assumingMemoryBound(to: UInt64.self), words.baseAddress.map { unsafe $0 + start },
              capacity, wordCount, count, hashes.baseAddress)
          }
        }
      }
    }
  }
}

extension csh_state {
  /// The state behind the first words of an input.
  init(_ words: [UInt64], _ key: HashKey) {
    self = unsafe words.withUnsafeBufferPointer {
      unsafe csh_begin(key.word0, key.word1, $0.baseAddress, $0.count)
    }
  }
}
