import FlowSources
import Forwarding
import KernelRouting
import MultipathHash
import Routing
import Verification

extension Kernel {
  /// Reads the state while it rests, or says that it did not, and finds out by lookups what no message tells of it:
  /// whether the upper bounds of routes with a leg without carrier are those of the settings (see
  /// `RoutingState.interfacesOfStaleBounds`).
  ///
  /// - Parameter parts: what is read; only who asks for what decides on the shares of legs is told of their bounds.
  mutating func readSettledState(_ parts: StateParts = .all) throws(KernelError) -> RoutingState {
    var (state, isSteady) = try readSteadyState(parts)
    if !isSteady {
      complain("interfaces or nexthop objects changed again and again meanwhile: what follows may be of several states")
    }
    let silent = state.links.filter { $0.isUp && !$0.hasCarrier && !$0.isLoopback }.map(\.index)
    guard !silent.isEmpty, parts.isSuperset(of: .liveness) else { return state }
    if parts == .all {
      BoundsInForce.settle(&state, asking: &self)
    } else if try haveLegs(over: silent) {
      var whole = try readState()
      BoundsInForce.settle(&whole, asking: &self)
      state.rebalanced = whole.rebalanced
    }
    return state
  }

  /// Whether a leg of a multipath route goes over one of these interfaces.
  private mutating func haveLegs(over interfaces: [UInt32]) throws(KernelError) -> Bool {
    for interface in interfaces {
      let routes = try routes(RouteFilter(interface: interface))
      if routes.contains(where: { !BoundsInForce.legs(of: $0).isEmpty }) { return true }
    }
    return false
  }
}

/// What the kernel's lookups tell of the upper bounds that it goes by.
///
/// A leg that the bounds count is chosen for its share of all hashes, and one that they do not count for none: so a leg
/// without carrier is counted where one lookup of many ends there, and is not where none does.
struct BoundsInForce {
  /// So unlikely it may be that lookups have passed a counted leg over by chance: e to the power of minus this, which is
  /// less than one in 10¹².
  private static let certainty = 28
  /// More routes, or more lookups for one, are not asked about.
  private static let mostRoutes = 64
  private static let mostLookups = 16_384
  private static let batch = 256

  /// A route with bounds in doubt, which stands for those that share them.
  private struct Doubt {
    let route: Route
    let legs: [RouteLeg]
    /// The interfaces whose legs the bounds count, and do not count, if they are those of the settings.
    let counted: Set<UInt32>
    let uncounted: Set<UInt32>

    /// How many different hashes it takes to be sure.
    var lookups: Int {
      let all = legs.reduce(0) { $0 + Int($1.weight) }
      let least = uncounted.map { interface in
        legs.reduce(0) { $0 + ($1.interface == interface ? Int($1.weight) : 0) }
      }.min()
      return least.map { (BoundsInForce.certainty * all + $0 - 1) / $0 } ?? 1
    }
  }

  /// The legs whose bounds may be in doubt: none but for a route that has several, written in the route itself.
  static func legs(of route: Route) -> [RouteLeg] {
    guard case .legs(.multipath(let legs)) = route.nexthops, legs.count > 1 else { return [] }
    return legs
  }

  /// Notes of which interfaces all routes have the bounds of the settings.
  static func settle(_ state: inout RoutingState, asking kernel: inout Kernel) {
    let doubts = doubts(in: state)
    guard !doubts.isEmpty, doubts.count <= mostRoutes else { return }
    // What the key is does not matter: it tells which flows are hashed alike.
    let table = ForwardingTable(state, key: HashKey(seed: 1))
    var (settled, open): ([AddressFamily: Set<UInt32>], [AddressFamily: Set<UInt32>]) = ([:], [:])
    for doubt in doubts {
      let interfaces = doubt.legs.map(\.interface)
      if mayBeAsked(doubt, state), areThoseOfSettings(doubt, table, asking: &kernel) {
        settled[doubt.route.family, default: []].formUnion(interfaces)
      } else {
        open[doubt.route.family, default: []].formUnion(interfaces)
      }
    }
    for (family, interfaces) in settled {
      let certain = interfaces.subtracting(open[family] ?? [])
      if !certain.isEmpty { state.rebalanced[family, default: []].formUnion(certain) }
    }
  }

  private static func doubts(in state: RoutingState) -> [Doubt] {
    struct Kind: Hashable {
      var attributes: ObjectIdentifier
      var table: UInt32
    }
    let links = Dictionary(state.links.map { ($0.index, $0) }) { first, _ in first }
    var seen: Set<Kind> = []
    var doubts: [Doubt] = []
    for route in state.routes {
      let legs = legs(of: route)
      guard !legs.isEmpty else { continue }
      let interfaces = state.interfacesOfStaleBounds(legs, route.family) { links[$0] }
      guard !interfaces.isEmpty else { continue }
      // Equal IPv4 routes of one table share what the kernel keeps of their legs (fib_find_info, net/ipv4/fib_semantics.c).
      if route.family == .ipv4, !seen.insert(Kind(attributes: route.attributesID, table: route.table)).inserted { continue }
      let uncounted = interfaces.filter {
        state.settings.ignoresLinkdown(route.family, interface: links[$0]?.name ?? "", behaviour: state.behaviour)
      }
      doubts.append(
        Doubt(
          route: route, legs: legs, counted: Set(interfaces).subtracting(uncounted), uncounted: Set(uncounted)))
      if doubts.count > mostRoutes { break }
    }
    return doubts
  }

  /// Whether a lookup ends at every leg that the bounds count, and at no other: not where neighbours decide, too, and not
  /// where no leg is counted.
  private static func mayBeAsked(_ doubt: Doubt, _ state: RoutingState) -> Bool {
    guard doubt.lookups <= mostLookups else { return false }
    let others = doubt.legs.filter { !$0.flags.contains(.dead) && !doubt.uncounted.contains($0.interface) }
    guard !others.isEmpty else { return false }
    return doubt.route.family == .ipv4 ? state.settings.useNeighbours == false : state.settings.ipv6ForwardingAll == true
  }

  private static func areThoseOfSettings(_ doubt: Doubt, _ table: ForwardingTable, asking kernel: inout Kernel) -> Bool {
    let interfaces = Set(doubt.legs.map(\.interface))
    let flows = StateFlows(state: table.state, prefix: doubt.route.destination, family: doubt.route.family)
    var generator = SplitMix64(seed: 1)
    var hashes: Set<UInt32> = []
    var unseen = doubt.counted
    for _ in 0..<(mostLookups / batch) {
      var queries: [RouteQuery] = []
      for _ in 0..<batch {
        guard let flow = flows.next(using: &generator), let query = query(flow, doubt, table, &hashes) else { continue }
        queries.append(query)
      }
      guard !queries.isEmpty, let answers = try? kernel.lookup(queries) else { return false }
      for answer in answers {
        guard let interface = answer.leg?.interface, interfaces.contains(interface),
          !doubt.uncounted.contains(interface)
        else { return false }
        unseen.remove(interface)
      }
      if unseen.isEmpty, hashes.count >= doubt.lookups { return true }
    }
    return false
  }

  /// The question about a flow that the route's bounds decide on, and whose hash is another than those before.
  private static func query(
    _ flow: Flow, _ doubt: Doubt, _ table: ForwardingTable, _ hashes: inout Set<UInt32>
  ) -> RouteQuery? {
    // A local source may be what decides between legs.
    guard flow.origin == .forwarded || flow.source.isUnspecified, let query = RouteQuery(asking: flow) else { return nil }
    let decision = table.decide(flow, for: .query)
    guard case .legacy = decision.selection, decision.caveats.isSubset(of: .staleBounds), let hash = decision.hash,
      let route = decision.route, table.state.routes[route] == doubt.route, hashes.insert(hash).inserted
    else { return nil }
    return query
  }
}
