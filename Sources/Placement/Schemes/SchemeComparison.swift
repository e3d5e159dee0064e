import Forwarding

/// How other schemes would have placed the same flows on the same members, before and after a change.
///
/// Each flow that a hash spreads is placed by the same hash value. Memory is bounded: tables for `mostTables` pairs of
/// member lists are kept, about 300 kB each; flows beyond them are counted as not compared.
package struct SchemeComparison: Sendable {
  package typealias Count = FlowTally.Count

  /// Moved flows of one scheme.
  package struct Result: Hashable, Sendable {
    package var unavoidable = Count()
    package var collateral = Count()

    package init() {}

    package var moved: Count {
      var sum = unavoidable
      sum.add(collateral)
      return sum
    }
  }

  /// Two spreads, and the flows that went by the first one and go by the second.
  struct Pair: Sendable {
    /// Positions in the spreads of the two tables.
    var before: Int
    var after: Int
    /// nil where nothing moves under any scheme, or `isCompared` is false.
    var tables: Int?
    var isCompared: Bool
    /// The least part that moves where flows are to be spread by the weights.
    var bound: Double
    /// The part that hash-threshold moves; nil where buckets decide.
    var expected: Double?
    var flows = Count()
    /// What the change does to them.
    var actual = Result()
    /// Flows whose hash is the same before and after, and those of them that move.
    var sameHash: UInt64 = 0
    var sameHashMoved: UInt64 = 0
    var schemes = [Result](repeating: Result(), count: Scheme.allCases.count)
  }

  private struct TableKey: Hashable {
    var before: [SchemeMember]
    var after: [SchemeMember]
    var buckets: Int
  }

  private static let mostTables = 128
  /// Longer lists of members are not compared.
  private static let mostMembers = 4096

  private(set) var pairs: [Pair] = []
  private var places: [[Int]: Int] = [:]
  private var tables: [PlacementTables] = []
  private var tableOfKey: [TableKey: Int] = [:]
  /// The bucket counts of the resilient tables, smallest first.
  private(set) package var bucketCounts: [Int] = []

  init() {}

  /// The place of a pair of spreads in `pairs`.
  ///
  /// - Parameter positions: the positions of the spreads in their tables.
  mutating func place(before: Spread, after: Spread, of positions: (Int, Int)) -> Int {
    let key = [positions.0, positions.1]
    if let place = places[key] { return place }
    let (old, new) = (SchemeMember.members(of: before), SchemeMember.members(of: after))
    var pair = Pair(
      before: positions.0, after: positions.1,
      isCompared: !old.isEmpty && !new.isEmpty && max(old.count, new.count) <= Self.mostMembers,
      bound: Self.bound(old, new), expected: ThresholdOverlap.movedShare(before: before, after: after))
    if pair.isCompared, old != new {
      pair.tables = tables(old, new, buckets: Self.buckets(before, after, members: max(old.count, new.count)))
      pair.isCompared = pair.tables != nil
    }
    pairs.append(pair)
    places[key] = pairs.count - 1
    return pairs.count - 1
  }

  private mutating func tables(_ before: [SchemeMember], _ after: [SchemeMember], buckets: Int) -> Int? {
    let key = TableKey(before: before, after: after, buckets: buckets)
    if let known = tableOfKey[key] { return known }
    guard tables.count < Self.mostTables else { return nil }
    tables.append(PlacementTables(before: before, after: after, buckets: buckets))
    tableOfKey[key] = tables.count - 1
    if !bucketCounts.contains(buckets) { bucketCounts = (bucketCounts + [buckets]).sorted() }
    return tables.count - 1
  }

  /// The group's own bucket count, or else 256, or as many as give every member 32: a power of two.
  private static func buckets(_ before: Spread, _ after: Spread, members: Int) -> Int {
    for case .resilient(_, let buckets) in [before.kind, after.kind] where buckets > 0 { return buckets }
    var buckets = 256
    while buckets < 32 * members, buckets < 32768 { buckets *= 2 }
    return buckets
  }

  /// What the members lose of their ideal shares: whatever the scheme, that much has to go elsewhere.
  private static func bound(_ before: [SchemeMember], _ after: [SchemeMember]) -> Double {
    func shares(_ members: [SchemeMember]) -> [Way: Double] {
      let sum = members.reduce(0.0) { $0 + Double($1.weight) }
      return members.reduce(into: [:]) { $0[$1.identity.way, default: 0] += Double($1.weight) / sum }
    }
    let new = shares(after)
    return shares(before).reduce(0) { $0 + max($1.value - (new[$1.key] ?? 0), 0) }
  }

  /// Counts a flow.
  ///
  /// - Parameters:
  ///   - hash: the 31-bit value that selection uses.
  ///   - isSame: Whether the hash is the same before and after.
  ///   - place: of its pair of spreads.
  mutating func add(_ hash: UInt32, isSame: Bool, to place: Int, _ movement: Movement, weight: UInt64) {
    pairs[place].flows.addFlow(weight: weight)
    if isSame { pairs[place].sameHash += 1 }
    if movement.isMoved {
      if isSame { pairs[place].sameHashMoved += 1 }
      Self.count(movement.fate == .unavoidable ? 1 : 2, weight, &pairs[place].actual)
    }
    guard let index = pairs[place].tables else { return }
    for scheme in Scheme.allCases {
      let outcome = tables[index].outcome(scheme, hash: hash)
      if outcome != 0 { Self.count(outcome, weight, &pairs[place].schemes[scheme.rawValue]) }
    }
  }

  @inline(__always)
  private static func count(_ outcome: UInt8, _ weight: UInt64, _ result: inout Result) {
    if outcome == 1 {
      result.unavoidable.addFlow(weight: weight)
    } else {
      result.collateral.addFlow(weight: weight)
    }
  }
}
