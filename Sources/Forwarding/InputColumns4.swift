import HashLanes
import MultipathHash
import Routing

/// Hashes plain IPv4 flows.
struct InputColumns4: Sendable {
  private let plain: PlainFlows
  private var groups = InputGroups()
  /// For each group how it is hashed.
  private var forms: [IPv4HashForm] = []
  // The flows of one group.
  private var sources: [UInt32] = []
  private var destinations: [UInt32] = []
  private var ports: [UInt32] = []
  private var hashes: [UInt32] = []

  init(_ plain: PlainFlows) { self.plain = plain }

  /// Adds those of the flows whose hash counts, and settles the others (`InputGroups.add`).
  mutating func add(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ batch: inout DecisionBatch, _ left: inout [Int]
  ) {
    if hashes.count < flows.capacity { reserve(flows.capacity) }
    let kinds = flows.kinds.span
    while let ipProtocol = groups.firstWithout(kinds, places) { addGroup(ipProtocol) }
    groups.add(kinds, places, &batch, &left)
  }

  /// Hashes the flows, lets the selectors that stand in the batch choose their shapes, and makes room again.
  mutating func hash(
    _ flows: borrowing FlowColumns, lanes: LaneCount, _ selectors: borrowing SelectorTable,
    into batch: inout DecisionBatch
  ) {
    for group in forms.indices where groups.counts[group] > 0 {
      let count = groups.counts[group]
      if count == flows.count {
        forms[group].hash(
          sources: flows.sources4, destinations: flows.destinations4, ports: flows.ports, count: count, lanes: lanes,
          into: &hashes)
      } else {
        let range = groups.range(group)
        Self.gather(flows.sources4.span, groups.places, range, &sources)
        Self.gather(flows.destinations4.span, groups.places, range, &destinations)
        Self.gather(flows.ports.span, groups.places, range, &ports)
        forms[group].hash(
          sources: sources, destinations: destinations, ports: ports, count: count, lanes: lanes, into: &hashes)
      }
      groups.select(group, &hashes, isMixed: plain.form.isMixed, selectors, into: &batch)
    }
  }

  private static func gather(
    _ column: Span<UInt32>, _ all: [Int32], _ range: Range<Int>, _ result: inout [UInt32]
  ) {
    let places = all.span.extracting(range)
    var result = result.mutableSpan
    for index in places.indices { result[index] = column[Int(places[index])] }
  }

  @inline(never)
  private mutating func addGroup(_ ipProtocol: UInt8) {
    let hasPorts = plain.hasPorts[Int(ipProtocol)]
    let isHashed = plain.form.fields.contains(.ipProtocol)
    // Protocols that are not hashed are alike, but for their ports.
    let alike = (0...255 as ClosedRange<UInt8>).filter {
      isHashed ? $0 == ipProtocol : plain.hasPorts[Int($0)] == hasPorts
    }
    groups.addGroup(of: alike)
    forms.append(IPv4HashForm(plain.form.fields, ipProtocol: ipProtocol, hasPorts: hasPorts, key: plain.key))
  }

  private mutating func reserve(_ capacity: Int) {
    groups.reserve(capacity)
    sources = Array(repeating: 0, count: capacity)
    destinations = sources
    ports = sources
    hashes = sources
  }
}
