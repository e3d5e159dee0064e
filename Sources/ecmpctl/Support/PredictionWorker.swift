import FlowSources
import Forwarding
import JSON
import Placement
import Rendering
import Routing

/// Predicts portions of a stream, and renders or counts the predictions.
struct PredictionWorker: PortionWorker {
  /// What is made of predictions.
  enum Output: Sendable {
    case csv(PredictionRows)
    case ndjson(PredictionFormatter)
    case count
  }

  /// Bytes that the predictions of a portion seldom exceed.
  private static let reserved = 5 << 18

  private var decider: BatchDecider
  private var reader: PortionReader
  private var batch = DecisionBatch()
  private var output: Output
  private var tally: BatchTally
  /// Of predictions that are written as CSV.
  private(set) var drops = DropTally()
  private let passesOver: Bool
  /// The number of the next flow, where bad lines are passed over.
  private var index = 0
  /// Lines that were passed over.
  private(set) var bad = 0

  /// - Parameters:
  ///   - tally: an empty one.
  ///   - passesOver: whether a bad line is reported and counted, and does not end the work.
  init(_ decider: BatchDecider, _ output: Output, tally: BatchTally, passesOver: Bool) {
    self.decider = decider
    self.output = output
    self.tally = tally
    self.passesOver = passesOver
    reader = PortionReader(decider.table)
  }

  mutating func run(
    _ portion: PredictionPortion, index first: Int
  ) -> (product: [UInt8], failure: CommandFailure?) {
    var bytes: [UInt8] = []
    if case .csv = output { bytes.reserveCapacity(Self.reserved) }
    if !passesOver { index = first }
    reader.begin(portion)
    while true {
      var failure: FlowInputError?
      do throws(FlowInputError) { try reader.read() } catch { failure = error }
      decide(&bytes)
      if let failure {
        guard passesOver else { return (bytes, .usage(failure.description)) }
        complain(failure.description)
        bad += 1
      } else if reader.flows.count == 0 {
        return (bytes, nil)
      }
    }
  }

  /// Adds what was counted to a tally.
  func add(to total: inout FlowTally) { tally.add(to: &total, shapes: decider.shapes) }

  private mutating func decide(_ bytes: inout [UInt8]) {
    guard reader.flows.count > 0 else { return }
    let reader = reader
    let table = decider.table
    decider.decide(reader.flows, into: &batch) { place in reader.decide(aside: place, by: table) }
    switch output {
    case .csv(var rows):
      // One copy alone, or its texts are copied.
      output = .count
      rows.append(reader.flows, batch, by: decider.shapes, index: index, to: &bytes)
      output = .csv(rows)
      drops.add(batch, shapes: decider.shapes)
    case .ndjson(let formatter):
      var json = JSONWriter()
      for place in 0..<reader.flows.count {
        formatter.write(
          reader.flows.flow(at: place), decider.decision(place, of: batch), index: index + place, to: &json)
        json.endLine()
      }
      json.flush { bytes.append(contentsOf: $0) }
    case .count: tally.add(batch, of: reader.flows, shapes: decider.shapes)
    }
    index += reader.flows.count
  }
}
