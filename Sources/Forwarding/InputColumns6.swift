import HashLanes
import MultipathHash
import Routing

/// Hashes plain IPv6 flows, whose inputs are put together as `HashInput` does it on a little-endian machine.
struct InputColumns6: Sendable {
  private let plain: PlainFlows
  private let form: InputForm6
  private var groups = InputGroups()
  /// For each group what its inputs begin with.
  private var beginnings: [HashBeginning] = []
  /// How many words of an input stand behind its beginning.
  private let wordCount: Int
  private var capacity = 0
  /// Of the flows of one group the first words of all inputs behind the beginning, then their second words, and so on.
  private var words: [UInt64] = []
  private var hashes: [UInt32] = []

  init(_ plain: PlainFlows) {
    self.plain = plain
    form = InputForm6(plain.form)
    // The words between the first one and the ports are 0.
    wordCount = HashInput.wordCount(.ipv6) - (form.hashesLabel ? 0 : 3)
  }

  /// Adds those of the flows whose hash counts, and settles the others (`InputGroups.add`).
  mutating func add(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ batch: inout DecisionBatch, _ left: inout [Int]
  ) {
    if capacity < flows.capacity { reserve(flows.capacity) }
    let kinds = flows.kinds.span
    while let ipProtocol = groups.firstWithout(kinds, places) { addGroup(ipProtocol) }
    groups.add(kinds, places, &batch, &left)
  }

  /// Hashes the flows, lets the selectors that stand in the batch choose their shapes, and makes room again.
  mutating func hash(
    _ flows: borrowing FlowColumns, lanes: LaneCount, _ selectors: borrowing SelectorTable,
    into batch: inout DecisionBatch
  ) {
    for group in beginnings.indices where groups.counts[group] > 0 {
      form.put(
        flows, groups.places, groups.range(group), hasPorts: plain.hasPorts, &words, capacity: capacity)
      beginnings[group].hash(
        words, capacity: capacity, wordCount: wordCount, count: groups.counts[group], lanes: lanes, into: &hashes)
      groups.select(group, &hashes, isMixed: plain.form.isMixed, selectors, into: &batch)
    }
  }

  @inline(never)
  private mutating func addGroup(_ ipProtocol: UInt8) {
    let isApart = form.protocolMask != 0 && !form.hashesLabel
    groups.addGroup(of: isApart ? [ipProtocol] : Array(0...255))
    let first = (UInt64(ipProtocol) & form.protocolMask) << 16
    beginnings.append(HashBeginning(form.hashesLabel ? [] : [first, 0, 0], key: plain.key))
  }

  private mutating func reserve(_ capacity: Int) {
    self.capacity = capacity
    groups.reserve(capacity)
    words = Array(repeating: 0, count: capacity * wordCount)
    hashes = Array(repeating: 0, count: capacity)
  }
}

/// What of an IPv6 header is hashed, and how its flow label lies in memory.
private struct InputForm6: Sendable {
  let hashesLabel: Bool
  private let isLabelInNetworkOrder: Bool
  // All ones for what is hashed, 0 for what is not.
  let protocolMask: UInt64
  private let portMask: UInt32
  private let sourceMask: UInt64
  private let destinationMask: UInt64

  init(_ form: MultipathHasher.PlainForm) {
    let fields = form.fields
    hashesLabel = fields.contains(.flowLabel)
    isLabelInNetworkOrder = form.flowLabelOrder == .network
    protocolMask = fields.contains(.ipProtocol) ? .max : 0
    portMask = (fields.contains(.sourcePort) ? 0xffff : 0) | (fields.contains(.destinationPort) ? 0xffff_0000 : 0)
    sourceMask = fields.contains(.source) ? .max : 0
    destinationMask = fields.contains(.destination) ? .max : 0
  }

  /// Writes the words of the inputs of flows behind their beginning, those of one flow `capacity` apart.
  func put(
    _ flows: borrowing FlowColumns, _ all: [Int32], _ range: Range<Int>, hasPorts: [Bool], _ words: inout [UInt64],
    capacity: Int
  ) {
    let places = all.span.extracting(range)
    let (kinds, ports, headers) = (flows.kinds.span, flows.ports.span, flows.headers6.span)
    let hasPorts = hasPorts.span
    var words = words.mutableSpan
    for index in places.indices {
      let flow = Int(places[index])
      let ipProtocol = kinds[flow].ipProtocol
      put(
        headers[flow], ipProtocol, ports: hasPorts[Int(ipProtocol)] ? ports[flow] : 0, &words, at: index,
        capacity: capacity)
    }
  }

  @inline(__always)
  private func put(
    _ header: FlowColumns.Header6, _ ipProtocol: UInt8, ports: UInt32, _ words: inout MutableSpan<UInt64>,
    at position: Int, capacity: Int
  ) {
    var word = position
    if hashesLabel {
      let label = isLabelInNetworkOrder ? header.flowLabel.byteSwapped : header.flowLabel
      words[word] = (UInt64(ipProtocol) & protocolMask) &<< 16 | UInt64(label) &<< 32
      word &+= 3 &* capacity
    }
    let source = UInt16(truncatingIfNeeded: ports & portMask).byteSwapped
    let destination = UInt16(truncatingIfNeeded: (ports & portMask) &>> 16).byteSwapped
    words[word] = UInt64(min(source, destination)) &<< 32 | UInt64(max(source, destination)) &<< 48
    let (source1, source2) = (header.sourceHigh & sourceMask, header.sourceLow & sourceMask)
    let (target1, target2) = (header.destinationHigh & destinationMask, header.destinationLow & destinationMask)
    // Chosen and not jumped to: which one comes first is anybody's guess.
    let isSwapped = UInt64(target1 < source1 || (target1 == source1 && target2 < source2) ? 1 : 0)
    let swap1 = (source1 ^ target1) & (0 &- isSwapped)
    let swap2 = (source2 ^ target2) & (0 &- isSwapped)
    let first = ((source1 ^ swap1).byteSwapped, (source2 ^ swap2).byteSwapped)
    let second = ((target1 ^ swap1).byteSwapped, (target2 ^ swap2).byteSwapped)
    words[word &+ capacity] = first.0 &<< 32
    words[word &+ 2 &* capacity] = first.0 &>> 32 | first.1 &<< 32
    words[word &+ 3 &* capacity] = first.1 &>> 32 | second.0 &<< 32
    words[word &+ 4 &* capacity] = second.0 &>> 32 | second.1 &<< 32
    words[word &+ 5 &* capacity] = second.1 &>> 32
  }
}
