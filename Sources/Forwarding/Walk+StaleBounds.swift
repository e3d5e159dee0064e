import Routing

extension Walk {
  /// Notes that another leg is chosen by upper bounds which the kernel may have kept from before
  /// `ignore_routes_with_linkdown` was written.
  ///
  /// - Parameters:
  ///   - chosen: the position of the leg that the bounds of the settings give.
  ///   - select: chooses among entries with other bounds.
  mutating func noteStaleBounds(
    _ legs: NexthopTable.LegSet, chosen: Int, _ select: (inout Walk, [NexthopEntry]) -> Int
  ) {
    guard legs.otherBounds?.isEmpty != true else { return }
    // Of a range of hashes, some may be on one side of another bound and some on the other.
    guard let others = legs.otherBounds, exactHash != nil else {
      caveats.insert(.staleBounds)
      return
    }
    var other = self
    other.trace = nil
    for bounds in others {
      var entries = legs.entries
      for index in entries.indices { entries[index].upperBound = bounds[index] }
      guard select(&other, entries) != chosen else { continue }
      caveats.insert(.staleBounds)
      return
    }
  }

  /// The last hashes of the ranges of hashes to each of which a route gives one decision, in ascending order: its upper
  /// bounds, and those that may be in force instead, where what is certain ends.
  func rangeEnds(ofRoute route: Int) -> [UInt32] {
    var bounds = entries(of: route).map(\.upperBound)
    let set = table.nexthops.setOfRoute[route]
    if set >= 0 { bounds += table.nexthops.sets[Int(set)].otherBounds?.flatMap { $0 } ?? [] }
    return Set(bounds.filter { $0 >= 0 } + [.max]).sorted().map { UInt32(bitPattern: $0) }
  }
}
