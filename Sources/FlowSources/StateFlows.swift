package import Routing

/// Random flows that exercise a state: destinations under its routes, selectors of its rules, its interfaces and
/// addresses. They are what `verify` asks the kernel about.
///
/// Only protocols that RTM_GETROUTE accepts occur: TCP, UDP, ICMP and ICMPv6.
package struct StateFlows: Sendable {
  private let destinations: [Prefix]
  private let marks: [UInt32]
  private let tosValues: [UInt8]
  private let ports: [UInt16]
  private let sources: [Prefix]
  private let ingress: [UInt32]
  private let onlyIngress: UInt32?
  private let bound: [UInt32]
  private let ownAddresses: [IPAddress]

  /// - Parameters:
  ///   - prefix: destinations are taken from here; nil takes them from the routes that have several nexthops, or from
  ///     all unicast routes when none has.
  ///   - family: keeps to one family; nil takes both.
  ///   - ingress: the index of the interface that all flows come in on; nil for flows of any that forwards, and of this
  ///     machine.
  package init(state: RoutingState, prefix: Prefix? = nil, family: AddressFamily? = nil, ingress: UInt32? = nil) {
    onlyIngress = ingress
    destinations = Self.destinations(state, prefix: prefix, family: family)
    let rules = state.rules
    marks = Array(Set(rules.map { $0.mark & $0.markMask })).sorted()
    tosValues = Array(Set(rules.map(\.tos) + rules.compactMap { $0.dscp.map { $0 << 2 } } + state.routes.map(\.tos)))
      .sorted()
    let ranges = rules.flatMap { [$0.sourcePorts, $0.destinationPorts].compactMap { $0 } }
    ports = ranges.flatMap { range in
      [range.first, range.last, range.first &- 1, range.last &+ 1].map { UInt16(truncatingIfNeeded: $0) }
    }
    sources = rules.compactMap(\.source).filter { $0.length > 0 }
    let usable = state.links.filter { $0.isUp && !$0.isLoopback }
    self.ingress = usable.filter { state.settings.interfaces[$0.name]?.ipv4Forwarding ?? true }.map(\.index)
    bound = usable.map(\.index)
    ownAddresses = state.addresses.map(\.address).filter { !$0.isLoopback && !$0.isLinkLocal }
  }

  private static func destinations(_ state: RoutingState, prefix: Prefix?, family: AddressFamily?) -> [Prefix] {
    if let prefix { return [prefix] }
    let groups = Set(state.groups.map(\.id))
    let unicast = state.routes.filter {
      ($0.type == .unicast || [.unreachable, .prohibit, .blackhole].contains($0.type))
        && !$0.destination.address.isMulticast && !$0.destination.address.isLinkLocal
        && (family == nil || $0.family == family)
    }
    let several = unicast.filter { route in
      if case .multipath = route.legs { return true }
      return route.nexthopID.map(groups.contains) ?? false
    }
    return Array(Set((several.isEmpty ? unicast : several).map(\.destination))).sorted()
  }

  /// Whether there is anything to ask about.
  package var isEmpty: Bool { destinations.isEmpty }

  /// One more random flow; nil when the state has no destination for any.
  package func next(using generator: inout some RandomNumberGenerator) -> Flow? {
    guard let prefix = destinations.randomElement(using: &generator) else { return nil }
    let family = prefix.family
    let ipProtocol: UInt8 = [6, 17, 17, family == .ipv4 ? 1 : 58].randomElement(using: &generator) ?? 17
    var flow = Flow(
      source: .unspecified(family), destination: Self.address(in: prefix, using: &generator), ipProtocol: ipProtocol)
    if ipProtocol == 6 || ipProtocol == 17 {
      flow.sourcePort = port(using: &generator)
      flow.destinationPort = port(using: &generator)
    }
    if Bool.random(using: &generator) { flow.mark = marks.randomElement(using: &generator) ?? 0 }
    if Bool.random(using: &generator) { flow.tos = tosValues.randomElement(using: &generator) ?? 0 }
    flow.userID = 0
    if let interface = onlyIngress ?? sometimesIngress(using: &generator) {
      flow.origin = .forwarded
      flow.inputInterface = interface
      flow.source = foreignSource(family, using: &generator)
    } else if Bool.random(using: &generator) {
      flow.source = ownAddresses.filter { $0.family == family }.randomElement(using: &generator) ?? flow.source
      if Int.random(in: 0..<4, using: &generator) == 0 {
        flow.outputInterface = bound.randomElement(using: &generator) ?? 0
      }
    }
    return flow
  }

  /// The interface that a flow comes in on; nil for one of this machine.
  private func sometimesIngress(using generator: inout some RandomNumberGenerator) -> UInt32? {
    guard let interface = ingress.randomElement(using: &generator), Int.random(in: 0..<3, using: &generator) > 0 else {
      return nil
    }
    return interface
  }

  private func port(using generator: inout some RandomNumberGenerator) -> UInt16 {
    if Int.random(in: 0..<3, using: &generator) == 0, let known = ports.randomElement(using: &generator) {
      return known
    }
    return UInt16.random(in: 1...UInt16.max, using: &generator)
  }

  private func foreignSource(_ family: AddressFamily, using generator: inout some RandomNumberGenerator) -> IPAddress {
    let known = sources.filter { $0.family == family }
    if Bool.random(using: &generator), let prefix = known.randomElement(using: &generator) {
      return Self.address(in: prefix, using: &generator)
    }
    let benchmark =
      family == .ipv4
      ? Prefix(containing: IPAddress(ipv4: 0xc612_0000), length: 15)
      : Prefix(containing: IPAddress(ipv6High: 0x2001_0002_0000_0000, low: 0), length: 48)
    return Self.address(in: benchmark, using: &generator)
  }

  /// A random address of a prefix.
  package static func address(in prefix: Prefix, using generator: inout some RandomNumberGenerator) -> IPAddress {
    switch prefix.family {
    case .ipv4: prefix.address(withHostBitsOf: IPAddress(ipv4: UInt32.random(in: 0...UInt32.max, using: &generator)))
    case .ipv6:
      prefix.address(
        withHostBitsOf: IPAddress(
          ipv6High: UInt64.random(in: 0...UInt64.max, using: &generator),
          low: UInt64.random(in: 0...UInt64.max, using: &generator)))
    }
  }
}
