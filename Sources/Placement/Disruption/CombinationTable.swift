package import Forwarding

/// Flows that are decided alike before, and alike after a change, as many as there are.
package struct FlowCombination: Sendable {
  /// Without the hash, where it tells one.
  package let before: Decision
  package let after: Decision
  package let movement: Movement
  package internal(set) var count = FlowTally.Count()
  /// The position in `Disruption.records`.
  let record: Int
  /// The place of the comparison with other schemes; nil where there is none.
  let comparison: Int?
  let ways: AnycastSample.Ways
}

/// The combinations of the decisions before and after a change that occur in batches.
struct CombinationTable: Sendable {
  private var table = InternTable()
  private(set) var list: [FlowCombination] = []

  /// The number of a combination, and whether it is a new one, which is to be added then.
  @inline(__always)
  mutating func number(of key: InternTable.Key) -> (number: Int, isNew: Bool) { table.number(of: key) }

  mutating func append(_ combination: FlowCombination) { list.append(combination) }

  mutating func count(_ number: Int, weight: UInt64) {
    list[number].count.addFlow(weight: weight)
  }

  /// All combinations with their counts, and begins anew.
  mutating func take() -> [FlowCombination] {
    defer { self = CombinationTable() }
    return list
  }
}
