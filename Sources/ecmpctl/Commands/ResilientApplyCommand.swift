import ArgumentParser
import Files
import Netlink
import Planning
import Snapshots
import Transactions

/// `ecmpctl resilient apply`.
struct ResilientApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Carry a plan out, all of it or nothing.",
    discussion: """
      One change after the other is asked of the kernel and read back. When one is refused, or Ctrl-C comes,
      those before it are undone. After a kill or a power loss, status tells what is half-done, and
      apply --resume or rollback end it. At the end the moved routes are held against predictions.

      EXAMPLES
        ecmpctl resilient apply --plan convert.json
        ecmpctl resilient apply --plan convert.json --yes --confirm-within 60
        ecmpctl resilient apply --resume
      """)

  @Option(help: ArgumentHelp("The plan to carry out, as plan -o has written it.", valueName: "file"))
  var plan: String?

  @Flag(help: "Go on with the transaction that was interrupted.")
  var resume = false

  @Flag(help: "Do not ask.")
  var yes = false

  @Option(
    help: ArgumentHelp(
      "Undo everything after so many seconds, unless confirm comes before.", valueName: "seconds"))
  var confirmWithin: UInt32?

  @Flag(help: "Do not hold the moved routes against predictions at the end.")
  var noVerify = false

  @OptionGroup var options: TransactionOptions
  @OptionGroup var format: JSONOptions

  func validate() throws {
    guard resume != (plan != nil) else { throw ValidationError("give a plan with --plan, or --resume") }
    guard !resume || confirmWithin == nil else {
      throw ValidationError("--resume goes on as it was begun; --confirm-within is for a new transaction")
    }
    if let confirmWithin, !(1...86_400).contains(confirmWithin) {
      throw ValidationError("--confirm-within takes 1 to 86400 seconds")
    }
  }

  func run() throws {
    let kernel = try options.kernel()
    let directory = options.directory
    let plan = try plan.map { try accepted(try ConversionPlan(path: $0)) }
    if let plan { try ask(plan) }
    var transaction = Transaction(
      kernel, directory, signals: try SignalWatch(), report: TransactionPrinter.report(json: format.json))
    let course: JournalCourse
    if let plan {
      let settings = Transaction.Options(namespaceName: options.netns, confirmWithin: confirmWithin)
      course = try transaction.apply(plan, settings) { (head) throws(TransactionError) in
        try ConfirmationWatch.start(head, directory)
      }
    } else {
      course = try transaction.resume()
    }
    try end(course)
  }

  /// What there is to do of a plan that nothing forbids.
  private func accepted(_ plan: ConversionPlan) throws(CommandFailure) -> TransactionPlan {
    if let refusal = plan.refusals.first {
      let subject = refusal.subject.isEmpty ? "" : "\(refusal.subject): "
      let override = refusal.override.map { ", or plan with \($0)" } ?? ""
      throw CommandFailure(.negative, "the plan is refused: \(subject)\(refusal.text); \(refusal.remedy)\(override)")
    }
    return TransactionPlan(plan)
  }

  private func end(_ course: JournalCourse) throws {
    let report = TransactionReport(course)
    try format.print(report, lines: [report.summary])
    guard !noVerify else { return }
    try MovedRouteVerification(course.plan.changes).run(json: format.json)
  }

  private func ask(_ plan: TransactionPlan) throws {
    guard !yes else { return }
    guard StandardStream.inputIsTerminal else {
      throw CommandFailure.usage("nobody is there to be asked; look at the plan, and add --yes")
    }
    StandardStream.error.write(plan.description + "\n")
    for (index, change) in plan.changes.enumerated() {
      StandardStream.error.write("  \(index + 1) \(change.phrase)\n")
    }
    StandardStream.error.write("Carry this out? [y/N] ")
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      throw CommandFailure(.negative, "nothing was changed")
    }
  }
}
