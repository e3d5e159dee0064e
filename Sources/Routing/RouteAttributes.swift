/// All of a route but its destination.
package struct RouteAttributes: Hashable, Sendable {
  /// The source prefix of an IPv6 source-specific route (RTA_SRC).
  package var source: Prefix?
  package var table: UInt32
  /// RTA_PRIORITY; nil when the kernel sent none, which counts as 0.
  package var metric: UInt32?
  package var tos: UInt8
  package var type: RouteType
  /// `rtm_protocol`: who installed the route.
  package var `protocol`: UInt8
  package var scope: UInt8
  /// All of `rtm_flags`.
  package var flags: UInt32
  package var nexthops: RouteNexthops
  package var preferredSource: IPAddress?
  /// RTA_PREF, IPv6 only: 0 medium, 1 high, 3 low.
  package var preference: UInt8?
  package var extras: RouteExtras?

  package init(
    source: Prefix? = nil, table: UInt32 = RouteTable.main, metric: UInt32? = nil, tos: UInt8 = 0,
    type: RouteType = .unicast, protocol: UInt8 = 3, scope: UInt8 = 0, flags: UInt32 = 0, nexthops: RouteNexthops,
    preferredSource: IPAddress? = nil, preference: UInt8? = nil, extras: RouteExtras? = nil
  ) {
    self.source = source
    self.table = table
    self.metric = metric
    self.tos = tos
    self.type = type
    self.protocol = `protocol`
    self.scope = scope
    self.flags = flags
    self.nexthops = nexthops
    self.preferredSource = preferredSource
    self.preference = preference
    self.extras = extras
  }
}

/// The attributes of any number of routes, kept once for all of them.
package final class SharedAttributes: Sendable {
  package let value: RouteAttributes

  package init(_ value: RouteAttributes) { self.value = value }
}

/// Finds the routes among many that have the same attributes, so that they are kept once.
package struct AttributePool: Sendable {
  /// Kinds of attributes that are kept at the most; then it starts again.
  private static let capacity = 1 << 16

  private var known: [RouteAttributes: SharedAttributes] = [:]

  package init() {}

  /// The route, with attributes that are shared with those that came before.
  package mutating func sharing(_ route: Route) -> Route {
    Route(destination: route.destination, sharing: shared(route.attributes))
  }

  private mutating func shared(_ attributes: RouteAttributes) -> SharedAttributes {
    if let shared = known[attributes] { return shared }
    if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
    let shared = SharedAttributes(attributes)
    known[attributes] = shared
    return shared
  }
}
