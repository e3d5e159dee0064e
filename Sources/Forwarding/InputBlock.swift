import HashLanes
import MultipathHash
import Routing

/// The hash inputs of plain flows of one family, put together as `HashInput` does it on a little-endian machine.
struct InputBlock: Sendable {
  private let capacity: Int
  private let wordCount: Int
  /// The first words of all inputs, then their second words, and so on. What is 0 in all of them stays it.
  private var words: [UInt64]
  private var hashes: [UInt32]
  /// Where in the batch the flows stand.
  private var places: [Int32]
  private(set) var count = 0

  init(_ family: AddressFamily, capacity: Int) {
    self.capacity = capacity
    wordCount = HashInput.wordCount(family)
    words = Array(repeating: 0, count: capacity * wordCount)
    hashes = Array(repeating: 0, count: capacity)
    places = Array(repeating: 0, count: capacity)
  }

  /// Adds a flow, for which there is room.
  @inline(__always)
  mutating func append(_ flow: Flow, _ form: MultipathHasher.PlainForm, place: Int) {
    let fields = form.fields
    let number = count
    var first: UInt64 = fields.contains(.ipProtocol) ? UInt64(flow.ipProtocol) << 16 : 0
    if fields.contains(.flowLabel) {
      let label = flow.flowLabel & 0xf_ffff
      first |= UInt64(form.flowLabelOrder == .network ? label.byteSwapped : label) << 32
    }
    words[number] = first
    let hasPorts = IPProtocol.portsOffset(flow.ipProtocol) != nil
    let source = hasPorts && fields.contains(.sourcePort) ? flow.sourcePort.byteSwapped : 0
    let destination = hasPorts && fields.contains(.destinationPort) ? flow.destinationPort.byteSwapped : 0
    words[3 &* capacity &+ number] = UInt64(min(source, destination)) << 32 | UInt64(max(source, destination)) << 48
    if wordCount == 6 {
      let source = fields.contains(.source) ? flow.source.ipv4Value.byteSwapped : 0
      let destination = fields.contains(.destination) ? flow.destination.ipv4Value.byteSwapped : 0
      words[4 &* capacity &+ number] = UInt64(min(source, destination)) << 32
      words[5 &* capacity &+ number] = UInt64(max(source, destination))
    } else {
      append6(flow, fields, number)
    }
    places[number] = Int32(truncatingIfNeeded: place)
    count = number &+ 1
  }

  @inline(__always)
  private mutating func append6(_ flow: Flow, _ fields: HashFields, _ number: Int) {
    var low: (UInt64, UInt64) = fields.contains(.source) ? (flow.source.high, flow.source.low) : (0, 0)
    var high: (UInt64, UInt64) = fields.contains(.destination) ? (flow.destination.high, flow.destination.low) : (0, 0)
    if high < low { swap(&low, &high) }
    let quarters = (low.0.byteSwapped, low.1.byteSwapped, high.0.byteSwapped, high.1.byteSwapped)
    words[4 &* capacity &+ number] = quarters.0 << 32
    words[5 &* capacity &+ number] = quarters.0 >> 32 | quarters.1 << 32
    words[6 &* capacity &+ number] = quarters.1 >> 32 | quarters.2 << 32
    words[7 &* capacity &+ number] = quarters.2 >> 32 | quarters.3 << 32
    words[8 &* capacity &+ number] = quarters.3 >> 32
  }

  /// Hashes the flows, lets the selectors that stand in the batch choose their shapes, and makes room again.
  mutating func hash(
    _ plain: PlainFlows, lanes: LaneCount, _ selectors: borrowing SelectorTable,
    into batch: inout DecisionBatch
  ) {
    HashBatch.hash(
      words, capacity: capacity, wordCount: wordCount, count: count, key: plain.key, lanes: lanes, into: &hashes)
    for number in 0..<count {
      let place = Int(places[number])
      let hash = plain.form.isMixed ? JenkinsHash.mix(hashes[number], 0) : hashes[number]
      batch.hashes[place] = hash &>> 1
      batch.shapes[place] = selectors.shape(of: hash &>> 1, by: batch.shapes[place])
    }
    count = 0
  }
}
