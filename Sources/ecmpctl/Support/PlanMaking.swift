import ArgumentParser
import Files
import JSON
import Planning
import Rendering
import Routing

/// The flows that a plan is priced by.
struct PricingOptions: ParsableArguments {
  @OptionGroup var many: FlowSourceOptions

  @OptionGroup var flow: FlowOptions

  @OptionGroup var key: KeyOptions

  /// The plan with its price on the flows, if any were given.
  ///
  /// - Returns: the plan, how many flows were given (nil for none asked for), and how many lines were passed over.
  func priced(
    _ plan: ConversionPlan, in state: RoutingState, source: SourceOptions, accepted: Set<ConversionHazard.Code>
  ) throws -> (plan: ConversionPlan, flows: UInt64?, bad: Int) {
    guard many.name != nil, !plan.steps.isEmpty, let states = FlowPricer.phases(of: plan, in: state) else {
      return (plan, nil, 0)
    }
    var pricing = try PlanPricing(plan, states: states, key: key, source: source)
    let input = try many.open(table: pricing.table, source: source, fields: flow.fields)
    let bad = try pricing.read(input)
    return (pricing.priced(plan, accepted: accepted), pricing.flows, bad)
  }
}

extension ConversionReport {
  /// Writes the report to standard output.
  func print(json: Bool, pretty: Bool) throws {
    var output = OutputBuffer()
    if json {
      var writer = JSONWriter(pretty ? .indented(width: 2) : .compact)
      write(to: &writer)
      writer.endLine()
      output.bytes.append(contentsOf: writer.bytes)
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
