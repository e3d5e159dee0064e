import ArgumentParser
import Files
import KernelRouting
import Routing
import Transactions

/// `ecmpctl resilient status`.
struct ResilientStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", _superCommandName: "ecmpctl resilient",
    abstract: "Say what transaction is open, how far it has come, and how it can be ended.",
    discussion: """
      The exit status is 1 when something is half-done, or when what awaits its confirmation would not be undone
      without it, because the process that waits for it is gone.

      EXAMPLES
        ecmpctl resilient status
        ecmpctl resilient status --json
      """)

  @OptionGroup var options: TransactionOptions
  @OptionGroup var format: JSONOptions

  func run() throws {
    let directory = options.directory
    let kernel = try options.kernel()
    guard let course = try directory.openCourseNow() else {
      let report = NoTransactionReport(last: directory.lastCourse())
      return try format.print(report, lines: report.lines, options.display)
    }
    var report = TransactionReport(course, in: directory)
    report.isOfOtherBoot = course.head.bootID != KernelIdentity.running.bootID
    report.lookForWatcher(in: directory)
    report.worker = try directory.worker()
    var transaction = Transaction(kernel, directory)
    report.found = transaction.found(in: course)
    try format.print(report, lines: report.lines, options.display)
    if report.isHalfDone { throw CommandFailure(.negative, nil) }
  }
}
