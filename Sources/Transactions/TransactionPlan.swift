package import JSON
package import Planning
internal import Snapshots

/// What a transaction carries out.
package struct TransactionPlan: Hashable, Sendable {
  /// A few words for those who ask what is going on.
  package var description: String
  package var changes: [PlannedChange]
  /// What the plan takes for granted.
  package var expectation: StateExpectation
  /// Routes in front of those of daemons that the changes make.
  package var followings: [Following] = []

  package init(_ description: String, _ changes: [PlannedChange], expecting expectation: StateExpectation = .init()) {
    self.description = description
    self.changes = changes
    self.expectation = expectation
  }

  /// What there is to do of a plan, whatever it costs.
  package init(_ plan: ConversionPlan) {
    self.init(plan.description, plan.steps.map(\.change), expecting: plan.expectation)
    if plan.kind == .convert { followings = plan.followings }
  }
}

extension TransactionPlan: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      try json.required("description"), try json.required("changes"),
      expecting: try json.optional("expectation") ?? StateExpectation())
    followings = try json.optional("followings") ?? []
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { writeMembers(to: &$0) }
  }

  func writeMembers(to json: inout JSONWriter) {
    json.member("description", description)
    json.member("changes", changes)
    json.member("expectation", expectation)
    json.member("followings", followings.isEmpty ? nil : followings)
  }
}
