import Files
import Planning
import Transactions

/// Tells what a transaction does while it does it: on standard output, or on standard error beside JSON.
enum TransactionPrinter {
  static func report(json: Bool) -> (Transaction.Progress) -> Void {
    { progress in
      let line = line(progress) + "\n"
      (json ? StandardStream.error : StandardStream.output).write(line)
    }
  }

  /// Prints what a transaction has come to.
  static func print(_ report: TransactionReport, _ format: some JSONChoices) throws(FileError) {
    try print { () throws(FileError) in
      try format.print(report, lines: report.outcome)
    }
  }

  /// Prints something; that nobody reads it any more is no failure of the transaction.
  static func print(_ body: () throws(FileError) -> Void) throws(FileError) {
    do throws(FileError) {
      try body()
    } catch {
      guard error.isLostReader else { throw error }
    }
  }

  private static func line(_ progress: Transaction.Progress) -> String {
    switch progress {
    case .made(let step, let change): "\(step + 1) \(change.phrase): done"
    case .wasMade(let step, let change): "\(step + 1) \(change.phrase): was done"
    case .undone(let step, let change, let remark):
      "\(step + 1) \(change.phrase): undone\(remark.map { ": \($0)" } ?? "")"
    case .leftAlone(let step, let change, let reason): "\(step + 1) \(change.phrase): left alone: \(reason)"
    }
  }
}
