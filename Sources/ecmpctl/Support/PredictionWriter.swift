import Forwarding
import JSON
import Placement
import Rendering
import Routing

/// Writes the predictions of a stream of flows as they come, or their summary at the end.
struct PredictionWriter {
  private let format: PredictionFormat
  private let formatter: PredictionFormatter
  private var tally: FlowTally
  private var buffer = OutputBuffer()
  private var json = JSONWriter()
  private var index = 0

  init(_ format: PredictionFormat, state: RoutingState, formatter: PredictionFormatter) {
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

  /// Writes out the predictions so far; a summary is one of everything, or none.
  mutating func flush() throws {
    if format != .summary { try buffer.flush() }
  }

  mutating func finish() throws {
    if format == .summary { formatter.appendSummary(tally, to: &buffer.bytes) }
    try buffer.flush()
  }
}
