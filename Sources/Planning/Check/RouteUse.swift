import Routing

/// Routes of one family and one maker that share their nexthops.
struct RouteUse {
  enum Way: Hashable {
    case legs([RouteLeg])
    case group(UInt32)
    /// One nexthop object.
    case object(UInt32)
  }

  struct Key: Hashable {
    var family: AddressFamily
    var `protocol`: UInt8
    var way: Way
    /// The `mtu` of their metrics.
    var mtu: UInt32?
    var isOffloaded: Bool
  }

  let key: Key
  var routes = RouteSample()

  var family: AddressFamily { key.family }
  var owner: RouteOwner? { RouteOwner(protocol: key.protocol) }

  /// The legs written in the routes; empty for objects.
  var legs: [RouteLeg] { if case .legs(let legs) = key.way { legs } else { [] } }
}

/// All routes over several nexthops or over objects, those that share them together: as few as a machine has ways, not as
/// many as it has routes.
struct RouteUses {
  private(set) var all: [RouteUse] = []
  private var places: [RouteUse.Key: Int] = [:]
  /// By attributes, which few routes have of their own; -1 for those that are not looked at.
  private var known: [ObjectIdentifier: [AddressFamily: Int]] = [:]

  init(_ state: RoutingState, groups: [UInt32: NexthopGroup], family: AddressFamily?) {
    var last: (id: ObjectIdentifier, family: AddressFamily, place: Int)?
    for route in state.routes where family == nil || route.family == family {
      let id = route.attributesID
      let place: Int
      if let last, last.id == id, last.family == route.family {
        place = last.place
      } else {
        place = self.place(route, id, groups)
        last = (id, route.family, place)
      }
      if place >= 0 { all[place].routes.add(route) }
    }
  }

  private mutating func place(_ route: Route, _ id: ObjectIdentifier, _ groups: [UInt32: NexthopGroup]) -> Int {
    if let place = known[id]?[route.family] { return place }
    let place = Self.key(route, groups).map { key in
      if let place = places[key] { return place }
      places[key] = all.count
      all.append(RouteUse(key: key))
      return all.count - 1
    }
    known[id, default: [:]][route.family] = place ?? -1
    return place ?? -1
  }

  private static func key(_ route: Route, _ groups: [UInt32: NexthopGroup]) -> RouteUse.Key? {
    guard route.type == .unicast, route.flags & RouteFlags.cloned == 0 else { return nil }
    let way: RouteUse.Way
    switch route.nexthops {
    case .object(let id, _): way = groups[id] == nil ? .object(id) : .group(id)
    case .legs(.multipath(let legs)) where legs.count > 1: way = .legs(legs)
    case .legs: return nil
    }
    return RouteUse.Key(
      family: route.family, protocol: route.protocol, way: way,
      mtu: route.extras?.metrics.first { $0.kind == RouteMetric.mtu }?.value,
      isOffloaded: route.flags & (RouteFlags.offload | RouteFlags.trap) != 0)
  }
}

extension RouteMetric {
  /// RTAX_MTU.
  static let mtu: UInt16 = 2
}
