import Forwarding
import Routing

/// The routes of a state while it changes: cheap to copy, to look into and to change, however many there are.
///
/// What is not changed stays where the state has it.
struct RouteStore: Sendable {
  /// All routes of one table to one destination prefix, whose order is the kernel's.
  struct Place: Hashable {
    var table: UInt32
    var destination: Prefix
  }

  private let original: [Route]
  private let tables: [PrefixTable.Key: PrefixTable]
  private var changed: [Place: [Route]] = [:]
  /// Places that the original has no route at, in the order in which they came.
  private var added: [Place] = []
  /// How many places of each table have routes that the original has not.
  private var lengths: [PrefixTable.Key: Set<UInt8>] = [:]

  init(_ routes: [Route]) {
    original = routes
    tables = PrefixTable.tables(of: routes)
  }

  subscript(place: Place) -> [Route] {
    get { changed[place] ?? originals(place) }
    set {
      if changed[place] == nil, originals(place).isEmpty { added.append(place) }
      changed[place] = newValue
      lengths[Self.key(place), default: []].insert(place.destination.length)
    }
  }

  private static func key(_ place: Place) -> PrefixTable.Key {
    PrefixTable.Key(table: place.table, family: place.destination.family)
  }

  private func originals(_ place: Place) -> [Route] {
    tables[Self.key(place)]?.routes(of: place.destination).map { original[Int($0)] } ?? []
  }

  /// Whether the table holds, or held, a route of the family.
  func hasTable(_ table: UInt32, _ family: AddressFamily) -> Bool {
    let key = PrefixTable.Key(table: table, family: family)
    return tables[key] != nil || lengths[key] != nil
  }

  /// The routes of a table whose destination covers the address, by prefix, longest first.
  func covering(_ address: IPAddress, table: UInt32) -> [[Route]] {
    let key = PrefixTable.Key(table: table, family: address.family)
    let all = lengths[key, default: []].union(tables[key]?.lengths ?? [])
    return all.sorted(by: >).compactMap { length in
      let routes = self[Place(table: table, destination: Prefix(containing: address, length: length))]
      return routes.isEmpty ? nil : routes
    }
  }

  /// Puts what `body` makes of each route that `isConcerned` in its place; nil takes it away.
  mutating func rewrite(_ isConcerned: (Route) -> Bool, _ body: (Route) -> Route?) {
    var places: Set<Place> = []
    for route in original where route.flags & RouteFlags.cloned == 0 && isConcerned(route) {
      places.insert(route.place)
    }
    for (place, routes) in changed where routes.contains(where: isConcerned) { places.insert(place) }
    for place in places {
      let routes = self[place]
      guard routes.contains(where: isConcerned) else { continue }
      self[place] = routes.compactMap { isConcerned($0) ? body($0) : $0 }
    }
  }

  /// Whether any route fits.
  func contains(where isConcerned: (Route) -> Bool) -> Bool {
    changed.values.contains { $0.contains(where: isConcerned) }
      || original.contains { isConcerned($0) && changed[$0.place] == nil }
  }

  /// Every route, those of one place in the kernel's order, places in the order of the original.
  func routes() -> [Route] {
    guard !changed.isEmpty else { return original }
    var result: [Route] = []
    result.reserveCapacity(original.count)
    var written: Set<Place> = []
    for route in original {
      guard let routes = changed[route.place], route.flags & RouteFlags.cloned == 0 else {
        result.append(route)
        continue
      }
      if written.insert(route.place).inserted { result += routes }
    }
    for place in added where written.insert(place).inserted { result += changed[place] ?? [] }
    return result
  }
}

extension Route {
  var place: RouteStore.Place { RouteStore.Place(table: table, destination: destination) }
}
