import ArgumentParser
import Forwarding
import Measurement
import Placement
import Rendering
import Routing

/// `ecmpctl steer`: which source ports, or other values, take which path.
struct SteerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steer", _superCommandName: "ecmpctl",
    abstract: "Say which source ports, or other values of a field, take which path.",
    discussion: """
      The flow is given as for `ecmpctl predict`, with one field left open: the source port, the one that --vary
      names, or the one that is a range, a prefix or a list. For each nexthop, or for those that --via names, the
      first values that take it are printed, how many of all values do, and how exact that is.
      Where a path has no value, that is said, and the exit status is 1.

      With --output csv or ndjson the flows are printed as --flows reads them.

      EXAMPLES
        ecmpctl steer -s 10.2.0.100 -d 172.16.255.66 -p udp --dport 53 -i swp51
        ecmpctl steer -d 172.16.255.66 -s 10.0.0.1 -p udp --dport 4791 --via 10.1.3.1 --count 8
        ecmpctl steer -d 2001:db8::1 -s 2001:db8:f::2 -p tcp --dport 443 --sport 33434-33534 -i swp51
        ecmpctl steer -d 172.16.255.66 -p udp --dport 53 --sport 4000 --src 10.2.0.0/24 -i swp51
        ecmpctl steer 2001:db8::1 from 2001:db8:f::2 iif swp51 --vary flowlabel --via 'via fe80::1 dev swp1'
        ecmpctl steer -s 10.2.0.100 -d 172.16.255.66 -p udp --dport 53 --output csv | ecmpctl verify --flows -
      """)

  /// What `--output` prints in place of the report.
  enum FlowFormat: String, WordArgument {
    case csv, ndjson
  }

  @OptionGroup var flow: FlowOptions

  @Argument(help: "The flow in the words of ip route get: ADDRESS [from ADDRESS] [iif DEV] [ipproto P] …")
  var words: [String] = []

  @Option(
    help: ArgumentHelp(
      "The open field: sport, dport, src, dst, flowlabel, mark, tos, inner-src, … (default: one with several values, or sport).",
      valueName: "field"))
  var vary: String?

  @Flag(help: "Values for each nexthop of the route; the default.")
  var each = false

  @Option(
    help: ArgumentHelp(
      "Values for this nexthop: an object id, a gateway, a device, or 'via GATEWAY dev DEV'; repeatable.",
      valueName: "nexthop"))
  var via: [String] = []

  @Option(help: ArgumentHelp("How many values for a path.", valueName: "n"))
  var count: Int = 1

  @Option(help: ArgumentHelp("Print flows, in place of the report: csv or ndjson.", valueName: "format"))
  var output: FlowFormat?

  @OptionGroup var key: KeyOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @OptionGroup var detail: FlowDetailOptions

  func validate() throws {
    guard (1...1 << 16).contains(count) else { throw ValidationError("--count is 1 to 65536") }
    guard !each || via.isEmpty else { throw ValidationError("--each and --via exclude each other") }
    guard output == nil || !format.json else {
      throw ValidationError("--json is the report, and --output the flows: leave one out")
    }
  }

  func run() throws {
    let fields = try flow.fields + FlowArguments.fields(
      of: words, family: source.family, isOpen: FieldValues.isOpen)
    guard !fields.isEmpty else { throw CommandFailure.usage("no flow given; see ecmpctl steer --help") }
    let state = try StateSource(source).state()
    var decider = try key.decider(state, source, many: false)
    let open = try SteeringArguments.openFlow(fields, vary: vary, table: decider.table)
    if let family = source.family, open.family != family {
      throw CommandFailure.otherFamily(open.flow(open.values.first).destination.description, than: family)
    }
    let selectors = try via.map { try SteeringArguments.selector($0, table: decider.table) }
    let finding = try find(open, selectors, &decider)
    let formatter = PredictionFormatter(state: state, names: NameTables.read())
    let report = SteeringReport(finding, of: open, asked: via, formatter: formatter)
    try print(report, formatter)
    if output != nil || !format.json {
      for caveat in finding.caveats.list { complain("uncertain: \(caveat.code): \(caveat.text)") }
    }
    guard finding.isComplete else { throw CommandFailure(.negative, nil) }
  }

  private func find(
    _ open: OpenFlow, _ selectors: [PathSelector], _ decider: inout Decider
  ) throws -> PathFinding {
    var line = ProgressLine("searching")
    let total = UInt64(min(open.values.count, UInt128(PathSearch.most)))
    defer { line.end() }
    guard decider.measures else {
      var search = PathSearch(decider.table, open, selectors: selectors, count: count)
      var batches = BatchDecider(decider.table)
      search.run(by: &batches) { line.update($0, of: total) }
      return search.finding
    }
    var search = PathSearch(decider.table, open, selectors: selectors, count: count, portion: Decider.batch)
    try search.run(progress: { line.update($0, of: total) }) { flows in
      try decider.decide(flows.map { Decider.Subject($0) })
    }
    return search.finding
  }

  private func print(_ report: SteeringReport, _ formatter: PredictionFormatter) throws {
    guard let output else {
      return try format.print(report, lines: report.lines)
    }
    var buffer = OutputBuffer()
    let rows = FlowRows(formatter)
    switch output {
    case .csv: rows.appendCSV(report.flows, to: &buffer.bytes)
    case .ndjson: rows.appendNDJSON(report.flows, to: &buffer.bytes)
    }
    try buffer.flush()
    for problem in report.problems { complain(problem.text) }
  }
}
