import ArgumentParser
import Transactions

/// `ecmpctl resilient confirm`.
struct ResilientConfirmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm", _superCommandName: "ecmpctl resilient",
    abstract: "Keep what an apply with --confirm-within has done.",
    discussion: """
      EXAMPLES
        ecmpctl resilient confirm
      """)

  @OptionGroup var options: TransactionOptions
  @OptionGroup var format: JSONOptions

  func run() throws {
    var transaction = Transaction(try options.kernel(), options.directory)
    let report = TransactionReport(try transaction.confirm())
    try format.print(report, lines: [report.summary])
  }
}
