/// Many flows, field by field: forwarded flows of which there is nothing more to say than their header and their kind,
/// which are nearly all flows of a router. Those with more to them stand aside, whole.
///
/// Places are 0, 1, … in the order in which flows were added. Nothing is allocated for one that does not stand aside.
@usableFromInline
package struct FlowColumns: Sendable {
  /// The header of an IPv6 flow.
  @usableFromInline
  package struct Header6: BitwiseCopyable, Sendable {
    @usableFromInline package var sourceHigh: UInt64
    @usableFromInline package var sourceLow: UInt64
    @usableFromInline package var destinationHigh: UInt64
    @usableFromInline package var destinationLow: UInt64
    /// 20 bits.
    @usableFromInline package var flowLabel: UInt32

    @inlinable
    package init(
      sourceHigh: UInt64, sourceLow: UInt64, destinationHigh: UInt64, destinationLow: UInt64, flowLabel: UInt32
    ) {
      self.sourceHigh = sourceHigh
      self.sourceLow = sourceLow
      self.destinationHigh = destinationHigh
      self.destinationLow = destinationLow
      self.flowLabel = flowLabel
    }
  }

  /// How many flows there are at the most.
  @usableFromInline package let capacity: Int
  // Written by the functions below alone.
  @usableFromInline package var count = 0
  @usableFromInline package var kinds: [FlowKind]
  /// IPv4 addresses as numbers; of a flow that stands aside its position in `others`.
  @usableFromInline package var sources4: [UInt32]
  @usableFromInline package var destinations4: [UInt32]
  @usableFromInline package var headers6: [Header6]
  /// The source port in the low half, the destination port in the high one.
  @usableFromInline package var ports: [UInt32]
  @usableFromInline package var marks: [UInt32]
  @usableFromInline package var weights: [UInt64]
  /// The flows that stand aside; nil for what is no flow, as a frame without a packet.
  package var others: [Flow?] = []

  package init(capacity: Int = 1024) {
    self.capacity = capacity
    kinds = Array(repeating: FlowKind(word: 0), count: capacity)
    sources4 = Array(repeating: 0, count: capacity)
    destinations4 = Array(repeating: 0, count: capacity)
    let nothing = Header6(sourceHigh: 0, sourceLow: 0, destinationHigh: 0, destinationLow: 0, flowLabel: 0)
    headers6 = Array(repeating: nothing, count: capacity)
    ports = Array(repeating: 0, count: capacity)
    marks = Array(repeating: 0, count: capacity)
    weights = Array(repeating: 0, count: capacity)
  }

  @inlinable
  package var isFull: Bool { count >= capacity }

  package mutating func removeAll() {
    count = 0
    if !others.isEmpty { others.removeAll(keepingCapacity: true) }
  }

  /// Adds an IPv4 flow, for which there must be room.
  @inlinable @inline(__always)
  package mutating func append4(
    _ kind: FlowKind, source: UInt32, destination: UInt32, ports: UInt32, mark: UInt32 = 0, weight: UInt64
  ) {
    let place = count
    kinds[place] = kind
    sources4[place] = source
    destinations4[place] = destination
    self.ports[place] = ports
    marks[place] = mark
    weights[place] = weight
    count = place &+ 1
  }

  /// Adds an IPv6 flow, for which there must be room.
  @inlinable @inline(__always)
  package mutating func append6(
    _ kind: FlowKind, _ header: Header6, ports: UInt32, mark: UInt32 = 0, weight: UInt64
  ) {
    let place = count
    kinds[place] = kind
    headers6[place] = header
    self.ports[place] = ports
    marks[place] = mark
    weights[place] = weight
    count = place &+ 1
  }

  /// Adds a flow that stands aside, or what is none, for which there must be room.
  package mutating func append(aside flow: Flow?, weight: UInt64) {
    kinds[count] = .other
    sources4[count] = UInt32(truncatingIfNeeded: others.count)
    weights[count] = weight
    others.append(flow)
    count += 1
  }

  /// Adds any flow, for which there must be room.
  package mutating func append(_ flow: Flow) {
    let bringsNoHash: Bool
    switch flow.layer4Hash {
    case .unknown: bringsNoHash = false
    case .absent: bringsNoHash = true
    case .value: return append(aside: flow, weight: flow.weight)
    }
    guard case .forwarded = flow.origin, flow.outputInterface == 0, flow.unknown.isEmpty, flow.userID == nil,
      flow.socket == nil, flow.icmp == nil, flow.inner == nil, flow.source.family == flow.destination.family
    else { return append(aside: flow, weight: flow.weight) }
    let isIPv6 = flow.family == .ipv6
    guard isIPv6 || flow.flowLabel == 0 else { return append(aside: flow, weight: flow.weight) }
    let kind = FlowKind(
      isIPv6: isIPv6, ipProtocol: flow.ipProtocol, tos: flow.tos, interface: flow.inputInterface,
      bringsNoHash: bringsNoHash)
    let ports = UInt32(flow.sourcePort) | UInt32(flow.destinationPort) << 16
    if isIPv6 {
      let header = Header6(
        sourceHigh: flow.source.high, sourceLow: flow.source.low, destinationHigh: flow.destination.high,
        destinationLow: flow.destination.low, flowLabel: flow.flowLabel)
      append6(kind, header, ports: ports, mark: flow.mark, weight: flow.weight)
    } else {
      append4(
        kind, source: flow.source.ipv4Value, destination: flow.destination.ipv4Value, ports: ports, mark: flow.mark,
        weight: flow.weight)
    }
  }

  /// The flows of one family, in their order.
  package func only(_ family: AddressFamily) -> FlowColumns {
    var kept = FlowColumns(capacity: capacity)
    for place in 0..<count {
      let kind = kinds[place]
      if kind.isOther {
        guard let flow = flow(at: place), flow.family == family else { continue }
        kept.append(aside: flow, weight: weights[place])
      } else if kind.isIPv6 {
        guard family == .ipv6 else { continue }
        kept.append6(kind, headers6[place], ports: ports[place], mark: marks[place], weight: weights[place])
      } else if family == .ipv4 {
        kept.append4(
          kind, source: sources4[place], destination: destinations4[place], ports: ports[place], mark: marks[place],
          weight: weights[place])
      }
    }
    return kept
  }

  /// The flow at a place; nil for what is none.
  package func flow(at place: Int) -> Flow? {
    let kind = kinds[place]
    guard !kind.isOther else { return others[Int(sources4[place])] }
    let (source, destination) = addresses(at: place)
    return Flow(
      source: source, destination: destination, ipProtocol: kind.ipProtocol,
      sourcePort: UInt16(truncatingIfNeeded: ports[place]),
      destinationPort: UInt16(truncatingIfNeeded: ports[place] >> 16),
      flowLabel: kind.isIPv6 ? headers6[place].flowLabel : 0, tos: kind.tos, mark: marks[place],
      inputInterface: kind.interface, origin: .forwarded, layer4Hash: kind.bringsNoHash ? .absent : .unknown,
      weight: weights[place])
  }

  /// The addresses of a flow that does not stand aside.
  package func addresses(at place: Int) -> (source: IPAddress, destination: IPAddress) {
    guard kinds[place].isIPv6 else {
      return (IPAddress(ipv4: sources4[place]), IPAddress(ipv4: destinations4[place]))
    }
    let header = headers6[place]
    return (
      IPAddress(ipv6High: header.sourceHigh, low: header.sourceLow),
      IPAddress(ipv6High: header.destinationHigh, low: header.destinationLow)
    )
  }
}
