/// Where the kernel has IPv6 routes that its dump does not tell as they are.
///
/// It tells the legs of a multipath route as one route, with the preference of the first one, and goes on behind the last
/// (`fib6_dump_node()`, net/ipv6/ip6_fib.c). What lies between them is not told at all: a route of the same destination
/// and metric that is no leg, since it has no gateway, uses a nexthop object, or comes from a router advertisement.
package struct HiddenRoutes: Hashable, Sendable {
  /// Routes that are chosen among by preference and order, of whatever table.
  package struct Place: Hashable, Sendable {
    package var destination: Prefix
    /// nil for none, and for ::/0.
    package var source: Prefix?
    package var metric: UInt32

    package init(destination: Prefix, source: Prefix? = nil, metric: UInt32) {
      self.destination = destination
      self.source = source.flatMap { $0.length > 0 ? $0 : nil }
      self.metric = metric
    }

    package init(_ route: Route) {
      self.init(destination: route.destination, source: route.source, metric: route.metric ?? 0)
    }
  }

  /// Where the kernel has others than it tells.
  package var places: Set<Place> = []
  /// Whether that may be so at every multipath route.
  package var mayBeAnywhere = false

  package init(places: Set<Place> = [], mayBeAnywhere: Bool = false) {
    self.places = places
    self.mayBeAnywhere = mayBeAnywhere
  }

  /// Nothing is known of what the kernel does not tell.
  package static let anywhere = HiddenRoutes(mayBeAnywhere: true)

  package var isEmpty: Bool { places.isEmpty && !mayBeAnywhere }

  /// Whether the kernel may have others than it tells where the route lies.
  package func concern(_ route: Route) -> Bool {
    guard route.family == .ipv6 else { return false }
    return mayBeAnywhere && route.entries6 > 1 || !places.isEmpty && places.contains(Place(route))
  }
}

extension HiddenRoutes {
  /// A file of `/proc/net`.
  package enum File: String, Sendable {
    /// How many entries the tables have.
    case count = "rt6_stats"
    /// The entries, one a line.
    case list = "ipv6_route"
  }

  /// Of more entries only the number is looked at: for every page of the list the kernel goes through its tables from
  /// their start, with the lock of each in turn, so that a list of 40 000 takes it half a minute.
  package static let mostListed = 1 << 12
  /// More bytes than a line of the list ever has.
  private static let longestLine = 192

  /// Looks for what the kernel has not told; nothing is read where no route has several legs that are no nexthop objects.
  ///
  /// - Parameters:
  ///   - routes: what it has told of all tables.
  ///   - changes: how many entries have come or gone while it did: so many more or less say nothing.
  ///   - contents: reads at most so many bytes of a file, or nothing.
  package init(_ routes: [Route], changes: Int, contents: (File, _ limit: Int) -> [UInt8]?) {
    guard let told = Self.entriesBesideLegs(routes) else {
      self.init()
      return
    }
    guard let count = contents(.count, 1 << 12).flatMap({ IPv6RouteCount(parsing: $0)?.entries }) else {
      self = .anywhere
      return
    }
    guard count <= Self.mostListed else {
      self = abs(told - count) <= changes ? HiddenRoutes() : .anywhere
      return
    }
    let limit = Self.mostListed * Self.longestLine
    guard let list = contents(.list, limit), list.count < limit else {
      self = .anywhere
      return
    }
    self.init(routes, listed: list)
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

  /// Holds what the kernel told against its list of all entries, by how many there are of each preference.
  ///
  /// - Parameters:
  ///   - routes: what the kernel told, all tables together, since the list does not tell them apart.
  ///   - list: the text of `/proc/net/ipv6_route` (`ipv6_route_native_seq_show()`). Any line in another form leaves all in
  ///     doubt.
  package init(_ routes: [Route], listed list: some Sequence<UInt8>) {
    var told: [Place: SIMD4<Int>] = [:]
    for route in routes where route.family == .ipv6 && route.entries6 > 1 { told[Place(route)] = .zero }
    for route in routes where route.family == .ipv6 {
      let place = Place(route)
      if told[place] != nil { told[place]?[Int(route.preference ?? 0) & 3] += route.entries6 }
    }
    var rest = told
    for line in Array(list).split(separator: UInt8(ascii: "\n")) {
      guard let entry = IPv6RouteEntry(parsing: line) else {
        self = .anywhere
        return
      }
      if rest[entry.place] != nil { rest[entry.place]?[Int(entry.preference)] -= 1 }
    }
    self.init(places: Set(rest.lazy.filter { $0.value != .zero }.map(\.key)))
  }
}

extension Route {
  /// How many entries of an IPv6 table the route is (`struct fib6_info`): each leg is one, a nexthop object is not.
  package var entries6: Int {
    guard case .legs(.multipath(let legs)) = nexthops else { return 1 }
    return max(legs.count, 1)
  }
}

/// A line of `/proc/net/ipv6_route`: one entry of an IPv6 table.
struct IPv6RouteEntry {
  var place: HiddenRoutes.Place
  /// As in RTA_PREF.
  var preference: UInt8

  /// Columns of hexadecimal digits of one width each: destination, its length, source, its length, gateway, metric,
  /// references, uses, flags; then the interface.
  init?(parsing line: ArraySlice<UInt8>) {
    func number(_ column: Int, _ width: Int) -> UInt64? {
      guard column + width < line.count, line[line.startIndex + column + width] == UInt8(ascii: " ") else { return nil }
      return Self.number(line.dropFirst(column).prefix(width))
    }
    func prefix(_ column: Int) -> Prefix? {
      guard line.count > column + 32, let high = Self.number(line.dropFirst(column).prefix(16)),
        let low = number(column + 16, 16), let length = number(column + 33, 2), length <= 128
      else { return nil }
      return Prefix(containing: IPAddress(ipv6High: high, low: low), length: UInt8(length))
    }
    guard let destination = prefix(0), let source = prefix(36), let metric = number(105, 8), let flags = number(132, 8)
    else { return nil }
    place = HiddenRoutes.Place(destination: destination, source: source, metric: UInt32(metric))
    // RTF_PREF.
    preference = UInt8(flags >> 27 & 3)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}

/// How many entries all IPv6 tables of a network namespace have: the fourth number of `/proc/net/rt6_stats`
/// (`fib_rt_entries`).
package struct IPv6RouteCount: Hashable, Sendable {
  package var entries: Int

  /// nil where the text has another form.
  package init?(parsing text: some Sequence<UInt8>) {
    let words = Array(text).split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    guard words.count >= 4, let entries = Int(String(decoding: words[3], as: UTF8.self), radix: 16), entries >= 0 else {
      return nil
    }
    self.entries = entries
  }
}
