package import Files
internal import JSON
internal import KernelRouting
internal import Netlink
internal import Routing

/// The directory that holds the journals, the lock, and the list of the groups to be kept.
///
/// One transaction is open at a time: its journal is `open.journal`. One that is over has its id for a name.
package struct TransactionDirectory: Sendable {
  package static var standardPath: String { "/var/lib/ecmpctl" }

  /// How many journals of transactions that are over are kept.
  private static let keptJournals = 100
  /// How often a lock that is held is tried before its holder is told.
  private static let tries = 10
  private static let openName = "open.journal"
  /// A journal whose first line may not be whole yet.
  private static let newName = "new.journal"

  package let files: PrivateDirectory

  /// - Parameter path: from the root, because not every process that uses it has the same working directory.
  package init(_ path: String = standardPath) { files = PrivateDirectory(path) }

  package var path: String { files.path }

  // MARK: Lock

  /// Takes the lock that every change of the directory and every transaction needs.
  package func lock(_ what: String, waits: Bool = false) throws(TransactionError) -> FileLock {
    let note = "pid \(Environment.process) since \(WallClock.now): \(what)"
    // Somebody who only looks whether it is free, or how groups are, has it for a moment.
    for _ in 0..<Self.tries {
      if let lock = try lockIfFree(what) { return lock }
      System.pause(.milliseconds(10))
    }
    switch try attempt({ () throws(PrivateFile.Failure) in try files.make() }, "lock", note: note, waits: waits) {
    case .taken(let lock): return lock
    case .held(let holder): throw .busy(holder)
    }
  }

  /// Takes the lock if nobody has it.
  package func lockIfFree(_ what: String) throws(TransactionError) -> FileLock? {
    let note = "pid \(Environment.process) since \(WallClock.now): \(what)"
    switch try attempt({ () throws(PrivateFile.Failure) in try files.make() }, "lock", note: note, waits: false) {
    case .taken(let lock): return lock
    case .held: return nil
    }
  }

  /// The lock of the process that waits for a confirmation; nil when there is such a process.
  package func watchLock(note: String = "") throws(TransactionError) -> FileLock? {
    switch try attempt({ () throws(PrivateFile.Failure) in try files.make() }, "watch.lock", note: note, waits: false) {
    case .taken(let lock): return lock
    case .held: return nil
    }
  }

  /// What the process that waits for the confirmation of the transaction `id` tells about itself; nil when there is none.
  package func watcher(of id: String) throws(TransactionError) -> String? {
    guard let note = try holder(of: "watch.lock") else { return nil }
    return note.hasSuffix(ConfirmationWatch.noteEnd(id)) ? note : nil
  }

  /// What the process that is at a transaction tells about itself; nil when there is none.
  package func worker() throws(TransactionError) -> String? { try holder(of: "lock") }

  private func holder(of name: String) throws(TransactionError) -> String? {
    guard try exists() else { return nil }
    do throws(FileError) {
      return try FileLock.holder(of: files.file(name))
    } catch {
      throw .journal(.system(error))
    }
  }

  private func attempt(
    _ prepare: () throws(PrivateFile.Failure) -> Void, _ name: String, note: String, waits: Bool
  ) throws(TransactionError) -> FileLock.Attempt {
    do throws(PrivateFile.Failure) {
      try prepare()
    } catch {
      throw .journal(error)
    }
    do throws(FileError) {
      return try FileLock.take(files.file(name), note: note, waits: waits)
    } catch {
      throw .journal(.system(error))
    }
  }

  private func exists() throws(TransactionError) -> Bool {
    try system { () throws(PrivateFile.Failure) in try files.check() }
  }

  // MARK: Journals

  /// How far the open transaction has come; nil when none is open.
  package func openCourse() throws(TransactionError) -> JournalCourse? {
    let contents = try system { () throws(PrivateFile.Failure) in try files.contents(of: Self.openName) }
    guard let contents else { return nil }
    return try Journal.course(of: contents, path: files.file(Self.openName))
  }

  /// Makes sure that a transaction could be begun, before its plan is told.
  ///
  /// - Throws: `busy` where one is going on, `unfinished` where one waits for something.
  package func checkFree() throws(TransactionError) {
    guard try openCourse() != nil else { return }
    let lock = try lock("apply")
    defer { withExtendedLifetime(lock) {} }
    try checkNothingOpen()
  }

  /// Puts a journal whose last line says that it is closed away, where the process was ended before it could.
  ///
  /// Whoever has the lock calls it.
  func putClosedAway() throws(TransactionError) {
    guard var journal = try reopen(), case .closed(let outcome, let reason) = journal.course.phase else { return }
    try close(&journal, outcome, reason)
  }

  /// How far the open transaction has come, nil when none is open, after one that is closed was put away.
  package func openCourseNow() throws(TransactionError) -> JournalCourse? {
    let course = try openCourse()
    guard case .closed? = course?.phase else { return course }
    do throws(TransactionError) {
      // Where somebody else has the lock he is at it.
      guard let lock = try lockIfFree("status") else { return nil }
      defer { withExtendedLifetime(lock) {} }
      try putClosedAway()
    } catch {
      // On a read-only disk it stays where it is, and is over all the same.
    }
    return nil
  }

  /// - Throws: `unfinished` where a transaction is open.
  func checkNothingOpen() throws(TransactionError) {
    try putClosedAway()
    guard let open = try openCourse() else { return }
    throw .unfinished(id: open.head.id, description: open.plan.description, open.place(in: self))
  }

  /// Starts a journal, which is the open one when the call returns.
  func begin(_ head: JournalHead) throws(TransactionError) -> Journal {
    try system { () throws(PrivateFile.Failure) in try files.remove(Self.newName) }
    do throws(TransactionError) {
      let journal = try Journal(creating: files.file(Self.newName), head)
      try system { () throws(PrivateFile.Failure) in try files.rename(Self.newName, to: Self.openName) }
      return journal
    } catch {
      try? files.remove(Self.newName)
      throw error
    }
  }

  /// The open journal, to go on with; nil when none is open.
  func reopen() throws(TransactionError) -> Journal? {
    guard let course = try openCourse() else { return nil }
    return try Journal(continuing: files.file(Self.openName), course)
  }

  /// Ends the open journal.
  func close(
    _ journal: inout Journal, _ outcome: JournalRecord.Outcome, _ reason: String
  ) throws(TransactionError) {
    if case .closed = journal.course.phase {} else { journal.note(.closed(outcome, reason, at: WallClock.now)) }
    let id = journal.course.head.id
    try system { () throws(PrivateFile.Failure) in try files.rename(Self.openName, to: id + ".journal") }
    prune(keeping: id + ".journal")
  }

  /// The courses of the transactions that are over, oldest first; those that can not be read are passed over.
  package func closedCourses() -> [JournalCourse] {
    let courses = closedNames().compactMap { name -> JournalCourse? in
      guard let contents = try? files.contents(of: name) else { return nil }
      return try? Journal.course(of: contents, path: files.file(name))
    }
    // Several may begin in one second, and the clock may be set meanwhile; the time since the boot tells.
    let bootID = KernelIdentity.running.bootID
    return courses.filter { $0.head.bootID != bootID }
      + courses.filter { $0.head.bootID == bootID }.sorted { $0.head.time < $1.head.time }
  }

  /// The transaction that was the last one; nil where there was none, or where nothing is to be read of it.
  package func lastCourse() -> JournalCourse? {
    if let course = try? openCourse(), case .closed = course.phase { return course }
    guard let name = closedNames().last, let contents = try? files.contents(of: name) else { return nil }
    return try? Journal.course(of: contents, path: files.file(name))
  }

  /// That there is none to do something with, and what has become of the last one.
  func nothingOpen() -> TransactionError { .nothingOpen(last: lastCourse()?.ending) }

  private func closedNames() -> [String] {
    // The names begin with the time, so that they sort by it.
    Directory.names(in: path)
      .filter { $0.hasSuffix(".journal") && $0 != Self.openName && $0 != Self.newName }.sorted()
  }

  /// - Parameter newest: what is kept also where the clock was set back, so that others seem to be newer.
  private func prune(keeping newest: String) {
    for name in closedNames().dropLast(Self.keptJournals) where name != newest { try? files.remove(name) }
  }

  /// Does something with files, whose failure is one of the journal.
  func system<Result>(
    _ body: () throws(PrivateFile.Failure) -> Result
  ) throws(TransactionError) -> Result {
    do throws(PrivateFile.Failure) {
      return try body()
    } catch {
      throw .journal(error)
    }
  }
}
