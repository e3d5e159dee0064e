import ArgumentParser
import Measurement

/// What `predict --flows` writes.
enum PredictionFormat: String, ExpressibleByArgument, CaseIterable {
  case csv, ndjson, summary
}

/// Predicts every flow or frame of a file as it streams by, in input order.
///
/// What can not be read ends the command, but not before what stands above it is predicted.
enum PredictionStream {
  static func run(
    _ input: consuming PredictionInput, _ decider: inout Decider, _ writer: consuming PredictionWriter
  ) throws {
    var batch: [PredictionSubject] = []
    var isAtEnd = false
    var failure: CommandFailure?
    while !isAtEnd {
      do throws(CommandFailure) {
        let subject = try input.next()
        if let subject { batch.append(subject) }
        isAtEnd = subject == nil
      } catch {
        failure = error
        isAtEnd = true
      }
      guard isAtEnd || batch.count == Decider.batch else { continue }
      for (subject, decision) in zip(batch, try PredictionSubject.decisions(batch, &decider)) {
        try writer.add(subject, decision)
      }
      batch.removeAll(keepingCapacity: true)
    }
    if let failure {
      try writer.flush()
      throw failure
    }
    try writer.finish()
    let bad = input.bad
    if bad > 0 { throw CommandFailure(.negative, "\(bad) bad line\(bad == 1 ? "" : "s") passed over") }
  }
}
