package import KernelRouting
import Netlink
package import Routing
import Scratch

/// Finds by experiment, in a scratch namespace, how the running kernel selects where kernels differ.
///
/// Each experiment asks for many destinations over two nexthops: the chance that a hash makes what a rule should is 2^-32.
package struct BehaviourProbe: ~Copyable {
  private var scratch: ScratchNamespace
  private let families: [AddressFamily]

  private static let first: UInt32 = 11
  private static let second: UInt32 = 21
  private static let queries: UInt32 = 32

  /// Two interfaces with a network each.
  package init() throws(KernelError) {
    var scratch = try ScratchNamespace()
    let families = try MeasuringBench.openRouter(&scratch)
    for (name, index) in [("a", Self.first), ("b", Self.second)] {
      let ends = [NewLink.End(name, index: index), NewLink.End(name + "far", index: index + 1)]
      try scratch.kernel.add(.link(NewLink(ends[0], .veth(peer: ends[1]))))
      for end in ends { try scratch.kernel.change(LinkChange(index: end.index ?? 0, isUp: true)) }
      for family in families {
        try scratch.kernel.add(
          .address(
            InterfaceAddress(
              interface: index, address: Self.host(1, on: index, family), prefixLength: family == .ipv4 ? 24 : 64)))
      }
    }
    self.families = families
    self.scratch = scratch
  }

  /// As `updating`, and at no cost where `known` leaves nothing open that experiments can tell.
  package static func completing(_ known: KernelBehaviour) -> KernelBehaviour {
    let canTell = [
      known.scoresSourceAddress, known.startsAtFirstSibling, known.ipv6HonoursOutputInterface,
      known.skipsInvalidMembersFromStart, known.hasWideWeights,
    ]
    return canTell.contains(nil) ? updating(known) : known
  }

  /// `known`, corrected by experiments; `known` itself where there is no privilege for them.
  package static func updating(_ known: KernelBehaviour) -> KernelBehaviour {
    do throws(KernelError) {
      var probe = try BehaviourProbe()
      return known.updated(by: probe.run())
    } catch {
      return known
    }
  }

  /// Makes all experiments; nil for what they do not tell.
  package mutating func run() -> KernelBehaviour {
    var found = KernelBehaviour(version: nil)
    found.scoresSourceAddress = attempt { (probe) throws(KernelError) in try probe.scoresSourceAddress() }
    found.skipsInvalidMembersFromStart = attempt { (probe) throws(KernelError) in try probe.skipsInvalidMembers() }
    found.hasWideWeights = attempt { (probe) throws(KernelError) in try probe.hasWideWeights() }
    if families.contains(.ipv6) {
      found.startsAtFirstSibling = attempt { (probe) throws(KernelError) in try probe.startsAtFirstSibling() }
      found.ipv6HonoursOutputInterface = attempt { (probe) throws(KernelError) in try probe.honoursOutputInterface() }
    }
    return found
  }

  /// An experiment that the kernel refuses tells nothing.
  private mutating func attempt(
    _ experiment: (inout BehaviourProbe) throws(KernelError) -> Bool?
  ) -> Bool? {
    do throws(KernelError) { return try experiment(&self) } catch { return nil }
  }
}

extension BehaviourProbe {
  private mutating func scoresSourceAddress() throws(KernelError) -> Bool? {
    let prefix = Self.network(1, .ipv4)
    try scratch.kernel.add(.route(Route(destination: prefix, nexthops: .legs(.multipath(Self.legs(.ipv4))))))
    return try keepToSecond(prefix, from: Self.host(1, on: Self.second, .ipv4))
  }

  /// A kernel that starts at the match of the lookup can send nothing to the legs before it: the match is made the last.
  private mutating func startsAtFirstSibling() throws(KernelError) -> Bool? {
    // Without router preferences the match would be the first leg: routes that are no legs of each other tell.
    let single = try addByPreference(2) { RouteLeg(gateway: nil, interface: $0) }
    guard try keepToSecond(single) == true else { return nil }
    let siblings = try addByPreference(3) { RouteLeg(gateway: Self.host(2, on: $0, .ipv6), interface: $0) }
    return try keepToSecond(siblings).map { !$0 }
  }

  /// Adds a route by each interface, of which that by the second one is preferred.
  private mutating func addByPreference(
    _ number: UInt32, _ leg: (UInt32) -> RouteLeg
  ) throws(KernelError) -> Prefix {
    let prefix = Self.network(number, .ipv6)
    for (interface, preference) in [(Self.first, 0), (Self.second, 1)] as [(UInt32, UInt8)] {
      try scratch.kernel.append(
        Route(
          destination: prefix, metric: 1024, nexthops: .legs(.single(leg(interface))), preference: preference))
    }
    return prefix
  }

  /// Legs and groups changed together; where they differ nothing is known. The first leg is that which a
  /// kernel that starts at the match leaves for the others.
  private mutating func honoursOutputInterface() throws(KernelError) -> Bool? {
    let source = Self.host(1, on: Self.first, .ipv6)
    let legs = Self.network(4, .ipv6)
    try scratch.kernel.add(.route(Route(destination: legs, nexthops: .legs(.multipath(Self.legs(.ipv6))))))
    let byLegs = try interfaces(legs, from: source, boundTo: Self.first).map { $0 == [Self.first] }
    let group = Self.network(5, .ipv6)
    try addGroup(100, .ipv6)
    try scratch.kernel.add(.route(Route(destination: group, nexthops: .object(id: 100, expansion: .none))))
    let byGroup = try interfaces(group, from: source, boundTo: Self.first).map { $0 == [Self.first] }
    return byLegs == byGroup ? byLegs : nil
  }

  /// The share of the last member, whose neighbour has failed, goes to the first one, or nowhere else.
  private mutating func skipsInvalidMembers() throws(KernelError) -> Bool? {
    let prefix = Self.network(6, .ipv4)
    try addGroup(200, .ipv4)
    try scratch.kernel.add(.route(Route(destination: prefix, nexthops: .object(id: 200, expansion: .none))))
    // Both are in use while both are valid.
    guard try interfaces(prefix) == [Self.first, Self.second] else { return nil }
    try scratch.kernel.add(
      .neighbour(
        Neighbour(
          address: Self.host(2, on: Self.second, .ipv4), interface: Self.second, state: .failed,
          linkLayerAddress: [2, 0, 0, 0, 0, 2])), replacing: true)
    return try interfaces(prefix).map { $0 == [Self.first] }
  }

  private mutating func hasWideWeights() throws(KernelError) -> Bool? {
    try addGroup(300, .ipv4)
    let members = [NexthopGroup.Member(id: 301, weight: 300), NexthopGroup.Member(id: 302)]
    do throws(KernelError) {
      try scratch.kernel.add(.group(NexthopGroup(id: 303, members: members)))
      return true
    } catch {
      guard error.errno == .invalid else { throw error }
      return false
    }
  }
}

extension BehaviourProbe {
  /// A group of two nexthops, whose ids follow its own.
  private mutating func addGroup(_ id: UInt32, _ family: AddressFamily) throws(KernelError) {
    for (member, leg) in zip([id + 1, id + 2], Self.legs(family)) {
      try scratch.kernel.add(
        .nexthop(
          Nexthop(
            id: member, family: family,
            target: .device(interface: leg.interface, gateway: leg.gateway, encapsulation: nil))))
    }
    try scratch.kernel.add(.group(NexthopGroup(id: id, members: [.init(id: id + 1), .init(id: id + 2)])))
  }

  /// Whether all queries are answered with the second interface; nil where an answer is missing.
  private mutating func keepToSecond(
    _ prefix: Prefix, from source: IPAddress? = nil, boundTo interface: UInt32? = nil
  ) throws(KernelError) -> Bool? {
    try interfaces(prefix, from: source, boundTo: interface).map { $0 == [Self.second] }
  }

  /// The interfaces that destinations within a prefix are sent to; nil where an answer is missing.
  private mutating func interfaces(
    _ prefix: Prefix, from source: IPAddress? = nil, boundTo interface: UInt32? = nil
  ) throws(KernelError) -> Set<UInt32>? {
    let queries = (1...Self.queries).map {
      RouteQuery(destination: Self.address($0, in: prefix), source: source, outputInterface: interface)
    }
    var seen: Set<UInt32> = []
    for answer in try scratch.kernel.lookup(queries) {
      guard let leg = answer.leg else { return nil }
      seen.insert(leg.interface)
    }
    return seen
  }

  private static func legs(_ family: AddressFamily) -> [RouteLeg] {
    [first, second].map { RouteLeg(gateway: host(2, on: $0, family), interface: $0) }
  }

  /// An address in the network of an interface.
  private static func host(_ number: UInt32, on interface: UInt32, _ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: 10 << 24 | interface << 8 | number)
    case .ipv6: IPAddress(ipv6High: 0xfd00 << 48 | UInt64(interface), low: UInt64(number))
    }
  }

  /// The destinations of an experiment.
  private static func network(_ number: UInt32, _ family: AddressFamily) -> Prefix {
    switch family {
    case .ipv4: Prefix(containing: IPAddress(ipv4: 172 << 24 | 16 << 16 | number << 8), length: 24)
    case .ipv6: Prefix(containing: IPAddress(ipv6High: 0xfd01 << 48 | UInt64(number), low: 0), length: 64)
    }
  }

  private static func address(_ number: UInt32, in prefix: Prefix) -> IPAddress {
    switch prefix.family {
    case .ipv4: IPAddress(ipv4: prefix.address.ipv4Value | number)
    case .ipv6: IPAddress(ipv6High: prefix.address.high, low: UInt64(number))
    }
  }
}
