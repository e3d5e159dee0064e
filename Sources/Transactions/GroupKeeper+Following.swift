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
