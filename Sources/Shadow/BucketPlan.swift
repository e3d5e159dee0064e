internal import Routing

/// Steps that bring a resilient group to a bucket table of one's choice.
///
/// The kernel lets nobody write a bucket. But when members leave, it hands their buckets out in order, to the members that
/// lack some, the last one first, and leaves all other buckets alone where each member has as many as its weight asks for
/// (`nh_res_table_upkeep()`). With weights that are numbers of buckets, and with objects that stand in for one run of
/// buckets each, every table comes about: first the runs, then the member in place of all its runs at once.
///
/// Used buckets are marked by asking for routes, and one that moves is unused again. So the buckets in use get their
/// members first, all others a stand-in for each member; after the marking the members take the place of those.
struct BucketPlan: Hashable {
  /// One list of members after the other, each with as many buckets as its weight says. After these steps the buckets that
  /// are in use are in place.
  private(set) var untilMarking: [[NexthopGroup.Member]] = []
  /// After these, all buckets are in place.
  private(set) var afterMarking: [[NexthopGroup.Member]] = []
  /// Ids of objects that have to exist meanwhile, and are in use no more after the last step.
  private(set) var standIns: [UInt32] = []

  /// Members of one list: the kernel compares each with each.
  static let longestList = 1024

  /// - Parameters:
  ///   - buckets: for each bucket the id of the member, and whether it is in use.
  ///   - firstID: the first of as many unused ids as there are buckets, and more.
  init(_ buckets: [(member: UInt32, isBusy: Bool)], firstID: UInt32) {
    var nextID = firstID
    func standIn() -> UInt32 {
      defer { nextID &+= 1 }
      standIns.append(nextID)
      return nextID
    }
    // Where all are alike there is no need to keep them apart.
    let keepsApart = buckets.contains { $0.isBusy } && buckets.contains { !$0.isBusy }
    var holds: [UInt32: UInt32] = [:]
    var labels: [UInt32] = []
    labels.reserveCapacity(buckets.count)
    for bucket in buckets {
      guard keepsApart, !bucket.isBusy else {
        labels.append(bucket.member)
        continue
      }
      let hold = holds[bucket.member] ?? standIn()
      holds[bucket.member] = hold
      labels.append(hold)
    }
    untilMarking = Self.arrangement(of: labels, standIn)
    var counts: [UInt32: UInt32] = [:]
    for label in labels { counts[label, default: 0] += 1 }
    for (member, hold) in holds.sorted(by: { $0.value < $1.value }) {
      counts[member, default: 0] += counts.removeValue(forKey: hold) ?? 0
      afterMarking.append(Self.list(counts))
    }
  }

  /// Lists that end with each bucket at its label.
  private static func arrangement(of labels: [UInt32], _ standIn: () -> UInt32) -> [[NexthopGroup.Member]] {
    var runs: [(label: UInt32, length: UInt32)] = []
    for label in labels {
      if runs.last?.label == label { runs[runs.count - 1].length += 1 } else { runs.append((label, 1)) }
    }
    // All buckets at one stand-in: what the group was before leaves no trace.
    var rest = (id: standIn(), count: UInt32(labels.count))
    var lists = [[NexthopGroup.Member(id: rest.id, weight: rest.count)]]
    var placed: [UInt32: UInt32] = [:]
    var start = 0
    while start < runs.count {
      let chunk = runs[start..<min(start + Self.longestList, runs.count)]
      start = chunk.endIndex
      var stands: [(id: UInt32, label: UInt32, length: UInt32)] = []
      for run in chunk { stands.append((standIn(), run.label, run.length)) }
      rest.count -= chunk.reduce(0) { $0 + $1.length }
      var list = Self.list(placed)
      if rest.count > 0 {
        rest.id = standIn()
        list.append(NexthopGroup.Member(id: rest.id, weight: rest.count))
      }
      // The last member is handed the first buckets.
      lists.append(list + stands.reversed().map { NexthopGroup.Member(id: $0.id, weight: $0.length) })
      for label in Set(chunk.map(\.label)).sorted() {
        placed[label, default: 0] += stands.reduce(0) { $0 + ($1.label == label ? $1.length : 0) }
        stands.removeAll { $0.label == label }
        var list = Self.list(placed)
        if rest.count > 0 { list.append(NexthopGroup.Member(id: rest.id, weight: rest.count)) }
        lists.append(list + stands.reversed().map { NexthopGroup.Member(id: $0.id, weight: $0.length) })
      }
    }
    return lists
  }

  private static func list(_ counts: [UInt32: UInt32]) -> [NexthopGroup.Member] {
    counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { NexthopGroup.Member(id: $0.key, weight: $0.value) }
  }
}
