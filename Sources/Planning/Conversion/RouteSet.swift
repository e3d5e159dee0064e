import Routing

/// Routes that share their nexthops: over one group, or with the same legs.
struct RouteSet {
  enum Source {
    case legs([RouteLeg])
    case group(NexthopGroup)
  }

  var source: Source
  var routes: [Route]

  var place: Conversion.Place {
    switch source {
    case .legs: .legs
    case .group(let group): .object(id: group.id)
    }
  }

  /// How it is called in hazards.
  var subject: String {
    switch source {
    case .group(let group): "group \(group.id)"
    case .legs: Self.subject(routes)
    }
  }

  static func subject(_ routes: [Route]) -> String {
    guard let first = routes.first else { return "" }
    return "\(RouteKey(first))" + (routes.count > 1 ? " and \(routes.count - 1) more" : "")
  }
}

/// What makes two lists of legs one group: everything that a nexthop object keeps.
private struct LegKey: Hashable {
  var object: NexthopKey
  var weight: UInt16
}

/// What a nexthop object does with a packet, whatever its id.
struct NexthopKey: Hashable {
  var family: AddressFamily
  var gateway: IPAddress?
  var interface: UInt32
  var isOnlink: Bool
  var encapsulation: Encapsulation?

  /// - Parameter family: of the route; an object without a gateway is of that family.
  init(_ leg: RouteLeg, family: AddressFamily) {
    self.family = leg.gateway?.family ?? family
    gateway = leg.gateway
    interface = leg.interface
    isOnlink = leg.flags.contains(.onlink)
    encapsulation = leg.encapsulation
  }

  /// nil for what legs can not do.
  init?(_ nexthop: Nexthop) {
    guard case .device(let interface, let gateway, let encapsulation) = nexthop.target else { return nil }
    family = nexthop.family
    self.gateway = gateway
    self.interface = interface
    isOnlink = nexthop.flags & UInt32(NexthopFlags.onlink.rawValue) != 0
    self.encapsulation = encapsulation
  }

  /// The object of this kind.
  func nexthop(id: UInt32, protocol: UInt8) -> Nexthop {
    Nexthop(
      id: id, family: family,
      target: .device(interface: interface, gateway: gateway, encapsulation: encapsulation), protocol: `protocol`,
      flags: isOnlink ? UInt32(NexthopFlags.onlink.rawValue) : 0)
  }

  /// A leg that does the same.
  func leg(weight: UInt16) -> RouteLeg {
    RouteLeg(
      gateway: gateway, interface: interface, weight: weight, flags: isOnlink ? .onlink : [],
      encapsulation: encapsulation)
  }
}

/// The routes that a request selects, those that share their nexthops together, in the order of the first of each.
struct RouteSelection {
  private(set) var sets: [RouteSet] = []
  /// Routes that the selection names and that have a single nexthop, or none.
  private(set) var others: [Route] = []

  init(_ request: ConversionRequest, in state: RoutingState) {
    let groups = Dictionary(state.groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var places: [Key: Int] = [:]
    for route in state.routes where Self.isSelected(route, request) {
      guard let (key, source) = Self.key(route, groups) else {
        others.append(route)
        continue
      }
      if let place = places[key] {
        sets[place].routes.append(route)
      } else {
        places[key] = sets.count
        sets.append(RouteSet(source: source, routes: [route]))
      }
    }
    if case .group(let id) = request.selection, sets.isEmpty, let group = groups[id] {
      sets = [RouteSet(source: .group(group), routes: [])]
    }
    // A route without metrics takes those of another one that the kernel finds over the same object: it has to be there
    // first (`fib_find_info_nh()`, net/ipv4/fib_semantics.c).
    for index in sets.indices {
      sets[index].routes =
        sets[index].routes.filter { $0.hasNoMetrics } + sets[index].routes.filter { !$0.hasNoMetrics }
    }
  }

  private enum Key: Hashable {
    case legs([LegKey])
    case group(UInt32)
  }

  private static func isSelected(_ route: Route, _ request: ConversionRequest) -> Bool {
    guard route.flags & RouteFlags.cloned == 0, request.family == nil || request.family == route.family else {
      return false
    }
    return switch request.selection {
    case .prefix(let prefix): route.destination == prefix
    case .group(let id): route.nexthopID == id
    case .everything: true
    }
  }

  private static func key(_ route: Route, _ groups: [UInt32: NexthopGroup]) -> (Key, RouteSet.Source)? {
    switch route.nexthops {
    case .object(let id, _): groups[id].map { (.group(id), .group($0)) }
    case .legs(.multipath(let legs)) where legs.count > 1:
      (
        .legs(legs.map { LegKey(object: NexthopKey($0, family: route.family), weight: $0.weight) }), .legs(legs)
      )
    case .legs: nil
    }
  }
}

extension Route {
  fileprivate var hasNoMetrics: Bool { extras?.metrics.isEmpty ?? true }

  /// The route over other nexthops, without the marks that come from the old ones.
  func over(_ nexthops: RouteNexthops) -> Route {
    var route = self
    route.nexthops = nexthops
    route.flags &= ~(0xff | RouteFlags.offload | RouteFlags.trap | RouteFlags.offloadFailed)
    if case .object = nexthops { route.extras?.realms = nil }
    if route.extras == RouteExtras() { route.extras = nil }
    return route
  }
}
