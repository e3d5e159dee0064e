package import Forwarding

/// How many hashes two ways of dividing them among nexthops send elsewhere, counted and not sampled.
package enum HashOverlap {
  /// Hashes that lead another way, of so many that are equally likely.
  package struct Count: Hashable, Sendable {
    package var moved: UInt64
    /// 2^31, or the number of hashes after which the pattern of two bucket tables repeats.
    package var all: UInt64
  }

  /// What leads elsewhere after than before; nil where the state does not tell where hashes lead.
  package static func moved(before: Spread, after: Spread) -> Count? {
    var ways = WayNumbers()
    guard let old = Partition(before, &ways), let new = Partition(after, &ways) else { return nil }
    switch (old, new) {
    case (.ranges(let left), .ranges(let right)): return moved(left, right)
    case (.ranges(let ranges), .buckets(let owners)), (.buckets(let owners), .ranges(let ranges)):
      return moved(ranges, owners)
    case (.buckets(let left), .buckets(let right)): return moved(left, right)
    }
  }

  private static let hashes: UInt64 = 1 << 31

  private struct WayNumbers {
    private var numbers: [Way: Int] = [:]

    mutating func number(of way: Way) -> Int {
      if let number = numbers[way] { return number }
      numbers[way] = numbers.count
      return numbers.count - 1
    }
  }

  /// Hashes in a row, from `first` to before `end`.
  private struct Range {
    var first: UInt64
    var end: UInt64
    var way: Int
  }

  private enum Partition {
    case ranges([Range])
    /// The way of each bucket.
    case buckets([Int])

    init?(_ spread: Spread, _ ways: inout WayNumbers) {
      let numbers = spread.members.map { ways.number(of: Way($0.choice)) }
      if case .resilient = spread.kind {
        guard let owners = spread.owners, !owners.isEmpty, owners.allSatisfy({ Int($0) < numbers.count }) else {
          return nil
        }
        self = .buckets(owners.map { numbers[Int($0)] })
        return
      }
      guard !spread.ranges.isEmpty else { return nil }
      var first: UInt64 = 0
      self = .ranges(
        spread.ranges.map { range in
          let end = UInt64(range.last) + 1
          defer { first = end }
          return Range(first: first, end: end, way: numbers[range.member])
        })
    }
  }

  private static func moved(_ left: [Range], _ right: [Range]) -> Count {
    var (old, new) = (0, 0)
    var kept: UInt64 = 0
    while old < left.count, new < right.count {
      let first = max(left[old].first, right[new].first)
      let end = min(left[old].end, right[new].end)
      if left[old].way == right[new].way, end > first { kept += end - first }
      if left[old].end == end { old += 1 }
      if right[new].end == end { new += 1 }
    }
    return Count(moved: hashes - kept, all: hashes)
  }

  /// Bucket b takes every hash of remainder b.
  private static func moved(_ ranges: [Range], _ owners: [Int]) -> Count {
    var rangesOfWay: [Int: [Range]] = [:]
    for range in ranges { rangesOfWay[range.way, default: []].append(range) }
    let count = UInt64(owners.count)
    var kept: UInt64 = 0
    for (bucket, way) in owners.enumerated() {
      /// Hashes below `limit` that fall into the bucket.
      func below(_ limit: UInt64) -> UInt64 {
        limit <= UInt64(bucket) ? 0 : (limit - UInt64(bucket) - 1) / count + 1
      }
      for range in rangesOfWay[way, default: []] { kept += below(range.end) - below(range.first) }
    }
    return Count(moved: hashes - kept, all: hashes)
  }

  /// Two remainders occur together once in every common multiple of the counts, if they agree in their common divisor.
  private static func moved(_ left: [Int], _ right: [Int]) -> Count {
    var (divisor, rest) = (left.count, right.count)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    var kept: UInt64 = 0
    for remainder in 0..<divisor {
      var counts: [Int: UInt64] = [:]
      for bucket in stride(from: remainder, to: left.count, by: divisor) { counts[left[bucket], default: 0] += 1 }
      for bucket in stride(from: remainder, to: right.count, by: divisor) { kept += counts[right[bucket], default: 0] }
    }
    let all = UInt64(left.count / divisor) * UInt64(right.count)
    return Count(moved: all - kept, all: all)
  }
}
