import Forwarding
import Placement
import Routing

/// Prices the steps of a plan by the shares of the hash: which part of evenly hashed, forwarded traffic moves.
struct SharePricer {
  private struct Key: Hashable {
    var nexthops: RouteNexthops
    var family: AddressFamily
  }

  /// Follows the objects; gateways were checked when the plan was made.
  private var objects: Simulation
  /// What selection looks at, without routes and rules.
  private let frame: RoutingState
  private let names: [UInt32: String]
  private var known: [Key: Spread] = [:]

  private init(_ state: RoutingState) {
    var frame = state
    frame.routes = []
    frame.rules = []
    self.frame = frame
    objects = Simulation(frame)
    names = Dictionary(state.links.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
  }

  static func price(_ plan: inout ConversionPlan, in state: RoutingState) {
    var pricer = SharePricer(state)
    for index in plan.steps.indices {
      let change = plan.steps[index].change
      plan.steps[index].price = pricer.price(of: change, plan.move(by: change))
    }
  }

  /// The price of the next step.
  ///
  /// - Parameter move: the routes between which it moves traffic.
  private mutating func price(of change: PlannedChange, _ move: (from: Route, to: Route)?) -> MovePrice? {
    let before: Spread
    let after: Spread
    switch change {
    case .replaceRoute, .addRoute, .removeRoute, .addRule, .removeRule:
      guard let move else { return nil }
      before = spread(of: move.from)
      after = spread(of: move.to)
    case .replaceGroup(let old, let new):
      before = spread(of: Self.route(over: old.id))
      follow(change)
      known = [:]
      after = spread(of: Self.route(over: new.id))
    case .addNexthop, .removeNexthop, .addGroup, .removeGroup:
      follow(change)
      return nil
    }
    guard let count = HashOverlap.moved(before: before, after: after) else { return nil }
    return MovePrice(movedHashes: count.moved, hashes: count.all)
  }

  private mutating func follow(_ change: PlannedChange) {
    switch change {
    case .addNexthop(let nexthop): objects.nexthops[nexthop.id] = nexthop
    case .removeNexthop(let nexthop): objects.nexthops[nexthop.id] = nil
    // What is refused has become a hazard of the plan already.
    default: try? objects.apply(change.request { [names] in names[$0] ?? "if\($0)" })
    }
  }

  /// Members are chosen the same for every route over a group.
  private static func route(over id: UInt32) -> Route {
    Route(destination: .everything(.ipv4), nexthops: .object(id: id, expansion: .none))
  }

  private mutating func spread(of route: Route) -> Spread {
    let nexthops: RouteNexthops = route.nexthopID.map { .object(id: $0, expansion: .none) } ?? route.nexthops
    let key = Key(nexthops: nexthops, family: route.family)
    if let spread = known[key] { return spread }
    var state = frame
    state.nexthops = objects.nexthops.values.sorted { $0.id < $1.id }
    state.groups = objects.groups.values.sorted { $0.id < $1.id }
    state.bucketTables = objects.bucketTables
    state.routes = [route]
    let spread = ForwardingTable(state).spread(ofRoute: 0)
    known[key] = spread
    return spread
  }
}
