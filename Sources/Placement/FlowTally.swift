package import Forwarding
package import Routing

/// Flows and weight by nexthop, gathered as predictions stream by; memory does not grow with the number of flows.
package struct FlowTally: Sendable {
  /// Where flows end up, as far as a tally tells them apart.
  package enum Destination: Hashable, Sendable {
    /// Whatever weights routes give it.
    case nexthop(gateway: IPAddress?, interface: UInt32, id: UInt32?)
    case local
    case broadcast
    /// A route or a rule of this type, or no route at all (`unreachable`).
    case refused(RouteType)
    case dropped(Decision.DropReason)
    case undetermined

    package var isNexthop: Bool { if case .nexthop = self { true } else { false } }
  }

  /// What went one way.
  package struct Count: Hashable, Sendable {
    package var flows: UInt64 = 0
    /// What is more than fits stands as the largest number, which says no more than "at least".
    package var weight: UInt64 = 0
    package init() {}

    /// One flow.
    package init(weight: UInt64) {
      flows = 1
      self.weight = weight
    }

    package mutating func add(_ other: Count) { add(flows: other.flows, weight: other.weight) }

    mutating func add(flows: UInt64, weight: UInt64) {
      self.flows += flows
      add(weight: weight)
    }

    /// Adds one flow.
    @inline(__always)
    mutating func addFlow(weight: UInt64) {
      flows &+= 1
      add(weight: weight)
    }

    @inline(__always)
    private mutating func add(weight other: UInt64) {
      let (sum, isTooLarge) = weight.addingReportingOverflow(other)
      weight = isTooLarge ? .max : sum
    }

    /// Whether the weight may be larger than it is told.
    package var isWeightCapped: Bool { weight == .max }
  }

  private(set) package var counts: [Destination: Count] = [:]
  private(set) package var total = Count()
  /// Flows whose decision carried a caveat.
  private(set) package var uncertain: UInt64 = 0
  /// Every caveat that occurred.
  private(set) package var caveats: Caveats = []
  private var flowsOfRoute: [Int: UInt64] = [:]
  private let state: RoutingState

  package init(state: RoutingState) {
    self.state = state
  }

  package mutating func add(_ decision: Decision, weight: UInt64) {
    add(Count(weight: weight), of: decision)
    if let route = decision.route, Self.isShared(decision) { add(1, byRoute: route) }
  }

  /// Whether the weights of a decision's route have to do with it. What is delivered here, refused or dropped takes no
  /// nexthop, whatever its route has.
  static func isShared(_ decision: Decision) -> Bool {
    switch decision.outcome {
    case .sent: decision.nexthop != nil
    case .undetermined: true
    case .local, .broadcast, .refused, .dropped: false
    }
  }

  /// Counts flows to which the same happens, whatever routes they come by.
  package mutating func add(_ count: Count, of decision: Decision) {
    counts[Self.destination(of: decision), default: Count()].add(count)
    total.add(count)
    if !decision.isExact {
      uncertain += count.flows
      caveats.formUnion(decision.caveats)
    }
  }

  /// Counts flows once more, by the route that shares them out: an index into `RoutingState.routes`.
  package mutating func add(_ flows: UInt64, byRoute route: Int) { flowsOfRoute[route, default: 0] += flows }

  /// Adds what another tally of the same state has counted.
  package mutating func add(_ other: FlowTally) {
    for (destination, count) in other.counts { counts[destination, default: Count()].add(count) }
    total.add(other.total)
    uncertain += other.uncertain
    caveats.formUnion(other.caveats)
    for (route, flows) in other.flowsOfRoute { flowsOfRoute[route, default: 0] += flows }
  }

  private static func destination(of decision: Decision) -> Destination {
    switch decision.outcome {
    case .sent: decision.nexthop.map { destination(of: $0) } ?? .broadcast
    case .local: .local
    case .broadcast: .broadcast
    case .refused(let type): .refused(type)
    case .dropped(let reason): .dropped(reason)
    case .undetermined: .undetermined
    }
  }

  private static func destination(of choice: Decision.Choice) -> Destination {
    .nexthop(gateway: choice.gateway, interface: choice.interface, id: choice.id)
  }

  /// One line of a report: a way out, what took it, and what the weights promise it.
  package struct Share: Hashable, Sendable {
    package var destination: Destination
    package var count: Count
    /// Flows that the weights of the routes promise to this nexthop; nil for everything that is no nexthop.
    package var idealFlows: Double?
  }

  /// Every destination that took a flow, and every usable nexthop of the routes that were used, busiest first.
  package func shares() -> [Share] {
    var ideals: [Destination: Double] = [:]
    // A sum of fractions depends on their order.
    for (route, flows) in flowsOfRoute.sorted(by: { $0.key < $1.key }) {
      let choices = state.usableChoices(ofRoute: route)
      let sum = choices.reduce(0) { $0 + Double($1.weight) }
      for choice in choices where sum > 0 {
        ideals[Self.destination(of: choice), default: 0] += Double(flows) * Double(choice.weight) / sum
      }
    }
    let all = Set(counts.keys).union(ideals.keys)
    return all.map { Share(destination: $0, count: counts[$0] ?? Count(), idealFlows: ideals[$0]) }
      .sorted { ($0.count.flows, Self.order($1)) > ($1.count.flows, Self.order($0)) }
  }

  private static func order(_ share: Share) -> String {
    guard case .nexthop(let gateway, let interface, let id) = share.destination else { return "~\(share.destination)" }
    return "\(interface) \(gateway?.description ?? "") \(id ?? 0)"
  }
}

extension RoutingState {
  /// The nexthops that a route can use, with the weights that share it out; one for a single path.
  ///
  /// - Parameter index: an index into `routes`.
  package func usableChoices(ofRoute index: Int) -> [Decision.Choice] {
    switch routes[index].nexthops {
    case .legs(.none): return []
    case .legs(.single(let leg)): return [Self.choice(leg)]
    case .legs(.multipath(let legs)): return legs.filter { !$0.flags.contains(.dead) }.map(Self.choice)
    case .object(let id, _):
      let singles = nexthops ?? []
      if let group = groups.first(where: { $0.id == id }) {
        return group.members.compactMap { member in
          singles.first { $0.id == member.id }.map { Self.choice($0, weight: member.weight) }
        }
      }
      return singles.first { $0.id == id }.map { [Self.choice($0, weight: 1)] } ?? []
    }
  }

  private static func choice(_ leg: RouteLeg) -> Decision.Choice {
    Decision.Choice(gateway: leg.gateway, interface: leg.interface, weight: UInt32(leg.weight))
  }

  private static func choice(_ nexthop: Nexthop, weight: UInt32) -> Decision.Choice {
    Decision.Choice(gateway: nexthop.gateway, interface: nexthop.interface ?? 0, id: nexthop.id, weight: weight)
  }
}
