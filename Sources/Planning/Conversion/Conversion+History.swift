import Routing

extension Conversion {
  /// What changes that were carried out have done to routes, in their order; as a journal tells it.
  package static func history(of changes: [PlannedChange]) -> [Conversion] {
    struct Move: Hashable {
      var from: Place
      var to: Place
    }
    var groups: [UInt32: NexthopGroup] = [:]
    for change in changes {
      switch change {
      case .addGroup(let group), .removeGroup(let group): groups[group.id] = group
      case .replaceGroup(let old, _): groups[old.id] = old
      default: break
      }
    }
    var places: [Move: Int] = [:]
    var conversions: [Conversion] = []
    for change in changes {
      if case .replaceGroup(let old, let new) = change {
        let place = Place.object(id: old.id)
        conversions.append(Conversion(from: place, to: place, routes: [], group: new, replaced: old))
      }
      guard case .replaceRoute(let old, let new) = change else { continue }
      let move = Move(from: place(of: old), to: place(of: new))
      if let place = places[move] {
        conversions[place].routes.append(old)
        continue
      }
      places[move] = conversions.count
      conversions.append(
        Conversion(
          from: move.from, to: move.to, routes: [old], group: new.nexthopID.flatMap { groups[$0] },
          replaced: old.nexthopID.flatMap { groups[$0] }))
    }
    return conversions
  }

  private static func place(of route: Route) -> Place { route.nexthopID.map { .object(id: $0) } ?? .legs }
}
