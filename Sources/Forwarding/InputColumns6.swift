import HashLanes
import MultipathHash
import Routing

/// Hashes plain IPv6 flows, whose inputs are put together as `HashInput` does it on a little-endian machine.
struct InputColumns6: Sendable {
  private let form: InputForm6
  /// Whether hashes are still to be mixed with that of no inner header.
  private let isMixed: Bool
  private let beginnings: HashBeginnings
  /// How many words of an input stand behind its beginning.
  private let wordCount: Int
  private var capacity = 0
  /// The first words of all inputs behind the beginning, then their second words, and so on.
  private var words: [UInt64] = []
  // Some flows of a batch, where others are of another family.
  private var kinds: [FlowKind] = []
  private var some: [UInt32] = []

  init(_ plain: PlainFlows) {
    form = InputForm6(plain.form, hasPorts: plain.hasPorts)
    isMixed = plain.form.isMixed
    let mask = form.protocolMask
    beginnings =
      form.hashesLabel
      ? HashBeginnings([], key: plain.key)
      : HashBeginnings(ofProtocols: { [(UInt64($0) & mask) << 16, 0, 0] }, key: plain.key)
    // The words between the first one and the ports are 0.
    wordCount = HashInput.wordCount(.ipv6) - (form.hashesLabel ? 0 : 3)
  }

  /// Hashes all flows of a batch, whatever they are.
  ///
  /// - Parameter hashes: takes the hashes, one for each flow.
  mutating func hash(_ flows: borrowing FlowColumns, lanes: LaneCount, into hashes: inout [UInt32]) {
    reserve(flows.capacity)
    form.put(flows, &words, capacity: capacity)
    beginnings.hash(
      words, kinds: flows.kinds, capacity: capacity, wordCount: wordCount, count: flows.count, lanes: lanes,
      into: &hashes)
    if isMixed { JenkinsHash.mix(&hashes, count: flows.count) }
  }

  /// Hashes the flows at some places.
  ///
  /// - Parameter hashes: takes the hashes in the same places.
  mutating func hash(
    _ flows: borrowing FlowColumns, at places: [Int32], lanes: LaneCount, into hashes: inout [UInt32]
  ) {
    reserve(flows.capacity)
    form.put(flows, at: places, &words, capacity: capacity)
    for (index, place) in places.enumerated() { kinds[index] = flows.kinds[Int(place)] }
    beginnings.hash(
      words, kinds: kinds, capacity: capacity, wordCount: wordCount, count: places.count, lanes: lanes, into: &some)
    if isMixed { JenkinsHash.mix(&some, count: places.count) }
    for (index, place) in places.enumerated() { hashes[Int(place)] = some[index] }
  }

  private mutating func reserve(_ capacity: Int) {
    guard capacity > self.capacity else { return }
    self.capacity = capacity
    words = Array(repeating: 0, count: capacity * wordCount)
    kinds = Array(repeating: FlowKind(word: 0), count: capacity)
    some = Array(repeating: 0, count: capacity)
  }
}

/// What of an IPv6 header is hashed, and how its flow label lies in memory.
private struct InputForm6: Sendable {
  let hashesLabel: Bool
  private let isLabelInNetworkOrder: Bool
  // All ones for what is hashed, 0 for what is not.
  let protocolMask: UInt64
  private let sourceMask: UInt64
  private let destinationMask: UInt64
  /// For each protocol all ones where its packets have ports.
  private let portsOfProtocol: [UInt32]

  init(_ form: MultipathHasher.PlainForm, hasPorts: [Bool]) {
    let fields = form.fields
    hashesLabel = fields.contains(.flowLabel)
    isLabelInNetworkOrder = form.flowLabelOrder == .network
    protocolMask = fields.contains(.ipProtocol) ? .max : 0
    let portMask: UInt32 =
      (fields.contains(.sourcePort) ? 0xffff : 0) | (fields.contains(.destinationPort) ? 0xffff_0000 : 0)
    portsOfProtocol = hasPorts.map { $0 ? portMask : 0 }
    sourceMask = fields.contains(.source) ? .max : 0
    destinationMask = fields.contains(.destination) ? .max : 0
  }

  /// Writes the words of the inputs of all flows behind their beginning, those of one flow `capacity` apart.
  func put(_ flows: borrowing FlowColumns, _ words: inout [UInt64], capacity: Int) {
    // Cut down to the flows, so that one look at the end does for all lists.
    let all = 0..<flows.count
    let (kinds, ports) = (flows.kinds.span.extracting(all), flows.ports.span.extracting(all))
    let (headers, masks) = (flows.headers6.span.extracting(all), portsOfProtocol.span.extracting(0..<256))
    var words = words.mutableSpan
    for place in 0..<flows.count {
      let ipProtocol = kinds[place].ipProtocol
      put(
        headers[place], ipProtocol, ports: ports[place] & masks[Int(ipProtocol)], &words, at: place,
        capacity: capacity)
    }
  }

  /// The same of the flows at some places.
  func put(_ flows: borrowing FlowColumns, at places: [Int32], _ words: inout [UInt64], capacity: Int) {
    let (kinds, ports, headers) = (flows.kinds.span, flows.ports.span, flows.headers6.span)
    var words = words.mutableSpan
    for index in places.indices {
      let place = Int(places[index])
      let ipProtocol = kinds[place].ipProtocol
      put(
        headers[place], ipProtocol, ports: ports[place] & portsOfProtocol[Int(ipProtocol)], &words, at: index,
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
    let source = UInt16(truncatingIfNeeded: ports).byteSwapped
    let destination = UInt16(truncatingIfNeeded: ports &>> 16).byteSwapped
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
