import ArgumentParser
import Files
import Forwarding
import Placement
import Planning
import Rendering
import Routing

/// `ecmpctl whatif`: which flows a change moves.
struct WhatIfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whatif", _superCommandName: "ecmpctl",
    abstract: "Say which flows a change moves, before it is made, and whether they have to.",
    discussion: """
      The change is given as the very commands that are about to be run, or as events; they happen in the
      order of the command line. Nothing is changed. What the kernel would refuse is refused here.

      EXAMPLES
        ecmpctl whatif --change 'ip nexthop del id 3' --flows flows.csv
        ecmpctl whatif --batch drain.batch --conntrack --established --list moved
        ecmpctl whatif --link-down swp3 --random 100000 --to 172.16.255.66/32 -i swp51
        ecmpctl whatif --change 'nexthop replace id 50 group 1/2/3/4 type resilient' --after 60 --sockets
        ecmpctl whatif --sysctl net.ipv4.fib_multipath_hash_policy=1 --flows - --html report.html
        ecmpctl whatif --shadow --change 'route replace 10.0.0.0/8 nhid 7' --flows flows.csv
      """)

  /// What `--list` prints in place of the report.
  enum List: String, WordArgument {
    case moved
  }

  @OptionGroup var changes: ChangeOptions

  @OptionGroup var many: FlowSourceOptions

  @OptionGroup var flow: FlowOptions

  @Option(
    help: ArgumentHelp(
      "For resilient groups, look so many seconds ahead: what idle and unbalanced timers do.", valueName: "seconds"))
  var after: Double?

  @Option(help: ArgumentHelp("Print the flows that move as CSV in place of the report: moved.", valueName: "what"))
  var list: List?

  @Option(
    help: ArgumentHelp("Write the report as a web page, too; - is standard output, for it alone.", valueName: "file"))
  var html: String?

  @Flag(help: "Run the commands in a scratch network namespace that holds the same state, and compare.")
  var shadow = false

  @OptionGroup var key: KeyOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @Flag(help: "Print all of the matrix.")
  var details = false

  func validate() throws {
    try many.checkRandomSeed()
    guard many.name != nil else {
      throw ValidationError("no flows given: use --flows FILE, --conntrack, --sockets, or --random N --to PREFIX")
    }
    guard list == nil || !format.json else { throw ValidationError("--list prints CSV, not JSON") }
    guard html != "-" || list == nil && !format.json else {
      throw ValidationError("--html - prints the page in place of anything else: leave --list and --json out")
    }
    if let after, !(after >= 0 && after <= Double(Int32.max)) {
      throw ValidationError("--after takes seconds, at least 0")
    }
  }

  func run() throws {
    let steps = try changes.steps(CommandLine.arguments, family: source.family)
    let state = try StateSource(source).completedState()
    let outcome = try ChangeOutcome(of: steps, in: state)
    var analysis = ChangeAnalysis(
      before: try key.decider(state, source, many: true),
      after: try key.decider(outcome.state, source, many: true, after: state),
      states: (state, outcome.state), list: list != nil)
    var trial = try shadow ? ShadowTrial.run(steps, outcome, key: key, source: source) : nil
    let input = try many.open(table: analysis.table, source: source, fields: flow.fields)
    let bad =
      trial == nil
      ? try analysis.read(input, also: nil) : try analysis.read(input) { subject in try trial?.ask(subject) }
    try trial?.finish()
    try report(analysis, outcome, steps)
    try trial?.report()
    if bad > 0 { throw CommandFailure.passedOver(bad) }
  }

  private func report(
    _ analysis: borrowing ChangeAnalysis, _ outcome: ChangeOutcome, _ steps: [ChangeStep]
  ) throws {
    let outlook = BucketOutlook(outcome, analysis.resilient.buckets, after: after)
    let report = DisruptionReport(
      analysis.disruption, before: outcome.before, after: outcome.state, changes: steps.map(\.text),
      doubts: outcome.doubts.map { DisruptionReport.Doubt(code: $0.code, text: $0.text) },
      resilient: outlook.outlook(elsewhere: analysis.resilient.elsewhere), buckets: outlook.maps)
    if let html { try write(report, to: html) }
    guard list == nil else {
      if let doubt = report.doubtSentence { complain(doubt) }
      return
    }
    // Where standard output takes the page, it takes nothing else.
    guard html != "-" else { return }
    var output = OutputBuffer(painter: format.json ? nil : source.painter)
    if format.json {
      format.write(to: &output.bytes) { json in report.write(to: &json) }
    } else {
      report.appendText(to: &output.bytes, details: details)
    }
    try output.flush()
  }

  private func write(_ report: DisruptionReport, to path: String) throws {
    var bytes: [UInt8] = []
    report.appendHTML(to: &bytes)
    let file = try OutputFile(path: path)
    try file.write(bytes)
    try file.commit()
  }
}
