import FlowSources
import Routing

/// Random flows with the fields of the command line.
struct GeneratedFlows {
  private var flows: RandomFlows
  private let amendment: FlowAmendment

  init(_ flows: RandomFlows, amendment: FlowAmendment) {
    self.flows = flows
    self.amendment = amendment
  }

  mutating func next() -> Flow? { flows.next().map(amendment.applied) }
}
