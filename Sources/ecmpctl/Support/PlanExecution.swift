import ArgumentParser
import Files
import KernelRouting
import Netlink
import Planning
import Rendering
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
  var journal: String?

  func validate() throws {
    if let confirmWithin, !(1...86_400).contains(confirmWithin) {
      throw ValidationError("--confirm-within takes 1 to 86400 seconds")
    }
  }

  /// - Throws: `ValidationError` where a snapshot is to be changed.
  func checkSource(_ source: SourceOptions) throws {
    guard source.snapshot == nil || dryRun else {
      throw ValidationError("a snapshot can not be changed; add --dry-run")
    }
    try source.check(journal: journal)
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

  /// The routes in front of those of daemons that earlier transactions have made in this namespace since the boot.
  func followings() -> [Following] {
    guard let namespace = try? NamespaceIdentity(ofThread: ()), let list = try? directory.keptGroups() else {
      return []
    }
    return list.groups(of: namespace).compactMap(\.following)
  }

  /// Carries a plan out: tells what it costs, asks, makes the changes, and says what came of them.
  ///
  /// With `--dry-run`, and where the plan is refused or there is nothing to do, the plan is all that is printed.
  /// Where somebody is asked, he has the whole plan before his eyes, on standard error. Once it is to be carried out,
  /// nothing of it depends on whether somebody reads what is told.
  ///
  /// - Parameter needsWord: whether nothing is done where nobody can be asked.
  func carryOut(
    _ priced: PricedPlan, source: SourceOptions, _ format: FlowJSONOptions, needsWord: Bool = true
  ) throws {
    let (plan, report) = (priced.plan, priced.report)
    let yes = yes || !needsWord && !Consent.isToBeAsked
    if !dryRun {
      try Transaction.checkPrivilege()
      try directory.checkFree()
    }
    if dryRun || plan.isRefused || plan.steps.isEmpty {
      try report.print(format)
      try plan.checkRefusal()
    } else {
      try StandardStream.output.check()
      var text: [UInt8] = []
      if !yes, Consent.isToBeAsked {
        report.appendText(to: &text)
        try StandardStream.error.write(text)
      } else if yes {
        StandardStream.outliveReaders()
        report.appendPrice(to: &text)
        try TransactionPrinter.print { () throws(FileError) in
          try (format.json ? StandardStream.error : .output).write(text)
        }
      }
      try Consent.ask("Carry this out", isGiven: yes)
      StandardStream.outliveReaders()
      try end(try apply(plan, source: source, json: format.json), format)
    }
    if priced.bad > 0 { throw CommandFailure.passedOver(priced.bad) }
  }

  /// Tells what a transaction has come to, and holds the moved routes against predictions.
  func end(_ course: JournalCourse, _ format: FlowJSONOptions) throws {
    var report = TransactionReport(course, in: directory)
    report.lookForWatcher(in: directory)
    try TransactionPrinter.print(report, format)
    if !noVerify { try MovedRouteVerification(course.plan.changes).run(json: format.json) }
  }

  private func apply(_ plan: ConversionPlan, source: SourceOptions, json: Bool) throws -> JournalCourse {
    let kernel = try Kernel(namespace: source.netns.map(NetworkNamespace.init))
    let directory = directory
    var transaction = Transaction(
      kernel, directory, signals: try SignalWatch(), report: TransactionPrinter.report(json: json))
    let settings = Transaction.Options(namespaceName: source.netns, confirmWithin: confirmWithin)
    return try transaction.apply(TransactionPlan(plan), settings) { (head) throws(TransactionError) in
      try ConfirmationWatch.start(head, directory)
    }
  }
}
