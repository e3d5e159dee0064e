/// Where many flows go: for each what it has in common with others, and what it has alone.
///
/// Only the `BatchDecider` that made it can read it.
package struct DecisionBatch: Sendable {
  /// For each flow the number of a shape (see `BatchDecider.shapes`); `other` for one of `others`.
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

  /// Makes room for so many flows, none of them decided.
  mutating func reset(_ count: Int) {
    others.removeAll(keepingCapacity: true)
    guard count != shapes.count else { return }
    shapes = Array(repeating: 0, count: count)
    routes = Array(repeating: 0, count: count)
    hashes = Array(repeating: 0, count: count)
  }
}
