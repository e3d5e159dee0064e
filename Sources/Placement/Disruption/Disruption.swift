package import Forwarding
package import Routing

/// What a change does to many flows: who moves, and whether it had to. Fed with two decisions a flow as they stream by.
///
/// Memory grows with the nexthops that were seen, before by after, and not with the flows.
package struct Disruption: Sendable {
  package typealias Count = FlowTally.Count

  /// Flows that have spreads, ways and verdict in common.
  struct Record: Sendable {
    /// Positions in the spreads of the two tables; nil where no route with nexthops decided.
    var spreadBefore: Int?
    var spreadAfter: Int?
    /// Numbers of `ways`.
    var before: Int
    var after: Int
    var movement: Movement
    /// The index of the comparison of the two spreads; nil where there is nothing to compare.
    var comparison: Int?
    /// The part that is to be expected to move where the hash is not known, 0 to 1.
    var expectedShare: Double?
    var count = Count()
  }

  let judge: MovementJudge
  var records: [Record] = []
  private var recordTable = InternTable()
  private var wayTable = WayTable()
  var combinations = CombinationTable()
  /// How other schemes would place the same flows.
  package internal(set) var comparison: SchemeComparison?
  /// What the flows tell about anycast services behind the nexthops.
  package internal(set) var anycast: AnycastSample?

  /// Flows that go another way or not, all of them.
  package internal(set) var total = Count()
  /// Flows of which one decision carried a caveat.
  package internal(set) var uncertain: UInt64 = 0
  /// Every caveat that occurred.
  package internal(set) var caveats: Caveats = []

  /// - Parameters:
  ///   - comparesSchemes: Whether to place the flows by other schemes, too.
  ///   - judgesAnycast: Whether to keep a sample of the flows for the judgement about anycast services.
  package init(
    before: ForwardingTable, after: ForwardingTable, comparesSchemes: Bool = true, judgesAnycast: Bool = true
  ) {
    judge = MovementJudge(before: before, after: after)
    if comparesSchemes { comparison = SchemeComparison() }
    if judgesAnycast { anycast = AnycastSample(before: before, after: after) }
  }

  /// The ways that flows took, before or after.
  package var ways: [Way] { wayTable.ways }

  /// Counts a flow.
  ///
  /// - Parameters:
  ///   - flow: nil for a frame that carries none.
  ///   - weight: bytes, packets or anything else: summed up.
  /// - Returns: what the change does to it.
  @discardableResult
  package mutating func add(_ flow: Flow?, before: Decision, after: Decision, weight: UInt64) -> Movement {
    total.add(Count(weight: weight))
    if !before.caveats.isEmpty || !after.caveats.isEmpty {
      uncertain += 1
      caveats.formUnion(before.caveats.union(after.caveats))
    }
    let number = record(flow?.family, before, after)
    records[number].count.add(Count(weight: weight))
    if let place = records[number].comparison, let hash = before.hash ?? after.hash {
      let isSame = before.hash == after.hash || before.hash == nil || after.hash == nil
      comparison?.add(hash, isSame: isSame, to: place, records[number].movement, weight: weight)
    }
    if let flow {
      let ways = AnycastSample.Ways(
        before: before.outcome == .sent ? records[number].before : nil,
        after: after.outcome == .sent ? records[number].after : nil)
      if flow.origin == .forwarded {
        anycast?.add(source: flow.source, destination: flow.destination, ways) { (flow, before, after) }
      }
    }
    return records[number].movement
  }

  /// The position in `records` of the record that a flow belongs to.
  mutating func record(_ family: AddressFamily?, _ before: Decision, _ after: Decision) -> Int {
    let old = wayTable.number(of: before)
    let new = wayTable.number(of: after)
    let spreadBefore = before.route.flatMap { judge.spreadsBefore.position(ofRoute: $0) }
    let spreadAfter = after.route.flatMap { judge.spreadsAfter.position(ofRoute: $0) }
    let isUndetermined = before.outcome == .undetermined
    let stays = old == new && !isUndetermined
    let isHashed = before.hash != nil || after.hash != nil
    let (number, isNew) = recordTable.number(
      of: InternTable.Key(
        first: Self.word(spreadBefore, old), second: Self.word(spreadAfter, new),
        third: (stays ? 0 : judge.signs(before, after, family: family) << 2 | 2) | (isHashed ? 1 : 0)))
    if isNew {
      var record = Record(
        spreadBefore: spreadBefore, spreadAfter: spreadAfter, before: old, after: new,
        movement: stays ? Movement(.stays) : judge.judge(before, after, family: family))
      if isHashed, case .sent = before.outcome, case .sent = after.outcome {
        record.comparison = comparisonPlace(spreadBefore, spreadAfter)
      }
      if record.movement.fate == .undetermined {
        record.expectedShare = judge.expectedShare(before, after, family: family)
      }
      records.append(record)
    }
    return number
  }

  private mutating func comparisonPlace(_ before: Int?, _ after: Int?) -> Int? {
    guard let before, let after else { return nil }
    return comparison?.place(
      before: judge.spreadsBefore.spreads[before], after: judge.spreadsAfter.spreads[after], of: (before, after))
  }

  private static func word(_ spread: Int?, _ way: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: (spread ?? -1) &+ 1) << 32 | UInt64(truncatingIfNeeded: way)
  }
}
