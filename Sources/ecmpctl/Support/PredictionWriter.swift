import Files
import Forwarding
import JSON
import Placement
import Rendering
import Routing

/// Writes the predictions of a stream of flows as they come, or their summary at the end.
struct PredictionWriter: PortionSink {
  private let format: PredictionFormat
  private let formatter: PredictionFormatter
  private var tally: FlowTally
  private var buffer = OutputBuffer()
  private var json = JSONWriter()
  private var index = 0
  /// For a thread to count in.
  let emptyTally: BatchTally

  init(_ format: PredictionFormat, state: RoutingState, formatter: PredictionFormatter) {
    emptyTally = BatchTally(state: state)
    self.format = format
    self.formatter = formatter
    tally = FlowTally(state: state)
    if format == .csv { buffer.bytes.append(contentsOf: PredictionFormatter.csvHeader.utf8) }
  }

  mutating func add(_ subject: PredictionSubject, _ decision: Decision) throws {
    switch format {
    case .csv: formatter.appendCSV(subject.flow, decision, index: index, to: &buffer.bytes)
    case .ndjson:
      formatter.write(subject.flow, decision, index: index, to: &json)
      json.endLine()
      json.flush { buffer.bytes.append(contentsOf: $0) }
    case .summary: tally.add(decision, weight: subject.weight)
    }
    index += 1
    try buffer.flushIfFull()
  }

  /// Writes predictions that are rendered already.
  mutating func take(_ rows: [UInt8]) throws {
    try buffer.flush()
    guard !rows.isEmpty else { return }
    try StandardStream.output.write(rows)
  }

  /// Counts what the threads have counted.
  mutating func add(_ workers: [PredictionWorker]) {
    for worker in workers { worker.add(to: &tally) }
  }

  /// What threads make of predictions.
  var output: PredictionWorker.Output {
    switch format {
    case .csv: .csv(PredictionRows(formatter))
    case .ndjson: .ndjson(formatter)
    case .summary: .count
    }
  }

  /// Whether each prediction tells its number.
  var numbersFlows: Bool { format != .summary }

  /// Writes out the predictions so far; a summary is one of everything, or none.
  mutating func flush() throws {
    if format != .summary { try buffer.flush() }
  }

  mutating func finish() throws {
    if format == .summary { formatter.appendSummary(tally, to: &buffer.bytes) }
    try buffer.flush()
  }
}
