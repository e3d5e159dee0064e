import JSON
import Routing

extension SnapshotDiff {
  /// Buckets of one group, one behind the other, that have changed alike.
  package struct BucketRun: Hashable, Sendable {
    package var group: UInt32
    /// Indexes in the group's table.
    package var buckets: ClosedRange<Int>

    /// `3` or `3-18`.
    package var range: String {
      buckets.count == 1 ? "\(buckets.lowerBound)" : "\(buckets.lowerBound)-\(buckets.upperBound)"
    }
  }

  /// What two buckets of one place name: nil for one that is not there.
  private struct Pair: Hashable {
    var old: UInt32?
    var new: UInt32?
  }

  /// What differs between bucket tables; what was added comes last.
  ///
  /// A bucket is compared by the member it names; how long it has been idle is always different.
  static func bucketEntries(_ old: [BucketTable], _ new: [BucketTable]) -> [Entry] {
    // Tables of one group are paired in their order, as everything is.
    var places: [UInt32: [Int]] = [:]
    for (place, table) in new.enumerated().reversed() { places[table.group, default: []].append(place) }
    var known = Array(repeating: 0, count: new.count)
    var entries: [Entry] = []
    for table in old {
      let place = places[table.group]?.popLast()
      let other = place.map { new[$0].buckets } ?? []
      if let place { known[place] = table.buckets.count }
      let pairs = table.buckets.indices.map { index in
        Pair(old: table.buckets[index].nexthop, new: other.indices.contains(index) ? other[index].nexthop : nil)
      }
      entries += Self.entries(of: table.group, pairs, from: 0)
    }
    for (table, known) in zip(new, known) {
      let added = table.buckets.dropFirst(known)
      entries += Self.entries(of: table.group, added.map { Pair(old: nil, new: $0.nexthop) }, from: added.startIndex)
    }
    return entries
  }

  /// An entry for each run of pairs that are alike and differ within.
  ///
  /// - Parameter first: the index of the first bucket.
  private static func entries(of group: UInt32, _ pairs: [Pair], from first: Int) -> [Entry] {
    var entries: [Entry] = []
    var start = 0
    while start < pairs.count {
      let pair = pairs[start]
      let end = pairs[start...].firstIndex { $0 != pair } ?? pairs.count
      let change: Entry.Change? =
        switch (pair.old, pair.new) {
        case (let old?, let new?): old == new ? nil : .changed(from: json(old), to: json(new))
        case (let old?, nil): .removed(json(old))
        case (nil, let new?): .added(json(new))
        case (nil, nil): nil
        }
      if let change {
        let run = BucketRun(group: group, buckets: first + start...first + end - 1)
        entries.append(
          Entry(section: .buckets, identity: "id \(group) index \(run.range)", change: change, buckets: run))
      }
      start = end
    }
    return entries
  }

  private static func json(_ nexthop: UInt32) -> JSONValue {
    .object([JSONMember("nhid", .integer(Int128(nexthop)))])
  }
}
