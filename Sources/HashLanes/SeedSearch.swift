internal import CSipHash
package import MultipathHash
internal import Synchronization

/// A search for the hash seeds under which the kernel's hashes are those that were observed.
///
/// One observation leaves one in 2^31 seeds, two leave the right one in all likelihood, three in practice for certain.
package struct SeedSearch: Sendable {
  /// A hash that the kernel made of a known input.
  package struct Observation: Sendable {
    package let input: HashInput
    /// The hash as selection uses it, without its lowest bit.
    package let hash31: UInt32

    package init(input: HashInput, hash31: UInt32) {
      self.input = input
      self.hash31 = hash31
    }

    /// Whether the kernel's hash of the input is this under the seed.
    package func fits(_ seed: UInt32) -> Bool { input.hash(key: HashKey(seed: seed)) >> 1 == hash31 }
  }

  /// Seeds that a thread takes at a time: some milliseconds of work.
  private static let chunk: UInt64 = 1 << 20

  private let observations: [Observation]
  private let words: [UInt64]
  private let seeds: ClosedRange<UInt32>
  private let lanes: LaneCount
  private let threads: Int

  /// - Parameters:
  ///   - observations: At least one; the search is fastest when the first is of IPv4 and policy 0, whose input is short
  ///     and begins with zeros.
  ///   - threads: How many threads search, the calling one among them.
  package init(
    _ observations: [Observation], seeds: ClosedRange<UInt32> = 0...UInt32.max, lanes: LaneCount = .widest,
    threads: Int = Processors.count
  ) {
    self.observations = observations
    self.seeds = seeds
    self.lanes = lanes
    self.threads = threads
    words = observations.first.map { first in (0..<first.input.wordCount).map { first.input.words[$0] } } ?? []
  }

  /// How many seeds there are to try.
  package var count: UInt64 { UInt64(seeds.upperBound - seeds.lowerBound) + 1 }

  /// Tries every seed of the range, and returns those that fit all observations, in ascending order.
  ///
  /// - Parameter progress: Called on this thread every few milliseconds with the number of seeds tried so far.
  package func run(progress: (UInt64) -> Void = { _ in }) -> [UInt32] {
    guard !observations.isEmpty else { return [] }
    let work = Work(first: UInt64(seeds.lowerBound))
    // A thread that can not be had leaves its share to the others.
    let helpers = (1..<max(threads, 1)).compactMap { _ in WorkerThread { while tryChunk(of: work) {} } }
    while tryChunk(of: work) { progress(work.tried.load(ordering: .relaxed)) }
    for helper in helpers { helper.join() }
    progress(count)
    return work.found.withLock { $0.sorted() }
  }

  /// What the threads share.
  private final class Work: Sendable {
    /// The first seed that no thread has taken yet; up to one chunk a thread beyond the last.
    let next: Atomic<UInt64>
    let tried = Atomic<UInt64>(0)
    let found = Mutex<[UInt32]>([])

    init(first: UInt64) { next = Atomic(first) }
  }

  /// Tries the next chunk; false when there is none.
  private func tryChunk(of work: Work) -> Bool {
    var first = work.next.add(Self.chunk, ordering: .relaxed).oldValue
    guard first <= seeds.upperBound else { return false }
    let start = first
    let end = min(first + Self.chunk, UInt64(seeds.upperBound) + 1)
    while let seed = next(from: first, below: end) {
      if observations.allSatisfy({ $0.fits(seed) }) { work.found.withLock { $0.append(seed) } }
      first = UInt64(seed) + 1
    }
    work.tried.add(end - start, ordering: .relaxed)
    return true
  }

  /// The next seed that fits the first observation.
  private func next(from first: UInt64, below end: UInt64) -> UInt32? {
    var seed: UInt32 = 0
    let isFound = unsafe words.withUnsafeBufferPointer { words in
      unsafe csh_find_seed(
        UInt32(lanes.rawValue), words.baseAddress, words.count, observations[0].hash31, first, end, &seed)
    }
    return isFound ? seed : nil
  }
}
