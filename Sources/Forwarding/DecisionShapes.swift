/// The decisions that flows have in common, without route and hash: what the batches of a `BatchDecider` are read with.
package struct DecisionShapes: Sendable {
  /// By the numbers that stand in `DecisionBatch.shapes`.
  package let shapes: [Decision]
  /// For each shape whether a decision of it tells its hash.
  package let tellsHash: [Bool]

  /// The decision about one flow of a batch.
  package func decision(_ place: Int, of batch: borrowing DecisionBatch) -> Decision {
    let shape = batch.shapes[place]
    guard shape != DecisionBatch.other else { return batch.others[Int(batch.routes[place])] }
    var decision = shapes[Int(shape)]
    if batch.routes[place] >= 0 { decision.route = Int(batch.routes[place]) }
    if tellsHash[Int(shape)] { decision.hash = batch.hashes[place] }
    return decision
  }
}
