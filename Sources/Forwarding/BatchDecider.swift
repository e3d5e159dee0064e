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
    /// The number of a selector, or that of a shape and `fixed`, or one of the two below.
    var selector: UInt32
    /// An index into `RoutingState.routes`, -1 for none.
    var route: Int32

    /// With the number of the shape that all flows have.
    static let fixed: UInt32 = 1 << 31
    /// Nobody has asked yet.
    static let unknown = UInt32.max
    /// `ForwardingTable.decide` has to tell.
    static let none = UInt32.max - 1
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
  /// For each slot by position of the known prefix, first of all for none.
  var plans: [Plan] = []
  /// For each slot where the way back counts, by position of the longest known prefix of the source: 0 for not known
  /// yet, 1 for admitted, 2 for anything else.
  var admissions: [UInt8] = []
  /// The numbers of selectors and shapes that the plans speak of.
  var selectors = SelectorTable()
  private var inputs4: InputColumns4
  private var inputs6: InputColumns6
  /// The places of the flows that `ForwardingTable.decide` has to decide about.
  var left: [Int] = []
  // For each flow the longest known prefix of its destination, and of its source; the latter is -1 for one that changes
  // nothing.
  private var destinations: [Int32] = []
  private var sources: [Int32] = []
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
    var start = 0
    while start < flows.count {
      let end = Self.endOfRun(flows.kinds.span, start, flows.count)
      let kind = flows.kinds[start]
      if !kind.isOther, let slot = slot(of: kind) {
        if kind.isIPv6 {
          plan6(flows, start..<end, slot, &batch.shapes, &batch.routes)
          inputs6.add(flows, start..<end, &batch, &left)
        } else {
          plan4(flows, start..<end, slot, &batch.shapes, &batch.routes)
          inputs4.add(flows, start..<end, &batch, &left)
        }
      } else {
        left.append(contentsOf: start..<end)
      }
      start = end
    }
    inputs4.hash(flows, lanes: lanes, selectors, into: &batch)
    inputs6.hash(flows, lanes: lanes, selectors, into: &batch)
    for place in left { batch.leave(place, flows.kinds[place].isOther ? other?(place) : nil, flows, table) }
  }

  /// The decision about one flow of a batch.
  package func decision(_ place: Int, of batch: borrowing DecisionBatch) -> Decision {
    shapes.decision(place, of: batch)
  }

  /// Where flows that arrive as the one at `start` end.
  private static func endOfRun(_ kinds: Span<FlowKind>, _ start: Int, _ count: Int) -> Int {
    let mask = FlowKind.arrival | FlowKind.other.word
    let first = kinds[start].word & mask
    var end = start &+ 1
    while end < count, kinds[end].word & mask == first { end &+= 1 }
    return end
  }

  // MARK: Plans of a run of flows that arrive alike

  private mutating func plan4(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ slot: Int, _ shapes: inout [UInt32],
    _ routes: inout [Int32]
  ) {
    plain4.destinations.longest4(covering: flows.destinations4.span, places, into: &destinations)
    if slots[slot].looksBack {
      for place in places { sources[place] = admits4(flows, place, slot) ? -1 : 0 }
    } else {
      plain4.sources.longest4(covering: flows.sources4.span, places, into: &sources)
    }
    plan(flows, places, slot, plain4, &shapes, &routes)
  }

  private mutating func plan6(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ slot: Int, _ shapes: inout [UInt32],
    _ routes: inout [Int32]
  ) {
    let headers = flows.headers6.span
    plain6.destinations.longest6(covering: headers, sources: false, places, into: &destinations)
    plain6.sources.longest6(covering: headers, sources: true, places, into: &sources)
    plan(flows, places, slot, plain6, &shapes, &routes)
  }

  /// Lets the plans that flows go by stand in for their shapes, which the hash has still to tell.
  private mutating func plan(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ slot: Int, _ plain: PlainFlows, _ shapes: inout [UInt32],
    _ routes: inout [Int32]
  ) {
    var start = places.lowerBound
    while true {
      start = Self.plan(
        flows, start..<places.upperBound, plans.span, slots[slot].firstPlan &+ 1, plain, destinations, sources,
        &shapes, &routes)
      guard start < places.upperBound else { return }
      makePlan(slots[slot].firstPlan &+ 1 &+ Int(destinations[start]), flows, start, slot)
    }
  }

  /// - Returns: the place of a flow whose plan is not known yet; the end of `places` when there is none.
  private static func plan(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ plans: Span<Plan>, _ first: Int, _ plain: PlainFlows,
    _ destinations: [Int32], _ sources: [Int32], _ shapes: inout [UInt32], _ routes: inout [Int32]
  ) -> Int {
    let (kinds, ports) = (flows.kinds.span, flows.ports.span)
    let (destinations, sources) = (destinations.span, sources.span)
    let (table, heedsTOS) = (plain.admissions, plain.heedsTOS)
    let admissions = table.span
    var shapes = shapes.mutableSpan
    var routes = routes.mutableSpan
    for place in places {
      let plan = plans[first &+ Int(destinations[place])]
      let kind = kinds[place]
      if sources[place] >= 0 || (heedsTOS && kind.tos != 0)
        || !admissions[Int(kind.ipProtocol)].admits(ports: ports[place])
      {
        shapes[place] = Plan.none
        continue
      }
      if plan.selector == Plan.unknown { return place }
      routes[place] = plan.route
      shapes[place] = plan.selector
    }
    return places.upperBound
  }

  @inline(never)
  private mutating func makePlan(_ number: Int, _ flows: borrowing FlowColumns, _ place: Int, _ slot: Int) {
    plans[number] = flows.flow(at: place).map { plan(for: $0, slot) } ?? Plan(selector: Plan.none, route: -1)
  }
}
