import ArgumentParser
import Files
import Netlink
import Transactions

/// `ecmpctl resilient rollback`.
struct ResilientRollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", _superCommandName: "ecmpctl resilient",
    abstract: "Undo the open transaction: one that waits for its confirmation, or that was interrupted.",
    discussion: """
      Each step is undone, the last one first; what somebody else has changed meanwhile is left alone, and what
      the kernel has removed with its links is left out: either is told, and the exit status is then 1. What can
      not be undone is told, and the journal stays open for another try.

      EXAMPLES
        ecmpctl resilient rollback
        ecmpctl resilient rollback --abandon
      """)

  @Flag(help: "Leave the kernel's state as it is, and close the journal.")
  var abandon = false

  @OptionGroup var options: TransactionOptions
  @OptionGroup var format: JSONOptions

  func run() throws {
    try StandardStream.output.check()
    StandardStream.outliveReaders()
    // A way back that is begun goes on to its end, whatever signals come.
    var transaction = Transaction(
      try options.kernel(), options.directory, signals: try SignalWatch(),
      report: TransactionPrinter.report(json: format.json))
    let course = try abandon ? transaction.abandon() : transaction.rollback(because: Transaction.askedFor)
    let report = TransactionReport(course, in: options.directory)
    try TransactionPrinter.print(report, format)
    if report.isOtherThanBefore { throw CommandFailure(.negative, nil) }
  }
}
