extension SchemeComparison {
  /// Flows that were compared: those that a hash spreads, before or after, and that are sent in both states.
  package var compared: Count { sum { $0.isCompared ? $0.flows : Count() } }

  /// Flows that were not, as there were too many different lists of members.
  package var notCompared: Count { sum { $0.isCompared ? Count() : $0.flows } }

  /// What the change really does to the compared flows.
  package var actual: Result { result { $0.actual } }

  /// What another scheme would do to them.
  package func result(_ scheme: Scheme) -> Result { result { $0.schemes[scheme.rawValue] } }

  /// The least number of flows that can move where every member is to have the share that its weight says.
  package var bound: Double {
    pairs.filter(\.isCompared).reduce(0) { $0 + Double($1.flows.flows) * $1.bound }
  }

  /// Flows that upper bounds place before and after, by the same hash: the part that moved, and the part that was to be
  /// expected (RFC 2992 with any weights). nil without such flows.
  package var threshold: (flows: UInt64, moved: UInt64, expected: Double)? {
    var (flows, moved, expected) = (UInt64(0), UInt64(0), 0.0)
    for pair in pairs {
      guard let share = pair.expected else { continue }
      flows += pair.sameHash
      moved += pair.sameHashMoved
      expected += share * Double(pair.sameHash)
    }
    return flows == 0 ? nil : (flows, moved, expected / Double(flows))
  }

  private func sum(_ part: (Pair) -> Count) -> Count {
    pairs.reduce(into: Count()) { $0.add(part($1)) }
  }

  private func result(_ part: (Pair) -> Result) -> Result {
    var result = Result()
    result.unavoidable = sum { $0.isCompared ? part($0).unavoidable : Count() }
    result.collateral = sum { $0.isCompared ? part($0).collateral : Count() }
    return result
  }
}
