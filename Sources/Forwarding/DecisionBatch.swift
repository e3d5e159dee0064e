import Routing

/// Where many flows go: for each what it has in common with others, and what it has alone.
///
/// It is read with the `shapes` of the `BatchDecider` that made it.
package struct DecisionBatch: Sendable {
  /// For each flow the number of a shape (see `DecisionShapes`); `other` for one of `others`.
  package internal(set) var shapes: [UInt32] = []
  /// For each flow the index of its route into `RoutingState.routes`, -1 for none; or its place in `others`.
  package internal(set) var routes: [Int32] = []
  /// For each flow its 31-bit hash; 0 where it has none.
  package internal(set) var hashes: [UInt32] = []
  /// The decisions about flows out of the ordinary.
  package internal(set) var others: [Decision] = []

  /// In place of the number of a shape.
  package static let other = UInt32.max

  package init() {}

  package var count: Int { shapes.count }

  /// One more than the largest shape, and than the largest route, of flows that are not out of the ordinary.
  package var ends: (shapes: Int, routes: Int) {
    var (shape, route) = (-1, -1)
    let (shapes, routes) = (shapes.span, routes.span)
    for place in shapes.indices where shapes[place] != Self.other {
      shape = max(shape, Int(shapes[place]))
      route = max(route, Int(routes[place]))
    }
    return (shape + 1, route + 1)
  }

  /// Makes room for so many flows, none of them decided.
  mutating func reset(_ count: Int) {
    others.removeAll(keepingCapacity: true)
    guard count != shapes.count else { return }
    shapes = Array(repeating: 0, count: count)
    routes = Array(repeating: 0, count: count)
    hashes = Array(repeating: 0, count: count)
  }

  /// Lets `ForwardingTable.decide` decide.
  ///
  /// - Parameter known: the decision, where there is one already.
  mutating func leave(_ place: Int, _ known: Decision?, _ flows: borrowing FlowColumns, _ table: ForwardingTable) {
    shapes[place] = Self.other
    routes[place] = Int32(truncatingIfNeeded: others.count)
    hashes[place] = 0
    others.append(known ?? flows.flow(at: place).map { table.decide($0) } ?? Decision(outcome: .undetermined))
  }
}
