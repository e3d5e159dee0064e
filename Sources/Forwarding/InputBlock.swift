import HashLanes
import MultipathHash
import Routing

/// The hash inputs of plain flows of one family, put together as `HashInput` does it on a little-endian machine.
struct InputBlock: Sendable {
  private let plain: PlainFlows
  private let capacity: Int
  private let wordCount: Int
  // All ones for what is hashed, 0 for what is not.
  private let protocolMask: UInt8
  private let labelMask: UInt32
  private let sourcePortMask: UInt16
  private let destinationPortMask: UInt16
  private let sourceMask: UInt64
  private let destinationMask: UInt64
  private let isLabelInNetworkOrder: Bool
  /// The first words of all inputs, then their second words, and so on. What is 0 in all of them stays it.
  private var words: [UInt64]
  private var hashes: [UInt32]
  /// Where in the batch the flows stand.
  private var places: [Int32]
  private(set) var count = 0

  init(_ family: AddressFamily, _ plain: PlainFlows, capacity: Int) {
    func mask<Number: FixedWidthInteger>(_ field: HashFields, _ all: Number) -> Number {
      plain.form.fields.contains(field) ? all : 0
    }
    self.plain = plain
    self.capacity = capacity
    wordCount = HashInput.wordCount(family)
    protocolMask = mask(.ipProtocol, .max)
    labelMask = mask(.flowLabel, 0xf_ffff)
    sourcePortMask = mask(.sourcePort, .max)
    destinationPortMask = mask(.destinationPort, .max)
    sourceMask = mask(.source, .max)
    destinationMask = mask(.destination, .max)
    isLabelInNetworkOrder = plain.form.flowLabelOrder == .network
    words = Array(repeating: 0, count: capacity * wordCount)
    hashes = Array(repeating: 0, count: capacity)
    places = Array(repeating: 0, count: capacity)
  }

  /// Adds an IPv4 flow, for which there is room.
  @inline(__always)
  mutating func append4(_ flows: Span<Flow>, _ place: Int) {
    let source = UInt32(truncatingIfNeeded: flows[place].source.low & sourceMask).byteSwapped
    let destination = UInt32(truncatingIfNeeded: flows[place].destination.low & destinationMask).byteSwapped
    words[4 &* capacity &+ count] = UInt64(min(source, destination)) << 32
    words[5 &* capacity &+ count] = UInt64(max(source, destination))
    appendRest(flows, place)
  }

  /// Adds an IPv6 flow, for which there is room.
  @inline(__always)
  mutating func append6(_ flows: Span<Flow>, _ place: Int) {
    var low = (flows[place].source.high & sourceMask, flows[place].source.low & sourceMask)
    var high = (flows[place].destination.high & destinationMask, flows[place].destination.low & destinationMask)
    if high < low { swap(&low, &high) }
    let quarters = (low.0.byteSwapped, low.1.byteSwapped, high.0.byteSwapped, high.1.byteSwapped)
    words[4 &* capacity &+ count] = quarters.0 << 32
    words[5 &* capacity &+ count] = quarters.0 >> 32 | quarters.1 << 32
    words[6 &* capacity &+ count] = quarters.1 >> 32 | quarters.2 << 32
    words[7 &* capacity &+ count] = quarters.2 >> 32 | quarters.3 << 32
    words[8 &* capacity &+ count] = quarters.3 >> 32
    appendRest(flows, place)
  }

  @inline(__always)
  private mutating func appendRest(_ flows: Span<Flow>, _ place: Int) {
    let ipProtocol = flows[place].ipProtocol
    let label = flows[place].flowLabel & labelMask
    words[count] =
      UInt64(ipProtocol & protocolMask) << 16 | UInt64(isLabelInNetworkOrder ? label.byteSwapped : label) << 32
    let portMask: UInt16 = plain.protocols[Int(ipProtocol)].hasPorts ? .max : 0
    let source = (flows[place].sourcePort & sourcePortMask & portMask).byteSwapped
    let destination = (flows[place].destinationPort & destinationPortMask & portMask).byteSwapped
    words[3 &* capacity &+ count] = UInt64(min(source, destination)) << 32 | UInt64(max(source, destination)) << 48
    places[count] = Int32(truncatingIfNeeded: place)
    count &+= 1
  }

  /// Hashes the flows, lets the selectors that stand in the batch choose their shapes, and makes room again.
  mutating func hash(lanes: LaneCount, _ selectors: borrowing SelectorTable, into batch: inout DecisionBatch) {
    HashBatch.hash(
      words, capacity: capacity, wordCount: wordCount, count: count, key: plain.key, lanes: lanes, into: &hashes)
    if plain.form.isMixed {
      for number in 0..<count { hashes[number] = JenkinsHash.mix(hashes[number], 0) }
    }
    for number in 0..<count {
      let place = Int(places[number])
      let hash = hashes[number] &>> 1
      batch.hashes[place] = hash
      batch.shapes[place] = selectors.shape(of: hash, by: batch.shapes[place])
    }
    count = 0
  }
}
