internal import KernelRouting
internal import Netlink
internal import Planning
internal import Routing

/// What follows daemons.
extension GroupKeeper {
  /// Looks at every group that follows a daemon, and does what is to be done.
  ///
  /// - Parameter touched: groups that a transaction is about.
  mutating func look(with seen: GuardObservation, except touched: Set<UInt32>) {
    let before = followers.map(\.records)
    for index in followers.indices where !touched.contains(followers[index].id) {
      let decision = followers[index].decide(seen)
      for note in decision.notes { log(note) }
      isPending = isPending || decision.isPending
      isSoon = isSoon || decision.isSoon
      if !carryOut(decision.steps, of: followers[index].id) {
        isPending = true
        watch.isStale = true
        followers[index].failed()
      }
    }
    if followers.map(\.records) != before { saveMemory() }
  }

  /// - Returns: whether all of it was done.
  private mutating func carryOut(_ steps: [GroupGuard.Step], of id: UInt32) -> Bool {
    do throws(StepRunner.Failure) {
      for step in steps {
        try make(step.change)
        watch.made(step.change)
        log(step.reason)
      }
      if !steps.isEmpty { said[id] = nil }
      return true
    } catch {
      // A link that has just come up may have no address yet.
      let text = "group \(id): not yet as it should be: \(error)"
      if said[id] != text { log(text) }
      said[id] = text
      return false
    }
  }

  /// Routes and rules are not read before and after: a table may have a million routes, and the kernel's answer to an
  /// exclusive add, or to the removal of exactly this route, says as much.
  private mutating func make(_ change: PlannedChange) throws(StepRunner.Failure) {
    switch change {
    case .addRoute, .removeRoute, .addRule, .removeRule:
      do throws(KernelError) {
        try runner.request(change)
      } catch {
        throw .kernel(error)
      }
    default: _ = try runner.make(change)
    }
  }

  /// Takes our routes away at the end, so that nobody is led where nobody follows.
  mutating func withdraw() {
    guard !followers.isEmpty else { return }
    do throws(TransactionError) {
      // One that is going on ends soon, and may be about these very routes.
      for attempt in 0..<50 {
        if let lock = try directory.lockIfFree("guard") {
          watch.isStale = true
          let seen = try observe()
          for follower in followers {
            _ = carryOut(follower.withdrawal(seen, because: "the guard ends").steps, of: follower.id)
          }
          withExtendedLifetime(lock) {}
          return
        }
        if attempt == 0 { log("waits for a transaction, to take routes away before it ends") }
        System.pause(.milliseconds(100))
      }
      log("routes in front of those of daemons are left in place: a transaction does not end")
    } catch {
      log("routes in front of those of daemons are left in place: \(error)")
    }
  }
}
