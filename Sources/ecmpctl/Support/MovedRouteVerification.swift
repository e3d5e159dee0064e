import Files
import FlowSources
import Forwarding
import KernelRouting
import Measurement
import Planning
import Rendering
import Routing
import SeedRecovery
import Verification

/// Holds predictions for the routes that a plan has moved against the kernel.
struct MovedRouteVerification {
  private static let flowsPerRoute = 100

  private let prefixes: [Prefix]

  init(_ changes: [PlannedChange]) {
    var prefixes: Set<Prefix> = []
    for key in changes.compactMap(\.routeKey) { prefixes.insert(key.destination) }
    self.prefixes = prefixes.sorted()
  }

  /// - Throws: `CommandFailure` of status 1 on a mismatch.
  func run(json: Bool) throws {
    guard !prefixes.isEmpty else { return }
    var kernel = try Kernel()
    var state = try kernel.readSettledState()
    state.behaviour = BehaviourProbe.completing(state.behaviour)
    var bootSeed: UInt32?
    if state.settings.hashSeed == 0, case .seed(let seed) = SeedCache().read(for: state.kernel) { bootSeed = seed }
    let names = NameTables.read()
    var verification = Verification(ForwardingTable(state, bootSeed: bootSeed), tableName: names.tableName)
    var generator = SystemRandomNumberGenerator()
    for prefix in prefixes {
      let flows = StateFlows(state: state, prefix: prefix)
      guard !flows.isEmpty else { continue }
      for _ in 0..<Self.flowsPerRoute {
        if let flow = flows.next(using: &generator) { try verification.add(flow, kernel: &kernel) }
      }
    }
    try verification.flush(kernel: &kernel)
    let report = VerificationReport(
      kernel: state.kernel.release, compared: verification.compared, hashed: verification.hashed,
      uncertain: verification.uncertain, uncertainCodes: verification.caveats.list.map(\.code),
      notAskable: verification.notAskable, mismatches: verification.mismatchCount,
      details: verification.details())
    let formatter = PredictionFormatter(state: state, names: names)
    for line in report.lines(formatter: formatter) {
      (json ? StandardStream.error : StandardStream.output).write(line + "\n")
    }
    guard verification.mismatchCount == 0 else { throw CommandFailure(.negative, nil) }
  }
}
