import ArgumentParser
import Files
import KernelRouting
import Netlink
import Planning
import Routing
import Transactions

/// How a plan that was just made is carried out.
struct PlanExecution: ParsableArguments {
  @Flag(help: "Change nothing: print the plan, and end.")
  var dryRun = false

  @Flag(help: "Do not ask.")
  var yes = false

  @Option(
    help: ArgumentHelp(
      "Undo everything after so many seconds, unless confirm comes before.", valueName: "seconds"))
  var confirmWithin: UInt32?

  @Flag(help: "Do not hold the moved routes against predictions at the end.")
  var noVerify = false

  @Option(
    help: ArgumentHelp(
      "The directory of the journal (default: \(TransactionDirectory.standardPath)).", valueName: "dir"))
  var journal: String = TransactionDirectory.standardPath

  func validate() throws {
    if let confirmWithin, !(1...86_400).contains(confirmWithin) {
      throw ValidationError("--confirm-within takes 1 to 86400 seconds")
    }
  }

  var directory: TransactionDirectory { TransactionDirectory(argument: journal) }

  /// What earlier transactions have done in the network namespace of the calling thread since the boot, and kept.
  func history() -> [Conversion] {
    guard let namespace = try? NamespaceIdentity(ofThread: ()) else { return [] }
    let bootID = KernelIdentity.running.bootID
    return directory.closedCourses().flatMap { course -> [Conversion] in
      guard course.head.namespace == namespace, course.head.bootID == bootID,
        case .closed(.kept, _) = course.phase
      else { return [] }
      return Conversion.history(of: course.head.plan.changes)
    }
  }

  /// Carries a plan out, unless only its text was asked for, or there is nothing to do.
  func carryOut(_ plan: ConversionPlan, source: SourceOptions, json: Bool) throws {
    try plan.checkRefusal()
    guard !dryRun, !plan.steps.isEmpty else { return }
    try ask()
    let kernel = try Kernel(namespace: source.netns.map(NetworkNamespace.init))
    let directory = directory
    var transaction = Transaction(
      kernel, directory, signals: try SignalWatch(), report: TransactionPrinter.report(json: json))
    let settings = Transaction.Options(namespaceName: source.netns, confirmWithin: confirmWithin)
    let course = try transaction.apply(
      TransactionPlan(plan.description, plan.steps.map(\.change), expecting: plan.expectation), settings
    ) { (head) throws(TransactionError) in
      try ConfirmationWatch.start(head, directory)
    }
    StandardStream.output.write(TransactionReport(course).summary + "\n")
    if !noVerify { try MovedRouteVerification(course.plan.changes).run(json: json) }
  }

  private func ask() throws(CommandFailure) {
    guard !yes else { return }
    guard StandardStream.inputIsTerminal else {
      throw CommandFailure.usage("nobody is there to be asked; look at the plan with --dry-run, and add --yes")
    }
    StandardStream.error.write("Carry this out? [y/N] ")
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      throw CommandFailure(.negative, "nothing was changed")
    }
  }
}
