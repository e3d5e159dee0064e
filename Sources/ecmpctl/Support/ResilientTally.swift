import Forwarding
import Placement

/// What a change does to the flows that go over resilient groups after it.
struct ResilientTally: Sendable {
  /// Flows by bucket, where the same resilient group decides before and after.
  private(set) var buckets = BucketTally()
  /// The others: how many move, and how many stay.
  private(set) var elsewhere = (moves: FlowTally.Count(), stays: FlowTally.Count())

  /// Counts flows with the same decisions.
  mutating func add(_ count: FlowTally.Count, before: Decision, after: Decision, _ movement: Movement) {
    guard case .resilient = after.selection else { return }
    if after.selection == before.selection {
      buckets.add(after, count)
    } else if movement.isMoved {
      elsewhere.moves.add(count)
    } else {
      elsewhere.stays.add(count)
    }
  }
}
