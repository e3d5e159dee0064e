package import HashLanes
import MultipathHash
package import Routing

/// Decides many forwarded flows of traffic as `ForwardingTable.decide` decides each of them, many times as fast.
///
/// What a decision depends on beside the hash is found out by `decide` itself, once for all flows to which it is the
/// same (see `PlainFlows`), and kept; hashes are computed in the lanes of the CPU. Flows out of the ordinary are left
/// to `decide`.
///
/// Memory grows with the prefixes that flows go to, up to `mostPlans`, and not with the flows. It is a value: each
/// thread has its own.
package struct BatchDecider: Sendable {
  /// What becomes of the plain flows of a slot to one known prefix.
  struct Plan: Sendable {
    /// A number of the selectors, `Plan.unknown` or `Plan.none`.
    var selector: UInt32
    /// An index into `RoutingState.routes`, -1 for none.
    var route: Int32

    /// Nobody has asked yet.
    static let unknown = UInt32.max
    /// `ForwardingTable.decide` has to tell.
    static let none = UInt32.max - 1
  }

  /// Plain flows that came in alike.
  struct Slot: Sendable {
    let isIPv4: Bool
    let interface: UInt32
    /// Whether it is known that the packets bring no layer-4 hash.
    let bringsNoHash: Bool
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
  /// Flows that are hashed together.
  private static let block = 512

  package let table: ForwardingTable
  let lanes: LaneCount
  let plain4: PlainFlows
  let plain6: PlainFlows
  var slots: [Slot] = []
  /// For each slot by position of the known prefix, first of all for none.
  var plans: [Plan] = []
  /// For each slot where the way back counts, by position of the longest known prefix of the source: 0 for not known
  /// yet, 1 for admitted, 2 for anything else.
  var admissions: [UInt8] = []
  /// The numbers of selectors and shapes that the plans speak of.
  var selectors = SelectorTable()
  private var inputs4: InputBlock
  private var inputs6: InputBlock

  package init(_ table: ForwardingTable, lanes: LaneCount = .widest) {
    self.table = table
    self.lanes = lanes
    plain4 = PlainFlows(.ipv4, table)
    plain6 = PlainFlows(.ipv6, table)
    inputs4 = InputBlock(.ipv4, plain4, capacity: Self.block)
    inputs6 = InputBlock(.ipv6, plain6, capacity: Self.block)
  }

  /// The decisions that flows have in common, without route and hash.
  package var shapes: [Decision] { selectors.shapes }

  /// Decides every flow.
  ///
  /// - Parameter batch: Takes the decisions in the place of what it holds.
  package mutating func decide(_ flows: [Flow], into batch: inout DecisionBatch) {
    batch.reset(flows.count)
    var start = 0
    while start < flows.count {
      let end = min(start + Self.block, flows.count)
      decide(flows.span, start..<end, into: &batch)
      start = end
    }
  }

  /// The decision about one flow of a batch.
  package func decision(_ place: Int, of batch: borrowing DecisionBatch) -> Decision {
    let shape = batch.shapes[place]
    guard shape != DecisionBatch.other else { return batch.others[Int(batch.routes[place])] }
    var decision = selectors.shapes[Int(shape)]
    if batch.routes[place] >= 0 { decision.route = Int(batch.routes[place]) }
    if selectors.tellsHash[Int(shape)] { decision.hash = batch.hashes[place] }
    return decision
  }

  /// Whether the decision about a flow of a batch tells a hash.
  package func tellsHash(shape: UInt32) -> Bool { selectors.tellsHash[Int(shape)] }

  private mutating func decide(_ flows: Span<Flow>, _ block: Range<Int>, into batch: inout DecisionBatch) {
    var last = -1
    for place in block {
      guard let slot = slot(of: flows, place, last) else {
        leave(flows[place], place, &batch)
        continue
      }
      last = slot
      let isIPv4 = slots[slot].isIPv4
      let leaf =
        1
        &+ Int(
          isIPv4
            ? plain4.destinations.longest4(covering: UInt32(truncatingIfNeeded: flows[place].destination.low))
            : plain6.destinations.longest(covering: flows[place].destination))
      guard admits(flows, place, slot) else {
        leave(flows[place], place, &batch)
        continue
      }
      let number = slots[slot].firstPlan &+ leaf
      if plans[number].selector == Plan.unknown { plans[number] = plan(for: flows[place], slot) }
      let plan = plans[number]
      guard plan.selector != Plan.none else {
        leave(flows[place], place, &batch)
        continue
      }
      batch.routes[place] = plan.route
      // The selector stands in for the shape until the hash is there.
      batch.shapes[place] = plan.selector
      batch.hashes[place] = 0
      if selectors.selectors[Int(plan.selector)].division == .none {
        batch.shapes[place] = selectors.shape(of: 0, by: plan.selector)
      } else if isIPv4 {
        inputs4.append4(flows, place)
      } else {
        inputs6.append6(flows, place)
      }
    }
    if inputs4.count > 0 { inputs4.hash(lanes: lanes, selectors, into: &batch) }
    if inputs6.count > 0 { inputs6.hash(lanes: lanes, selectors, into: &batch) }
  }

  /// Lets `ForwardingTable.decide` decide.
  private func leave(_ flow: Flow, _ place: Int, _ batch: inout DecisionBatch) {
    batch.shapes[place] = DecisionBatch.other
    batch.routes[place] = Int32(truncatingIfNeeded: batch.others.count)
    batch.others.append(table.decide(flow))
  }
}
