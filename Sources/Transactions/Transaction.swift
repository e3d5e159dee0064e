internal import Files
package import KernelRouting
package import Netlink
package import Planning
internal import Routing

/// Carries plans out and takes them back, so that what was begun can be finished or undone whatever happens.
///
/// Before each step its intent is on the disk, and after it that it is done. What a step has come to when nothing tells
/// is read from the kernel.
package struct Transaction: ~Copyable {
  /// What is going on, for those who watch.
  package enum Progress: Hashable, Sendable {
    /// A step, counted from 0.
    case made(Int, PlannedChange)
    case wasMade(Int, PlannedChange)
    /// With what could not be had any more, as a clause.
    case undone(Int, PlannedChange, String?)
    case leftAlone(Int, PlannedChange, String)
  }

  /// What an apply is given beside the plan.
  package struct Options: Sendable {
    /// What the user called the namespace.
    package var namespaceName: String?
    /// Seconds for the confirmation.
    package var confirmWithin: UInt32?

    package init(namespaceName: String? = nil, confirmWithin: UInt32? = nil) {
      self.namespaceName = namespaceName
      self.confirmWithin = confirmWithin
    }
  }

  /// Why an open transaction is undone by the user's word.
  package static var askedFor: String { "asked for" }

  var runner: StepRunner
  let directory: TransactionDirectory
  private let stop: StopRequest
  private let report: (Progress) -> Void

  /// - Parameters:
  ///   - kernel: of the namespace of the calling thread.
  ///   - signals: what ends the way forwards between two steps, and a wait within one; the way back goes on whatever comes. While
  ///     they are watched no signal ends the process; nil where one may.
  package init(
    _ kernel: consuming Kernel, _ directory: TransactionDirectory, signals: consuming SignalWatch? = nil,
    report: @escaping (Progress) -> Void = { _ in }
  ) {
    runner = StepRunner(kernel)
    self.directory = directory
    stop = StopRequest(signals)
    self.report = report
  }

  // MARK: Forwards

  /// Carries a plan out, or nothing of it.
  ///
  /// - Parameter watch: starts the process that waits for a confirmation, before anything is touched.
  /// - Returns: the course, which waits for its confirmation or is closed.
  package mutating func apply(
    _ plan: TransactionPlan, _ options: Options = Options(),
    watch: (JournalHead) throws(TransactionError) -> Void = { _ throws(TransactionError) in }
  ) throws(TransactionError) -> JournalCourse {
    try Self.checkPrivilege()
    let lock = try directory.lock("apply \(plan.description)")
    defer { withExtendedLifetime(lock) {} }
    try directory.checkNothingOpen()
    // What can not be read at the end is better known before anything is begun.
    _ = try directory.keptGroups()
    let obstacles = try kernel { (runner) throws(KernelError) in try runner.obstacles(to: plan) }
    guard obstacles.isEmpty else { throw .stateChanged(obstacles) }
    let head = try Self.head(plan, options)
    var journal = try directory.begin(head)
    do throws(TransactionError) {
      if options.confirmWithin != nil { try watch(head) }
    } catch {
      try directory.close(&journal, .undone, "nothing was done: \(error)")
      throw error
    }
    return try forwards(&journal)
  }

  /// Goes on with the open transaction to its end.
  package mutating func resume() throws(TransactionError) -> JournalCourse {
    try Self.checkPrivilege()
    let lock = try directory.lock("apply --resume")
    defer { withExtendedLifetime(lock) {} }
    var journal = try open()
    switch journal.course.phase {
    case .awaitingConfirmation: return journal.course
    case .finished: return try keep(&journal)
    case .closed: throw directory.nothingOpen()
    case .applying, .undoing: return try forwards(&journal)
    }
  }

  /// Confirms the open transaction, which stays.
  package mutating func confirm() throws(TransactionError) -> JournalCourse {
    try Self.checkPrivilege()
    let lock = try directory.lock("confirm")
    defer { withExtendedLifetime(lock) {} }
    var journal = try open()
    switch journal.course.phase {
    case .awaitingConfirmation:
      try journal.append(.confirmed)
      return try keep(&journal)
    case .finished: return try keep(&journal)
    default: throw .notAwaiting(journal.course.place(in: directory))
    }
  }

  private mutating func forwards(_ journal: inout Journal) throws(TransactionError) -> JournalCourse {
    for step in journal.course.toDo {
      try heedSignal(&journal)
      do throws(TransactionError) {
        try make(step, &journal)
      } catch {
        throw try backwards(&journal, Self.undoing(error))
      }
    }
    // One that has come during the last step, before it is written down that all are done.
    try heedSignal(&journal)
    do throws(TransactionError) {
      let state = try kernel { (runner) throws(KernelError) in try runner.kernel.readState() }
      let deadline = journal.course.head.confirmWithin.map { Self.now + UInt64($0) * 1_000_000_000 }
      let plan = journal.course.plan
      let kept = KeptGroup.left(by: plan.changes, followings: plan.followings, in: state)
      try journal.append(.finished(deadline: deadline, kept: kept))
    } catch {
      throw try backwards(&journal, Self.undoing(error))
    }
    if case .awaitingConfirmation = journal.course.phase { return journal.course }
    return try keep(&journal)
  }

  /// Undoes what there is, and throws that, where a signal has come.
  private mutating func heedSignal(_ journal: inout Journal) throws(TransactionError) {
    guard stop.hasCome() else { return }
    throw try backwards(&journal, stop.undoing)
  }

  private mutating func make(_ step: Int, _ journal: inout Journal) throws(TransactionError) {
    let change = journal.course.plan.changes[step]
    try journal.append(.doing(step))
    TestPause.written.here(step + 1)
    let outcome: StepRunner.Outcome
    do throws(StepRunner.Failure) {
      outcome = try runner.make(change, isStopped: stop.hasCome) { TestPause.sent.here(step + 1) }
    } catch {
      if case .stopped = error { throw .undone(stop.undoing) }
      var lacksPrivilege = false
      if case .kernel(.missingPrivilege) = error { lacksPrivilege = true }
      throw .undone(
        TransactionError.Undoing(
          kind: lacksPrivilege ? .missingPrivilege : .refusal, cause: "step \(step + 1), \(change.phrase): \(error)"))
    }
    try journal.append(.done(step))
    TestPause.noted.here(step + 1)
    report(outcome == .made ? .made(step, change) : .wasMade(step, change))
  }

  /// Closes a journal whose changes stay, once the groups to be kept are written down.
  private func keep(_ journal: inout Journal) throws(TransactionError) -> JournalCourse {
    do throws(TransactionError) {
      try directory.keep(journal.course)
    } catch {
      throw .notWritten("\(error)", error.exitStatus, journal.course.place(in: directory))
    }
    try directory.close(&journal, .kept, "")
    return journal.course
  }

  // MARK: Backwards

  /// Undoes the open transaction.
  ///
  /// - Returns: the course, which is closed.
  package mutating func rollback(because reason: String) throws(TransactionError) -> JournalCourse {
    try Self.checkPrivilege()
    let lock = try directory.lock("rollback")
    defer { withExtendedLifetime(lock) {} }
    return try undoOpen(because: reason)
  }

  /// Undoes the transaction `id` once nobody works on it, if it is open, not confirmed, and overdue then.
  ///
  /// - Returns: nil when it is not due.
  package mutating func rollback(because reason: String, onlyWhenDue id: String) throws(TransactionError)
    -> JournalCourse?
  {
    let lock = try directory.lock("rollback", waits: true)
    defer { withExtendedLifetime(lock) {} }
    guard let found = try directory.openCourse(), found.head.id == id, found.isUndoneWithoutWord else {
      throw directory.nothingOpen()
    }
    guard let deadline = found.deadline, Self.now >= deadline else { return nil }
    return try undoOpen(because: reason)
  }

  private mutating func undoOpen(because reason: String) throws(TransactionError) -> JournalCourse {
    try directory.putClosedAway()
    guard let found = try directory.openCourse() else { throw directory.nothingOpen() }
    guard found.head.bootID == KernelIdentity.running.bootID else {
      return try close(.lost, "the machine was started again")
    }
    var journal = try open()
    journal.note(.failed(reason))
    let remaining = undo(&journal)
    guard remaining.isEmpty else { throw .stuck(remaining, journal.course.place(in: directory)) }
    try directory.close(&journal, .undone, reason)
    return journal.course
  }

  /// Closes the open journal and leaves the kernel as it is.
  package func abandon() throws(TransactionError) -> JournalCourse {
    let lock = try directory.lock("rollback --abandon")
    defer { withExtendedLifetime(lock) {} }
    return try close(.abandoned, "by the user")
  }

  private func close(
    _ outcome: JournalRecord.Outcome, _ reason: String
  ) throws(TransactionError) -> JournalCourse {
    guard var journal = try directory.reopen() else { throw directory.nothingOpen() }
    try directory.close(&journal, outcome, reason)
    return journal.course
  }

  /// Undoes what there is, and says what came of it.
  private mutating func backwards(
    _ journal: inout Journal, _ undoing: TransactionError.Undoing
  ) throws(TransactionError) -> TransactionError {
    journal.note(.failed(undoing.cause))
    var undoing = undoing
    undoing.steps = journal.course.doneCount
    undoing.remaining = undo(&journal)
    undoing.exceptions = journal.course.exceptions
    undoing.place = journal.course.place(in: directory)
    if undoing.remaining.isEmpty { try directory.close(&journal, .undone, undoing.cause) }
    return .undone(undoing)
  }

  /// What an error on the way forwards makes of the transaction.
  private static func undoing(_ error: TransactionError) -> TransactionError.Undoing {
    if case .undone(let undoing) = error { return undoing }
    return TransactionError.Undoing(kind: error.exitStatus == 4 ? .missingPrivilege : .refusal, cause: "\(error)")
  }

  /// Undoes every step that is or may be done, the last one first.
  ///
  /// A step whose object somebody else has changed is left alone, as there is nothing of ours to undo.
  ///
  /// - Returns: what could not be undone.
  private mutating func undo(_ journal: inout Journal) -> [String] {
    var remaining: [String] = []
    for step in journal.course.toUndo {
      let change = journal.course.plan.changes[step]
      journal.note(.undoing(step))
      TestPause.written.here(-(step + 1))
      do throws(StepRunner.Failure) {
        let remark = try runner.unmake(change) { TestPause.sent.here(-(step + 1)) }
        journal.note(.undone(step, remark))
        TestPause.noted.here(-(step + 1))
        report(.undone(step, change, remark))
      } catch {
        if case .otherwise(let reason) = error {
          journal.note(.leftAlone(step, reason))
          report(.leftAlone(step, change, reason))
        } else {
          remaining.append("step \(step + 1), \(change.inverse.phrase): \(error)")
        }
      }
    }
    return remaining
  }

  // MARK: Places

  /// Makes sure, before anything is begun, that the calling thread may do what a transaction does.
  package static func checkPrivilege() throws(TransactionError) {
    do throws(KernelError) {
      try Kernel.checkPrivilege(to: "change routes and nexthops")
    } catch {
      throw .kernel(error)
    }
  }

  /// What the kernel has come to, for the steps of which the journal does not know; nothing from elsewhere.
  package mutating func found(in course: JournalCourse) -> [Int: String] {
    guard course.head.bootID == KernelIdentity.running.bootID,
      let here = try? NamespaceIdentity(ofThread: ()), here == course.head.namespace
    else { return [:] }
    var found: [Int: String] = [:]
    for step in course.unclear {
      do throws(StepRunner.Failure) {
        switch try runner.standing(of: course.plan.changes[step]) {
        case .before: found[step] = "the kernel has not made it"
        case .after: found[step] = "the kernel has made it"
        case .otherwise(let reason): found[step] = reason
        }
      } catch {
        found[step] = "\(error)"
      }
    }
    return found
  }

  /// The open journal, which is of this namespace and of this boot.
  private func open() throws(TransactionError) -> Journal {
    try directory.putClosedAway()
    guard let journal = try directory.reopen() else { throw directory.nothingOpen() }
    let head = journal.course.head
    let place = journal.course.place(in: directory)
    guard head.bootID == KernelIdentity.running.bootID else { throw .otherBoot(place) }
    guard head.namespace == (try Self.namespace()) else { throw .otherNamespace(place) }
    return journal
  }

  private static func head(_ plan: TransactionPlan, _ options: Options) throws(TransactionError) -> JournalHead {
    let created = WallClock.now
    let stamp = created.filter { $0 != "-" && $0 != ":" }
    return JournalHead(
      id: "\(stamp)-\(Environment.process)", created: created, time: now, process: Environment.process,
      bootID: KernelIdentity.running.bootID, namespace: try namespace(), namespaceName: options.namespaceName,
      confirmWithin: options.confirmWithin, plan: plan)
  }

  static func namespace() throws(TransactionError) -> NamespaceIdentity {
    do throws(Errno) {
      return try NamespaceIdentity(ofThread: ())
    } catch {
      throw .kernel(.netlink(NetlinkError("identify the network namespace", .socket(error))))
    }
  }

  /// Nanoseconds since the boot.
  package static var now: UInt64 {
    let (seconds, attoseconds) = System.timeSinceBoot.components
    return UInt64(clamping: seconds) * 1_000_000_000 + UInt64(clamping: attoseconds / 1_000_000_000)
  }

  private mutating func kernel<Result>(
    _ body: (inout StepRunner) throws(KernelError) -> Result
  ) throws(TransactionError) -> Result {
    do throws(KernelError) {
      return try body(&runner)
    } catch {
      throw .kernel(error)
    }
  }
}
