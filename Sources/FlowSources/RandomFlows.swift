package import Routing

/// Random flows to a prefix, the same ones for the same seed.
package struct RandomFlows: Sequence, IteratorProtocol, Sendable {
  private var generator: SplitMix64
  private var remaining: Int
  private let destinations: Prefix
  private let sources: Prefix
  /// Drawn from with equal chances.
  private let protocols: [UInt8]
  private let inputInterface: UInt32
  private let origin: Flow.Origin

  /// - Parameters:
  ///   - destinations: Where the flows go; every address of the prefix has the same chance.
  ///   - sources: Where they come from, of the same family; nil takes all global unicast addresses.
  ///   - protocols: Drawn from with equal chances; empty is nine parts UDP, nine TCP and two ICMP.
  ///   - inputInterface: Where the flows arrive; 0 for none that is known.
  ///   - origin: nil makes flows that arrive nowhere local ones.
  package init(
    seed: UInt64, count: Int, to destinations: Prefix, from sources: Prefix? = nil, protocols: [UInt8] = [],
    inputInterface: UInt32 = 0, origin: Flow.Origin? = nil
  ) {
    generator = SplitMix64(seed: seed)
    remaining = count
    self.destinations = destinations
    self.sources = sources.flatMap { $0.family == destinations.family ? $0 : nil } ?? .everything(destinations.family)
    let icmp: UInt8 = destinations.family == .ipv4 ? 1 : 58
    let mix = Array(repeating: UInt8(17), count: 9) + Array(repeating: 6, count: 9) + [icmp, icmp]
    self.protocols = protocols.isEmpty ? mix : protocols
    self.inputInterface = inputInterface
    self.origin = origin ?? (inputInterface == 0 ? .local : .forwarded)
  }

  package mutating func next() -> Flow? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    let destination = address(in: destinations)
    let source = sources.length == 0 ? globalUnicast() : address(in: sources)
    let ipProtocol = protocols[Int(generator.number(below: UInt64(protocols.count)))]
    var flow = Flow(
      source: source, destination: destination, ipProtocol: ipProtocol, inputInterface: inputInterface,
      origin: origin)
    if Flow.hasPorts(ipProtocol) {
      flow.sourcePort = UInt16(1024 + generator.number(below: 64512))
      flow.destinationPort = UInt16(1 + generator.number(below: 65535))
    }
    if flow.family == .ipv6 { flow.flowLabel = UInt32(generator.number(below: 1 << 20)) }
    return flow
  }

  private mutating func address(in prefix: Prefix) -> IPAddress {
    prefix.address(withHostBitsOf: Self.random(prefix.family, &generator))
  }

  /// 1.0.0.0 to 223.255.255.255 without loopback, or 2000::/3.
  private mutating func globalUnicast() -> IPAddress {
    while true {
      let bits = Self.random(sources.family, &generator)
      if bits.family == .ipv6 { return IPAddress(ipv6High: bits.high >> 3 | 1 << 61, low: bits.low) }
      let first = bits.ipv4Value >> 24
      if first != 0, first != 127, first < 224 { return bits }
    }
  }

  private static func random(_ family: AddressFamily, _ generator: inout SplitMix64) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: UInt32(truncatingIfNeeded: generator.next() >> 32))
    case .ipv6: IPAddress(ipv6High: generator.next(), low: generator.next())
    }
  }
}
