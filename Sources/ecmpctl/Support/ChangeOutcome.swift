import Forwarding
import Planning
import Routing

/// The state that a change leads to, and what is not known about it.
struct ChangeOutcome {
  let before: RoutingState
  /// The bucket tables before the change.
  let tablesBefore: [UInt32: ResilientTable]
  let state: RoutingState
  let simulation: Simulation
  /// The same, where buckets of which it is not known whether they were used count as unused.
  let unusedSimulation: Simulation

  /// - Throws: `CommandFailure` for the first step that would be refused, or can not be simulated.
  init(of steps: [ChangeStep], in state: RoutingState) throws(CommandFailure) {
    before = state
    var likely = Simulation(state)
    tablesBefore = likely.tables
    var unused = likely
    unused.assumesUnusedBuckets = true
    for step in steps {
      try step.apply(to: &likely)
      try step.apply(to: &unused)
    }
    simulation = likely
    self.state = likely.state
    unusedSimulation = unused
  }

  var doubts: [SimulationDoubt] { simulation.doubts.sorted { $0.text < $1.text } }
}
