package import Forwarding
package import Placement
package import Routing

/// Prices the steps of a plan by flows, which are decided in the state before and after each phase of the plan.
///
/// Each flow takes one route, and each route is moved by its own steps: so it is enough to know where a flow goes before
/// and after the first move of all routes, and the second one where there are two.
package struct FlowPricer: Sendable {
  /// For each phase: which step changes the way of the flows of a route, by the route's index in the state before.
  private let stepOfRoute: [[Int: Int]]
  private var disruptions: [Disruption]
  private var prices: [Int: MovePrice.Flows] = [:]
  /// Buckets of each group of the last state that flows fall into.
  private var usedBuckets: [UInt32: Set<Int>] = [:]
  /// What the whole plan does to the flows.
  package private(set) var whole: Disruption

  /// The state before the plan, and after each of its phases; nil where a step would be refused.
  package static func phases(of plan: ConversionPlan, in state: RoutingState) -> [RoutingState]? {
    let phases = phases(plan)
    var states = [state]
    for last in 1...max(phases.values.max() ?? 1, 1) {
      var simulation = Simulation(state)
      let isLast = last == phases.values.max() ?? 1
      for (index, step) in plan.steps.enumerated() {
        switch step.change {
        case .removeGroup, .removeNexthop: if !isLast { continue }
        default: if let phase = phases[index], phase > last { continue }
        }
        do throws(ChangeRefusal) { try simulation.apply(step.change) } catch { return nil }
      }
      states.append(simulation.state)
    }
    return states
  }

  /// For each step that moves traffic: how many moves of the same route it is the last of.
  private static func phases(_ plan: ConversionPlan) -> [Int: Int] {
    var moves: [RouteKey: Int] = [:]
    var phases: [Int: Int] = [:]
    for (index, step) in plan.steps.enumerated() {
      switch step.change {
      case .replaceGroup: phases[index] = 1
      default:
        guard let old = plan.move(by: step.change)?.from else { continue }
        moves[RouteKey(old), default: 0] += 1
        phases[index] = moves[RouteKey(old)]
      }
    }
    return phases
  }

  /// - Parameters:
  ///   - states: what `phases(of:in:)` gives.
  ///   - tables: one for each state.
  package init(_ plan: ConversionPlan, states: [RoutingState], tables: [ForwardingTable]) {
    var steps = Array(repeating: [RouteKey: Int](), count: states.count)
    var groups = Array(repeating: [UInt32: Int](), count: states.count)
    for (index, phase) in Self.phases(plan) where phase < states.count {
      switch plan.steps[index].change {
      case .replaceGroup(let old, _): groups[phase][old.id] = index
      default: if let old = plan.move(by: plan.steps[index].change)?.from { steps[phase][RouteKey(old)] = index }
      }
    }
    stepOfRoute = (1..<states.count).map { phase in
      var result: [Int: Int] = [:]
      for (index, route) in states[phase - 1].routes.enumerated() {
        if let step = steps[phase][RouteKey(route)] ?? route.nexthopID.flatMap({ groups[phase][$0] }) {
          result[index] = step
        }
      }
      return result
    }
    disruptions = zip(tables, tables.dropFirst()).map {
      Disruption(before: $0, after: $1, comparesSchemes: false, judgesAnycast: false)
    }
    whole = Disruption(
      before: tables[0], after: tables[tables.count - 1], comparesSchemes: false, judgesAnycast: false)
  }

  /// Counts a flow.
  ///
  /// - Parameter decisions: about it, one for each state.
  package mutating func add(_ flow: Flow?, _ decisions: [Decision], weight: UInt64) {
    for phase in disruptions.indices where decisions.count > phase + 1 {
      let (before, after) = (decisions[phase], decisions[phase + 1])
      let movement = disruptions[phase].add(flow, before: before, after: after, weight: weight)
      guard let step = before.route.flatMap({ stepOfRoute[phase][$0] }) else { continue }
      var price = prices[step] ?? MovePrice.Flows()
      price.total += 1
      price.weight &+= weight
      if movement.isMoved {
        price.moved += 1
        price.movedWeight &+= weight
      }
      if movement.fate == .undetermined { price.undetermined += 1 }
      prices[step] = price
    }
    guard let first = decisions.first, let last = decisions.last else { return }
    whole.add(flow, before: first, after: last, weight: weight)
    if case .resilient(let group, let bucket)? = last.selection { usedBuckets[group, default: []].insert(bucket) }
  }

  /// The plan with the prices in flows, and with what the flows tell about it.
  ///
  /// - Parameter accepted: hazards that the user has accepted.
  package func priced(_ plan: ConversionPlan, accepted: Set<ConversionHazard.Code>) -> ConversionPlan {
    var plan = plan
    for (step, flows) in prices { plan.steps[step].price?.flows = flows }
    for conversion in plan.conversions {
      guard let group = conversion.group, let parameters = group.resilient, parameters.unbalancedTimer == 0,
        let used = usedBuckets[group.id], used.count == Int(parameters.buckets), group.members.count > 1
      else { continue }
      plan.hazards.removeAll { $0.code == .busyBuckets && $0.severity == .warning }
      plan.hazards.insert(
        ConversionHazard(
          .busyBuckets, .refusal, subject: "group \(group.id)",
          text: "the flows use every one of its \(used.count) buckets and the unbalanced timer is off: a member that "
            + "returns gets nothing while they last",
          remedy: "set --unbalanced-timer to the seconds after which busy buckets move",
          isAccepted: accepted.contains(.busyBuckets)),
        at: 0)
    }
    return plan
  }
}
