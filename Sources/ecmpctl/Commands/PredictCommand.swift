import ArgumentParser
import FlowSources
import Forwarding
import Measurement
import MultipathHash
import Rendering
import Routing

/// `ecmpctl predict`: which nexthop a flow takes.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", _superCommandName: "ecmpctl",
    abstract: "Say which nexthop a flow takes, bit-exactly, or why that is uncertain.",
    discussion: """
      A flow is given by options, by the words of `ip route get`, as a packet in hexadecimal, or in a file
      with one flow a line or one frame after the other. Or the flows are those of now: the connections that
      the kernel tracks, or the sockets of this machine. Or they are random.

      EXAMPLES
        ecmpctl predict -s 10.2.0.100 -d 172.16.255.66 -p udp --sport 32700 --dport 53 -i swp51
        ecmpctl predict 172.16.255.66 from 10.2.0.100 iif swp51 ipproto udp sport 32700 dport 53
        ecmpctl predict --explain 2001:db8::1 from 2001:db8:f::2 iif swp51 ipproto tcp sport 4000 dport 443
        ecmpctl predict --flows flows.csv --output csv --key auto
        ecmpctl predict -i swp51 --flows capture.pcapng --output summary
        ecmpctl predict --conntrack --direction original -i swp51 --output summary
        ecmpctl predict --sockets --established --netns server1
        ecmpctl predict --random 10000 --to 172.16.255.66/32 -p udp --dport 53 -i swp51 --output summary
        ecmpctl predict -i swp51 --packet '4500 0028 0001 0000 4011 …' --explain
        zcat flows.csv.gz | ecmpctl predict --snapshot spine02.json --flows - --output summary
      """)

  @OptionGroup var flow: FlowOptions

  @Argument(help: "The flow in the words of ip route get: ADDRESS [from ADDRESS] [iif DEV] [ipproto P] …")
  var words: [String] = []

  @OptionGroup var many: FlowSourceOptions

  @Option(
    help: ArgumentHelp(
      "Predict one packet: a frame in hexadecimal, white space and colons allowed.", valueName: "hex"))
  var packet: String?

  @Option(
    help: ArgumentHelp(
      "What --packet begins with: ethernet, ip, ipv4, ipv6, cooked, cooked2, null or loop (default: by its bytes).",
      valueName: "type"))
  var linkType: LinkType?

  @Option(help: ArgumentHelp("Format of the predictions of many flows: csv, ndjson or summary.", valueName: "format"))
  var output: PredictionFormat?

  @Flag(help: "Print every step: rule, table, route, the bytes hashed, the key, the candidates.")
  var explain = false

  @OptionGroup var key: KeyOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @OptionGroup var detail: FlowDetailOptions

  func validate() throws {
    try many.checkRandomSeed()
    guard many.name != nil else { return }
    guard output != .csv || !format.json else {
      throw ValidationError("--output csv is no JSON: use --output ndjson or --output summary with -j")
    }
    guard manyFormat != .ndjson || !format.pretty else {
      throw ValidationError("NDJSON has one flow a line; --pretty goes with --output summary -j")
    }
  }

  /// How the predictions of many flows are written.
  private var manyFormat: PredictionFormat { output ?? (format.json ? .ndjson : .csv) }

  func run() throws {
    let state = try StateSource(source).state()
    var decider = try key.decider(state, source, many: many.name != nil)
    let names = NameTables.read()
    let formatter = PredictionFormatter(state: state, names: names)
    if let name = many.name {
      guard words.isEmpty, packet == nil else {
        throw CommandFailure.usage("\(name) and a flow on the command line exclude each other")
      }
      guard linkType == nil else { throw CommandFailure.usage("--link-type is for --packet, not for \(name)") }
      guard !explain else { throw CommandFailure.usage("--explain is for one flow, not for \(name)") }
      let input = try many.open(table: decider.table, source: source, fields: flow.fields)
      let writer = PredictionWriter(
        manyFormat, json: format, state: state, formatter: formatter, painter: source.painter)
      try PredictionStream.run(input, &decider, writer)
    } else {
      try predictOne(&decider, formatter: formatter)
    }
  }

  /// The packet or the flow of the command line.
  private func subject(_ table: ForwardingTable) throws -> PredictionSubject {
    let fields = try flow.fields + FlowArguments.fields(of: words, family: source.family)
    if let packet {
      return try PredictionSubject(
        PacketArgument.frame(packet, linkType: linkType), arrival: PredictionInput.arrival(fields, table: table))
    }
    guard linkType == nil else { throw CommandFailure.usage("--link-type needs --packet") }
    guard !fields.isEmpty else { throw CommandFailure.usage("no flow given; see ecmpctl predict --help") }
    return PredictionSubject(try FlowArguments.flow(fields, table: table))
  }

  private func predictOne(_ decider: inout Decider, formatter: PredictionFormatter) throws {
    guard output == nil else {
      throw CommandFailure.usage("--output is for many flows: it needs --flows, --conntrack, --sockets or --random")
    }
    guard many.input == nil, !many.keepGoing else {
      throw CommandFailure.usage("--input and --keep-going need --flows")
    }
    let subject = try subject(decider.table)
    let flow = subject.flow
    if let family = source.family, let flow, flow.family != family {
      throw CommandFailure.otherFamily(flow.destination.description, than: family)
    }
    var output = OutputBuffer(painter: format.json ? nil : source.painter)
    let (decision, trace) = try subject.explanation(&decider)
    if format.json {
      format.write(to: &output.bytes) { json in
        formatter.write(flow, decision, trace: explain ? trace : nil, packet: subject.packet, to: &json)
      }
    } else {
      output.print(formatter.line(flow, decision))
      if explain { output.print(formatter.explanation(decision, trace, packet: subject.packet)) }
    }
    try output.flush()
    if !format.json {
      for caveat in decision.caveats.list { complain("uncertain: \(caveat.code): \(caveat.text)") }
    }
  }
}
