import Placement
import Rendering
import Routing

/// Gathers what a change means for flows that were decided, in input order, and prints those that move.
struct ChangeSink: PortionSink {
  private(set) var disruption: Disruption
  private(set) var resilient = ResilientTally()
  private let movements: MovementList?
  private var output: OutputBuffer
  private var index = 0

  /// - Parameter movements: how to print the flows that move as they come; nil does not.
  init(_ disruption: Disruption, _ movements: MovementList?, _ output: OutputBuffer) {
    self.disruption = disruption
    self.movements = movements
    self.output = output
  }

  mutating func take(_ blocks: [DecidedFlows]) throws {
    for block in blocks {
      // Lists are not to be copied while they grow.
      var (resilient, output) = (resilient, output)
      let (movements, index) = (movements, index)
      (self.resilient, self.output) = (ResilientTally(), OutputBuffer())
      try disruption.add(block, visitsMoves: movements != nil) { place, movement, isInCombination in
        let (before, after) = block.decisions(place)
        if !isInCombination {
          let count = FlowTally.Count(weight: block.flows.weights[place])
          resilient.add(count, before: before, after: after, movement)
        }
        guard let movements, MovementList.holds(movement, before: before, after: after) else { return }
        movements.appendCSV(
          block.flows.flow(at: place), before: before, after: after, movement, index: index + place, to: &output.bytes)
        try output.flushIfFull()
      }
      (self.resilient, self.output) = (resilient, output)
      self.index += block.flows.count
    }
  }

  mutating func flush() throws { try output.flush() }

  /// Adds up what was counted of many flows at once, and writes out what is still to be printed.
  mutating func finish() throws {
    for combination in disruption.settle() {
      resilient.add(combination.count, before: combination.before, after: combination.after, combination.movement)
    }
    try output.finish()
  }
}
