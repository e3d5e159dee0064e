import MultipathHash
import Routing

/// The nexthops of a state, ready for selection: the legs of routes, each distinct list once, and the nexthop objects.
struct NexthopTable: Sendable {
  /// The legs of one or more routes, with their upper bounds.
  struct LegSet: Sendable {
    var entries: [NexthopEntry]
    var isMultipath: Bool
    /// Upper bounds that the kernel may go by instead, since it does not compute them when
    /// `ignore_routes_with_linkdown` is written; nil where there are too many to look at.
    var otherBounds: [[Int32]]? = []
  }

  private(set) var sets: [LegSet] = []
  /// For each route of the state: an index into `sets`; -1 for a route over a nexthop object or without nexthops.
  private(set) var setOfRoute: [Int32] = []
  private(set) var objects: [UInt32: NexthopTarget] = [:]
  let encapsulations: Encapsulations
  /// Whether any leg or object has an encapsulation.
  private(set) var hasEncapsulations = false

  private struct SetKey: Hashable {
    var legs: RouteLegs
    var family: AddressFamily
    var scope: UInt8
  }

  /// Routes with the same attributes, which need not be looked into for each.
  private struct KindKey: Hashable {
    var attributes: ObjectIdentifier
    var family: AddressFamily
  }

  init(_ state: RoutingState, links: LinkTable, neighbours: NeighbourTable, sources: SourceAddresses) {
    encapsulations = Encapsulations(state.nexthops ?? [])
    hasEncapsulations = !encapsulations.isEmpty
    let compiler = EntryCompiler(state: state, links: links, neighbours: neighbours, sources: sources)
    setOfRoute.reserveCapacity(state.routes.count)
    var known: [SetKey: Int32] = [:]
    var kinds: [KindKey: Int32] = [:]
    // Neighbouring routes mostly have the same attributes.
    var last: (kind: KindKey, set: Int32)?
    for route in state.routes {
      let kind = KindKey(attributes: route.attributesID, family: route.family)
      if last?.kind != kind {
        let set = kinds[kind] ?? set(of: route, among: &known, compiler: compiler)
        kinds[kind] = set
        last = (kind, set)
      }
      setOfRoute.append(last?.set ?? -1)
    }
    addObjects(state, compiler: compiler)
  }

  /// The position of the route's legs in `sets`, which they are added to if need be; -1 for a route that has none.
  private mutating func set(
    of route: Route, among known: inout [SetKey: Int32], compiler: EntryCompiler
  ) -> Int32 {
    guard case .legs(let legs) = route.nexthops, legs != .none else { return -1 }
    let key = SetKey(legs: legs, family: route.family, scope: route.scope)
    if let index = known[key] { return index }
    let index = Int32(sets.count)
    if legs.list.contains(where: { $0.encapsulation != nil }) { hasEncapsulations = true }
    sets.append(compiler.legSet(legs, family: route.family, scope: route.scope))
    known[key] = index
    return index
  }

  private mutating func addObjects(_ state: RoutingState, compiler: EntryCompiler) {
    let singles = Dictionary((state.nexthops ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for (id, nexthop) in singles {
      objects[id] = compiler.target(nexthop)
    }
    let tables = Dictionary(state.bucketTables.map { ($0.group, $0.buckets) }, uniquingKeysWith: { first, _ in first })
    for group in state.groups {
      objects[group.id] = Self.target(group, singles: singles, buckets: tables[group.id], compiler: compiler)
    }
  }

  private static func target(
    _ group: NexthopGroup, singles: [UInt32: Nexthop], buckets: [NexthopBucket]?, compiler: EntryCompiler
  ) -> NexthopTarget {
    guard !group.isFDB, !group.members.isEmpty else { return .unusable }
    var members: [NexthopEntry] = []
    for member in group.members {
      guard let nexthop = singles[member.id] else { return .unusable }
      switch compiler.target(nexthop) {
      case .single(var entry):
        entry.choice.weight = member.weight
        members.append(entry)
      case .blackhole where group.members.count == 1: return .blackhole
      default: return .unusable
      }
    }
    switch group.kind {
    case .hashThreshold:
      let bounds = UpperBounds.bounds(weights: group.members.map(\.weight))
      for index in members.indices { members[index].upperBound = bounds[index] }
      return .threshold(group: group.id, members: members)
    case .resilient:
      let count = Int(group.resilient?.buckets ?? 0)
      let positions = Dictionary(
        group.members.enumerated().map { ($0.element.id, UInt16(truncatingIfNeeded: $0.offset)) },
        uniquingKeysWith: { first, _ in first })
      var table: [UInt16]? = buckets.flatMap { buckets in
        let places = buckets.compactMap { positions[$0.nexthop] }
        return places.count == buckets.count ? places : nil
      }
      if let length = table?.count, length != count || count == 0 { table = nil }
      return .resilient(group: group.id, members: members, buckets: count, table: table)
    default:
      return .unusable
    }
  }
}

/// Turns legs and nexthop objects into entries.
private struct EntryCompiler {
  let state: RoutingState
  let links: LinkTable
  let neighbours: NeighbourTable
  let sources: SourceAddresses

  private static let linkScope: UInt8 = 253

  func legSet(_ legs: RouteLegs, family: AddressFamily, scope: UInt8) -> NexthopTable.LegSet {
    switch legs {
    case .none: return NexthopTable.LegSet(entries: [], isMultipath: false)
    case .single(let leg):
      return NexthopTable.LegSet(entries: [entry(leg, family: family, scope: scope)], isMultipath: false)
    case .multipath(let list):
      var entries = list.map { entry($0, family: family, scope: scope) }
      let bounds = Self.bounds(list, areCounted: entries.map(\.isUsable))
      for index in entries.indices { entries[index].upperBound = bounds[index] }
      var set = NexthopTable.LegSet(entries: entries, isMultipath: list.count > 1)
      let doubtful = state.interfacesOfStaleBounds(list, family, link: links.link)
      if !doubtful.isEmpty { set.otherBounds = Self.otherBounds(list, entries, doubtful) }
      return set
    }
  }

  private static func bounds(_ legs: [RouteLeg], areCounted: [Bool]) -> [Int32] {
    UpperBounds.bounds(weights: zip(legs, areCounted).map { leg, isCounted in isCounted ? UInt32(leg.weight) : nil })
  }

  /// The bounds for every way in which the legs without carrier over some interfaces can have been counted or not, but
  /// those of the entries; nil where there are too many interfaces.
  private static func otherBounds(
    _ legs: [RouteLeg], _ entries: [NexthopEntry], _ interfaces: [UInt32]
  ) -> [[Int32]]? {
    let mostInterfaces = 5
    guard interfaces.count <= mostInterfaces else { return nil }
    let known = entries.map(\.upperBound)
    var all: Set<[Int32]> = [known]
    var others: [[Int32]] = []
    for counted in 0..<(1 << interfaces.count) {
      let areCounted = zip(legs, entries).map { leg, entry in
        guard leg.flags.contains(.linkdown), let place = interfaces.firstIndex(of: leg.interface) else {
          return entry.isUsable
        }
        return counted >> place & 1 != 0
      }
      let bounds = Self.bounds(legs, areCounted: areCounted)
      if all.insert(bounds).inserted { others.append(bounds) }
    }
    return others
  }

  private func entry(_ leg: RouteLeg, family: AddressFamily, scope: UInt8) -> NexthopEntry {
    let ignored = leg.flags.contains(.linkdown) && links.ignoresLinkdown(family, interface: leg.interface)
    var result = entry(
      Decision.Choice(gateway: leg.gateway, interface: leg.interface, weight: UInt32(leg.weight)), family: family)
    result.isUsable = !leg.flags.contains(.dead) && !ignored
    // A leg without a gateway has host scope and its neighbour is not consulted (fib_good_nh).
    if leg.gateway == nil { result.neighbourIsGood = true }
    result.isOffloaded = leg.flags.contains(.offload)
    if family == .ipv4 {
      let (address, alternatives) = sources.preferred(interface: leg.interface, gateway: leg.gateway, scope: scope)
      result.preferredSource = address
      result.hasSourceAlternatives = alternatives
    }
    return result
  }

  func target(_ nexthop: Nexthop) -> NexthopTarget {
    switch nexthop.target {
    case .blackhole: return .blackhole
    case .fdb: return .unusable
    case .device(let interface, let gateway, _):
      var result = entry(
        Decision.Choice(gateway: gateway, interface: interface, id: nexthop.id), family: nexthop.family)
      result.isOffloaded = nexthop.flags & UInt32(NexthopFlags.offload.rawValue) != 0
      return .single(result)
    }
  }

  private func entry(_ choice: Decision.Choice, family: AddressFamily) -> NexthopEntry {
    let state = neighbours.state(
      of: choice.gateway, interface: choice.interface, family: choice.gateway?.family ?? family)
    return NexthopEntry(
      choice: choice, isUsable: true, neighbourIsGood: state?.isValid ?? true,
      neighbourHasFailed: choice.gateway != nil && state == .failed, isOffloaded: false)
  }
}
