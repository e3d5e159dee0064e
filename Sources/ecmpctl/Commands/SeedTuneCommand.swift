import ArgumentParser
import FlowSources
import Forwarding
import HashLanes
import Placement
import Rendering
import Routing

/// `ecmpctl seed tune`.
struct SeedTuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune", _superCommandName: "ecmpctl seed",
    abstract: "Choose a seed under which given flows are spread most evenly.",
    discussion: """
      Nothing is changed. Each seed is tried on the flows by their weights, and the one is chosen whose largest
      overload (share by ideal share, of all nexthops of all groups that the flows meet) is the smallest. It helps
      where few flows carry most of the traffic; many flows are spread alike by all seeds, and that is said.

      A router that hashes as the one before it does meets flows that were sorted by this very hash, and sends
      them to few of its nexthops. With --upstream, a snapshot of the one before, that is seen and avoided.

      EXAMPLES
        ecmpctl seed tune --flows elephants.csv
        ecmpctl seed tune --conntrack --established --tries 10000
        ecmpctl seed tune --upstream spine02.json --random 20000 --to 172.16.255.66/32
        ecmpctl seed tune --same-as gateway1.json
        ecmpctl seed tune --snapshot spine02.json --flows capture.pcapng -i swp51 --random-seed 1
      """)

  private static let usualTries = 1000
  /// Trying more takes long and gains next to nothing.
  private static let mostTries = 10_000_000

  @OptionGroup var many: FlowSourceOptions

  @OptionGroup var flow: FlowOptions

  @Option(
    help: ArgumentHelp("How many random seeds are tried (default: \(SeedTuneCommand.usualTries)).", valueName: "n"))
  var tries: Int?

  @Option(help: ArgumentHelp("Try this seed, too.", valueName: "seed"))
  var candidate: [String] = []

  @Option(
    help: ArgumentHelp("A snapshot of the router before this one; of each, where there are several.", valueName: "file")
  )
  var upstream: [String] = []

  @Option(
    help: ArgumentHelp("The seed of the routers before, where their snapshots do not tell it.", valueName: "number"))
  var upstreamSeed: String?

  @Option(
    help: ArgumentHelp(
      "Say whether this router and that of a snapshot hash alike, as a pair with firewalls in between has to.",
      valueName: "file"))
  var sameAs: String?

  @Option(help: ArgumentHelp("The seed of today, where the kernel does not tell it.", valueName: "number"))
  var seed: String?

  @Option(help: ArgumentHelp("Threads that try seeds; one for each CPU by default.", valueName: "n"))
  var threads: Int?

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @Flag(help: "Print every group of nexthops.")
  var details = false

  func validate() throws {
    guard sameAs == nil else {
      guard many.name == nil, upstream.isEmpty, candidate.isEmpty else {
        throw ValidationError("--same-as compares settings: leave flows, --upstream and --candidate out")
      }
      let given = [("--tries", tries != nil), ("--threads", threads != nil), ("--upstream-seed", upstreamSeed != nil)]
      if let option = given.first(where: \.1)?.0 ?? many.idleOption ?? flow.option {
        throw ValidationError("--same-as compares settings: \(option) has no say in that")
      }
      return
    }
    guard many.name != nil else {
      throw ValidationError("no flows given: use --flows FILE, --conntrack, --sockets, or --random N --to PREFIX")
    }
    guard (0...Self.mostTries).contains(tries ?? 1) else {
      throw ValidationError("--tries must be from 0 to \(Self.mostTries)")
    }
    guard tries != 0 || !candidate.isEmpty else { throw ValidationError("no seed to try: give --tries or --candidate") }
    guard upstreamSeed == nil || !upstream.isEmpty else { throw ValidationError("--upstream-seed needs --upstream") }
    guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads must be from 1 to 1024") }
  }

  func run() throws {
    if let sameAs { return try compare(sameAs) }
    let candidates = try candidates()
    let state = try StateSource(source).completedState()
    guard state.settings.hashSeed != nil else {
      throw CommandFailure(
        .negative,
        "Linux \(state.kernel.release) has no hash seed to choose: net.ipv4.fib_multipath_hash_seed came with 6.11")
    }
    let today = try SeedInForce.seed(of: state, given: seed, source)
    let table = ForwardingTable(state, bootSeed: today)
    let routers = upstream.isEmpty ? nil : try UpstreamRouters(upstream, seed: upstreamSeed, here: state, seed: today)
    let (sample, bad) = try SeedSample.read(
      many.open(table: table, source: source, fields: flow.fields), table: table, upstream: routers)
    guard sample.hashed.flows > 0 else {
      throw CommandFailure(
        .negative,
        "no seed changes anything: none of \(sample.all.flows) flows is placed by the hash key (see ecmpctl predict --output summary)"
      )
    }
    let tuning = SeedTuning(sample, table, today: today)
    var progress = ProgressLine("trying seeds")
    let scores = tuning.scores(of: candidates.seeds, threads: threads ?? Processors.count) {
      progress.update(UInt64($0), of: UInt64(candidates.seeds.count))
    }
    progress.end()
    try report(
      SeedTuningReport(
        tuning, sample, scores, randomSeed: candidates.randomSeed, state: state, upstream: routers?.reports ?? [],
        branches: routers?.branches ?? []))
    if bad > 0 { throw CommandFailure.passedOver(bad) }
  }

  /// Tells whether this router and that of a snapshot hash alike.
  private func compare(_ path: String) throws {
    let state = try StateSource(source).completedState()
    let other = try StateSource.upstream(path)
    let seed = try SeedInForce.seed(of: state, given: seed, source)
    let likeness = HashLikeness(
      here: HashLikeness.Router(state, ForwardingTable(state), seed: seed),
      there: HashLikeness.Router(other, ForwardingTable(other), seed: SeedInForce.seed(ofSnapshot: other)),
      families: source.family.map { [$0] })
    let report = HashLikenessReport(likeness, path: path, seed: seed)
    try format.print(report, lines: report.lines)
    if !likeness.isAlike { throw CommandFailure(.negative, nil) }
  }

  private func report(_ report: SeedTuningReport) throws {
    var output = OutputBuffer()
    if format.json {
      format.write(to: &output.bytes) { json in report.write(to: &json) }
    } else {
      report.appendText(to: &output.bytes, details: details)
    }
    try output.flush()
  }

  /// The seeds to try, each once, and what the random ones were made of.
  private func candidates() throws(CommandFailure) -> (seeds: [UInt32], randomSeed: UInt64) {
    var seeds: [UInt32] = []
    var seen: Set<UInt32> = [0]
    for text in candidate {
      let seed = try SeedArgument.number(text)
      if seen.insert(seed).inserted { seeds.append(seed) }
    }
    // JSON numbers are whole up to 2^53.
    let randomSeed = many.randomSeed ?? UInt64.random(in: 0..<1 << 53)
    var generator = SplitMix64(seed: randomSeed ^ Self.stream)
    let wanted = seeds.count + (tries ?? Self.usualTries)
    while seeds.count < wanted {
      let seed = UInt32(truncatingIfNeeded: generator.next() >> 32)
      if seen.insert(seed).inserted { seeds.append(seed) }
    }
    return (seeds, randomSeed)
  }

  /// Random flows of the same --random-seed are made of other numbers.
  private static let stream: UInt64 = 0x7365_6564_7475_6e65
}
