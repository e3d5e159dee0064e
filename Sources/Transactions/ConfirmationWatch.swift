internal import Files
internal import KernelRouting
internal import Netlink

/// The process that undoes a transaction unless it is confirmed in time.
///
/// It is in a session of its own, so that it lives on when the terminal or the connection that the apply came over ends.
package enum ConfirmationWatch {
  /// The name of the subcommand that it runs.
  package static var command: String { "await-confirmation" }

  private static let interval = Duration.milliseconds(500)
  /// Between attempts to undo; it is doubled after each one that fails, up to the longest.
  private static let firstPause = Duration.milliseconds(250)
  private static let longestPause = Duration.seconds(60)

  /// Starts it, in the network namespace of the calling thread.
  package static func start(_ head: JournalHead, _ directory: TransactionDirectory) throws(TransactionError) {
    guard let program = Environment.executable else { throw .noWatch("the system does not tell its program") }
    do throws(Errno) {
      _ = try System.startDetached(
        [program, "resilient", command, "--transaction", head.id, "--journal", directory.path],
        log: directory.files.file("await-confirmation.log"))
    } catch {
      throw .noWatch("\(error)")
    }
    // It has to be there before anything is touched.
    for _ in 0..<600 {
      if try directory.watcher(of: head.id) != nil { return }
      pause(.milliseconds(50))
    }
    throw .noWatch("it did not come up; see \(directory.files.file("await-confirmation.log"))")
  }

  /// Is it: waits, and returns when there is nothing to wait for any more.
  package static func run(_ id: String, _ directory: TransactionDirectory) throws(TransactionError) {
    var lock = try directory.watchLock(note: note(id))
    // One of an earlier transaction may be about to end.
    for _ in 0..<400 where lock == nil {
      pause(.milliseconds(50))
      lock = try directory.watchLock(note: note(id))
    }
    guard lock != nil else { throw .noWatch("another one waits") }
    var pauseAfterFailure = firstPause
    while true {
      guard let course = try directory.openCourse(), course.head.id == id, course.isUndoneWithoutWord,
        let deadline = course.deadline
      else { return }
      let now = Transaction.now
      if now < deadline {
        pause(min(interval, .nanoseconds(Int64(clamping: deadline - now))))
      } else if try expire(course, directory) {
        return
      } else {
        // What is in the way may go: a disk that is full or read-only, an object that somebody uses.
        pause(pauseAfterFailure)
        pauseAfterFailure = min(pauseAfterFailure * 2, longestPause)
      }
    }
  }

  /// Undoes the transaction, if it is still the same when nobody works on it.
  ///
  /// - Returns: whether there is nothing more to do.
  private static func expire(
    _ course: JournalCourse, _ directory: TransactionDirectory
  ) throws(TransactionError) -> Bool {
    let log = { (text: String) in StandardStream.error.write("\(WallClock.now) \(course.head.id): \(text)\n") }
    do throws(KernelError) {
      let kernel = try Kernel()
      // What is begun to be undone is undone, whatever signals come.
      var transaction = Transaction(kernel, directory, signals: try? SignalWatch())
      do throws(TransactionError) {
        let reason = "not confirmed within \(course.head.confirmWithin ?? 0) s"
        guard let end = try transaction.rollback(because: reason, onlyWhenDue: course.head.id) else { return false }
        let except = end.exceptions.isEmpty ? "" : "; not all is as it was: \(end.exceptions.joined(separator: "; "))"
        log("undone: \(reason)\(except)")
        return true
      } catch {
        log("\(error)")
        if case .nothingOpen = error { return true }
        return false
      }
    } catch {
      log("\(error)")
      return false
    }
  }

  private static func note(_ id: String) -> String { "pid \(Environment.process)\(noteEnd(id))" }

  /// How it ends what it tells about itself.
  static func noteEnd(_ id: String) -> String { " for \(id)" }

  private static func pause(_ duration: Duration) { System.pause(duration) }
}

extension JournalCourse {
  /// Whether it is undone when nobody says a word.
  package var isUndoneWithoutWord: Bool {
    switch phase {
    case .applying, .undoing, .awaitingConfirmation: head.confirmWithin != nil
    case .finished, .closed: false
    }
  }
}
