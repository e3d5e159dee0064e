import ArgumentParser
import FlowSources
import Forwarding
import JSON
import Measurement
import Rendering
import Routing

/// `ecmpctl predict`: which nexthop a flow takes.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Say which nexthop a flow takes, bit-exactly, or why that is uncertain.",
    discussion: """
      A flow is given by options, by the words of `ip route get`, or in a file with one flow a line.

      EXAMPLES
        ecmpctl predict -s 10.2.0.100 -d 172.16.255.66 -p udp --sport 32700 --dport 53 -i swp51
        ecmpctl predict 172.16.255.66 from 10.2.0.100 iif swp51 ipproto udp sport 32700 dport 53
        ecmpctl predict --explain 2001:db8::1 from 2001:db8:f::2 iif swp51 ipproto tcp sport 4000 dport 443
        ecmpctl predict --flows flows.csv --output csv --key auto
        zcat flows.csv.gz | ecmpctl predict --snapshot spine02.json --flows - --output summary
      """)

  @OptionGroup var flow: FlowOptions

  @Argument(help: "The flow in the words of ip route get: ADDRESS [from ADDRESS] [iif DEV] [ipproto P] …")
  var words: [String] = []

  @Option(help: ArgumentHelp("Read flows from a file; - is standard input.", valueName: "file"))
  var flows: String?

  @Option(
    help: ArgumentHelp("Format of the flows: csv or ndjson (default: by the file's first byte).", valueName: "format"))
  var input: FlowReader.Format?

  @Option(help: ArgumentHelp("Format of the predictions of --flows: csv, ndjson or summary.", valueName: "format"))
  var output: PredictionFormat?

  @Flag(help: "Report a bad line of the input and go on; the exit status is then 1.")
  var keepGoing = false

  @Flag(help: "Print every step: rule, table, route, the bytes hashed, the key, the candidates.")
  var explain = false

  @OptionGroup var key: KeyOptions

  @OptionGroup var source: SourceOptions

  @Flag(name: .shortAndLong, help: "Print JSON.")
  var json = false

  @Flag(help: "Indent the JSON.")
  var pretty = false

  func run() throws {
    let state = try StateSource(source).state()
    var decider = try key.decider(state, source)
    let names = NameTables.read()
    let formatter = PredictionFormatter(state: state, names: names)
    if let flows {
      guard words.isEmpty, flow.fields.isEmpty else {
        throw CommandFailure.usage("--flows and a flow on the command line exclude each other")
      }
      guard !explain else { throw CommandFailure.usage("--explain is for one flow, not for --flows") }
      try PredictionStream(
        path: flows, input: input, output: output ?? (json ? .ndjson : .csv), keepGoing: keepGoing, pretty: pretty
      ).run(&decider, state: state, formatter: formatter)
    } else {
      try predictOne(&decider, formatter: formatter)
    }
  }

  private func predictOne(_ decider: inout Decider, formatter: PredictionFormatter) throws {
    guard output == nil, input == nil, !keepGoing else {
      throw CommandFailure.usage("--input, --output and --keep-going need --flows")
    }
    let fields = try flow.fields + FlowArguments.fields(of: words)
    guard !fields.isEmpty else { throw CommandFailure.usage("no flow given; see ecmpctl predict --help") }
    let flow = try FlowArguments.flow(fields, table: decider.table)
    var output = OutputBuffer()
    let (decision, trace) = try decider.explain(Decider.Subject(flow))
    if json {
      var writer = JSONWriter(pretty ? .indented(width: 2) : .compact)
      formatter.write(flow, decision, trace: explain ? trace : nil, to: &writer)
      writer.endLine()
      output.bytes.append(contentsOf: writer.bytes)
    } else {
      output.print(formatter.line(flow, decision))
      if explain { output.print(formatter.explanation(flow, decision, trace)) }
    }
    try output.flush()
    if !json {
      for caveat in decision.caveats.list { complain("uncertain: \(caveat.code): \(caveat.text)") }
    }
  }
}
