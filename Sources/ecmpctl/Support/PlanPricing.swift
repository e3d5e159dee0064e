import Forwarding
import Measurement
import Placement
import Planning
import Routing

/// Prices a plan by flows: decides each in the state before the plan and after each of its phases.
struct PlanPricing: ~Copyable {
  private var first: Decider
  private var second: Decider
  /// After the second move of the routes, where there is one.
  private var third: Decider?
  private var pricer: FlowPricer

  init(_ plan: ConversionPlan, states: [RoutingState], key: KeyOptions, source: SourceOptions) throws {
    let before = try key.decider(states[0], source, many: true)
    let after = try key.decider(states[1], source, many: true, after: states[0])
    var tables = [before.table, after.table]
    var last: Decider?
    if states.count > 2 {
      let decider = try key.decider(states[2], source, many: true, after: states[0])
      tables.append(decider.table)
      last = consume decider
    }
    pricer = FlowPricer(plan, states: states, tables: tables)
    first = consume before
    second = consume after
    third = consume last
  }

  /// The table before the plan.
  var table: ForwardingTable { first.table }

  /// Takes all flows of the input.
  ///
  /// - Returns: how many lines or frames were passed over.
  mutating func read(_ input: consuming PredictionInput) throws -> Int {
    try SubjectBatches.forEach(of: input) { batch in try add(batch) }
  }

  private mutating func add(_ batch: [PredictionSubject]) throws {
    let before = try PredictionSubject.decisions(batch, &first)
    let after = try PredictionSubject.decisions(batch, &second)
    let last = try decideLast(batch)
    for (position, subject) in batch.enumerated() {
      pricer.add(
        subject.flow, [before[position], after[position]] + (last.map { [$0[position]] } ?? []),
        weight: subject.weight)
    }
  }

  private mutating func decideLast(_ batch: [PredictionSubject]) throws -> [Decision]? {
    guard var decider = third.take() else { return nil }
    let decisions = try PredictionSubject.decisions(batch, &decider)
    third = consume decider
    return decisions
  }

  /// All flows that were given.
  var flows: UInt64 { pricer.whole.total.flows }

  func priced(_ plan: ConversionPlan, accepted: Set<ConversionHazard.Code>) -> ConversionPlan {
    pricer.priced(plan, accepted: accepted)
  }
}
