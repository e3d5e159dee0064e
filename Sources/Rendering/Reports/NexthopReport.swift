package import Routing

/// One leg of a route or one member of a group: what it is, what it gets, and whether it is alive.
package struct NexthopReport: Hashable, Sendable {
  /// The nexthop object; nil for a leg written in the route.
  package var id: UInt32?
  package var gateway: IPAddress?
  /// The interface's name; nil for blackhole and FDB nexthops.
  package var interface: String?
  package var isBlackhole = false
  package var isFDB = false
  /// The encapsulation's words, as `ip` prints them.
  package var encapsulation: String?
  /// Nil for an object that is looked at by itself, which has no shares either.
  package var weight: UInt32?
  /// RTA_FLOW of a leg: source realm in the high half, destination realm in the low half.
  package var realms: UInt32?
  /// 0 to 1, by the weights alone.
  package var idealShare = 0.0
  /// 0 to 1, by the upper bounds or the buckets of this moment; nil where it is not known which bounds are in force.
  package var share: Double? = 0
  /// What resilient groups add.
  package var buckets: BucketCounts?
  /// The state of the gateway's neighbour entry; nil when there is no gateway or no entry.
  package var neighbour: Neighbour.State?
  /// Nil when the interface is not known.
  package var hasCarrier: Bool?
  package var isUp: Bool?
  package var flags: UInt32 = 0
  /// Who made the object, and its scope; of objects that are looked at by themselves.
  package var origin: Origin?
  /// Packets that the group has sent here, where the kernel counts them.
  package var packets: UInt64?

  /// The buckets of one member of a resilient group.
  package struct BucketCounts: Hashable, Sendable {
    package var count: Int
    /// How many the weight asks for.
    package var wanted: Int
    /// Those of `count` that were unused for as long as the idle timer says.
    package var idle: Int
  }

  /// Who made an object, and how far its gateway is away.
  package struct Origin: Hashable, Sendable {
    /// Whether a protocol was named (RTPROT_UNSPEC is none).
    package var isNamed: Bool
    /// The names, or the numbers.
    package var `protocol`: String
    package var scope: String
  }

  /// A leg written in a route.
  init(_ leg: RouteLeg, in index: StateIndex) {
    gateway = leg.gateway
    weight = UInt32(leg.weight)
    realms = leg.realms
    flags = UInt32(leg.flags.rawValue)
    encapsulation = Self.words(leg.encapsulation, in: index)
    if leg.interface != 0 { look(at: leg.interface, in: index) }
  }

  /// A nexthop object; one that is not part of the state is its id alone.
  init(object id: UInt32, in index: StateIndex) {
    self.id = id
    guard let nexthop = index.nexthop(id) else { return }
    gateway = nexthop.gateway
    flags = nexthop.flags
    switch nexthop.target {
    case .blackhole: isBlackhole = true
    case .fdb: isFDB = true
    case .device(let interface, _, let encapsulation):
      self.encapsulation = Self.words(encapsulation, in: index)
      look(at: interface, in: index)
    }
  }

  /// The single nexthop objects of a state, by themselves, in the kernel's order.
  package static func all(in index: StateIndex, family: AddressFamily? = nil) -> [NexthopReport] {
    (index.state.nexthops ?? []).filter { family == nil || $0.family == family }.map { nexthop in
      var report = NexthopReport(object: nexthop.id, in: index)
      report.origin = Origin(
        isNamed: nexthop.protocol != 0, protocol: index.names.protocolName(nexthop.protocol),
        scope: index.names.scopeName(nexthop.scope))
      return report
    }
  }

  /// Whether selection that looks at neighbours passes over this one: an entry exists, and it is not valid.
  var hasInvalidNeighbour: Bool { neighbour.map { !$0.isValid } ?? false }

  private mutating func look(at index: UInt32, in state: StateIndex) {
    interface = state.interfaceName(index)
    hasCarrier = state.link(index)?.hasCarrier
    isUp = state.link(index)?.isUp
    if let gateway { neighbour = state.neighbour(gateway, interface: index) }
  }

  private static func words(_ encapsulation: Encapsulation?, in index: StateIndex) -> String? {
    encapsulation.map { index.printer.words(of: $0) }
  }
}
