import ArgumentParser
import Planning
import Routing

/// `ecmpctl resilient revert`.
struct ResilientRevertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revert", _superCommandName: "ecmpctl resilient",
    abstract: "Turn resilient groups back into hash-threshold groups, or into legs where they came from legs.",
    discussion: """
      Where a group came from is known from the journals of earlier transactions, and else told by its
      objects. What is named by PREFIX or --group becomes hash-threshold also where it was resilient before
      ecmpctl knew it, or was tuned since; --all takes back what ecmpctl has done. The plan is printed, and
      carried out as by apply.

      EXAMPLES
        ecmpctl resilient revert 172.16.255.66/32
        ecmpctl resilient revert --all --dry-run --flows flows.csv
        ecmpctl resilient revert --group 77999995 --revert-to hash-threshold --yes
        ecmpctl resilient revert --group 50 --revert-to origin
      """)

  @Argument(help: "The routes to exactly this prefix, in every table and of every metric.")
  var prefix: String?

  @Option(help: ArgumentHelp("The routes over this group.", valueName: "id"))
  var group: UInt32?

  @Flag(help: "Every route over a resilient group.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "What groups become: hash-threshold, legacy, or origin, which keeps those resilient that were so before.",
      valueName: "kind"))
  var revertTo: ConversionRequest.RevertTarget?

  @Flag(help: "Keep groups and nexthop objects that nothing uses any more.")
  var keepOld = false

  @OptionGroup var hazards: HazardOptions

  @OptionGroup var execution: PlanExecution

  @OptionGroup var pricing: PricingOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @OptionGroup var detail: FlowDetailOptions

  func validate() throws {
    guard [prefix != nil, group != nil, all].count(where: \.self) == 1 else {
      throw ValidationError("give one of PREFIX, --group ID and --all")
    }
    try execution.checkSource(source)
    try pricing.check()
  }

  func run() throws {
    let selection = try ConversionRequest.Selection(prefix: prefix, group: group)
    let state = try StateSource(source).completedState()
    try selection.check(family: source.family, in: state)
    var request = ConversionRequest(selection)
    request.family = source.family
    request.revertTarget = revertTo
    request.keepsOldGroups = keepOld
    request.accepted = hazards.accepted
    if source.snapshot == nil {
      request.history = execution.history()
      request.followings = execution.followings()
    }
    let plan = RevertPlanner.plan(request, in: state)
    let priced = try pricing.priced(plan, in: state, source: source, accepted: request.accepted)
    try execution.carryOut(priced, source: source, format, needsWord: all)
  }
}
