package import Routing

/// Random flows to a prefix, the same ones for the same seed.
///
/// Each flow is drawn from a place of its own in the generator's sequence, so that it does not take those before to make it.
package struct RandomFlows: Sequence, IteratorProtocol, Sendable {
  /// Numbers between the places of two flows: more than a flow takes, unless ten sources in a row are refused.
  private static let stride: UInt64 = 16

  private let seed: UInt64
  /// The flows that are left, by their numbers.
  private var numbers: Range<Int>
  private let destinations: Prefix
  private let sources: Prefix
  private let ipProtocol: UInt8?
  private let inputInterface: UInt32
  private let origin: Flow.Origin

  /// - Parameters:
  ///   - destinations: Where the flows go; every address of the prefix has the same chance.
  ///   - sources: Where they come from, of the same family; nil takes all global unicast addresses.
  ///   - ipProtocol: nil is nine parts UDP, nine TCP and two ICMP.
  ///   - inputInterface: Where the flows arrive; 0 for none that is known.
  ///   - origin: nil makes flows that arrive nowhere local ones.
  package init(
    seed: UInt64, count: Int, to destinations: Prefix, from sources: Prefix? = nil, ipProtocol: UInt8? = nil,
    inputInterface: UInt32 = 0, origin: Flow.Origin? = nil
  ) {
    self.seed = seed
    numbers = 0..<count
    self.destinations = destinations
    self.sources = sources.flatMap { $0.family == destinations.family ? $0 : nil } ?? .everything(destinations.family)
    self.ipProtocol = ipProtocol
    self.inputInterface = inputInterface
    self.origin = origin ?? (inputInterface == 0 ? .local : .forwarded)
  }

  /// How many flows are left.
  package var count: Int { numbers.count }

  /// Up to so many of the next flows, which are left out here.
  package mutating func take(_ most: Int) -> RandomFlows {
    var part = self
    part.numbers = numbers.prefix(most)
    numbers = numbers.dropFirst(most)
    return part
  }

  package mutating func next() -> Flow? {
    guard let number = numbers.popFirst() else { return nil }
    var generator = SplitMix64(seed: seed, skipping: UInt64(number) &* Self.stride)
    let destination = destinations.address(withHostBitsOf: Self.random(destinations.family, &generator))
    let source = source(&generator)
    let ipProtocol = ipProtocol ?? mixed(generator.number(below: 20))
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

  /// An address of the prefix of sources; for all of them 1.0.0.0 to 223.255.255.255 without loopback, or 2000::/3.
  private func source(_ generator: inout SplitMix64) -> IPAddress {
    guard sources.length == 0 else {
      return sources.address(withHostBitsOf: Self.random(sources.family, &generator))
    }
    while true {
      let bits = Self.random(sources.family, &generator)
      if bits.family == .ipv6 { return IPAddress(ipv6High: bits.high >> 3 | 1 << 61, low: bits.low) }
      let first = bits.ipv4Value >> 24
      if first != 0, first != 127, first < 224 { return bits }
    }
  }

  private func mixed(_ number: UInt64) -> UInt8 {
    switch number {
    case ..<9: 17
    case ..<18: 6
    default: destinations.family == .ipv4 ? 1 : 58
    }
  }

  private static func random(_ family: AddressFamily, _ generator: inout SplitMix64) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: UInt32(truncatingIfNeeded: generator.next() >> 32))
    case .ipv6: IPAddress(ipv6High: generator.next(), low: generator.next())
    }
  }
}
