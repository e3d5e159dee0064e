extension JournalCourse {
  /// What has become of the transaction, as a clause; nil while it is open.
  package var ending: String? {
    guard case .closed(let outcome, let reason) = phase else { return nil }
    let place = head.namespaceName.map { " in the network namespace \($0)" } ?? ""
    let time = ended.map { " at \($0)" } ?? ""
    let undone = "was undone" + (exceptions.isEmpty ? "" : " in part")
    let end =
      switch outcome {
      case .kept: (head.confirmWithin == nil ? "was done" : "was confirmed") + time
      case .undone where reason == Transaction.askedFor: "\(undone) by rollback\(time)"
      case .undone: "\(undone)\(time): \(reason)"
      case .lost: "was closed\(time): \(reason)"
      case .abandoned: "was closed by rollback --abandon\(time), and the kernel left as it was"
      }
    return "the last one, \(head.id) (\(plan.description))\(place), \(end)"
  }
}
