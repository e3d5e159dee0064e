/// What becomes of a flow by its hash: all 2^31 of them, divided by size or by remainder.
package struct HashDivision: Sendable {
  /// What becomes of flows of some of the hashes.
  package struct Outcome: Hashable, Sendable {
    package var outcome: Decision.Outcome
    /// nil for a flow that is not sent.
    package var nexthop: Decision.Choice?
    package var caveats: Caveats

    init(_ decision: Decision) {
      outcome = decision.outcome
      nexthop = decision.nexthop
      caveats = decision.caveats
    }
  }

  /// Each once, in the order in which the hashes lead to them.
  package private(set) var outcomes: [Outcome] = []
  /// For each range, or for each remainder, a position in `outcomes`.
  private let places: [UInt32]
  /// The last hash of each range; empty where the remainder by the number of places decides.
  private let ends: [UInt32]
  private let table: SelectorTable
  private let selector: Selector

  /// - Parameters:
  ///   - division: how the hashes are divided.
  ///   - decisions: for each range, in order, with its last hash; or for each remainder.
  init(_ division: Selector.Division, _ decisions: [(decision: Decision, last: UInt32)]) {
    var numbers: [Outcome: UInt32] = [:]
    var places: [UInt32] = []
    places.reserveCapacity(decisions.count)
    for (decision, _) in decisions {
      let outcome = Outcome(decision)
      if let number = numbers[outcome] {
        places.append(number)
      } else {
        places.append(UInt32(truncatingIfNeeded: outcomes.count))
        numbers[outcome] = UInt32(truncatingIfNeeded: outcomes.count)
        outcomes.append(outcome)
      }
    }
    self.places = places
    ends = division == .ranges ? decisions.map(\.last) : []
    var table = SelectorTable()
    let number = table.add(division, zip(places, decisions).map { ($0, $1.last) })
    selector = table.selectors[Int(number)]
    self.table = table
  }

  /// The position in `outcomes` of what each hash leads to.
  ///
  /// - Parameters:
  ///   - hashes: with 31 bits; at least `count`.
  ///   - numbers: takes the positions; at least `count`.
  package func numbers(of hashes: [UInt32], count: Int, into numbers: inout [UInt32]) {
    guard count <= min(hashes.count, numbers.count) else { return }
    let selector = selector
    let (members, lasts, starts) = (table.members.span, table.ends.span, table.starts.span)
    let hashes = hashes.span
    var numbers = numbers.mutableSpan
    for place in 0..<max(count, 0) { numbers[place] = selector.shape(of: hashes[place], members, lasts, starts) }
  }

  /// For each outcome the part of all hashes that lead to it.
  package var shares: [Double] {
    var shares = [Double](repeating: 0, count: outcomes.count)
    var first: UInt64 = 0
    for (position, place) in places.enumerated() {
      guard !ends.isEmpty else {
        shares[Int(place)] += 1 / Double(places.count)
        continue
      }
      let end = UInt64(ends[position]) + 1
      shares[Int(place)] += Double(end - first) / Double(UInt64(1) << 31)
      first = end
    }
    return shares
  }
}

extension HashDivision: Hashable {
  package static func == (left: HashDivision, right: HashDivision) -> Bool {
    left.outcomes == right.outcomes && left.places == right.places && left.ends == right.ends
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(outcomes)
    hasher.combine(places)
    hasher.combine(ends)
  }
}
