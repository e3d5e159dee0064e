internal import Netlink
package import Routing

extension Kernel {
  /// Of more entries only the number is looked at: for every page of the list the kernel goes through its tables from
  /// their start, with the lock of each in turn, so that a list of 40 000 takes it half a minute.
  private static let mostListed = 1 << 12
  /// More than a line of the list ever has bytes.
  private static let longestLine = 192

  /// Where the kernel has IPv6 routes that it has not told as they are; nothing is read where no route has several legs
  /// that are no nexthop objects.
  ///
  /// `/proc/net` is that of the process, whose namespace need not be the thread's.
  ///
  /// - Parameters:
  ///   - routes: what it has told of all tables.
  ///   - changes: how many entries have come or gone while it did: so many more or less say nothing.
  static func hiddenRoutes(_ routes: [Route], changes: Int) -> HiddenRoutes {
    guard let told = entriesBesideLegs(routes) else { return HiddenRoutes() }
    guard let stats = try? System.contents(of: "/proc/thread-self/net/rt6_stats"),
      let count = IPv6RouteCount(parsing: stats)?.entries
    else { return .anywhere }
    guard count <= mostListed else { return abs(told - count) <= changes ? HiddenRoutes() : .anywhere }
    let limit = mostListed * longestLine
    guard let list = try? System.contents(of: "/proc/thread-self/net/ipv6_route", limit: limit), list.count < limit
    else { return .anywhere }
    return HiddenRoutes(routes, listed: list)
  }

  /// How many entries the IPv6 routes are together; nil where none has several legs.
  private static func entriesBesideLegs(_ routes: [Route]) -> Int? {
    var sum = 0
    var hasLegs = false
    // Neighbouring routes mostly have the same attributes.
    var last: (attributes: ObjectIdentifier, entries: Int)?
    for route in routes where route.family == .ipv6 {
      let id = route.attributesID
      let entries: Int
      if let last, last.attributes == id { entries = last.entries } else { entries = route.entries6 }
      last = (id, entries)
      hasLegs = hasLegs || entries > 1
      sum += entries
    }
    return hasLegs ? sum : nil
  }
}
