import Routing

extension RoutingState {
  /// What of the state concerns one family: for a comparison, not to forward by.
  ///
  /// Links and what is of no family stay. A nexthop object is of the family of its gateway, a group of those of its members.
  func only(_ family: AddressFamily) -> RoutingState {
    let other: AddressFamily = family == .ipv4 ? .ipv6 : .ipv4
    let parts: Set<StatePart> = [.rules(other), .routes(other), .settings(other)]
    var state = without(parts)
    state.unread.subtract(parts)
    // They are of both, whatever their names say.
    state.settings.hashSeed = settings.hashSeed
    state.settings.nexthopCompatMode = settings.nexthopCompatMode
    state.addresses.removeAll { $0.address.family == other }
    state.neighbours.removeAll { $0.address.family == other }
    state.redirects.destinations.removeAll { $0.destination.family == other }
    state.removeObjects(of: other)
    return state
  }

  /// Takes out the objects of a family, and groups of them alone with their buckets.
  private mutating func removeObjects(of family: AddressFamily) {
    // A blackhole sends nothing of either family.
    let sending = (nexthops ?? []).filter { $0.target != .blackhole }
    let gone = Set(sending.filter { $0.family == family }.map(\.id))
    let kept = Set(sending.filter { $0.family != family }.map(\.id))
    let goneGroups = Set(
      groups.filter { group in
        group.members.contains { gone.contains($0.id) } && !group.members.contains { kept.contains($0.id) }
      }.map(\.id))
    nexthops?.removeAll { gone.contains($0.id) }
    groups.removeAll { goneGroups.contains($0.id) }
    bucketTables.removeAll { goneGroups.contains($0.group) }
  }
}
