package import Forwarding
package import Routing

/// Counts the flows of many batches of one `BatchDecider`, for a `FlowTally`.
///
/// Memory grows with the shapes and routes that occur.
package struct BatchTally: Sendable {
  private var counts: [FlowTally.Count] = []
  private var flowsOfRoute: [UInt64] = []
  /// For each shape 1 where the weights of its route share it out, and 0 otherwise.
  private var shared: [UInt64] = []
  private var others: FlowTally

  package init(state: RoutingState) { others = FlowTally(state: state) }

  /// Counts all flows of a batch.
  ///
  /// - Parameters:
  ///   - flows: those that were decided.
  ///   - known: what the batch is read with.
  package mutating func add(
    _ batch: borrowing DecisionBatch, of flows: borrowing FlowColumns, shapes known: DecisionShapes
  ) {
    while shared.count < known.shapes.count {
      shared.append(FlowTally.isShared(known.shapes[shared.count]) ? 1 : 0)
    }
    let (shapes, routes) = batch.ends
    if counts.count < shapes { counts += repeatElement(FlowTally.Count(), count: shapes - counts.count) }
    if flowsOfRoute.count < routes {
      flowsOfRoute += repeatElement(0, count: max(routes, 2 * flowsOfRoute.count) - flowsOfRoute.count)
    }
    Self.count(batch.shapes.span, batch.routes.span, flows.weights.span, shared, &counts, &flowsOfRoute)
    guard !batch.others.isEmpty else { return }
    for place in 0..<batch.count where batch.shapes[place] == DecisionBatch.other {
      others.add(batch.others[Int(batch.routes[place])], weight: flows.weights[place])
    }
  }

  private static func count(
    _ shapes: Span<UInt32>, _ routes: Span<Int32>, _ weights: Span<UInt64>, _ shared: [UInt64],
    _ counts: inout [FlowTally.Count], _ flowsOfRoute: inout [UInt64]
  ) {
    let shared = shared.span
    var counts = counts.mutableSpan
    var flowsOfRoute = flowsOfRoute.mutableSpan
    for place in shapes.indices {
      let shape = shapes[place]
      guard shape != DecisionBatch.other else { continue }
      counts[Int(shape)].addFlow(weight: weights[place])
      if routes[place] >= 0 { flowsOfRoute[Int(routes[place])] &+= shared[Int(shape)] }
    }
  }

  /// Adds the counts to a tally.
  ///
  /// - Parameter shapes: what the batches are read with.
  package func add(to tally: inout FlowTally, shapes: DecisionShapes) {
    for (number, count) in counts.enumerated() where count.flows > 0 { tally.add(count, of: shapes.shapes[number]) }
    for (route, flows) in flowsOfRoute.enumerated() where flows > 0 { tally.add(flows, byRoute: route) }
    tally.add(others)
  }
}
