import Forwarding
import Measurement
import Placement
import Rendering
import Routing

/// Decides every flow before and after a change, and gathers what that means.
struct ChangeAnalysis: ~Copyable {
  private var before: Decider
  private var after: Decider
  private(set) var disruption: Disruption
  /// Flows by bucket, where the same resilient group decides before and after.
  private(set) var buckets = BucketTally()
  /// The other flows over resilient groups after the change: how many move, and how many stay.
  private(set) var elsewhere = (moves: FlowTally.Count(), stays: FlowTally.Count())
  private let movements: MovementList?
  private var output = OutputBuffer()
  private var index = 0

  /// - Parameter list: whether to print the flows that move as they come.
  init(
    before: consuming Decider, after: consuming Decider, states: (before: RoutingState, after: RoutingState), list: Bool
  ) {
    disruption = Disruption(
      before: before.table, after: after.table, comparesSchemes: !list, judgesAnycast: !list)
    self.before = before
    self.after = after
    movements = list ? MovementList(before: states.before, after: states.after) : nil
    if list { output.bytes.append(contentsOf: MovementList.csvHeader.utf8) }
  }

  /// The table before the change.
  var table: ForwardingTable { before.table }

  /// Takes all flows of the input.
  ///
  /// - Parameter body: is given each flow, too.
  /// - Returns: how many lines or frames were passed over.
  mutating func read(
    _ input: consuming PredictionInput, also body: (PredictionSubject) throws -> Void
  ) throws -> Int {
    var bad = 0
    do {
      bad = try SubjectBatches.forEach(of: input) { batch in
        try add(batch)
        for subject in batch { try body(subject) }
      }
    } catch {
      try output.flush()
      throw error
    }
    try output.flush()
    return bad
  }

  private mutating func add(_ batch: [PredictionSubject]) throws {
    let old = try PredictionSubject.decisions(batch, &before)
    let new = try PredictionSubject.decisions(batch, &after)
    for (position, subject) in batch.enumerated() {
      let movement = disruption.add(subject.flow, before: old[position], after: new[position], weight: subject.weight)
      tally(subject, old[position], new[position], movement)
      if let movements, MovementList.holds(movement) {
        movements.appendCSV(
          subject.flow, before: old[position], after: new[position], movement, index: index, to: &output.bytes)
        try output.flushIfFull()
      }
      index += 1
    }
  }

  private mutating func tally(
    _ subject: PredictionSubject, _ before: Decision, _ after: Decision, _ movement: Movement
  ) {
    guard case .resilient = after.selection else { return }
    if after.selection == before.selection {
      buckets.add(after, weight: subject.weight)
    } else if movement.isMoved {
      elsewhere.moves.flows += 1
      elsewhere.moves.weight &+= subject.weight
    } else {
      elsewhere.stays.flows += 1
      elsewhere.stays.weight &+= subject.weight
    }
  }
}
