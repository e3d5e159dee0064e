import ArgumentParser
import Files
import Forwarding
import KernelRouting
import Measurement
import Netlink
import Placement
import Planning
import Rendering
import Routing
import SeedRecovery

/// `ecmpctl seed set`.
struct SeedSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", _superCommandName: "ecmpctl seed",
    abstract: "Set the hash seed, with its price told first.",
    discussion: """
      Another seed places every hashed flow anew, once. The recovered seed moves none: set, it outlasts the boot.
      With flows it is counted which of them move.

      EXAMPLES
        ecmpctl seed set 0x12345678 --dry-run --conntrack
        ecmpctl seed set 305419896 --yes --persist /etc/sysctl.d/90-ecmp-seed.conf
        ecmpctl seed set recovered --persist /etc/sysctl.d/90-ecmp-seed.conf
        ecmpctl seed set 0 --netns spine02
      """)

  @Argument(
    help: ArgumentHelp(
      "The seed: 1 to 4294967295, decimal or 0x hexadecimal; recovered, for what seed recover has found; 0 for the boot seed.",
      valueName: "value"))
  var value: String

  @Flag(help: "Change nothing: tell the price, and end.")
  var dryRun = false

  @Flag(help: "Do not ask.")
  var yes = false

  @Option(
    help: ArgumentHelp(
      "Set it in this file of /etc/sysctl.d, too; the file's other lines stay.", valueName: "file"))
  var persist: String?

  @OptionGroup var many: FlowSourceOptions

  @OptionGroup var flow: FlowOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @Flag(help: "Print all that is known of the flows that move.")
  var details = false

  func validate() throws {
    if many.name == nil, let option = many.idleOption ?? flow.option {
      throw ValidationError(FlowSourceOptions.lacking(for: option))
    }
    try many.checkRandomSeed()
    guard source.snapshot == nil || dryRun else {
      throw ValidationError("a snapshot can not be changed; add --dry-run")
    }
    guard source.netns == nil || persist == nil else {
      throw ValidationError("--persist sets it where the machine boots, and not in --netns")
    }
    guard !dryRun || persist == nil else { throw ValidationError("--dry-run writes nothing, and --persist a file") }
  }

  func run() throws {
    let state = try StateSource(source).completedState()
    guard let from = state.settings.hashSeed else {
      throw CommandFailure(
        .kernel,
        "Linux \(state.kernel.release) has no hash seed to set: \(SeedChangeReport.key) came with Linux 6.11; "
          + "until then policy and members are all that can be chosen")
    }
    let boot = Self.bootSeed(state)
    let to = try target(boot)
    if !dryRun, from != to { try Self.refusalsTold { () throws(KernelError) in try Self.setting(to).checkWritable() } }
    var after = state
    after.settings.hashSeed = to
    let seeds = (before: from == 0 ? boot.seed : from, after: to == 0 ? boot.seed : to)
    let table = ForwardingTable(state, bootSeed: boot.seed)
    let (disruption, bad) = try flows(table, state, after, bootSeed: boot.seed)
    var report = SeedChangeReport(
      from: from, to: to, seeds: seeds, price: SeedPrice(table, routes: state.routes, families: families),
      disruption: disruption, state: state, namespace: source.netns)
    if dryRun {
      try print(plan: report, to: .output)
    } else {
      if from == to { report.outcome = .unchanged }
      try carryOut(&report)
    }
    if bad > 0 { throw CommandFailure.passedOver(bad) }
  }

  private var families: [AddressFamily] { source.family.map { [$0] } ?? AddressFamily.allCases }

  // MARK: Values

  private static func bootSeed(_ state: RoutingState) -> (seed: UInt32?, content: SeedCache.Content) {
    let content = SeedCache().read(for: state.kernel)
    if case .seed(let seed) = content { return (seed, content) }
    return (nil, content)
  }

  private func target(_ boot: (seed: UInt32?, content: SeedCache.Content)) throws(CommandFailure) -> UInt32 {
    guard value == "recovered" else { return try Self.isZero(value) ? 0 : SeedArgument.number(value) }
    switch boot.content {
    case .seed(let seed): return seed
    case .absent: throw CommandFailure(.negative, "no boot seed is recovered yet: run ecmpctl seed recover first")
    case .unreadable:
      throw CommandFailure(.privilege, "only root may read the recovered seed; run this as root")
    case .ignored(let reason):
      throw CommandFailure(.negative, "the recovered seed can not be used: \(reason); run ecmpctl seed recover again")
    }
  }

  private static func isZero(_ text: String) -> Bool {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    return !digits.isEmpty && digits.allSatisfy { $0 == "0" }
  }

  // MARK: Price

  private func flows(
    _ table: ForwardingTable, _ state: RoutingState, _ after: RoutingState, bootSeed: UInt32?
  ) throws -> (DisruptionReport?, bad: Int) {
    guard many.name != nil else { return (nil, 0) }
    var analysis = ChangeAnalysis(
      before: Decider(table), after: Decider(ForwardingTable(after, bootSeed: bootSeed)), states: (state, after),
      list: false)
    let bad = try analysis.read(many.open(table: table, source: source, fields: flow.fields), also: nil)
    return (DisruptionReport(analysis.disruption, before: state, after: after), bad)
  }

  private func print(plan report: SeedChangeReport, to stream: StandardStream) throws {
    var bytes: [UInt8] = []
    if format.json {
      format.write(to: &bytes) { json in report.write(to: &json) }
    } else {
      report.appendPlan(to: &bytes, details: details)
    }
    try stream.write(bytes)
  }

  // MARK: Change

  private func carryOut(_ report: inout SeedChangeReport) throws {
    var text: [UInt8] = []
    report.appendPlan(to: &text, details: details)
    let asks = !yes && report.outcome != .unchanged
    if asks ? Consent.isToBeAsked : !format.json { try (asks ? StandardStream.error : .output).write(text) }
    if report.outcome != .unchanged {
      try Consent.ask("Set it", isGiven: yes)
      try Self.set(report.to)
      report.outcome = .done
    }
    var failure: FileError?
    if let persist {
      do throws(FileError) {
        try Self.write(report, to: persist)
        report.persisted = persist
      } catch {
        failure = error
      }
    }
    var output = OutputBuffer()
    if format.json {
      format.write(to: &output.bytes) { json in report.write(to: &json) }
    } else {
      report.appendResult(to: &output.bytes)
    }
    try output.flush()
    if let failure { throw CommandFailure.usage("the kernel has the seed, but it is not kept: \(failure)") }
  }

  private static func setting(_ value: UInt32) -> SysctlSetting { SysctlSetting("ipv4/fib_multipath_hash_seed", value) }

  /// Says what to do where /proc/sys is read-only.
  private static func refusalsTold(_ body: () throws(KernelError) -> Void) throws {
    do throws(KernelError) {
      try body()
    } catch {
      guard error.errno == .readOnly else { throw error }
      throw CommandFailure(
        .kernel,
        "can not set \(SeedChangeReport.key): /proc/sys is mounted read-only here, as in containers; set it from the "
          + "host, with --netns")
    }
  }

  /// Sets the sysctl in the namespace of the calling thread, which is that of the state, and reads it back.
  private static func set(_ value: UInt32) throws {
    try refusalsTold { () throws(KernelError) in try setting(value).write() }
    let found = try Kernel().settings(links: [], devices: false).hashSeed
    guard found == value else {
      throw CommandFailure(
        .kernel,
        "the kernel took \(value) for \(SeedChangeReport.key), and has \(found.map { "\($0)" } ?? "none"): somebody else "
          + "sets it, too")
    }
  }

  private static func write(_ report: SeedChangeReport, to path: String) throws(FileError) {
    var text = "# Set by ecmpctl seed set: the hash seed of multipath routes.\n"
    do throws(FileError) {
      text = String(decoding: try InputFile.contents(of: path), as: UTF8.self)
    } catch {
      // No such file yet.
      guard error.code == 2 else { throw error }
    }
    let file = try OutputFile(path: path, permissions: 0o644)
    try file.write(Array(SysctlLines.setting(SeedChangeReport.key, to: String(report.to), in: text).utf8))
    try file.commit()
  }
}
