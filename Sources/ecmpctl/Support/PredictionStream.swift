import ArgumentParser
import FlowSources
import Forwarding
import JSON
import Placement
import Rendering
import Routing

extension FlowReader.Format: ExpressibleByArgument {}

/// What `predict --flows` writes.
enum PredictionFormat: String, ExpressibleByArgument, CaseIterable {
  case csv, ndjson, summary
}

/// Predicts every flow of a file as it streams by, in input order.
struct PredictionStream {
  let path: String
  let input: FlowReader.Format?
  let output: PredictionFormat
  let keepGoing: Bool
  let pretty: Bool

  func run(table: ForwardingTable, state: RoutingState, formatter: PredictionFormatter) throws {
    var reader = try Self.reader(path: path, format: input, table: table)
    var buffer = OutputBuffer()
    var json = JSONWriter()
    var tally = FlowTally(state: state)
    var badLines = 0
    var index = 0
    if output == .csv { buffer.bytes.append(contentsOf: PredictionFormatter.csvHeader.utf8) }
    while let flow = try Self.next(&reader, keepGoing: keepGoing, badLines: &badLines) {
      let decision = table.decide(flow)
      switch output {
      case .csv: formatter.appendCSV(flow, decision, index: index, to: &buffer.bytes)
      case .ndjson:
        formatter.write(flow, decision, index: index, to: &json)
        json.endLine()
        json.flush { buffer.bytes.append(contentsOf: $0) }
      case .summary: tally.add(decision, weight: flow.weight)
      }
      index += 1
      try buffer.flushIfFull()
    }
    if output == .summary { formatter.appendSummary(tally, to: &buffer.bytes) }
    try buffer.flush()
    if badLines > 0 { throw CommandFailure(.negative, "\(badLines) bad line\(badLines == 1 ? "" : "s") passed over") }
  }

  /// Opens a stream of flows whose interfaces are those of the table.
  static func reader(
    path: String, format: FlowReader.Format?, table: ForwardingTable
  ) throws(CommandFailure) -> FlowReader {
    do throws(FlowInputError) {
      return try FlowReader(path: path, format: format) { table.interfaceIndex($0) }
    } catch {
      throw .usage(error.description)
    }
  }

  /// The next flow that can be read; a bad line ends the command, or is reported and counted.
  static func next(
    _ reader: inout FlowReader, keepGoing: Bool, badLines: inout Int
  ) throws(CommandFailure) -> Flow? {
    while true {
      do throws(FlowInputError) {
        return try reader.next()
      } catch {
        guard keepGoing, error.isRecoverable else { throw .usage(error.description) }
        complain(error.description)
        badLines += 1
      }
    }
  }
}
