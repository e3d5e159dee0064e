/// One leg of a route whose nexthops are written in the route itself.
package struct RouteLeg: Hashable, Sendable {
  /// The gateway; nil for a directly connected destination. Its family may be IPv6 under an IPv4 route (RTA_VIA).
  package var gateway: IPAddress?
  /// Interface index; 0 when the route names none.
  package var interface: UInt32
  /// 1 to 256 (`rtnh_hops` + 1).
  package var weight: UInt16
  package var flags: NexthopFlags
  package var encapsulation: Encapsulation?
  /// RTA_FLOW: source realm in the high half, destination realm in the low half.
  package var realms: UInt32?

  package init(
    gateway: IPAddress? = nil, interface: UInt32 = 0, weight: UInt16 = 1, flags: NexthopFlags = [],
    encapsulation: Encapsulation? = nil, realms: UInt32? = nil
  ) {
    self.gateway = gateway
    self.interface = interface
    self.weight = weight
    self.flags = flags
    self.encapsulation = encapsulation
    self.realms = realms
  }
}

/// The legs of a route, in the kernel's order, which is the order of selection.
package enum RouteLegs: Hashable, Sendable {
  /// No device at all: unreachable, prohibit, blackhole, throw.
  case none
  case single(RouteLeg)
  /// RTA_MULTIPATH; the kernel may list a single leg this way for an IPv6 route over a one-member group.
  case multipath([RouteLeg])

  /// The legs, one after the other.
  package var list: [RouteLeg] {
    switch self {
    case .none: []
    case .single(let leg): [leg]
    case .multipath(let legs): legs
    }
  }
}

/// Where a route sends its packets: to a nexthop object, or over legs written in the route.
package enum RouteNexthops: Hashable, Sendable {
  case legs(RouteLegs)
  /// RTA_NH_ID. `expansion` repeats the object as legs where `nexthop_compat_mode` is 1; it is only for
  /// display: selection uses the object.
  case object(id: UInt32, expansion: RouteLegs)

  /// The id of the object.
  package var object: UInt32? {
    if case .object(let id, _) = self { id } else { nil }
  }

  /// The legs, or the kernel's expansion of the object.
  package var legs: RouteLegs {
    switch self {
    case .legs(let legs), .object(_, let legs): legs
    }
  }
}

/// `rtm_type`.
package struct RouteType: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let unspecified = RouteType(rawValue: 0)
  package static let unicast = RouteType(rawValue: 1)
  package static let local = RouteType(rawValue: 2)
  package static let broadcast = RouteType(rawValue: 3)
  package static let anycast = RouteType(rawValue: 4)
  package static let multicast = RouteType(rawValue: 5)
  package static let blackhole = RouteType(rawValue: 6)
  package static let unreachable = RouteType(rawValue: 7)
  package static let prohibit = RouteType(rawValue: 8)
  package static let `throw` = RouteType(rawValue: 9)
  package static let nat = RouteType(rawValue: 10)
}

/// The attributes that few routes carry, kept apart so that a plain route stays small.
package struct RouteExtras: Hashable, Sendable {
  /// RTA_METRICS, in the kernel's order.
  package var metrics: [RouteMetric] = []
  /// RTA_MARK.
  package var mark: UInt32?
  /// RTA_FLOW of a route with one leg: source realm in the high half, destination realm in the low half.
  package var realms: UInt32?
  /// RTA_UID.
  package var uid: UInt32?
  /// Remaining lifetime in USER_HZ ticks (1/100 s); 0 means none.
  package var expires: Int32?
  /// `rta_error` of RTA_CACHEINFO: a negative errno as the kernel stores it, shown by `ip` as unsigned.
  package var error: UInt32?
  /// RTA_IIF: interface index.
  package var inputInterface: UInt32?
  /// RTA_TTL_PROPAGATE.
  package var ttlPropagate: UInt8?

  package init() {}
}

/// One entry of RTA_METRICS.
package struct RouteMetric: Hashable, Sendable {
  /// `RTAX_*`: 1 lock, 2 mtu, 3 window, 4 rtt, 5 rttvar, 6 ssthresh, 7 cwnd, 8 advmss, 9 reordering, 10 hoplimit,
  /// 11 initcwnd, 12 features, 13 rto_min, 14 initrwnd, 15 quickack, 16 cc_algo, 17 fastopen_no_cookie.
  package var kind: UInt16
  /// The number, in the kernel's unit (rtt in 1/8 ms, rttvar in 1/4 ms); 0 for cc_algo.
  package var value: UInt32
  /// The name of the congestion control algorithm, for cc_algo only.
  package var name: String?

  package init(kind: UInt16, value: UInt32, name: String? = nil) {
    self.kind = kind
    self.value = value
    self.name = name
  }
}

/// One entry of a routing table, as the kernel describes it in RTM_NEWROUTE.
///
/// It takes 32 bytes: all but the destination is in one value, which routes that have it in common share, as they share a
/// `fib_info` in the kernel. A million routes of one router rarely have more than a few hundred of those.
package struct Route: Hashable, Sendable {
  package var destination: Prefix
  private var shared: SharedAttributes

  /// A route with attributes of its own.
  package init(destination: Prefix, _ attributes: RouteAttributes) {
    self.init(destination: destination, sharing: SharedAttributes(attributes))
  }

  /// One of many routes with the same attributes.
  package init(destination: Prefix, sharing attributes: SharedAttributes) {
    self.destination = destination
    shared = attributes
  }

  package init(
    destination: Prefix, source: Prefix? = nil, table: UInt32 = RouteTable.main, metric: UInt32? = nil,
    tos: UInt8 = 0, type: RouteType = .unicast, protocol: UInt8 = 3, scope: UInt8 = 0, flags: UInt32 = 0,
    nexthops: RouteNexthops, preferredSource: IPAddress? = nil, preference: UInt8? = nil, extras: RouteExtras? = nil
  ) {
    self.init(
      destination: destination,
      RouteAttributes(
        source: source, table: table, metric: metric, tos: tos, type: type, protocol: `protocol`, scope: scope,
        flags: flags, nexthops: nexthops, preferredSource: preferredSource, preference: preference, extras: extras))
  }

  /// All but the destination.
  package var attributes: RouteAttributes {
    @inline(__always) get { shared.value }
    set { shared = SharedAttributes(newValue) }
  }

  /// What two routes that share their attributes have the same of: a quick way to tell that they are equal, while routes
  /// with another may still have equal ones.
  package var attributesID: ObjectIdentifier { ObjectIdentifier(shared) }

  package var family: AddressFamily { destination.family }

  /// The id of the nexthop object that the route uses.
  package var nexthopID: UInt32? { shared.value.nexthops.object }

  /// The legs written in the route, or the kernel's expansion of its nexthop object.
  package var legs: RouteLegs { shared.value.nexthops.legs }

  package static func == (left: Route, right: Route) -> Bool {
    left.destination == right.destination && (left.shared === right.shared || left.shared.value == right.shared.value)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(destination)
    hasher.combine(shared.value.table)
    hasher.combine(shared.value.metric)
  }
}

extension Route: CustomStringConvertible {
  package var description: String { "Route(\(destination), \(attributes))" }
}

extension Route {
  /// The source prefix of an IPv6 source-specific route (RTA_SRC).
  package var source: Prefix? {
    get { shared.value.source }
    set { attributes.source = newValue }
  }

  package var table: UInt32 {
    get { shared.value.table }
    set { attributes.table = newValue }
  }

  /// RTA_PRIORITY; nil when the kernel sent none, which counts as 0.
  package var metric: UInt32? {
    get { shared.value.metric }
    set { attributes.metric = newValue }
  }

  package var tos: UInt8 {
    get { shared.value.tos }
    set { attributes.tos = newValue }
  }

  package var type: RouteType {
    get { shared.value.type }
    set { attributes.type = newValue }
  }

  /// `rtm_protocol`: who installed the route.
  package var `protocol`: UInt8 {
    get { shared.value.protocol }
    set { attributes.protocol = newValue }
  }

  package var scope: UInt8 {
    get { shared.value.scope }
    set { attributes.scope = newValue }
  }

  /// All of `rtm_flags`.
  package var flags: UInt32 {
    get { shared.value.flags }
    set { attributes.flags = newValue }
  }

  package var nexthops: RouteNexthops {
    get { shared.value.nexthops }
    set { attributes.nexthops = newValue }
  }

  package var preferredSource: IPAddress? {
    get { shared.value.preferredSource }
    set { attributes.preferredSource = newValue }
  }

  /// RTA_PREF, IPv6 only: 0 medium, 1 high, 3 low.
  package var preference: UInt8? {
    get { shared.value.preference }
    set { attributes.preference = newValue }
  }

  package var extras: RouteExtras? {
    get { shared.value.extras }
    set { attributes.extras = newValue }
  }
}

/// The routing tables that every machine has.
package enum RouteTable {
  package static let `default`: UInt32 = 253
  package static let main: UInt32 = 254
  package static let local: UInt32 = 255
}

/// Bits of `rtm_flags` above the nexthop flags (linux/rtnetlink.h).
package enum RouteFlags {
  /// RTM_F_CLONED: a cached copy, not an entry of a table.
  package static let cloned: UInt32 = 0x200
  /// RTM_F_OFFLOAD and RTM_F_TRAP: the route is in hardware.
  package static let offload: UInt32 = 0x4000
  package static let trap: UInt32 = 0x8000
  package static let offloadFailed: UInt32 = 0x2000_0000
}
