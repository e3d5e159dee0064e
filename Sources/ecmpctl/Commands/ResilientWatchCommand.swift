import ArgumentParser
import Transactions

/// `ecmpctl resilient await-confirmation`: what `apply --confirm-within` starts.
struct ResilientWatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ConfirmationWatch.command, _superCommandName: "ecmpctl resilient",
    abstract: "Undo a transaction unless it is confirmed in time.", shouldDisplay: false)

  @Option(help: "The transaction.")
  var transaction: String

  @Option(help: "The directory of the journal.")
  var journal: String

  func run() throws {
    try ConfirmationWatch.run(transaction, TransactionDirectory(journal))
  }
}
