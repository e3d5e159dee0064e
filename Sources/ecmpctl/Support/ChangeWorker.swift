import FlowSources
import Forwarding
import Placement
import Routing
import Synchronization

/// Decides portions of a stream before and after a change.
struct ChangeWorker: PortionWorker {
  private static let deciders = Atomic<Int>(0)

  private var before: BatchDecider
  private var after: BatchDecider
  private var reader: PortionReader
  private let passesOver: Bool
  /// Its number among all workers; known once it works.
  private var number: Int?
  /// Lines that were passed over.
  private(set) var bad = 0

  /// - Parameter passesOver: whether a bad line is reported and counted, and does not end the work.
  init(before: BatchDecider, after: BatchDecider, passesOver: Bool) {
    self.before = before
    self.after = after
    self.passesOver = passesOver
    reader = PortionReader(before.table)
  }

  mutating func run(
    _ portion: PredictionPortion, index: Int
  ) -> (product: [DecidedFlows], failure: CommandFailure?) {
    var blocks: [DecidedFlows] = []
    reader.begin(portion)
    while true {
      var failure: FlowInputError?
      do throws(FlowInputError) { try reader.read() } catch { failure = error }
      if reader.flows.count > 0 { blocks.append(decide()) }
      if let failure {
        guard passesOver else { return (blocks, .usage(failure.description)) }
        complain(failure.description)
        bad += 1
      } else if reader.flows.count == 0 {
        return (blocks, nil)
      }
    }
  }

  private mutating func decide() -> DecidedFlows {
    let reader = reader
    let (table, newTable) = (before.table, after.table)
    var (old, new) = (DecisionBatch(), DecisionBatch())
    before.decide(reader.flows, into: &old) { place in reader.decide(aside: place, by: table) }
    after.decide(reader.flows, into: &new) { place in reader.decide(aside: place, by: newTable) }
    let number = number ?? Self.deciders.add(1, ordering: .relaxed).newValue
    self.number = number
    return DecidedFlows(
      reader.flows, before: old, after: new, shapesBefore: before.shapes, shapesAfter: after.shapes, decider: number)
  }
}
