import HashLanes
import MultipathHash
import Routing

/// Hashes plain IPv4 flows.
struct InputColumns4: Sendable {
  private let form: IPv4HashForm
  /// Whether hashes are still to be mixed with that of no inner header.
  private let isMixed: Bool
  // Some flows of a batch, where others are of another family.
  private var kinds: [FlowKind] = []
  private var sources: [UInt32] = []
  private var destinations: [UInt32] = []
  private var ports: [UInt32] = []
  private var some: [UInt32] = []

  init(_ plain: PlainFlows) {
    form = IPv4HashForm(plain.form.fields, hasPorts: plain.hasPorts, key: plain.key)
    isMixed = plain.form.isMixed
  }

  /// Hashes all flows of a batch, whatever they are.
  ///
  /// - Parameter hashes: takes the hashes, one for each flow.
  func hash(_ flows: borrowing FlowColumns, lanes: LaneCount, into hashes: inout [UInt32]) {
    form.hash(
      kinds: flows.kinds, sources: flows.sources4, destinations: flows.destinations4, ports: flows.ports,
      count: flows.count, lanes: lanes, into: &hashes)
    if isMixed { JenkinsHash.mix(&hashes, count: flows.count) }
  }

  /// Hashes the flows at some places.
  ///
  /// - Parameter hashes: takes the hashes in the same places.
  mutating func hash(
    _ flows: borrowing FlowColumns, at places: [Int32], lanes: LaneCount, into hashes: inout [UInt32]
  ) {
    if some.count < places.count { reserve(flows.capacity) }
    Self.gather(flows.kinds.span, places.span, &kinds)
    Self.gather(flows.sources4.span, places.span, &sources)
    Self.gather(flows.destinations4.span, places.span, &destinations)
    Self.gather(flows.ports.span, places.span, &ports)
    form.hash(
      kinds: kinds, sources: sources, destinations: destinations, ports: ports, count: places.count, lanes: lanes,
      into: &some)
    if isMixed { JenkinsHash.mix(&some, count: places.count) }
    for (index, place) in places.enumerated() { hashes[Int(place)] = some[index] }
  }

  private static func gather<Value: BitwiseCopyable>(
    _ column: Span<Value>, _ places: Span<Int32>, _ result: inout [Value]
  ) {
    var result = result.mutableSpan
    for index in places.indices { result[index] = column[Int(places[index])] }
  }

  private mutating func reserve(_ capacity: Int) {
    kinds = Array(repeating: FlowKind(word: 0), count: capacity)
    sources = Array(repeating: 0, count: capacity)
    destinations = sources
    ports = sources
    some = sources
  }
}

extension JenkinsHash {
  /// Mixes hashes with that of no inner header.
  static func mix(_ hashes: inout [UInt32], count: Int) {
    var hashes = hashes.mutableSpan
    for index in 0..<count { hashes[index] = mix(hashes[index], 0) }
  }
}
