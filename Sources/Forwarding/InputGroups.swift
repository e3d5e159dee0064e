import MultipathHash
import Routing

/// Flows of a batch by what their hash inputs begin with, so that the beginning is hashed once: a group of them for
/// each protocol, or for several that are hashed alike.
struct InputGroups: Sendable {
  /// For each protocol its group, -1 for none yet.
  private var ofProtocol = [Int32](repeating: -1, count: 256)
  /// Flows in each group.
  private(set) var counts: [Int] = []
  /// How many flows a group has room for.
  private var capacity = 0
  /// For each group where in the batch its flows stand.
  private(set) var places: [Int32] = []

  /// Makes room for batches of so many flows; there must be none in the groups.
  mutating func reserve(_ capacity: Int) {
    guard capacity > self.capacity else { return }
    self.capacity = capacity
    places = Array(repeating: 0, count: counts.count * capacity)
  }

  /// The first of the flows whose protocol has no group yet; nil when all have one.
  func firstWithout(_ kinds: Span<FlowKind>, _ flows: Range<Int>) -> UInt8? {
    let groups = ofProtocol.span
    for flow in flows where groups[Int(kinds[flow].ipProtocol)] < 0 { return kinds[flow].ipProtocol }
    return nil
  }

  mutating func addGroup(of protocols: [UInt8]) {
    for ipProtocol in protocols { ofProtocol[Int(ipProtocol)] = Int32(truncatingIfNeeded: counts.count) }
    counts.append(0)
    places += repeatElement(0, count: capacity)
  }

  /// Puts each of the flows whose hash counts into the group of its protocol, and settles the others.
  ///
  /// - Parameters:
  ///   - batch: has the selectors of the plans in the place of shapes.
  ///   - left: takes the places of flows that `ForwardingTable.decide` has to decide about.
  mutating func add(
    _ kinds: Span<FlowKind>, _ flows: Range<Int>, _ batch: inout DecisionBatch, _ left: inout [Int]
  ) {
    let groups = ofProtocol
    Self.add(
      kinds, flows, groups.span, capacity, &counts, &places, shapes: &batch.shapes, hashes: &batch.hashes, &left)
  }

  // Spans of two lists of one value can not be had at once, but of two lists that are parameters.
  private static func add(
    _ kinds: Span<FlowKind>, _ flows: Range<Int>, _ groups: Span<Int32>, _ capacity: Int, _ counts: inout [Int],
    _ places: inout [Int32], shapes: inout [UInt32], hashes: inout [UInt32], _ left: inout [Int]
  ) {
    var counts = counts.mutableSpan
    var places = places.mutableSpan
    var shapes = shapes.mutableSpan
    var hashes = hashes.mutableSpan
    for flow in flows {
      let selector = shapes[flow]
      guard selector & BatchDecider.Plan.fixed == 0 else {
        if selector == BatchDecider.Plan.none {
          left.append(flow)
        } else {
          shapes[flow] = selector & ~BatchDecider.Plan.fixed
          hashes[flow] = 0
        }
        continue
      }
      let group = Int(groups[Int(kinds[flow].ipProtocol)])
      let index = counts[group]
      counts[group] = index &+ 1
      places[group &* capacity &+ index] = Int32(truncatingIfNeeded: flow)
    }
  }

  /// Where in `places` the flows of a group stand.
  func range(_ group: Int) -> Range<Int> { group * capacity..<group * capacity + counts[group] }

  /// Lets the selectors that stand in the batch choose the shapes of a group's flows by their hashes, and empties it.
  ///
  /// - Parameters:
  ///   - hashes: of the flows in the order of the group.
  ///   - isMixed: Whether they are still to be mixed with that of no inner header.
  mutating func select(
    _ group: Int, _ hashes: inout [UInt32], isMixed: Bool, _ selectors: borrowing SelectorTable,
    into batch: inout DecisionBatch
  ) {
    if isMixed {
      for index in 0..<counts[group] { hashes[index] = JenkinsHash.mix(hashes[index], 0) }
    }
    let range = range(group)
    Self.select(
      hashes.span, places.span.extracting(range), selectors, shapes: &batch.shapes, selected: &batch.hashes)
    counts[group] = 0
  }

  private static func select(
    _ hashes: Span<UInt32>, _ places: Span<Int32>, _ selectors: borrowing SelectorTable, shapes: inout [UInt32],
    selected: inout [UInt32]
  ) {
    var shapes = shapes.mutableSpan
    var selected = selected.mutableSpan
    let (members, ends, starts) = (selectors.members.span, selectors.ends.span, selectors.starts.span)
    let table = selectors.selectors.span
    for index in places.indices {
      let place = Int(places[index])
      let hash = hashes[index] &>> 1
      selected[place] = hash
      shapes[place] = table[Int(shapes[place])].shape(of: hash, members, ends, starts)
    }
  }
}
