import FlowSources
import Routing

/// Random flows with the fields of the command line.
struct GeneratedFlows {
  private var flows: RandomFlows
  private let total: Int
  private let amendment: FlowAmendment

  init(_ flows: RandomFlows, amendment: FlowAmendment) {
    self.flows = flows
    total = flows.count
    self.amendment = amendment
  }

  var count: Int { flows.count }

  var progress: (done: UInt64, total: UInt64) { (UInt64(total - flows.count), UInt64(total)) }

  mutating func next() -> Flow? {
    guard let flow = flows.next() else { return nil }
    return amendment.applied(to: flow)
  }

  /// Up to so many of the next flows, for another thread to make; nil at the end.
  mutating func take(_ most: Int) -> GeneratedFlows? {
    let part = flows.take(most)
    return part.count == 0 ? nil : GeneratedFlows(part, amendment: amendment)
  }
}
