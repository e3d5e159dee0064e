package import Forwarding

/// How many flows each bucket of resilient groups carries, gathered as decisions stream by.
///
/// Memory grows with the buckets of the groups that were seen, and not with the flows.
package struct BucketTally: Sendable {
  package typealias Count = FlowTally.Count

  private var counts: [UInt32: [Count]] = [:]

  package init() {}

  /// Counts a flow; one that no resilient group decides about is not counted.
  package mutating func add(_ decision: Decision, weight: UInt64) {
    add(decision, Count(weight: weight))
  }

  /// Counts flows with the same decision.
  package mutating func add(_ decision: Decision, _ count: Count) {
    guard case .resilient(let group, let bucket) = decision.selection else { return }
    var table = counts.removeValue(forKey: group) ?? []
    while table.count <= bucket { table.append(Count()) }
    table[bucket].add(count)
    counts[group] = table
  }

  /// The groups that carry flows.
  package var groups: [UInt32] { counts.keys.sorted() }

  /// What the bucket carries.
  package func count(group: UInt32, bucket: Int) -> Count {
    guard let table = counts[group], table.indices.contains(bucket) else { return Count() }
    return table[bucket]
  }

  /// The indices of the buckets that carry flows.
  package func busyBuckets(of group: UInt32) -> Set<Int> {
    Set((counts[group] ?? []).indices.filter { counts[group]?[$0].flows ?? 0 > 0 })
  }
}
