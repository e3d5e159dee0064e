import Routing

/// The spreads of all routes of a table, each distinct one once.
package struct SpreadTable: Sendable {
  package private(set) var spreads: [Spread] = []
  /// For each route of the state: an index into `spreads`; -1 for a route without nexthops.
  private var ofRoute: [Int32] = []

  private enum Key: Hashable {
    case legs(Int32)
    case object(UInt32, AddressFamily)
  }

  package init(_ table: ForwardingTable) {
    var known: [Key: Int32] = [:]
    ofRoute.reserveCapacity(table.state.routes.count)
    for (index, route) in table.state.routes.enumerated() {
      let key: Key
      if case .object(let id, _) = route.nexthops {
        key = .object(id, route.family)
      } else {
        let set = table.nexthops.setOfRoute[index]
        guard set >= 0 else {
          ofRoute.append(-1)
          continue
        }
        key = .legs(set)
      }
      if let position = known[key] {
        ofRoute.append(position)
        continue
      }
      let position = Int32(spreads.count)
      spreads.append(table.spread(ofRoute: index))
      known[key] = position
      ofRoute.append(position)
    }
  }

  /// The position in `spreads` of a route's spread; nil for a route without nexthops.
  ///
  /// - Parameter index: an index into `RoutingState.routes`.
  package func position(ofRoute index: Int) -> Int? {
    let position = ofRoute[index]
    return position < 0 ? nil : Int(position)
  }
}

extension ForwardingTable {
  /// How the flows of a route are divided among its nexthops.
  ///
  /// - Parameter index: an index into `RoutingState.routes`.
  package func spread(ofRoute index: Int) -> Spread {
    if case .object(let id, _) = state.routes[index].nexthops { return spread(of: nexthops.objects[id]) }
    let set = nexthops.setOfRoute[index]
    guard set >= 0 else { return Spread(kind: .single, members: []) }
    let legs = nexthops.sets[Int(set)]
    guard legs.isMultipath else {
      return Spread(
        kind: .single,
        members: legs.entries.map { .init(choice: $0.choice, takesHash: $0.isUsable, isUsable: $0.isUsable) })
    }
    let members = legs.entries.map { entry in
      Spread.Member(
        choice: entry.choice, takesHash: entry.upperBound >= 0, isUsable: isUsableLeg(entry, of: state.routes[index]))
    }
    return Spread(
      kind: .legacy, members: Self.keepingOne(members), passesToFirst: state.routes[index].family == .ipv6)
  }

  /// The nexthops that flows of a decision's route can take at this moment; that of the decision is always among them.
  package func usableNexthops(of decision: Decision) -> [Decision.Choice] {
    var choices = decision.route.map { spread(ofRoute: $0).members.filter(\.isUsable).map(\.choice) } ?? []
    if let chosen = decision.nexthop, !choices.contains(chosen) { choices.append(chosen) }
    return choices
  }

  /// Whether two decisions of the two tables came by the same entry of a routing table, whatever its nexthops are.
  package static func isSameRoute(
    _ left: Int, in leftTable: ForwardingTable, _ right: Int, in rightTable: ForwardingTable
  ) -> Bool {
    // Member by member: a route taken out whole is copied with its lists, a million times over.
    leftTable.state.routes[left].destination == rightTable.state.routes[right].destination
      && leftTable.state.routes[left].table == rightTable.state.routes[right].table
      && (leftTable.state.routes[left].metric ?? 0) == (rightTable.state.routes[right].metric ?? 0)
      && leftTable.state.routes[left].tos == rightTable.state.routes[right].tos
      && leftTable.state.routes[left].source == rightTable.state.routes[right].source
      && leftTable.state.routes[left].type == rightTable.state.routes[right].type
  }

  private func isUsableLeg(_ entry: NexthopEntry, of route: Route) -> Bool {
    guard entry.upperBound >= 0 else { return false }
    return switch route.family {
    case .ipv4: state.settings.useNeighbours != true || entry.neighbourIsGood
    // Hosts leave a failed neighbour, routers do not look (`rt6_score_route()`).
    case .ipv6: state.settings.ipv6ForwardingAll != false || !entry.neighbourHasFailed
    }
  }

  private func spread(of target: NexthopTarget?) -> Spread {
    switch target {
    case .single(let entry): return Spread(kind: .single, members: [.init(choice: entry.choice)])
    case .threshold(let group, let members):
      // Before 6.5 a bad neighbour keeps its flows where no good member stands behind it.
      let lastGood = members.lastIndex(where: \.neighbourIsGood) ?? -1
      let keepsBehind = behaviour.skipsInvalidMembersFromStart == false
      let list = members.enumerated().map { position, entry in
        Spread.Member(
          choice: entry.choice, isUsable: entry.neighbourIsGood || (keepsBehind && position > lastGood))
      }
      return Spread(kind: .threshold(group: group), members: Self.keepingOne(list))
    case .resilient(let group, let members, let buckets, let table):
      let owners = table.map(Set.init)
      let list = members.enumerated().map { position, entry in
        Spread.Member(
          choice: entry.choice,
          isUsable: owners?.contains(UInt16(truncatingIfNeeded: position)) ?? true)
      }
      return Spread(kind: .resilient(group: group, buckets: buckets), members: list, owners: table)
    case .blackhole, .unusable, nil: return Spread(kind: .single, members: [])
    }
  }

  /// Where every neighbour has failed the kernel falls back on the first nexthop that takes a hash.
  private static func keepingOne(_ members: [Spread.Member]) -> [Spread.Member] {
    guard !members.contains(where: \.isUsable), let first = members.firstIndex(where: \.takesHash) else {
      return members
    }
    var members = members
    members[first].isUsable = true
    return members
  }
}

extension ForwardingTable {
  /// Whether a route covers one address alone.
  ///
  /// - Parameter index: an index into `RoutingState.routes`.
  package func isHostRoute(_ index: Int) -> Bool { state.routes[index].destination.isHost }

  /// The nexthop object that a route uses; nil for one with nexthops of its own.
  ///
  /// - Parameter index: an index into `RoutingState.routes`.
  package func nexthopID(ofRoute index: Int) -> UInt32? { state.routes[index].nexthopID }
}
