import ArgumentParser
import FlowSources
import Forwarding
import JSON
import KernelRouting
import Measurement
import Rendering
import Routing
import Shadow
import Verification

/// `ecmpctl verify`: holds predictions against the kernel's own lookup.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", _superCommandName: "ecmpctl",
    abstract: "Ask the kernel for the same flows and compare.",
    discussion: """
      Random flows, or those of a file or of the kernel, are predicted and asked of the kernel (RTM_GETROUTE, as
      `ip route get` does). What is compared is what that query computes; it hashes differently from
      real traffic in known ways, and the prediction follows it there. A lookup through a resilient
      group marks the bucket busy and counts as a packet in group statistics.

      With --shadow nothing is asked of the live namespace: the state is built again in a scratch
      network namespace, and the kernel is asked there. That takes root, works on a snapshot, too,
      and ends with status 1 where something that decides could not be built again.

      EXAMPLES
        ecmpctl verify
        ecmpctl verify 172.16.255.66/32 --count 100000
        ecmpctl verify --flows flows.csv
        ecmpctl verify 172.16.255.66/32 --flows flows.csv --count 500
        ecmpctl verify 172.16.255.66/32 -i swp51
        ecmpctl verify --flows capture.pcap -i swp51
        ecmpctl verify --sockets
        ecmpctl verify --shadow --snapshot spine02.json
      """)

  @Argument(help: "Only flows to this destination prefix.")
  var prefix: String?

  @Option(
    help: ArgumentHelp(
      "Number of random flows (default: 1000); of flows from elsewhere the first ones, at most (default: all).",
      valueName: "n"))
  var count: Int?

  @OptionGroup var many: FlowSourceOptions

  @Option(
    name: [.customShort("i"), .customLong("iif")],
    help: ArgumentHelp(
      "Ingress interface of random flows, and of packets whose source does not tell it.", valueName: "dev"))
  var iif: String?

  @Flag(help: "Ask in a scratch network namespace that holds the same state, not in the live one.")
  var shadow = false

  @OptionGroup var key: KeyOptions

  @OptionGroup var source: SourceOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var detail: DetailOptions

  /// So many mismatches are told with every step of the prediction.
  private static let explained = 3
  /// So many random flows where no number is named.
  private static let randomFlows = 1000
  /// A terminal is told the progress after so many.
  private static let progressStep = 256

  func validate() throws {
    guard count ?? 1 > 0 else { throw ValidationError("--count must be at least 1") }
    // Without another source of flows they are random.
    if many.name != nil {
      try many.checkRandomSeed()
    } else if many.input != nil || many.keepGoing {
      throw ValidationError("--input and --keep-going need --flows")
    }
  }

  func run() throws {
    guard shadow || source.snapshot == nil else {
      throw CommandFailure.usage("verify asks a live kernel; with --shadow it can ask about a snapshot, too")
    }
    let wanted = try prefix.map { try Prefix(argument: $0) }
    if let wanted, let family = source.family, wanted.family != family {
      throw CommandFailure.otherFamily(wanted.description, than: family)
    }
    if shadow {
      try verifyInShadow(prefix: wanted)
    } else {
      var kernel = try StateSource(source).kernel()
      let state = try kernel.readSettledState()
      var verification = Verification(
        try key.decider(state, source, many: false), tableName: NameTables.read().tableName)
      let bad = try addFlows(state, prefix: wanted, to: &verification, kernel: &kernel)
      let changes = verification.mismatchCount > 0 ? try kernel.readState().decisiveDifferences(from: state) : []
      try report(verification, state: state, kernel: state.kernel, changes: changes)
      guard verification.mismatchCount == 0, bad == 0 else { throw CommandFailure(.negative, nil) }
      try refuseEmptiness(verification)
    }
  }

  private func verifyInShadow(prefix: Prefix?) throws {
    let state = try StateSource(source).state()
    var verification = Verification(
      try key.decider(state, source, many: false), tableName: NameTables.read().tableName)
    var shadow = try Shadow(rebuilding: try key.rebuildable(state))
    for difference in shadow.differences { complain("in the shadow, \(difference)") }
    let bad = try addFlows(state, prefix: prefix, to: &verification, kernel: &shadow.kernel)
    try report(verification, state: state, kernel: .running, shadow: shadow.differences.map(\.description))
    guard verification.mismatchCount == 0, bad == 0, shadow.differences.isEmpty else {
      throw CommandFailure(.negative, nil)
    }
    try refuseEmptiness(verification)
  }

  /// That nothing was found wrong means nothing where nothing was compared.
  private func refuseEmptiness(_ verification: borrowing Verification) throws {
    let lacksKey = verification.hashed == 0 && verification.caveats.contains(.seedUnknown)
    guard verification.compared == verification.uncertain || lacksKey else { return }
    let codes = verification.caveats.list.map(\.code).joined(separator: ", ")
    throw CommandFailure(
      .negative,
      verification.compared == 0
        ? "nothing was verified: there was no flow that the kernel can be asked about"
        : "nothing was verified: every prediction that matters is uncertain (\(codes))")
  }

  /// Adds the flows of the file, or random ones.
  ///
  /// - Returns: how many lines of the file could not be read.
  private func addFlows(
    _ state: RoutingState, prefix: Prefix?, to verification: inout Verification, kernel: inout Kernel
  ) throws -> Int {
    var badLines = 0
    if many.name != nil {
      let fields = iif.map { [(name: "iif", value: $0)] } ?? []
      var input = try many.open(table: verification.table, source: source, fields: fields)
      var progress = ProgressLine("verifying")
      defer { progress.end() }
      var number = 0
      while number < count ?? .max, let subject = try input.next() {
        if let prefix, subject.flow.map({ prefix.contains($0.destination) }) != true { continue }
        try verification.add(subject.flow, packet: subject.packet, kernel: &kernel)
        number += 1
        if number.isMultiple(of: Self.progressStep), let (done, total) = input.progress() {
          progress.update(done, of: total)
        }
      }
      badLines = input.bad
    } else {
      try addRandomFlows(state, prefix: prefix, to: &verification, kernel: &kernel)
    }
    try verification.flush(kernel: &kernel)
    return badLines
  }

  private func addRandomFlows(
    _ state: RoutingState, prefix: Prefix?, to verification: inout Verification, kernel: inout Kernel
  ) throws {
    let table = verification.table
    let ingress = try iif.map {
      try FlowArguments.flow([("dst", "0.0.0.0"), ("iif", $0)], table: table).inputInterface
    }
    let flows = StateFlows(state: state, prefix: prefix, family: source.family, ingress: ingress)
    guard !flows.isEmpty else {
      throw CommandFailure.usage("there is no route to verify; name a destination prefix")
    }
    var generator = SplitMix64(seed: many.randomSeed ?? UInt64.random(in: 0...UInt64.max))
    let count = count ?? Self.randomFlows
    var progress = ProgressLine("verifying")
    defer { progress.end() }
    for number in 1...count {
      if let flow = flows.next(using: &generator) { try verification.add(flow, kernel: &kernel) }
      if number.isMultiple(of: Self.progressStep) { progress.update(UInt64(number), of: UInt64(count)) }
    }
  }

  /// - Parameters:
  ///   - kernel: the one that answered.
  ///   - shadow: what differs in the shadow that was asked; nil when none was.
  ///   - changes: what has changed since the state was read.
  private func report(
    _ verification: borrowing Verification, state: RoutingState, kernel: KernelIdentity, shadow: [String]? = nil,
    changes: [String] = []
  ) throws {
    let report = VerificationReport(
      kernel: kernel.release, shadowDifferences: shadow, compared: verification.compared, hashed: verification.hashed,
      uncertain: verification.uncertain, uncertainCodes: verification.caveats.list.map(\.code),
      notAskable: verification.notAskable, mismatches: verification.mismatchCount,
      details: verification.details(explaining: Self.explained), changes: changes)
    let formatter = PredictionFormatter(state: state, names: NameTables.read())
    var output = OutputBuffer(painter: format.json ? nil : source.painter)
    if format.json {
      format.write(to: &output.bytes) { json in report.write(to: &json, formatter: formatter) }
    } else {
      for line in report.lines(formatter: formatter) { output.print(line) }
    }
    try output.flush()
  }
}

extension Verification {
  /// The mismatches for a report, the first ones with every step of the prediction.
  borrowing func details(explaining count: Int = 0) -> [VerificationReport.Detail] {
    let table = table
    return mismatches.enumerated().map { number, mismatch in
      VerificationReport.Detail(
        flow: mismatch.flow, predicted: mismatch.predicted, kernel: mismatch.kernel, reason: mismatch.reason,
        explanation: number < count ? table.explain(mismatch.flow, for: .query) : nil)
    }
  }
}
