import ArgumentParser
import Planning
import Rendering
import Routing
import Snapshots

/// `ecmpctl resilient plan`: what a switch to resilient groups would be like.
struct ResilientPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", _superCommandName: "ecmpctl resilient",
    abstract: "Plan a switch to resilient groups: its commands, its price, and what can go wrong.",
    discussion: """
      Nothing is changed. What is printed can be pasted into a shell, with all that is no command in comments;
      where a hazard refuses the plan, the commands are comments, too, and the exit status is 1. whatif --batch
      reads it, too.

      With flows, the price is counted on them, too: --flows, --conntrack, --sockets, or --random N --to PREFIX.

      EXAMPLES
        ecmpctl resilient plan 172.16.255.66/32 --flows flows.csv
        ecmpctl resilient plan --all --conntrack --established -o convert.json
        ecmpctl resilient plan --group 20 --buckets 512 --idle-timer 30 --unbalanced-timer 300
        ecmpctl resilient plan --group 20 --buckets 4 --accept starved-member
        ecmpctl resilient plan --all --revert -o back.json
        ecmpctl resilient plan 172.16.255.66/32 --follow
      """)

  @OptionGroup var options: ConversionOptions

  @Flag(help: "Plan the way back: resilient groups become hash-threshold groups, or legs where they came from legs.")
  var revert = false

  @Option(help: ArgumentHelp("What --revert leads to: hash-threshold, legacy or origin.", valueName: "kind"))
  var revertTo: ConversionRequest.RevertTarget?

  @Option(
    name: [.customShort("o"), .customLong("out")],
    help: ArgumentHelp("Write the plan for resilient apply; a refused one is not written.", valueName: "file"))
  var out: String?

  @OptionGroup var pricing: PricingOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @OptionGroup var detail: FlowDetailOptions

  func validate() throws {
    guard options.hasSelection else { throw ValidationError("give one of PREFIX, --group ID and --all") }
    guard revert || revertTo == nil else { throw ValidationError("--revert-to needs --revert") }
    if revert, let option = options.conversionOption {
      throw ValidationError("\(option) is for a conversion; with --revert groups become what they were")
    }
    try pricing.check()
  }

  func run() throws {
    let state = try StateSource(source).completedState()
    var request = try options.request(source, flows: pricing.many)
    try request.selection.check(family: source.family, in: state)
    request.revertTarget = revertTo
    let plan = revert ? RevertPlanner.plan(request, in: state) : ConversionPlanner.plan(request, in: state)
    var priced = try pricing.priced(plan, in: state, source: source, accepted: request.accepted)
    // Where standard output takes the plan, it takes nothing else.
    if out != "-" || priced.plan.isRefused {
      try priced.report.print(format)
    }
    try priced.plan.checkRefusal()
    priced.plan.namespaceName = source.lastingNamespaceName
    if let out { try priced.plan.save(to: out) }
    if priced.bad > 0 { throw CommandFailure.passedOver(priced.bad) }
  }
}

extension ConversionRequest.RevertTarget: WordArgument {}
