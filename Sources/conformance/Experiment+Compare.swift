import Forwarding
import Measurement
import Routing

extension Experiment {
  /// Holds what was seen of the samples against their predictions; `report` gets each mismatch.
  ///
  /// - Parameter measurer: Finds the hashes where the key is not known.
  mutating func compare(
    _ samples: [Sample], with state: RoutingState, measurer: inout HashMeasurer?, ledger: inout Ledger,
    report: (String) -> Void
  ) throws {
    let table = ForwardingTable(state)
    let places = PlaceTable(state, lab: lab)
    var predictions = samples.map { Prediction($0, table: table, interface: lab.ingresses[$0.ingress].interface) }
    let hashes = try measurer?.hashes(of: predictions.compactMap(\.subject), in: table) ?? []
    var next = hashes.startIndex
    for index in predictions.indices {
      let isMeasured = predictions[index].subject != nil && next < hashes.endIndex
      predictions[index].decide(measured: isMeasured ? hashes[next] : [])
      if isMeasured { next += 1 }
    }
    try awaitAll(zip(samples, predictions.map { $0.isExact ? $0.place(places) : nil }))
    for (sample, prediction) in zip(samples, predictions) {
      let key = Ledger.Key(
        traffic: sample.traffic, family: sample.family,
        kind: prediction.decision.flatMap { kind($0, in: state) },
        policy: state.settings.hash(sample.family).policy ?? 0)
      let count = judge(sample, prediction, wanted: prediction.place(places), state: state, report: report)
      ledger.add(count, to: key)
      guard count.placed > 0 else { continue }
      let link = state.links.first { $0.index == prediction.decision?.nexthop?.interface }
      ledger.addPlaced(by: link?.kind ?? "others")
      if lab.hasVRF, sample.ingress == lab.ingresses.count - 1 { ledger.addPlaced(by: "vrf") }
    }
  }

  /// Waits a little until the samples have come out where they have to: a busy machine takes a moment to forward.
  private mutating func awaitAll(_ expected: some Sequence<(Sample, Place?)>) throws {
    for _ in 0..<5 {
      if expected.allSatisfy({ $1 == nil || places(of: $0) == [$1] }) { return }
      try collect(timeoutMilliseconds: 40)
    }
  }

  private func judge(
    _ sample: Sample, _ prediction: Prediction, wanted: Place?, state: RoutingState, report: (String) -> Void
  ) -> Ledger.Count {
    var count = Ledger.Count()
    let actual = places(of: sample)
    if !prediction.isExact {
      count.uncertain = 1
      count.caveats = prediction.caveats
    } else if actual != (wanted.map { [$0] } ?? []) {
      count.wrong = 1
      report(Mismatch(sample: sample, prediction: prediction, wanted: wanted, actual: actual, state: state).description)
    } else if wanted == nil {
      count.kept = 1
    } else {
      count.placed = 1
    }
    return count
  }

  /// How the route of a decision spreads its traffic; nil where it does not, or where there is no route.
  private func kind(_ decision: Decision, in state: RoutingState) -> Configuration.Kind? {
    guard let route = decision.route else { return nil }
    switch state.routes[route].nexthops {
    case .legs(.multipath): return .legacy
    case .legs: return nil
    case .object(let id, _):
      guard let group = state.groups.first(where: { $0.id == id }) else { return nil }
      return group.kind == .resilient ? .resilient : .threshold
    }
  }
}
