package import Placement

/// What becomes of the flows of resilient groups, whose buckets move when they are idle: now, later, or not at all.
package struct ResilientOutlook: Hashable, Sendable {
  package typealias Count = FlowTally.Count

  /// Something that happens to the buckets at one time.
  package struct Step: Hashable, Sendable {
    /// After the change; 0 is at once.
    package var seconds: Double
    /// What happens, as a part of a sentence.
    package var event: String
    /// Buckets that move in this step.
    package var buckets: Int
    /// The flows of these buckets.
    package var flows: UInt64

    package init(seconds: Double, event: String, buckets: Int, flows: UInt64) {
      self.seconds = seconds
      self.event = event
      self.buckets = buckets
      self.flows = flows
    }
  }

  /// Flows whose bucket moves.
  package var moves: Count
  /// Flows whose bucket moves if it is idle, which can not be seen, or is to be within the time asked about.
  package var mayMove: Count
  package var stays: Count
  /// In the order of time.
  package var course: [Step]

  package init(moves: Count, mayMove: Count, stays: Count, course: [Step] = []) {
    self.moves = moves
    self.mayMove = mayMove
    self.stays = stays
    self.course = course
  }
}

/// Which nexthop each bucket of a group sends to, before and after.
package struct BucketMap: Hashable, Sendable {
  package var group: UInt32
  /// The way of each bucket; empty where the state has no table of the group.
  package var before: [Way]
  package var after: [Way]

  package init(group: UInt32, before: [Way], after: [Way]) {
    self.group = group
    self.before = before
    self.after = after
  }
}
