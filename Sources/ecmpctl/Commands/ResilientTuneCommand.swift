import ArgumentParser
import Planning
import Routing

/// `ecmpctl resilient tune`.
struct ResilientTuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune", _superCommandName: "ecmpctl resilient",
    abstract: "Change timers, members or weights of a resilient group in place, with its price told first.",
    discussion: """
      What is not given stays as it is. Another number of buckets takes another group: see plan --buckets.

      EXAMPLES
        ecmpctl resilient tune --group 77999995 --idle-timer 30 --unbalanced-timer 300
        ecmpctl resilient tune --group 77999995 --members 77999999,3/77999998 --flows flows.csv
      """)

  @Option(help: ArgumentHelp("The group.", valueName: "id"))
  var group: UInt32

  @Option(help: ArgumentHelp("Seconds after which a bucket without packets is idle.", valueName: "seconds"))
  var idleTimer: Double?

  @Option(
    help: ArgumentHelp("Seconds after which busy buckets are forced to move; 0 for never.", valueName: "seconds"))
  var unbalancedTimer: Double?

  @Option(
    help: ArgumentHelp("All members with their weights, as for ip nexthop: ID[,WEIGHT]/…", valueName: "members"))
  var members: String?

  @OptionGroup var hazards: HazardOptions

  @OptionGroup var execution: PlanExecution

  @OptionGroup var pricing: PricingOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @OptionGroup var detail: FlowDetailOptions

  func validate() throws {
    guard idleTimer != nil || unbalancedTimer != nil || members != nil else {
      throw ValidationError("nothing is to be changed: give --idle-timer, --unbalanced-timer or --members")
    }
    try ConversionOptions.check(idleTimer: idleTimer, unbalancedTimer: unbalancedTimer)
    try execution.checkSource(source)
    try pricing.check()
  }

  func run() throws {
    var tune = TuneRequest(group: group)
    tune.idleTimer = ConversionOptions.ticks(idleTimer)
    tune.unbalancedTimer = ConversionOptions.ticks(unbalancedTimer)
    tune.members = try members.map(Self.members)
    let state = try StateSource(source).completedState()
    var request = ConversionRequest(.group(group))
    try request.selection.check(family: source.family, in: state)
    request.accepted = hazards.accepted
    let plan = TunePlanner.plan(tune, request, in: state)
    let priced = try pricing.priced(plan, in: state, source: source, accepted: request.accepted)
    try execution.carryOut(priced, source: source, format, needsWord: false)
  }

  private static func members(_ text: String) throws(CommandFailure) -> [NexthopGroup.Member] {
    var members: [NexthopGroup.Member] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      let fields = part.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
      guard let id = UInt32(fields[0]), let weight = fields.count == 2 ? UInt32(fields[1]) : 1,
        (1...65535).contains(weight)
      else { throw .usage("--members \(text): write ID[,WEIGHT]/ID[,WEIGHT]…, with weights of 1 to 65535") }
      guard !members.contains(where: { $0.id == id }) else {
        throw .usage("--members \(text): \(id) stands there twice")
      }
      members.append(NexthopGroup.Member(id: id, weight: weight))
    }
    return members
  }
}
