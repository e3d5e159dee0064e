import ArgumentParser
import Forwarding
import Measurement

/// What `predict --flows` writes.
enum PredictionFormat: String, ExpressibleByArgument, CaseIterable {
  case csv, ndjson, summary
}

/// Predicts every flow or frame of a file as it streams by, in input order.
enum PredictionStream {
  static func run(
    _ input: consuming PredictionInput, _ decider: inout Decider, _ writer: consuming PredictionWriter
  ) throws {
    if input.isDivisible, writer.isDivisible, !decider.measures {
      let rows = writer.rows
      return try PredictionPipeline(input, BatchDecider(decider.table), writer, rows: rows).run()
    }
    let bad: Int
    do {
      bad = try SubjectBatches.forEach(of: input) { batch in
        for (subject, decision) in zip(batch, try PredictionSubject.decisions(batch, &decider)) {
          try writer.add(subject, decision)
        }
      }
    } catch let failure as CommandFailure {
      try writer.flush()
      throw failure
    }
    try writer.finish()
    if bad > 0 { throw CommandFailure.passedOver(bad) }
  }
}

extension CommandFailure {
  /// Lines or frames that could not be read were reported, and the rest is done.
  static func passedOver(_ bad: Int) -> CommandFailure {
    CommandFailure(.negative, "\(bad) bad line\(bad == 1 ? "" : "s") passed over")
  }
}
