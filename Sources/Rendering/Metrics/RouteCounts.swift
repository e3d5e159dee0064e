package import Routing

/// How many routes there are of each kind, counted one by one, in memory that does not grow with their number.
package struct RouteCounts: Sendable {
  /// What decides which way a flow takes that follows the route.
  package enum Way: String, Hashable, Sendable, CaseIterable {
    /// One way, or none.
    case single
    /// RTA_MULTIPATH: legs written in the route.
    case legacy
    /// A hash-threshold group of nexthop objects.
    case mpath
    case resilient
    /// A group of a type that this program does not know.
    case unknown
  }

  /// What routes with the same attributes count as.
  private struct Kind: Sendable {
    /// One of them, which keeps the attributes from being replaced by others of the same identity.
    var example: Route
    var count = 0
  }

  /// The legs that are written in multipath routes.
  package struct Legs: Hashable, Sendable {
    package var all = 0
    package var dead = 0
    package var linkdown = 0
  }

  /// Those of one family.
  package struct Family: Hashable, Sendable {
    package fileprivate(set) var routes: [Way: Int] = [:]
    package fileprivate(set) var legs = Legs()
    /// Multipath routes with a leg that is dead or has no carrier.
    package fileprivate(set) var impaired = 0

    package var total: Int { routes.values.reduce(0, +) }
  }

  private struct User: Hashable, Sendable {
    var group: UInt32
    var family: AddressFamily
  }

  /// Kinds that are kept at the most; then they are summed up, and it starts again.
  private static let capacity = 4096

  private let groups: [UInt32: NexthopGroup]
  private var kinds: [Kind] = []
  /// Where in `kinds` the attributes are, by their identity.
  private var places: [ObjectIdentifier: Int] = [:]
  /// Neighbouring routes mostly have the same attributes.
  private var last: (id: ObjectIdentifier, place: Int)?
  private var families: [AddressFamily: Family] = [:]
  private var users: [User: Int] = [:]
  /// Whether every route was counted once; the kernel passes over IPv6 routes, or tells them twice, while others come
  /// and go.
  package var isConsistent = true

  /// - Parameter groups: those that routes may use.
  package init(groups: [NexthopGroup]) {
    self.groups = Dictionary(groups.map { ($0.id, $0) }) { first, _ in first }
  }

  /// Counts a route.
  package mutating func add(_ route: Route) {
    let id = route.attributesID
    if let last, last.id == id, kinds[last.place].example.family == route.family {
      kinds[last.place].count += 1
      return
    }
    let place: Int
    if let known = places[id], kinds[known].example.family == route.family {
      place = known
    } else {
      if kinds.count >= Self.capacity { sumUp() }
      place = kinds.count
      kinds.append(Kind(example: route))
      places[id] = place
    }
    kinds[place].count += 1
    last = (id, place)
  }

  /// Ends the counting; what it has found can then be asked for.
  package mutating func end() { sumUp() }

  private mutating func sumUp() {
    for kind in kinds { add(kind.example, times: kind.count) }
    kinds.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    last = nil
  }

  private mutating func add(_ route: Route, times count: Int) {
    var family = families[route.family] ?? Family()
    let way = way(of: route)
    family.routes[way, default: 0] += count
    if let group = route.nexthopID, groups[group] != nil {
      users[User(group: group, family: route.family), default: 0] += count
    }
    if way == .legacy {
      let legs = route.legs.list
      let dead = legs.count { $0.flags.contains(.dead) }
      let linkdown = legs.count { $0.flags.contains(.linkdown) }
      family.legs.all += count * legs.count
      family.legs.dead += count * dead
      family.legs.linkdown += count * linkdown
      if dead + linkdown > 0 { family.impaired += count }
    }
    families[route.family] = family
  }

  private func way(of route: Route) -> Way {
    guard let id = route.nexthopID else {
      return if case .multipath(let legs) = route.legs, legs.count > 1 { .legacy } else { .single }
    }
    guard let group = groups[id] else { return .single }
    switch group.kind {
    // A group of one leads one way, but it is a group, whose members may come back.
    case .hashThreshold: return .mpath
    case .resilient: return .resilient
    default: return .unknown
    }
  }

  package subscript(family: AddressFamily) -> Family { families[family] ?? Family() }

  /// How many routes of a family use a group.
  package func users(of group: UInt32, _ family: AddressFamily) -> Int {
    users[User(group: group, family: family)] ?? 0
  }
}
