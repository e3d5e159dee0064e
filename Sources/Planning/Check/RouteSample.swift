package import Routing

/// How many routes there are of a kind, and the first of them.
package struct RouteSample: Hashable, Sendable {
  /// How many are kept: enough to change them all where there are few.
  package static let limit = 100

  package private(set) var count = 0
  /// In the kernel's order.
  package private(set) var first: [Route] = []

  package init() {}

  package var isEmpty: Bool { count == 0 }

  /// Whether those that are kept are all.
  package var isComplete: Bool { count == first.count }

  package mutating func add(_ route: Route) {
    count += 1
    if first.count < Self.limit { first.append(route) }
  }

  package mutating func add(_ other: RouteSample) {
    count += other.count
    first += other.first.prefix(Self.limit - first.count)
  }

  /// Such as "10.0.0.0/8", or "3 routes: 10.0.0.0/8, 10.1.0.0/16 and 1 more".
  ///
  /// - Parameter shown: how many are named at the most.
  package func phrase(shown: Int = 2) -> String {
    guard count > 1, let only = first.first else { return first.first.map { "\(RouteKey($0))" } ?? "no route" }
    guard shown > 0 else { return "\(RouteKey(only))" }
    let names = first.prefix(shown).map { "\(RouteKey($0))" }.joined(separator: ", ")
    return "\(count) routes: " + names + (count > shown ? " and \(count - shown) more" : "")
  }
}
