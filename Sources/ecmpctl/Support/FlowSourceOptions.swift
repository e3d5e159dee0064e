import ArgumentParser
import FlowSources
import Forwarding
import KernelRouting
import Routing

extension TrackedConnection.Direction: WordArgument {}

/// Where many flows come from: a file, the connections or the sockets that the kernel has now, or chance.
struct FlowSourceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read flows or a capture from a file; - is standard input.", valueName: "file"))
  var flows: String?

  @Option(
    help: ArgumentHelp(
      "Format of the file: csv, ndjson or pcap, also for pcapng (default: by its first bytes).", valueName: "format"))
  var input: InputFormat?

  @Flag(help: "Report a bad line of the input and go on; the exit status is then 1.")
  var keepGoing = false

  @Flag(help: "Take the connections that the kernel tracks, both directions of each.")
  var conntrack = false

  @Option(
    help: ArgumentHelp("Of the tracked connections only one direction: original or reply.", valueName: "direction"))
  var direction: TrackedConnection.Direction?

  @Flag(help: "Take the connected sockets of this machine.")
  var sockets = false

  @Flag(help: "Of the connections or sockets only established ones.")
  var established = false

  @Option(help: ArgumentHelp("Make random flows, so many.", valueName: "n"))
  var random: Int?

  @Option(help: ArgumentHelp("Where random flows go.", valueName: "prefix"))
  var to: String?

  @Option(help: ArgumentHelp("Where random flows come from (default: anywhere).", valueName: "prefix"))
  var from: String?

  @Option(help: ArgumentHelp("Seed of the random flows, to repeat a run.", valueName: "number"))
  var randomSeed: UInt64?

  /// - Throws: `ValidationError` for a seed of random flows where the flows are others.
  func checkRandomSeed() throws {
    guard random != nil || randomSeed == nil else { throw ValidationError("--random-seed needs --random") }
  }

  func validate() throws {
    guard [flows != nil, conntrack, sockets, random != nil].count(where: \.self) <= 1 else {
      throw ValidationError("--flows, --conntrack, --sockets and --random exclude each other")
    }
    if name != nil, flows == nil, input != nil || keepGoing {
      throw ValidationError("--input and --keep-going are for --flows")
    }
    guard conntrack || direction == nil else { throw ValidationError("--direction needs --conntrack") }
    guard conntrack || sockets || !established else {
      throw ValidationError("--established needs --conntrack or --sockets")
    }
    guard random != nil || (to == nil && from == nil) else { throw ValidationError("--to and --from need --random") }
    if let random {
      guard random > 0 else { throw ValidationError("--random must be at least 1") }
      guard to != nil else { throw ValidationError("--random needs --to PREFIX") }
    }
  }

  /// The option that names the source; nil when there is none.
  var name: String? {
    if flows != nil { return "--flows" }
    if conntrack { return "--conntrack" }
    if sockets { return "--sockets" }
    return random != nil ? "--random" : nil
  }

  /// The name of an option that says how flows are read, or made, where none of their sources is named; nil for none.
  var idleOption: String? {
    guard name == nil else { return nil }
    return input != nil ? "--input" : keepGoing ? "--keep-going" : randomSeed != nil ? "--random-seed" : nil
  }

  /// What is said of an option that says something of flows, where there are none.
  static func lacking(for option: String) -> String {
    "\(option) is for flows, and none are given: add --flows FILE, --conntrack, --sockets, or --random N --to PREFIX"
  }

  /// Refuses random flows of another family than -4 or -6 asks for.
  private func check(family: AddressFamily?) throws(CommandFailure) {
    guard let family, let to, try Prefix(argument: to).family != family else { return }
    throw .otherFamily(to, than: family)
  }

  /// Opens the source: a stream that is read once.
  ///
  /// The kernel is asked in the network namespace of the calling thread, which is the one that the state was read from.
  ///
  /// - Parameter fields: given on the command line, for what the source does not tell of its flows.
  func open(
    table: ForwardingTable, source: SourceOptions, fields: [(name: String, value: String)]
  ) throws -> PredictionInput {
    try check(family: source.family)
    if let flows {
      return try .open(
        flows, format: input, family: source.family, fields: fields, keepGoing: keepGoing, table: table)
    }
    if conntrack || sockets, source.snapshot != nil {
      throw CommandFailure.usage(
        "\(name ?? "") asks the live kernel, and --snapshot nobody: leave it out, or give the flows with --flows")
    }
    if conntrack { return PredictionInput(try connectionFlows(table, source, fields)) }
    if sockets { return PredictionInput(try socketFlows(source, fields, table)) }
    return PredictionInput(try randomFlows(fields, table))
  }

  private func connectionFlows(
    _ table: ForwardingTable, _ source: SourceOptions, _ fields: [(name: String, value: String)]
  ) throws -> ConnectionFlows {
    guard direction != nil || !fields.contains(where: { $0.name == "iif" }) else {
      throw CommandFailure.usage("the two directions arrive on different interfaces; -i needs --direction")
    }
    let amendment = try FlowAmendment(
      fields, allowed: [.ipProtocol, .inputInterface, .mark, .tos, .flowLabel, .layer4Hash], of: "--conntrack",
      table: table)
    return ConnectionFlows(
      try Kernel.trackedConnections(family: source.family),
      directions: direction.map { [$0] } ?? TrackedConnection.Direction.allCases, established: established,
      amendment: amendment, table: table)
  }

  private func socketFlows(
    _ source: SourceOptions, _ fields: [(name: String, value: String)], _ table: ForwardingTable
  ) throws -> SocketFlows {
    let amendment = try FlowAmendment(fields, allowed: [.ipProtocol, .mark, .flowLabel], of: "--sockets", table: table)
    return SocketFlows(
      try Kernel.connectedSockets(established: established), family: source.family, amendment: amendment)
  }

  private func randomFlows(
    _ fields: [(name: String, value: String)], _ table: ForwardingTable
  ) throws -> GeneratedFlows {
    guard let random, let to else { throw CommandFailure.usage("no flows given") }
    let destinations = try Prefix(argument: to)
    let sources = try from.map { try Prefix(argument: $0) }
    guard sources.map({ $0.family == destinations.family }) ?? true else {
      throw CommandFailure.usage("--to and --from are of different families")
    }
    let amendment = try FlowAmendment(
      fields,
      allowed: [
        .ipProtocol, .sourcePort, .destinationPort, .inputInterface, .mark, .tos, .flowLabel, .layer4Hash,
      ], of: "--random", table: table)
    return GeneratedFlows(
      RandomFlows(
        seed: randomSeed ?? UInt64.random(in: 0...UInt64.max), count: random, to: destinations, from: sources,
        ipProtocol: amendment.ipProtocol, origin: .forwarded),
      amendment: amendment)
  }
}
