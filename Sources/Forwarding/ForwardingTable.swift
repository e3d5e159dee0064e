package import MultipathHash
package import Routing

/// A `RoutingState` compiled for lookups: rules, tables, nexthops and the hash of both families.
///
/// It answers for the moment of the state; nothing is asked of a kernel. Nothing of it ever changes: it is a class so that
/// a million decisions do not copy it a million times.
package final class ForwardingTable: Sendable {
  /// Whose answer is wanted.
  package enum Question: Sendable {
    /// What becomes of a real packet.
    case traffic
    /// What RTM_GETROUTE (`ip route get`) answers, which differs from traffic (see `QueryFlow`).
    case query
  }

  package let state: RoutingState
  let links: LinkTable
  /// The machine's own addresses, which every forwarded packet's source is held against.
  let ownAddresses: Set<IPAddress>
  /// IPv4 addresses that stand for every machine of a network.
  let broadcasts: Set<IPAddress>
  /// Whether IPv4 rules are others than a new namespace has; the kernel then looks up the way back to each source.
  let hasCustomRules4: Bool
  /// Whether a route delivers addresses here that no interface has; the same follows.
  let hasCustomLocalRoutes: Bool
  /// Whether a route or a rule of IPv4 has realms (`fib_num_tclassid_users`); the same follows.
  let usesRealms4: Bool
  /// Whether an IPv4 rule asks for the mark.
  let asksForMark4: Bool
  /// Egress interfaces of an IPv4 packet, one of each kind, that the way back to its source may depend on: rules take the
  /// egress interface for the one that comes in. 0 stands for a packet that is delivered here.
  let egresses4: [UInt32]
  /// Whether the original IPv6 rule for the main table is gone and no other is there: the kernel goes by its rules only
  /// since one was added, so that it may still ask that table (`fib6_has_custom_rules`).
  let lacksRules6: Bool
  let rules4: [CompiledRule]
  let rules6: [CompiledRule]
  let tables4: [UInt32: PrefixTable]
  let tables6: [UInt32: PrefixTable]
  /// Whether a rule or a route of IPv6 asks for the source.
  let asksForSource6: Bool
  /// By destination what ICMP redirects have changed for it.
  let redirected: [IPAddress: [RedirectedDestination]]
  /// Whether a redirect may have changed anything.
  let heedsRedirects: Bool
  let sources: SourceAddresses
  let nexthops: NexthopTable
  let hasher4: MultipathHasher
  let hasher6: MultipathHasher
  let keyOrigin: DecisionTrace.KeyOrigin

  /// - Parameters:
  ///   - key: the hash key that the user gives; nil takes the state's seed.
  ///   - bootSeed: the recovered boot seed of the kernel, which it takes where the sysctl is 0.
  package init(_ state: RoutingState, key: HashKey? = nil, bootSeed: UInt32? = nil) {
    self.state = state
    links = LinkTable(state)
    redirected = Dictionary(grouping: state.redirects.destinations, by: \.destination)
    heedsRedirects = !state.redirects.isEmpty || state.unread.contains(.redirects)
    ownAddresses = Set(state.addresses.map(\.address))
    let neighbours = NeighbourTable(state.neighbours, links: state.links)
    sources = SourceAddresses(addresses: state.addresses, links: state.links, table: links)
    nexthops = NexthopTable(state, links: links, neighbours: neighbours, sources: sources)
    rules4 = CompiledRule.compile(state.rules, family: .ipv4, links: links, behaviour: state.behaviour)
    let own6 = state.rules.filter { $0.family == .ipv6 }.map(\.selection)
    let original6 = Rule.defaults(.ipv6).map(\.selection)
    lacksRules6 =
      own6.allSatisfy { $0 == original6.first } && state.routes.contains { $0.family == .ipv6 && $0.type == .unicast }
    rules6 = CompiledRule.compile(
      lacksRules6 ? Rule.defaults(.ipv6) : state.rules, areOfState: !lacksRules6, family: .ipv6, links: links,
      behaviour: state.behaviour)
    hasCustomRules4 = state.hasCustomRules(.ipv4)
    egresses4 = Self.egresses(rules4, state.links, links)
    usesRealms4 = state.usesRealms4
    asksForMark4 = rules4.contains { $0.rule.mark != 0 || $0.rule.markMask != 0 }
    let own = ownAddresses
    broadcasts = Set(
      state.routes.lazy.filter { $0.type == .broadcast && $0.destination.isHost }.map(\.destination.address))
    hasCustomLocalRoutes = state.routes.contains { route in
      // An address of the loopback interface brings one for its whole network, which is the kernel's own.
      route.type == .local && route.family == .ipv4 && route.protocol != Self.kernelProtocol
        && !route.destination.address.isLoopback
        && !(route.destination.isHost && own.contains(route.destination.address))
    }
    var tables: [AddressFamily: [UInt32: PrefixTable]] = [:]
    for (key, table) in PrefixTable.tables(of: state.routes) { tables[key.family, default: [:]][key.table] = table }
    tables4 = tables[.ipv4] ?? [:]
    tables6 = tables[.ipv6] ?? [:]
    asksForSource6 =
      rules6.contains { ($0.rule.source?.length ?? 0) > 0 } || state.routes.contains { ($0.source?.length ?? 0) > 0 }

    let known: HashKey?
    if let key {
      (known, keyOrigin) = (key, .given)
    } else if let seed = state.settings.hashSeed, seed != 0 {
      (known, keyOrigin) = (HashKey(seed: seed), .sysctl(seed: seed))
    } else if let bootSeed, state.settings.hashSeed == 0 {
      (known, keyOrigin) = (HashKey(seed: bootSeed), .recovered(seed: bootSeed))
    } else {
      (known, keyOrigin) = (nil, .unknown)
    }
    func hasher(_ family: AddressFamily, hasPortRules: Bool) -> MultipathHasher {
      let settings = state.settings.hash(family)
      return MultipathHasher(
        family: family, policy: HashPolicy(rawValue: settings.policy ?? 0) ?? .layer3,
        fields: HashFields(rawValue: settings.fields ?? HashSettings.defaultFields),
        key: known ?? HashKey(seed: 0), isLittleEndian: state.kernel.isLittleEndian, hasPortRules: hasPortRules)
    }
    hasher4 = hasher(.ipv4, hasPortRules: rules4.contains { $0.needsPorts })
    hasher6 = hasher(.ipv6, hasPortRules: rules6.contains { $0.needsPorts })
  }

  /// Where the hash key came from, in words; nil when it is not known.
  package var keyDescription: String? {
    switch keyOrigin {
    case .sysctl(let seed): "seed \(seed) from net.ipv4.fib_multipath_hash_seed"
    case .recovered(let seed): "boot seed \(seed), recovered"
    case .given: "given on the command line"
    case .measured, .unknown: nil
    }
  }

  var behaviour: KernelBehaviour { state.behaviour }

  /// Whether the way back to an IPv4 source may depend on the interface that the packet leaves by.
  var wayBackDependsOnEgress4: Bool { egresses4.count > 1 }

  var keyIsKnown: Bool {
    if case .unknown = keyOrigin { false } else { true }
  }

  /// The lightweight tunnel that the chosen nexthop applies; nil for none.
  package func encapsulation(of decision: Decision) -> Encapsulation? {
    nexthops.hasEncapsulations ? nexthops.encapsulations.encapsulation(of: decision, state.routes) : nil
  }

  /// What hashes for the routes of a family.
  package func hasher(_ family: AddressFamily) -> MultipathHasher { family == .ipv4 ? hasher4 : hasher6 }

  /// The protocol number of routes that the kernel makes (RTPROT_KERNEL).
  static let kernelProtocol: UInt8 = 2

  private static func egresses(_ rules: [CompiledRule], _ links: [Link], _ table: LinkTable) -> [UInt32] {
    let named = Set(rules.compactMap(\.inputInterface))
    guard table.hasVRFs || !named.isEmpty else { return [0] }
    var kinds: Set<UInt64> = []
    let others = links.map(\.index).filter { index in
      let kind = named.contains(index) ? UInt64(index) : UInt64(table.vrf(of: index) ?? 0) | 1 << 32
      return kinds.insert(kind).inserted
    }
    return [0] + others
  }

  /// Where `flow` goes.
  ///
  /// - Parameters:
  ///   - packet: The packet that `flow` was made of, where there is one: fragments, extension headers, ICMP errors and
  ///     tunnels hash as the kernel sees them, which a flow alone can not tell.
  ///   - measured: Hashes that the kernel was seen to use for this traffic, where the key is not known.
  package func decide(
    _ flow: Flow, packet: DissectedPacket? = nil, for question: Question = .traffic, measured: [HashMeasurement] = []
  ) -> Decision {
    var walk = Walk(table: self, flow: flow, packet: packet, measured: measured, question: question, trace: nil)
    return walk.run()
  }

  /// As `decide`, with every step on the way.
  package func explain(
    _ flow: Flow, packet: DissectedPacket? = nil, for question: Question = .traffic, measured: [HashMeasurement] = []
  ) -> (Decision, DecisionTrace) {
    var walk = Walk(
      table: self, flow: flow, packet: packet, measured: measured, question: question, trace: DecisionTrace())
    let decision = walk.run()
    return (decision, walk.trace ?? DecisionTrace())
  }
}

extension ForwardingTable {
  /// The hashes that decide where `flow` goes, and that are not known. There may be others once these are: a socket may
  /// look up twice.
  package func needs(
    of flow: Flow, packet: DissectedPacket? = nil, for question: Question = .traffic, measured: [HashMeasurement] = []
  ) -> [HashNeed] {
    var walk = Walk(table: self, flow: flow, packet: packet, measured: measured, question: question, trace: nil)
    _ = walk.run()
    return walk.needs
  }

  /// How the hash is divided among the nexthops of a route by upper bounds: the weight of each nexthop in the order of
  /// selection, nil for one that takes no hash. nil where no upper bounds decide.
  package func weights(ofRoute index: Int) -> [UInt32?]? {
    let entries: [NexthopEntry]
    if case .object(let id, _) = state.routes[index].nexthops {
      guard case .threshold(_, let members) = nexthops.objects[id] else { return nil }
      entries = members
    } else {
      let set = nexthops.setOfRoute[index]
      guard set >= 0 else { return nil }
      entries = nexthops.sets[Int(set)].entries
    }
    return entries.map { $0.upperBound < 0 ? nil : $0.choice.weight }
  }

  /// Whether packets to the address are delivered to this machine (`__ip_dev_find()`: an interface address, else the
  /// local table).
  package func isOwn(_ address: IPAddress) -> Bool {
    if ownAddresses.contains(address) { return true }
    let tables = address.family == .ipv4 ? tables4 : tables6
    guard let prefixes = tables[RouteTable.local] else { return false }
    return prefixes.covering(address).first { !$0.isEmpty }?.first.map { state.routes[Int($0)].type == .local } ?? false
  }

  /// Whether the address has a longer prefix in the IPv4 main table, which may be found in place of the local table's.
  func mayBeInMain4(_ address: IPAddress, beyond length: UInt8) -> Bool {
    guard length < 32, !hasCustomRules4,
      let rival = tables4[RouteTable.main]?.covering(address).first(where: { !$0.isEmpty })?.first
    else { return false }
    return state.routes[Int(rival)].destination.length > length
  }

  /// Whether it depends on `mayBeInMain4` whether packets to the address are delivered to this machine.
  func isOwnInDoubt4(_ address: IPAddress) -> Bool {
    guard hasCustomLocalRoutes, !hasCustomRules4, !ownAddresses.contains(address),
      let route = tables4[RouteTable.local]?.covering(address).first(where: { !$0.isEmpty })?.first
    else { return false }
    return mayBeInMain4(address, beyond: state.routes[Int(route)].destination.length)
  }

  /// The name of an interface; `ifN` for one that the state does not have.
  package func interfaceName(_ index: UInt32) -> String {
    links.link(index)?.name ?? "if\(index)"
  }

  /// The index of an interface, by its name or another one that it has; nil when the state has none of that name.
  package func interfaceIndex(_ name: String) -> UInt32? {
    links.index(named: name)
  }

  /// Whether an interface of that name is a VRF device.
  package func isVRF(_ name: String) -> Bool {
    links.index(named: name).flatMap { links.link($0) }?.vrfTable != nil
  }
}

extension RoutingState {
  /// Whether the rules of a family are others than those that a namespace starts with (`fib4_has_custom_rules()`).
  package func hasCustomRules(_ family: AddressFamily) -> Bool {
    rules.filter { $0.family == family }.map(\.selection) != Rule.defaults(family).map(\.selection)
  }

  fileprivate var usesRealms4: Bool {
    if rules.contains(where: { $0.family == .ipv4 && $0.realms ?? 0 != 0 }) { return true }
    // Neighbouring routes mostly have the same attributes.
    var last: ObjectIdentifier?
    return routes.contains { route in
      guard route.attributesID != last else { return false }
      last = route.attributesID
      guard route.family == .ipv4, case .legs(let legs) = route.nexthops else { return false }
      return route.extras?.realms ?? 0 != 0 || legs.list.contains { $0.realms ?? 0 != 0 }
    }
  }
}

extension Rule {
  /// The rule without what decides nothing: who made it, and flags.
  fileprivate var selection: Rule {
    var rule = self
    rule.protocol = 0
    rule.flags = 0
    rule.realms = nil
    return rule
  }
}
