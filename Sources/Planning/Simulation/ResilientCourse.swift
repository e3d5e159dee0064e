package import Forwarding

/// What becomes of the buckets of one resilient group after a change, and when.
///
/// How it goes on depends on traffic, so there are two courses: a quiet one, in which no bucket is used any more, and a
/// busy one, in which the buckets that carry flows are used all the time.
package struct ResilientCourse: Sendable {
  /// What becomes of a bucket, and of the flows in it.
  package enum Fate: String, Hashable, Sendable, CaseIterable {
    /// It goes to another member, at once or when the unbalanced timer forces it.
    case moves
    /// It goes to another member if it is idle by then: it is not known to be in use.
    case mayMove = "may-move"
    case stays
  }

  /// Buckets that move at the same time.
  package struct Step: Hashable, Sendable {
    /// In USER_HZ ticks (1/100 s) after the change.
    package var time: Int64
    /// Whether they move although they are in use.
    package var isForced: Bool
    /// Indices.
    package var buckets: [Int]
  }

  package let group: UInt32
  /// The owner of each bucket, as the id of a member: before the change, and right after it.
  package let before: [UInt32]
  package let atOnce: [UInt32]
  /// By index of the bucket.
  package let fates: [Fate]
  /// The quiet course, in order of time; the change itself is not among its steps.
  package let quietSteps: [Step]
  /// The busy course: what the unbalanced timer forces, and buckets without flows that become idle.
  package let busySteps: [Step]
  /// When the table is in balance again, in ticks after the change; nil for not before the end of the time looked at.
  package let quietBalance: Int64?
  package let busyBalance: Int64?

  /// - Parameters:
  ///   - before: the table before the change.
  ///   - after: the table right after it, where buckets of unknown use were taken for used, and where for unused.
  ///   - busy: the indices of the buckets that carry flows.
  ///   - horizon: how far to look, in ticks after the change.
  package init(
    group: UInt32, before: ResilientTable, after: (used: ResilientTable, unused: ResilientTable), busy: Set<Int>,
    now: Int64, horizon: Int64
  ) {
    self.group = group
    self.before = before.owners
    atOnce = after.used.owners
    let quiet = Self.run(after.used, busy: [], from: now, to: now + horizon)
    let forced = Self.run(after.used, busy: busy, from: now, to: now + horizon)
    quietSteps = quiet.steps
    busySteps = forced.steps
    quietBalance = quiet.balance
    busyBalance = forced.balance
    let alternatives = [
      forced.table, Self.run(after.unused, busy: busy, from: now, to: now + horizon).table, quiet.table,
      Self.run(after.unused, busy: [], from: now, to: now + horizon).table,
    ].map(\.owners)
    fates = before.owners.indices.map { index in
      let moves = alternatives.map { $0[index] != before.owners[index] }
      // In the first two the bucket stays in use.
      if moves[0] && moves[1] { return .moves }
      return moves.contains(true) ? .mayMove : .stays
    }
  }

  private static func run(
    _ start: ResilientTable, busy: Set<Int>, from now: Int64, to end: Int64
  ) -> (table: ResilientTable, steps: [Step], balance: Int64?) {
    var table = start
    var steps: [Step] = []
    var balance: Int64? = table.isBalanced ? 0 : nil
    while let due = table.nextUpkeep, due <= end {
      for bucket in busy { table.use(bucket, at: due) }
      let since = table.unbalancedSince ?? due
      let moved = table.upkeep(now: due)
      if !moved.isEmpty {
        let isForced = table.unbalancedTimer != 0 && due > since + table.unbalancedTimer
        steps.append(Step(time: due - now, isForced: isForced, buckets: moved))
      }
      if table.isBalanced, balance == nil { balance = due - now }
    }
    return (table, steps, balance)
  }
}
