import Files
import Forwarding
import JSON
import Placement
import Rendering
import Routing

/// Writes the predictions of a stream of flows as they come, or their summary at the end.
struct PredictionWriter: PortionSink {
  private let format: PredictionFormat
  private let jsonFormat: FlowJSONOptions
  private let formatter: PredictionFormatter
  private var tally: FlowTally
  private var drops = DropTally()
  private var buffer: OutputBuffer
  private var json = JSONWriter()
  private var index = 0
  /// For a thread to count in.
  let emptyTally: BatchTally

  /// - Parameters:
  ///   - json: how a summary is written.
  ///   - painter: colours a summary that is text.
  init(
    _ format: PredictionFormat, json: FlowJSONOptions, state: RoutingState, formatter: PredictionFormatter,
    painter: TextPainter? = nil
  ) {
    emptyTally = BatchTally(state: state)
    self.format = format
    jsonFormat = json
    self.formatter = formatter
    tally = FlowTally(state: state)
    buffer = OutputBuffer(
      header: format == .csv ? PredictionFormatter.csvHeader : "",
      painter: format == .summary && !json.json ? painter : nil)
  }

  mutating func add(_ subject: PredictionSubject, _ decision: Decision) throws {
    switch format {
    case .csv:
      formatter.appendCSV(subject.flow, decision, index: index, to: &buffer.bytes)
      drops.add(decision)
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
  mutating func take(_ rows: [UInt8]) throws { try buffer.write(rows) }

  /// Counts what the threads have counted.
  mutating func add(_ workers: [PredictionWorker]) {
    for worker in workers {
      worker.add(to: &tally)
      drops.add(worker.drops)
    }
  }

  /// What threads make of predictions.
  var output: PredictionWorker.Output {
    switch format {
    case .csv: .csv(PredictionRows(formatter))
    case .ndjson: .ndjson(formatter)
    case .summary: .count
    }
  }

  /// Whether each prediction is printed as it comes, with its number.
  var printsEach: Bool { format != .summary }

  /// Writes out the predictions so far; a summary is one of everything, or none.
  mutating func flush() throws {
    if format != .summary { try buffer.flush() }
  }

  mutating func finish() throws {
    if format == .summary {
      if jsonFormat.json {
        let (formatter, tally) = (formatter, tally)
        jsonFormat.write(to: &buffer.bytes) { formatter.writeSummary(tally, to: &$0) }
      } else {
        formatter.appendSummary(tally, to: &buffer.bytes)
      }
    }
    try buffer.finish()
    if let sentence = drops.sentence { complain(sentence) }
  }
}
