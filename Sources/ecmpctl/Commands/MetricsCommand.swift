import ArgumentParser
import Files
import JSON
import KernelRouting
import Netlink
import Rendering
import Routing
import Transactions

/// `ecmpctl metrics`.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", _superCommandName: "ecmpctl",
    abstract: "Print groups, members, shares, liveness and counts of routes as OpenMetrics text.",
    discussion: """
      Routes are counted as the kernel tells them; none has a metric of its own. A seed is never told, only whether
      it is known. A file that is written is there whole or not at all, and one whose name ends in .prom is in the
      text format of Prometheus, which is what the textfile collector of its node_exporter reads.

      EXAMPLES
        ecmpctl metrics
        ecmpctl metrics -o /var/lib/prometheus/node-exporter/ecmpctl.prom
        ecmpctl metrics --snapshot spine02.json --json --pretty
      """)

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write to that file in place of standard output.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "openmetrics, or prometheus for its text format 0.0.4 (default: openmetrics, and prometheus for a file *.prom).",
      valueName: "format"))
  var format: MetricsText.Format?

  @Option(
    help: ArgumentHelp(
      "The directory of the journal (default: \(TransactionDirectory.standardPath)).", valueName: "dir"))
  var journal: String?

  @OptionGroup var layout: JSONOptions
  @OptionGroup var source: SourceOptions
  @OptionGroup var detail: DetailOptions

  func validate() throws {
    if layout.json, format != nil { throw ValidationError("--json and --format exclude each other") }
    try source.check(journal: journal)
  }

  func run() throws {
    let bytes = render(try report())
    // A file that is opened before would be given up again where the kernel refuses.
    let file = try OutputFile(path: output ?? "-")
    try file.write(bytes)
    try file.commit()
  }

  private func render(_ report: MetricsReport) -> [UInt8] {
    var bytes: [UInt8] = []
    if layout.json {
      layout.write(to: &bytes) { json in report.write(to: &json) }
      return bytes
    }
    let usual: MetricsText.Format = output?.hasSuffix(".prom") == true ? .prometheus : .openmetrics
    MetricsText.append(report.families, as: format ?? usual, to: &bytes)
    return bytes
  }

  private func report() throws -> MetricsReport {
    let names = NameTables.read()
    let program = MetricsReport.Program(version: Version.number, libnl: libnlVersion)
    var state: RoutingState
    var counts: RouteCounts
    var keeping: MetricsReport.Keeping?
    if let path = source.snapshot {
      state = try StateSource.snapshot(path)
      counts = RouteCounts(groups: state.groups)
      for route in state.routes where admits(route) { counts.add(route) }
    } else {
      var kernel = try StateSource(source).kernel()
      // Routes stream by; what they are counted by is small.
      state = try kernel.readSettledState(.liveness)
      counts = RouteCounts(groups: state.groups)
      counts.isConsistent = try kernel.forEachRoute(RouteFilter(family: source.family)) { counts.add($0) }
      keeping = self.keeping()
    }
    counts.end()
    return MetricsReport(
      StateIndex(state, names: names), routes: counts, family: source.family,
      bootSeed: RecoveredSeed.seed(for: state, source), program: program, keeping: keeping)
  }

  private func admits(_ route: Route) -> Bool { source.family == nil || source.family == route.family }

  /// What transactions have written down; nil for one who may not read it, which is no reason to tell nothing.
  private func keeping() -> MetricsReport.Keeping? {
    let directory = TransactionDirectory(argument: journal)
    do {
      let namespace = try NamespaceIdentity(ofThread: ())
      let bootID = KernelIdentity.running.bootID
      let course = try directory.openCourse()
      return MetricsReport.Keeping(
        groups: try directory.keptGroups().groups(of: namespace),
        out: GuardMemory(directory, namespace: namespace, bootID: bootID).out,
        isTransactionOpen: course.map { $0.head.namespace == namespace && $0.head.bootID == bootID } ?? false)
    } catch let error as TransactionError where error.exitStatus == CommandFailure.Status.privilege.rawValue {
      return nil
    } catch {
      complain("nothing is told of transactions: \(error)")
      return nil
    }
  }
}

extension MetricsText.Format: WordArgument {}
