internal import Routing

/// What decides of a route, without what comes and goes: lifetimes, offload flags, and how the kernel writes it.
struct RouteShape: Hashable {
  /// A leg without the flags that follow from its interface.
  struct Leg: Hashable {
    var gateway: IPAddress?
    var interface: UInt32
    var weight: UInt16
    var isOnlink: Bool
    var encapsulation: Encapsulation?
    var realms: UInt32?
  }

  /// What routes among which the order of the kernel decides have in common.
  struct Key: Hashable {
    var table: UInt32
    var destination: Prefix
    var source: Prefix?
    var tos: UInt8
    var metric: UInt32

    /// Whether the kernel alone adds such routes: an IPv6 route for an address of the machine. A user's 0 is the default.
    var isOfKernelOnly: Bool { destination.family == .ipv6 && metric == 0 }
  }

  var key: Key
  var type: RouteType
  var `protocol`: UInt8
  /// IPv4 only: that of IPv6 means nothing.
  var scope: UInt8
  var object: UInt32?
  /// Empty where the route uses an object.
  var legs: [Leg]
  var preferredSource: IPAddress?
  var preference: UInt8
  var metrics: [RouteMetric]
  var realms: UInt32?
  var ttlPropagate: UInt8?

  init(_ route: Route) {
    key = Key(
      table: route.table, destination: route.destination, source: route.source, tos: route.tos,
      metric: route.metric ?? 0)
    type = route.type
    `protocol` = route.protocol
    scope = route.family == .ipv4 ? route.scope : 0
    object = route.nexthopID
    legs = []
    preferredSource = route.preferredSource
    preference = route.preference ?? 0
    metrics = route.extras?.metrics ?? []
    realms = route.extras?.realms
    ttlPropagate = route.extras?.ttlPropagate
    guard object == nil else { return }
    legs = route.legs.list.map { leg in
      Leg(
        gateway: leg.gateway, interface: leg.interface, weight: leg.weight, isOnlink: leg.flags.contains(.onlink),
        encapsulation: leg.encapsulation, realms: leg.realms)
    }
  }

  /// The routes of `routes` that are not among `others`, each as often as it is there more often.
  static func without(_ others: [Route], _ routes: [Route]) -> [Route] {
    var left: [RouteShape: Int] = [:]
    for other in others { left[other.shape, default: 0] += 1 }
    return routes.filter { route in
      guard let count = left[route.shape], count > 0 else { return true }
      left[route.shape] = count - 1
      return false
    }
  }

  /// The names of the fields that differ.
  func differences(from other: RouteShape) -> [String] {
    [
      type == other.type ? nil : "type", `protocol` == other.protocol ? nil : "protocol",
      scope == other.scope ? nil : "scope", object == other.object ? nil : "nexthop object",
      legs == other.legs ? nil : "legs", preferredSource == other.preferredSource ? nil : "preferred source",
      preference == other.preference ? nil : "preference", metrics == other.metrics ? nil : "metrics",
      realms == other.realms ? nil : "realms", ttlPropagate == other.ttlPropagate ? nil : "TTL propagation",
    ].compactMap { $0 }
  }
}

extension Route {
  var shape: RouteShape { RouteShape(self) }

  /// An entry that the kernel shows and that nobody can add or delete: the end of an IPv6 table.
  var isNull: Bool { family == .ipv6 && metric == .max && type == .unreachable && destination.length == 0 }

  var place: ShadowDifference.Place {
    var text = "\(destination)"
    if let source { text += " from \(source)" }
    if tos != 0 { text += " tos \(tos)" }
    return ShadowDifference.Place(.route, text + " table \(table) metric \(metric ?? 0)")
  }
}
