package import Forwarding
package import Routing

/// Counts the flows of many batches of one `BatchDecider`, for a `FlowTally`.
///
/// Memory grows with the shapes and routes that occur.
package struct BatchTally: Sendable {
  private var counts: [FlowTally.Count] = []
  private var flowsOfRoute: [UInt64] = []
  private var others: FlowTally

  package init(state: RoutingState) { others = FlowTally(state: state) }

  /// Counts all flows of a batch.
  ///
  /// - Parameter flows: those that were decided.
  package mutating func add(_ batch: borrowing DecisionBatch, of flows: [Flow]) {
    for place in flows.indices {
      let shape = batch.shapes[place]
      let route = Int(batch.routes[place])
      guard shape != DecisionBatch.other else {
        others.add(batch.others[route], weight: flows[place].weight)
        continue
      }
      let number = Int(shape)
      while counts.count <= number { counts.append(FlowTally.Count()) }
      counts[number].flows &+= 1
      counts[number].weight &+= flows[place].weight
      guard route >= 0 else { continue }
      if flowsOfRoute.count <= route {
        flowsOfRoute += repeatElement(0, count: max(route + 1, 2 * flowsOfRoute.count) - flowsOfRoute.count)
      }
      flowsOfRoute[route] &+= 1
    }
  }

  /// Adds the counts to a tally.
  ///
  /// - Parameter shapes: of the decider (`BatchDecider.shapes`).
  package func add(to tally: inout FlowTally, shapes: [Decision]) {
    for (number, count) in counts.enumerated() where count.flows > 0 { tally.add(count, of: shapes[number]) }
    for (route, flows) in flowsOfRoute.enumerated() where flows > 0 { tally.add(flows, byRoute: route) }
    tally.add(others)
  }
}
