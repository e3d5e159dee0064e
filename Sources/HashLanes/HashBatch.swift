internal import CSipHash
package import MultipathHash
package import Routing

/// Hash inputs of one family, hashed together under one key.
package struct HashBatch: Sendable {
  package let capacity: Int
  package private(set) var count = 0
  private let wordCount: Int
  /// The first words of all inputs, then their second words, and so on.
  private var words: [UInt64]

  /// A batch of keys of one family, which decides the length of an input (see `HashInput.wordCount`).
  package init(family: AddressFamily, capacity: Int) {
    self.capacity = capacity
    wordCount = HashInput.wordCount(family)
    words = Array(repeating: 0, count: capacity * wordCount)
  }

  /// Adds an input, unless the batch is full or the input of the other length.
  ///
  /// - Returns: Whether it was added.
  package mutating func append(_ input: HashInput) -> Bool {
    guard count < capacity, input.wordCount == wordCount else { return false }
    for index in 0..<wordCount { words[index * capacity + count] = input.words[index] }
    count += 1
    return true
  }

  /// Makes room for the next inputs.
  package mutating func removeAll() { count = 0 }

  /// The hash of each input, in order, equal to `HashInput.hash(key:)`.
  package func hashes(key: HashKey, lanes: LaneCount = .widest) -> [UInt32] {
    var hashes = [UInt32](repeating: 0, count: count)
    HashBeginnings([], key: key).hash(
      words, capacity: capacity, wordCount: wordCount, count: count, lanes: lanes, into: &hashes)
    return hashes
  }
}
