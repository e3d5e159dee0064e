import ArgumentParser
import Files
import JSON
import KernelRouting
import Routing
import Transactions

/// `ecmpctl resilient status`.
struct ResilientStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", _superCommandName: "ecmpctl resilient",
    abstract: "Say what transaction is open, how far it has come, and how it can be ended.",
    discussion: """
      The exit status is 1 when something is half-done.

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
      try format.print(NoTransaction(), lines: ["no transaction is open"], options.display)
      return
    }
    var report = TransactionReport(course, in: directory)
    report.isOfOtherBoot = course.head.bootID != KernelIdentity.running.bootID
    report.watcher = try directory.watcher()
    if let deadline = course.deadline {
      report.secondsLeft = max(0, Double(deadline) - Double(Transaction.now)) / 1e9
    }
    var transaction = Transaction(kernel, directory)
    report.found = transaction.found(in: course)
    try format.print(report, lines: report.lines, options.display)
    if case .awaitingConfirmation = course.phase, !report.isOfOtherBoot { return }
    throw CommandFailure(.negative, nil)
  }
}

/// What is printed as JSON when nothing is open.
private struct NoTransaction: JSONEncodable {
  func write(to json: inout JSONWriter) {
    json.object { $0.member("phase", "none") }
  }
}
