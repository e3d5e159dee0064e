import ArgumentParser
import Files
import Netlink
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
    try StandardStream.output.check()
    StandardStream.outliveReaders()
    var transaction = Transaction(try options.kernel(), options.directory, signals: try SignalWatch())
    let course = try transaction.confirm()
    try TransactionPrinter.print(TransactionReport(course, in: options.directory), format)
  }
}
