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
  private(set) var resilient = ResilientTally()
  private let movements: MovementList?
  private var output: OutputBuffer
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
    output = OutputBuffer(header: list ? MovementList.csvHeader : "")
  }

  /// The table before the change.
  var table: ForwardingTable { before.table }

  /// Takes all flows of the input.
  ///
  /// - Parameter body: is given each flow, too.
  /// - Returns: how many lines or frames were passed over.
  mutating func read(
    _ input: consuming sending PredictionInput, also body: ((PredictionSubject) throws -> Void)?
  ) throws -> Int {
    guard body != nil || before.measures || after.measures else { return try divide(input) }
    var bad = 0
    do {
      bad = try SubjectBatches.forEach(of: input) { batch in
        try add(batch)
        if let body { for subject in batch { try body(subject) } }
      }
    } catch {
      try output.flush()
      throw error
    }
    try output.finish()
    return bad
  }

  /// Takes all flows of the input, decided by keys on all CPUs.
  private mutating func divide(_ input: consuming sending PredictionInput) throws -> Int {
    let worker = ChangeWorker(
      before: BatchDecider(before.table), after: BatchDecider(after.table), passesOver: input.passesOver)
    var sink = ChangeSink(disruption, movements, output)
    output = OutputBuffer()
    let (workers, unread) = try PortionPipeline.run(
      input, worker: worker, sink: &sink, numbersFlows: false, label: "deciding before and after",
      printsMeanwhile: movements != nil)
    try sink.finish()
    (disruption, resilient) = (sink.disruption, sink.resilient)
    return workers.reduce(unread) { $0 + $1.bad }
  }

  private mutating func add(_ batch: [PredictionSubject]) throws {
    let old = try PredictionSubject.decisions(batch, &before)
    let new = try PredictionSubject.decisions(batch, &after)
    for (position, subject) in batch.enumerated() {
      let movement = disruption.add(subject.flow, before: old[position], after: new[position], weight: subject.weight)
      resilient.add(
        FlowTally.Count(weight: subject.weight), before: old[position], after: new[position], movement)
      if let movements, MovementList.holds(movement, before: old[position], after: new[position]) {
        movements.appendCSV(
          subject.flow, before: old[position], after: new[position], movement, index: index, to: &output.bytes)
        try output.flushIfFull()
      }
      index += 1
    }
  }
}
