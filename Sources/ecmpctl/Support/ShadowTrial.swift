import KernelRouting
import Measurement
import Planning
import Rendering
import Routing
import Shadow
import Verification

/// A change made for real in a shadow, beside its simulation.
struct ShadowTrial: ~Copyable {
  private var shadow: Shadow
  private var verification: Verification
  /// Where the shadow could not be made like the state.
  private let shortcomings: [String]
  /// Where the shadow's state after the change is not the simulated one.
  private let differences: [String]

  private init(
    _ shadow: consuming Shadow, _ verification: consuming Verification, shortcomings: [String], differences: [String]
  ) {
    self.shadow = shadow
    self.verification = verification
    self.shortcomings = shortcomings
    self.differences = differences
  }

  /// Builds the shadow, makes the change in it, and holds the state that comes out against the simulated one.
  ///
  /// - Throws: `ShadowError`, also for the first command that fails there.
  static func run(
    _ steps: [ChangeStep], _ outcome: ChangeOutcome, key: KeyOptions, source: SourceOptions
  ) throws -> ShadowTrial {
    var shadow = try Shadow(rebuilding: try key.rebuildable(outcome.before))
    let shortcomings = shadow.differences.map(\.description)
    for step in steps {
      switch step.action {
      case .command(_, let words): _ = try shadow.run([words])
      case .event(let event): try shadow.happen(ShadowEvent(event))
      }
    }
    let found = try shadow.readState()
    let simulated = outcome.state
    let differences = Shadow.differences(from: try key.rebuildable(simulated), to: found).map(\.description)
    let verification = Verification(try key.decider(simulated, source, many: true, after: outcome.before))
    return ShadowTrial(
      shadow, verification, shortcomings: shortcomings,
      differences: differences.filter { !shortcomings.contains($0) })
  }

  /// Asks the shadow's kernel where a flow goes after the change.
  mutating func ask(_ subject: PredictionSubject) throws {
    try verification.add(subject.flow, packet: subject.packet, kernel: &shadow.kernel)
  }

  mutating func finish() throws {
    try verification.flush(kernel: &shadow.kernel)
  }

  /// Says on standard error what was found.
  ///
  /// - Throws: `negative` where the kernel does anything else than the simulation.
  borrowing func report() throws(CommandFailure) {
    for line in shortcomings { complain("in the shadow, before the change: \(line)") }
    for line in differences { complain("in the shadow, after the change: \(line)") }
    let mismatches = verification.mismatchCount
    for mismatch in verification.mismatches.prefix(20) {
      complain(
        "\(mismatch.flow.destination) from \(mismatch.flow.source): simulated \(mismatch.predicted), "
          + "the shadow's kernel \(mismatch.kernel)")
    }
    let compared = verification.compared
    let state = differences.isEmpty ? "the simulated one" : "not the simulated one"
    complain(
      "shadow on Linux \(KernelIdentity.running.release): the state after the change is \(state); "
        + "of \(compared) flows that its kernel was asked about, \(mismatches) differ")
    guard mismatches == 0, differences.isEmpty, shortcomings.isEmpty else { throw CommandFailure(.negative, nil) }
  }
}

extension ShadowEvent {
  init(_ event: RoutingEvent) {
    switch event {
    case .linkDown(let name): self = .link(name, isUp: false)
    case .carrierDown(let name): self = .carrier(name, isPresent: false)
    case .neighbourFails(let address): self = .neighbour(address, answers: false)
    case .neighbourAnswers(let address): self = .neighbour(address, answers: true)
    }
  }
}
