import Forwarding

/// How many flows the kernel drops, by the reason: rows of CSV do not tell it.
struct DropTally: Sendable {
  private var flows: UInt64 = 0
  private var counts: [Decision.DropReason: UInt64] = [:]
  /// For each shape of a batch whether it is one of dropped flows.
  private var isDropped: [Bool] = []
  private var anyIsDropped = false

  /// Counts a flow.
  mutating func add(_ decision: Decision) {
    flows += 1
    count(decision)
  }

  /// Counts the flows of a batch.
  ///
  /// - Parameter shapes: what the batch is read with.
  mutating func add(_ batch: borrowing DecisionBatch, shapes: DecisionShapes) {
    flows += UInt64(batch.count)
    for decision in batch.others { count(decision) }
    while isDropped.count < shapes.shapes.count {
      guard case .dropped = shapes.shapes[isDropped.count].outcome else {
        isDropped.append(false)
        continue
      }
      isDropped.append(true)
      anyIsDropped = true
    }
    guard anyIsDropped else { return }
    for shape in batch.shapes where shape != DecisionBatch.other && isDropped[Int(shape)] {
      count(shapes.shapes[Int(shape)])
    }
  }

  private mutating func count(_ decision: Decision) {
    if case .dropped(let reason) = decision.outcome { counts[reason, default: 0] += 1 }
  }

  /// Adds what another one has counted.
  mutating func add(_ other: DropTally) {
    flows += other.flows
    counts.merge(other.counts, uniquingKeysWith: +)
  }

  /// How many are dropped and why, most first, in a sentence without a full stop; nil where none is.
  var sentence: String? {
    let dropped = counts.values.reduce(0, +)
    guard dropped > 0 else { return nil }
    let reasons = counts.map { (text: $0.key.text, flows: $0.value) }
      .sorted { ($1.flows, $0.text) < ($0.flows, $1.text) }
    return "\(dropped) of \(flows) dropped: " + reasons.map { "\($0.flows) (\($0.text))" }.joined(separator: ", ")
  }
}
