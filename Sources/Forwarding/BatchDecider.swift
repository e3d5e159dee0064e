package import HashLanes
import MultipathHash
package import Routing

/// Decides many forwarded flows of traffic as `ForwardingTable.decide` decides each of them, many times as fast.
///
/// What a decision depends on beside the hash is found out by `decide` itself, once for all flows to which it is the
/// same (see `PlainFlows`), and kept; hashes are computed in the lanes of the CPU. Flows out of the ordinary are left
/// to `decide`.
///
/// Memory grows with the kinds of destinations (`DestinationKinds`), up to `mostPlans`, and not with the flows. It is a
/// value: each thread has its own.
package struct BatchDecider: Sendable {
  /// What becomes of the plain flows of a slot to one kind of destinations.
  struct Plan: BitwiseCopyable, Sendable {
    /// The number of a selector, or one of the two below.
    var selector: UInt32
    /// An index into `RoutingState.routes`, -1 for none; below, the route is that of the flow's longest known prefix, or
    /// of one above it.
    var route: Int32

    /// Nobody has asked yet.
    static let unknown = UInt32.max
    /// `ForwardingTable.decide` has to tell.
    static let none = UInt32.max - 1
    /// The only route of the longest known prefix; below it, of the prefix a step, two steps, … above.
    static let own: Int32 = -2
  }

  /// Plain flows that came in alike.
  struct Slot: Sendable {
    /// Their `FlowKind.arrival`.
    let arrival: UInt64
    /// Whether a source is admitted by where the route back to it leads.
    let looksBack: Bool
    /// Where its part of `plans` begins.
    let firstPlan: Int
    /// Where its part of `admissions` begins.
    let firstAdmission: Int
  }

  /// At most so many plans are kept, of 8 bytes each.
  static let mostPlans = 1 << 24
  static let mostSlots = 1 << 10

  package let table: ForwardingTable
  let lanes: LaneCount
  let plain4: PlainFlows
  let plain6: PlainFlows
  var slots: [Slot] = []
  /// For each slot by kind of destination.
  var plans: [Plan] = []
  /// For each slot where the way back counts, by kind of the source as a destination: 0 for not known yet, 1 for
  /// admitted, 2 for anything else.
  var admissions: [UInt8] = []
  /// The numbers of selectors and shapes that the plans speak of.
  var selectors = SelectorTable()
  private var inputs4: InputColumns4
  private var inputs6: InputColumns6
  /// The places of the flows that `ForwardingTable.decide` has to decide about.
  var left: [Int] = []
  /// For each flow the longest known prefix of its destination.
  var destinations: [Int32] = []
  /// For each flow, where the way back to its source counts: -1 for one whose source changes nothing.
  var sources: [Int32] = []
  // The places of each family, where a batch has both.
  private var places4: [Int32] = []
  private var places6: [Int32] = []
  private var own: FlowColumns

  package init(_ table: ForwardingTable, lanes: LaneCount = .widest) {
    self.table = table
    self.lanes = lanes
    plain4 = PlainFlows(.ipv4, table)
    plain6 = PlainFlows(.ipv6, table)
    inputs4 = InputColumns4(plain4)
    inputs6 = InputColumns6(plain6)
    own = FlowColumns(capacity: 0)
  }

  /// What it takes to read batches, as far as they are decided.
  package var shapes: DecisionShapes { DecisionShapes(shapes: selectors.shapes, tellsHash: selectors.tellsHash) }

  /// Decides every flow.
  ///
  /// - Parameter batch: Takes the decisions in the place of what it holds.
  package mutating func decide(_ flows: [Flow], into batch: inout DecisionBatch) {
    var columns = own
    own = FlowColumns(capacity: 0)
    if columns.capacity < flows.count { columns = FlowColumns(capacity: flows.count) }
    columns.removeAll()
    for flow in flows { columns.append(flow) }
    decide(columns, into: &batch)
    own = columns
  }

  /// Decides every flow.
  ///
  /// - Parameters:
  ///   - batch: Takes the decisions in the place of what it holds.
  ///   - other: What becomes of one that stands aside, by its place; nil asks `ForwardingTable.decide` about the flow.
  package mutating func decide(
    _ flows: borrowing FlowColumns, into batch: inout DecisionBatch, other: ((Int) -> Decision)? = nil
  ) {
    batch.reset(flows.count)
    left.removeAll(keepingCapacity: true)
    if destinations.count < flows.count {
      destinations = Array(repeating: -1, count: flows.capacity)
      sources = destinations
    }
    var (has4, has6) = (false, false)
    var start = 0
    while start < flows.count {
      let end = Self.endOfRun(flows.kinds.span, start, flows.count)
      let kind = flows.kinds[start]
      if !kind.isOther, let slot = slot(of: kind) {
        if kind.isIPv6 {
          plan6(flows, start..<end, slot, &batch)
          has6 = true
        } else {
          plan4(flows, start..<end, slot, &batch)
          has4 = true
        }
      } else {
        leave(start..<end, &batch)
      }
      start = end
    }
    hash(flows, has4: has4, has6: has6, into: &batch)
    selectors.select(&batch, lanes: lanes)
    for place in left { batch.leave(place, flows.kinds[place].isOther ? other?(place) : nil, flows, table) }
  }

  /// Hashes all plain flows; what the others get as a hash does not count.
  private mutating func hash(
    _ flows: borrowing FlowColumns, has4: Bool, has6: Bool, into batch: inout DecisionBatch
  ) {
    guard has4, has6 else {
      if has4 { inputs4.hash(flows, lanes: lanes, into: &batch.hashes) }
      if has6 { inputs6.hash(flows, lanes: lanes, into: &batch.hashes) }
      return
    }
    places4.removeAll(keepingCapacity: true)
    places6.removeAll(keepingCapacity: true)
    for place in 0..<flows.count where !flows.kinds[place].isOther {
      if flows.kinds[place].isIPv6 {
        places6.append(Int32(truncatingIfNeeded: place))
      } else {
        places4.append(Int32(truncatingIfNeeded: place))
      }
    }
    inputs4.hash(flows, at: places4, lanes: lanes, into: &batch.hashes)
    inputs6.hash(flows, at: places6, lanes: lanes, into: &batch.hashes)
  }

  /// The decision about one flow of a batch.
  package func decision(_ place: Int, of batch: borrowing DecisionBatch) -> Decision {
    shapes.decision(place, of: batch)
  }

  /// Where flows that arrive as the one at `start` end.
  private static func endOfRun(_ kinds: Span<FlowKind>, _ start: Int, _ count: Int) -> Int {
    let mask = FlowKind.arrival | FlowKind.other.word
    let first = kinds[start].word
    var end = start &+ 1
    // Many at a time, without a jump for each.
    while end &+ 16 <= count {
      let some = kinds.extracting(end..<end &+ 16)
      var differing: UInt64 = 0
      for place in 0..<16 { differing |= some[place].word ^ first }
      if differing & mask != 0 { break }
      end &+= 16
    }
    while end < count, (kinds[end].word ^ first) & mask == 0 { end &+= 1 }
    return end
  }
}
