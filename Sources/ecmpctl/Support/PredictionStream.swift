import ArgumentParser
import Forwarding
import Measurement

/// What `predict --flows` writes.
enum PredictionFormat: String, WordArgument {
  case csv, ndjson, summary
}

/// Predicts every flow or frame of a file as it streams by, in input order.
enum PredictionStream {
  static func run(
    _ input: consuming sending PredictionInput, _ decider: inout Decider, _ writer: consuming PredictionWriter
  ) throws {
    guard decider.measures else { return try divide(input, decider.table, writer) }
    let bad: Int
    do {
      bad = try SubjectBatches.forEach(of: input) { batch in
        for (subject, decision) in zip(batch, try PredictionSubject.decisions(batch, &decider)) {
          try writer.add(subject, decision)
        }
        try writer.flush()
      }
    } catch let failure as CommandFailure {
      try writer.flush()
      throw failure
    }
    try writer.finish()
    if bad > 0 { throw CommandFailure.passedOver(bad) }
  }

  /// Predicts by a key, on all CPUs.
  private static func divide(
    _ input: consuming sending PredictionInput, _ table: ForwardingTable, _ writer: consuming PredictionWriter
  ) throws {
    try writer.flush()
    let worker = PredictionWorker(
      BatchDecider(table), writer.output, tally: writer.emptyTally, passesOver: input.passesOver)
    let (workers, unread) = try PortionPipeline.run(
      input, worker: worker, sink: &writer, numbersFlows: writer.printsEach, label: "predicting",
      printsMeanwhile: writer.printsEach)
    writer.add(workers)
    try writer.finish()
    let bad = workers.reduce(unread) { $0 + $1.bad }
    if bad > 0 { throw CommandFailure.passedOver(bad) }
  }
}

extension CommandFailure {
  /// Lines or frames that could not be read were reported, and the rest is done.
  static func passedOver(_ bad: Int) -> CommandFailure {
    CommandFailure(.negative, "\(bad) bad record\(bad == 1 ? "" : "s") passed over")
  }
}
