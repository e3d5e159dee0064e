package import Forwarding
package import Routing

/// Some flows of a stream, with the decisions about them before and after a change.
package struct DecidedFlows: Sendable {
  package let flows: FlowColumns
  package let before: DecisionBatch
  package let after: DecisionBatch
  /// What the batches are read with.
  package let shapesBefore: DecisionShapes
  package let shapesAfter: DecisionShapes
  /// Who decided: the numbers of shapes of one decider mean the same in all that he decides.
  package let decider: Int

  package init(
    _ flows: FlowColumns, before: DecisionBatch, after: DecisionBatch, shapesBefore: DecisionShapes,
    shapesAfter: DecisionShapes, decider: Int
  ) {
    self.flows = flows
    self.before = before
    self.after = after
    self.shapesBefore = shapesBefore
    self.shapesAfter = shapesAfter
    self.decider = decider
  }

  /// The two decisions about a flow.
  package func decisions(_ place: Int) -> (before: Decision, after: Decision) {
    (shapesBefore.decision(place, of: before), shapesAfter.decision(place, of: after))
  }
}
