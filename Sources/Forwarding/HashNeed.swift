package import MultipathHash

/// A hash that one lookup of a decision needs, and that no key gives.
package struct HashNeed: Sendable {
  /// What is hashed; the hash itself is of no use without the key.
  package let trace: HashTrace
  /// The route whose nexthops the hash chooses from: an index into `RoutingState.routes`.
  package let route: Int?
}

/// What was measured of a hash that a decision needs.
package struct HashMeasurement: Sendable {
  package let need: HashNeed
  package let hash: MeasuredHash

  package init(_ need: HashNeed, _ hash: MeasuredHash) {
    self.need = need
    self.hash = hash
  }

  /// Whether it tells what another lookup needs: a whole hash holds for every route, a range for the one it was measured
  /// for.
  func answers(_ trace: HashTrace, route: Int?) -> Bool {
    (hash.exact != nil || route == need.route) && need.trace.hashesSame(as: trace)
  }
}
