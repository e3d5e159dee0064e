package import Routing

/// The bucket table of a resilient group, with its members.
package struct BucketReport: Hashable, Sendable {
  package let group: NexthopGroup
  package let table: BucketTable
  package let members: [NexthopReport]
  /// `places[i]` is the position in `members` of the nexthop of bucket i; nil for one that is no member any more.
  let places: [Int?]

  /// The group's report; nil when the state has no such group, or no bucket table of it.
  package init?(group id: UInt32, in index: StateIndex) {
    guard let group = index.group(id), let table = index.bucketTable(id) else { return nil }
    self.group = group
    self.table = table
    members = MultipathReport(group: group, in: index).members
    var places: [UInt32: Int] = [:]
    for (place, member) in group.members.enumerated() { places[member.id] = place }
    self.places = table.buckets.map { places[$0.nexthop] }
  }

  /// The reports of the tables of all resilient groups, or of the one with the id, in the kernel's order.
  ///
  /// - Parameter family: keeps to the groups that concern it; nil is any.
  package static func all(in index: StateIndex, id: UInt32? = nil, family: AddressFamily? = nil) -> [BucketReport] {
    index.state.bucketTables.filter { id == nil || $0.group == id }
      .compactMap { BucketReport(group: $0.group, in: index) }.filter { index.concerns($0.group, family) }
  }

  /// Whether the bucket was unused for as long as the idle timer says, as far as the kernel tells.
  ///
  /// The kernel also takes a bucket as idle that was never used since it was moved, which can not be seen from outside.
  func isIdle(_ bucket: NexthopBucket) -> Bool {
    bucket.idleTime >= UInt64(group.resilient?.idleTimer ?? 0)
  }

  /// The shortest idle time of a member's buckets, in 1/100 s; nil for a member without buckets.
  func lastUse(ofMember place: Int) -> UInt64? {
    zip(table.buckets, places).filter { $0.1 == place }.map(\.0.idleTime).min()
  }
}
