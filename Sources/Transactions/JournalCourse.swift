package import Planning

/// How far a transaction has come, as its journal tells.
package struct JournalCourse: Hashable, Sendable {
  /// What is known of one step.
  package enum Mark: String, Hashable, Sendable {
    /// Nothing was asked of the kernel yet.
    case untouched
    /// It may be done or not: only the kernel's state tells.
    case begun
    case done
    /// It may be undone or not.
    case undoBegun
    case undone
    /// Somebody else has changed its object.
    case leftAlone
  }

  package enum Phase: Hashable, Sendable {
    /// Between the first and the last step, or stopped there.
    case applying
    /// On the way back, or stopped there.
    case undoing
    /// Done, until the deadline, in nanoseconds since the boot.
    case awaitingConfirmation(deadline: UInt64)
    /// Done, and not closed yet.
    case finished
    case closed(JournalRecord.Outcome, String)
  }

  package let head: JournalHead
  package private(set) var marks: [Mark]
  package private(set) var phase = Phase.applying
  /// Why it is undone; nil again when it goes on.
  package private(set) var failure: String?
  /// Since when it is closed, in UTC; nil where that is not told.
  package private(set) var ended: String?
  package private(set) var kept: [KeptGroup] = []
  /// What is not as it was before a step, by the step: why it was left alone, or what could not be had any more.
  package private(set) var remarks: [Int: String] = [:]

  package init(_ head: JournalHead) {
    self.head = head
    marks = Array(repeating: .untouched, count: head.plan.changes.count)
  }

  /// The course of whole records; nil when the first one does not say what it is about.
  package init?(_ records: [JournalRecord]) {
    guard case .begin(let head)? = records.first else { return nil }
    self.init(head)
    for record in records.dropFirst() { take(record) }
  }

  /// Goes on by one record.
  package mutating func take(_ record: JournalRecord) {
    switch record {
    case .begin: break
    case .doing(let step):
      phase = .applying
      failure = nil
      remarks[step] = nil
      mark(step, .begun)
    case .done(let step): mark(step, .done)
    case .undoing(let step):
      phase = .undoing
      mark(step, .undoBegun)
    case .undone(let step, let reason):
      mark(step, .undone)
      remarks[step] = reason
    case .leftAlone(let step, let reason):
      mark(step, .leftAlone)
      remarks[step] = reason
    case .failed(let reason):
      phase = .undoing
      failure = reason
    case .finished(let deadline, let kept):
      phase = deadline.map { .awaitingConfirmation(deadline: $0) } ?? .finished
      failure = nil
      self.kept = kept
    case .confirmed: phase = .finished
    case .closed(let outcome, let reason, let time):
      phase = .closed(outcome, reason)
      ended = time
    }
  }

  private mutating func mark(_ step: Int, _ mark: Mark) {
    if marks.indices.contains(step) { marks[step] = mark }
  }

  package var plan: TransactionPlan { head.plan }

  /// Of steps that are not wholly undone, or left alone, what they are and why.
  package var exceptions: [String] {
    remarks.sorted { $0.key < $1.key }.compactMap { step, reason in
      guard marks.indices.contains(step) else { return nil }
      let word = marks[step] == .leftAlone ? "left alone" : "undone"
      return "\(step + 1) \(plan.changes[step].phrase): \(word): \(reason)"
    }
  }

  /// Steps that are surely done.
  package var doneCount: Int { marks.count { $0 == .done } }

  /// Steps of which only the kernel's state tells whether they are done.
  package var unclear: [Int] { marks.indices.filter { marks[$0] == .begun || marks[$0] == .undoBegun } }

  /// The steps that may have to be undone, in the order in which that is done.
  package var toUndo: [Int] {
    marks.indices.reversed().filter { marks[$0] != .untouched && marks[$0] != .undone && marks[$0] != .leftAlone }
  }

  /// The steps that may have to be made.
  package var toDo: [Int] { marks.indices.filter { marks[$0] != .done } }

  /// When the confirmation is due, in nanoseconds since the boot; nil when none is asked for.
  package var deadline: UInt64? {
    if case .awaitingConfirmation(let deadline) = phase { return deadline }
    return head.confirmWithin.map { head.time + UInt64($0) * 1_000_000_000 }
  }
}
