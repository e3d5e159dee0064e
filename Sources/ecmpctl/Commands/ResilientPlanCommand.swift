import ArgumentParser
import Files
import Forwarding
import JSON
import Measurement
import Planning
import Rendering
import Routing
import Snapshots

/// `ecmpctl resilient plan`: what a switch to resilient groups would be like.
struct ResilientPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Plan a switch to resilient groups: its commands, its price, and what can go wrong.",
    discussion: """
      Nothing is changed. What is printed is a file for ip -batch, with all that is no command in comments;
      where a hazard refuses the plan, the commands are comments, too, and the exit status is 1.

      With flows, the price is counted on them, too: --flows, --conntrack, --sockets, or --random N --to PREFIX.

      EXAMPLES
        ecmpctl resilient plan 172.16.255.66/32 --flows flows.csv
        ecmpctl resilient plan --all --conntrack --established -o convert.json
        ecmpctl resilient plan --group 20 --buckets 512 --idle-timer 30 --unbalanced-timer 300
        ecmpctl resilient plan --group 20 --buckets 4 --accept starved-member
        ecmpctl resilient plan --all --revert -o back.json
      """)

  @OptionGroup var options: ConversionOptions

  @Flag(help: "Plan the way back: resilient groups become hash-threshold groups, or legs where they came from legs.")
  var revert = false

  @Option(help: ArgumentHelp("What --revert leads to: origin, hash-threshold or legacy.", valueName: "kind"))
  var revertTo: ConversionRequest.RevertTarget = .origin

  @Option(
    name: [.customShort("o"), .customLong("out")],
    help: ArgumentHelp("Write the plan for resilient apply --plan; a refused one is not written.", valueName: "file"))
  var out: String?

  @OptionGroup var many: FlowSourceOptions

  @OptionGroup var flow: FlowOptions

  @OptionGroup var key: KeyOptions

  @OptionGroup var source: SourceOptions

  @Flag(name: .shortAndLong, help: "Print JSON.")
  var json = false

  @Flag(help: "Indent the JSON.")
  var pretty = false

  func run() throws {
    var state = try StateSource(source).state()
    if source.snapshot == nil { state.behaviour = BehaviourProbe.completing(state.behaviour) }
    var request = try options.request(source, conntrack: many.conntrack)
    request.revertTarget = revertTo
    var plan = revert ? RevertPlanner.plan(request, in: state) : ConversionPlanner.plan(request, in: state)
    var flows: UInt64?
    var bad = 0
    if many.name != nil, !plan.steps.isEmpty, let states = FlowPricer.phases(of: plan, in: state) {
      var pricing = try PlanPricing(plan, states: states, key: key, source: source)
      let input = try many.open(table: pricing.table, source: source, fields: flow.fields)
      bad = try pricing.read(input)
      flows = pricing.flows
      plan = pricing.priced(plan, accepted: request.accepted)
    }
    try print(ConversionReport(plan, in: state, allFlows: flows))
    guard !plan.isRefused else { throw CommandFailure(.negative, refusal(plan)) }
    if let out { try plan.save(to: out) }
    if bad > 0 { throw CommandFailure.passedOver(bad) }
  }

  private func print(_ report: ConversionReport) throws {
    // The file is standard output.
    guard out != "-" || report.plan.isRefused else { return }
    var output = OutputBuffer()
    if json {
      var writer = JSONWriter(pretty ? .indented(width: 2) : .compact)
      report.write(to: &writer)
      writer.endLine()
      output.bytes.append(contentsOf: writer.bytes)
    } else {
      report.appendText(to: &output.bytes)
    }
    try output.flush()
  }

  private func refusal(_ plan: ConversionPlan) -> String {
    guard let first = plan.refusals.first else { return "the plan is refused" }
    let more = plan.refusals.count > 1 ? " (and \(plan.refusals.count - 1) more)" : ""
    let subject = first.subject.isEmpty ? "" : first.subject + ": "
    return "the plan is refused: \(subject)\(first.text)\(more)"
  }
}

extension ConversionRequest.RevertTarget: ExpressibleByArgument {}
