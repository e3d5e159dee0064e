import ArgumentParser
import FlowSources
import Forwarding
import Measurement
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

  func run(_ decider: inout Decider, state: RoutingState, formatter: PredictionFormatter) throws {
    var reader = try Self.reader(path: path, format: input, table: decider.table)
    var writer = PredictionWriter(output, state: state, formatter: formatter)
    var badLines = 0
    var batch: [Decider.Subject] = []
    var isAtEnd = false
    while !isAtEnd {
      if let flow = try Self.next(&reader, keepGoing: keepGoing, badLines: &badLines) {
        batch.append(Decider.Subject(flow))
      } else {
        isAtEnd = true
      }
      guard isAtEnd || batch.count == Decider.batch else { continue }
      for (subject, decision) in zip(batch, try decider.decide(batch)) { try writer.add(subject.flow, decision) }
      batch.removeAll(keepingCapacity: true)
    }
    try writer.finish()
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
