internal import Routing

/// The routes that have changed while their table was read.
///
/// The kernel goes through an IPv4 table by address, so that a change disturbs no other route. An IPv6 table it goes through
/// by counting: for each route that comes or goes before the place where it is, it tells one twice or passes over one
/// (`fib6_dump_table()`, net/ipv6/ip6_fib.c), and it does not mark the dump (NLM_F_DUMP_INTR).
struct RouteChanges {
  private struct Place: Hashable {
    var table: UInt32
    var destination: Prefix

    init(_ route: Route) {
      table = route.table
      destination = route.destination
    }
  }

  private var places: Set<Place> = []
  /// How many changes were told.
  private(set) var count = 0
  /// How many entries of IPv6 tables they were.
  private(set) var entries = 0

  var isEmpty: Bool { count == 0 }

  /// The multicast group that tells of the changes that matter: RTNLGRP_IPV6_ROUTE.
  static func group(_ family: AddressFamily) -> Int32? { family == .ipv6 ? 11 : nil }

  mutating func add(_ route: Route) {
    count += 1
    entries += route.entries6
    places.insert(Place(route))
  }

  /// Whether two readings have the same routes, but for those that have changed.
  func leaveSame(_ one: [Route], _ other: [Route]) -> Bool {
    func unchanged(_ routes: [Route]) -> Set<Route> { Set(routes.lazy.filter { !places.contains(Place($0)) }) }
    return unchanged(one) == unchanged(other)
  }

  /// The last of several readings with each route once, and with those that it has passed over.
  ///
  /// What an earlier one has and the last one has not was passed over, unless it has changed.
  func complete(_ last: [Route], from earlier: [[Route]]) -> [Route] {
    var known: Set<Route> = []
    var routes = last.filter { known.insert($0).inserted }
    for reading in earlier.reversed() {
      routes += reading.filter { !places.contains(Place($0)) && known.insert($0).inserted }
    }
    return routes
  }
}
