import ArgumentParser
import Files
import Planning
import Rendering
import Routing

/// The flows that a plan is priced by.
struct PricingOptions: ParsableArguments {
  @OptionGroup var many: FlowSourceOptions

  @OptionGroup var flow: FlowOptions

  @OptionGroup var key: KeyOptions

  /// The name of an option that is given; nil for none.
  var option: String? { many.name ?? idleOption }

  /// The name of an option that says something of the flows, where there are none; nil for none.
  private var idleOption: String? { many.name == nil ? many.idleOption ?? flow.option ?? key.option : nil }

  /// - Throws: `ValidationError` for an option that says something of flows, where there are none.
  func check() throws {
    if let idleOption { throw ValidationError(FlowSourceOptions.lacking(for: idleOption)) }
    try many.checkRandomSeed()
  }

  /// The plan with its price on the flows, if any were given.
  func priced(
    _ plan: ConversionPlan, in state: RoutingState, source: SourceOptions, accepted: Set<ConversionHazard.Code>
  ) throws -> PricedPlan {
    guard many.name != nil, !plan.steps.isEmpty, let states = FlowPricer.phases(of: plan, in: state) else {
      return PricedPlan(plan: plan, state: state, namespaceName: source.netns)
    }
    var pricing = try PlanPricing(plan, states: states, key: key, source: source)
    let input = try many.open(table: pricing.table, source: source, fields: flow.fields)
    let bad = try pricing.read(input)
    return PricedPlan(
      plan: pricing.priced(plan, accepted: accepted), state: state,
      namespaceName: source.netns, flows: pricing.flows, bad: bad)
  }
}

/// A plan, and what there is to tell of it.
struct PricedPlan {
  var plan: ConversionPlan
  /// That the plan was made for.
  var state: RoutingState
  /// What the user calls the network namespace that it is for; nil for his own.
  var namespaceName: String?
  /// How many flows were given; nil for none asked for.
  var flows: UInt64?
  /// How many lines or frames of the flows were passed over.
  var bad = 0

  var report: ConversionReport {
    ConversionReport(plan, in: state, allFlows: flows, namespaceName: namespaceName)
  }
}

extension ConversionReport {
  /// Writes the report to standard output.
  func print(_ format: FlowJSONOptions) throws {
    var output = OutputBuffer()
    if format.json {
      format.write(to: &output.bytes) { json in write(to: &json) }
    } else {
      appendText(to: &output.bytes)
    }
    try output.flush()
  }
}

extension ConversionPlan {
  /// - Throws: `negative`, with the reason, where a hazard refuses the plan.
  func checkRefusal() throws(CommandFailure) {
    guard let first = refusals.first else { return }
    let more = refusals.count > 1 ? " (and \(refusals.count - 1) more)" : ""
    let subject = first.subject.isEmpty ? "" : first.subject + ": "
    throw CommandFailure(.negative, "the plan is refused: \(subject)\(first.text)\(more)")
  }
}
