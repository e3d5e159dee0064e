package import Forwarding
import Routing

/// Which values of an open field take which path, as far as they were looked at.
package struct PathFinding: Hashable, Sendable {
  /// A value that takes the path, with the decision about its flow.
  package struct Pick: Hashable, Sendable {
    package var value: UInt128
    package var decision: Decision
  }

  /// Whether a nexthop can be taken at all at this moment.
  package enum Condition: Hashable, Sendable {
    case usable
    /// Dead, or its link is down: it has no part of the hash.
    case down
    /// It has a part of the hash, and its neighbour has failed.
    case neighbourFailed
    /// A member of a resilient group that has no bucket.
    case noBuckets
  }

  /// A nexthop of the routes that were met.
  package struct Path: Hashable, Sendable {
    /// The weight is that in the route that was met first.
    package var nexthop: Decision.Choice
    package var condition = Condition.usable
    /// Whether values for it are asked for.
    package var isWanted: Bool
    /// How many of the values that were looked at take it.
    package var count: UInt64 = 0
    /// How many of them the hash space of the nexthop promises.
    package var expected: Double = 0
    /// What makes the predictions uncertain.
    package var caveats: Caveats = []
    /// The first values that take it, as many as were asked for, or all of them.
    package var picks: [Pick] = []

    init(_ nexthop: Decision.Choice, isWanted: Bool) {
      self.nexthop = nexthop
      self.isWanted = isWanted
    }
  }

  /// Values that take no nexthop.
  package struct Elsewhere: Hashable, Sendable {
    package var way: Way
    package var count: UInt64 = 0
    package var caveats: Caveats = []
    /// The first of them.
    package var first: Pick
  }

  /// Where the hash does not depend on the open field.
  package struct Blindness: Hashable, Sendable {
    /// Fields that it depends on.
    package var hashed: [SteerableField]
  }

  /// How many values were asked for of each path.
  package let wanted: Int
  /// In the order of the routes, as they were met, and of their nexthops.
  package internal(set) var paths: [Path] = []
  package internal(set) var elsewhere: [Elsewhere] = []
  /// How many values were looked at, from the first one on.
  package internal(set) var examined: UInt64 = 0
  /// The routes that were met, as indices into `RoutingState.routes`, with how many values each decided about.
  package internal(set) var routes: [Int: UInt64] = [:]
  /// The route that was met first.
  package internal(set) var firstRoute: Int?
  /// Resilient groups that were met.
  package internal(set) var resilientGroups: [UInt32] = []
  /// Values whose decision is uncertain.
  package internal(set) var uncertain: UInt64 = 0
  package internal(set) var caveats: Caveats = []
  /// nil where the hash depends on the field, or nothing is hashed.
  package internal(set) var blindness: Blindness?

  init(wanted: Int) { self.wanted = wanted }

  /// Whether each of the paths that were asked for has as many values as were asked for, and there is such a path.
  package var isComplete: Bool {
    let wantedPaths = paths.filter(\.isWanted)
    return !wantedPaths.isEmpty && wantedPaths.allSatisfy { $0.picks.count == wanted }
  }
}
