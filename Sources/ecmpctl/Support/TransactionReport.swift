import JSON
import Planning
import Transactions

/// How a transaction stands, for text and JSON.
struct TransactionReport: JSONEncodable {
  var course: JournalCourse
  /// What the kernel has come to, for steps of which the journal does not know.
  var found: [Int: String] = [:]
  /// Seconds until everything is undone unless it is confirmed.
  var secondsLeft: Double?
  /// The process that waits for the confirmation, as it tells of itself.
  var watcher: String?
  /// The process that is at it, as it tells of itself.
  var worker: String?
  /// Whether the kernel's state is of a later boot than the journal.
  var isOfOtherBoot = false

  /// Where commands find the transaction.
  private let place: TransactionPlace

  init(_ course: JournalCourse, in directory: TransactionDirectory) {
    self.course = course
    place = course.place(in: directory)
  }

  /// Looks who waits for the confirmation of a transaction, and how long.
  mutating func lookForWatcher(in directory: TransactionDirectory) {
    guard course.isUndoneWithoutWord, let deadline = course.deadline else { return }
    // Who may not look is told of nobody.
    watcher = try? directory.watcher(of: course.head.id)
    secondsLeft = max(0, Double(deadline) - Double(Transaction.now)) / 1e9
  }

  /// Whether it is neither done nor undone, or awaits a confirmation without anybody to undo it.
  var isHalfDone: Bool {
    guard case .awaitingConfirmation = course.phase, !isOfOtherBoot else { return true }
    return watcher == nil
  }

  /// Whether all that could be undone is undone, and that was not everything.
  var isOtherThanBefore: Bool {
    guard case .closed(.undone, _) = course.phase else { return false }
    return !course.exceptions.isEmpty
  }

  /// The last lines of an apply or a rollback.
  var outcome: [String] {
    guard isOtherThanBefore else { return [summary] }
    return ["undone, but not all is as it was:"] + course.exceptions.map { "  " + $0 }
  }

  private var summary: String {
    let count = course.plan.changes.count
    let steps = "\(count) \(count == 1 ? "step" : "steps")"
    switch course.phase {
    case .applying, .undoing: return "transaction \(course.head.id) stopped half-way"
    case .awaitingConfirmation:
      let seconds = course.head.confirmWithin ?? 0
      return "\(steps) done; everything is undone in \(seconds) s "
        + "unless you run ecmpctl resilient confirm\(place.options)"
    case .finished, .closed(.kept, _):
      return course.head.confirmWithin == nil ? "\(steps) done" : "confirmed: \(steps) done, and kept"
    case .closed(.undone, _): return "everything is undone"
    case .closed(.lost, _): return "closed; nothing of it was left since the machine was started again"
    case .closed(.abandoned, _): return "closed; the kernel's state was left as it is"
    }
  }

  var lines: [String] {
    let head = course.head
    var lines = ["transaction \(head.id): \(course.plan.description)"]
    let place = head.namespaceName.map { " in the network namespace \($0)" } ?? ""
    lines.append("  begun \(head.created) by pid \(head.process)\(place)")
    for (index, change) in course.plan.changes.enumerated() {
      lines.append("  \(index + 1) \(change.phrase): \(state(of: index))")
    }
    if let failure = course.failure { lines.append("  undone because: \(failure)") }
    lines.append("  " + advice)
    return lines
  }

  private func state(of step: Int) -> String {
    let word =
      switch course.marks[step] {
      case .untouched: "to be done"
      case .begun: "begun"
      case .done: "done"
      case .undoBegun: "begun to be undone"
      case .undone: "undone"
      case .leftAlone: "left alone"
      }
    if let remark = course.remarks[step] { return "\(word): \(remark)" }
    return found[step].map { "\(word); \($0)" } ?? word
  }

  private var advice: String {
    if isOfOtherBoot {
      return "the machine was started again since, and the kernel has nothing of it: "
        + "close it with ecmpctl resilient rollback\(place.journalOption)"
    }
    if let worker { return "going on: \(worker)" }
    switch course.phase {
    case .applying:
      return "half-done: \(ways)" + (watcher.map { "; else it is undone in \(wholeSecondsLeft) s, by \($0)" } ?? "")
    case .undoing:
      return "half-done: \(ways); "
        + "to leave the kernel as it is, ecmpctl resilient rollback --abandon\(place.options)"
        + (watcher.map { "; it is tried again by \($0)" } ?? "")
    case .awaitingConfirmation:
      let left = wholeSecondsLeft
      let ways =
        "ecmpctl resilient confirm\(place.options), or undo it now with ecmpctl resilient rollback\(place.options)"
      if let watcher { return "\(left) s left until it is undone, by \(watcher): \(ways)" }
      return left > 0
        ? "\(left) s left to confirm it, but nothing is there to undo it then: \(ways)"
        : "the time to confirm it is over, and nothing is there to undo it: \(ways)"
    case .finished:
      return "done, and not written down yet: finish it with ecmpctl resilient apply --resume\(place.options)"
    case .closed: return summary
    }
  }

  private var wholeSecondsLeft: Int { Int((secondsLeft ?? 0).rounded(.up)) }

  private var ways: String {
    "finish it with ecmpctl resilient apply --resume\(place.options), "
      + "or undo it with ecmpctl resilient rollback\(place.options)"
  }

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("id", course.head.id)
      json.member("description", course.plan.description)
      json.member("phase", phase)
      json.member("begun", course.head.created)
      json.member("pid", course.head.process)
      json.member("netns", course.head.namespaceName)
      json.member("other_boot", isOfOtherBoot ? true : nil)
      json.member("steps_done", course.doneCount)
      json.key("steps")
      json.array { json in
        for (index, change) in course.plan.changes.enumerated() {
          json.object {
            $0.member("step", index + 1)
            $0.member("phrase", change.phrase)
            $0.member("state", course.marks[index].rawValue)
            $0.member("reason", course.remarks[index])
            $0.member("found", found[index])
          }
        }
      }
      json.member("failure", course.failure == Transaction.askedFor ? nil : course.failure)
      if let secondsLeft {
        json.key("seconds_left")
        json.double((secondsLeft * 10).rounded() / 10)
      }
      json.member("watcher", watcher)
      json.member("worker", worker)
    }
  }

  private var phase: String {
    switch course.phase {
    case .applying: "applying"
    case .undoing: "undoing"
    case .awaitingConfirmation: "awaiting-confirmation"
    case .finished: "finished"
    case .closed(let outcome, _): outcome.rawValue
    }
  }
}
