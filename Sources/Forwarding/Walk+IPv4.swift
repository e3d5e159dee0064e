import Routing

extension Walk {
  /// The longest match of the destination in one table (`fib_table_lookup()`, net/ipv4/fib_trie.c).
  mutating func lookUp4(_ id: UInt32) -> TableAnswer {
    guard let prefixes = table.tables4[id] else { return .nothing }
    // One leaf of the trie has all prefixes that begin with the same address.
    var leaf: IPAddress?
    for routes in prefixes.covering(flow.destination) {
      if let leaf, let first = routes.first, table.state.routes[Int(first)].destination.address == leaf { continue }
      alias: for index in routes {
        let index = Int(index)
        // Member by member: a route taken out whole is copied with its lists.
        let tos = table.state.routes[index].tos
        if tos != 0, unknown.contains(.tos) { caveats.insert(.fieldUnknown) }
        if tos != 0, tos & 0xfc != flow.tos & 0x1c {
          record(.skipped(route: index, reason: .tos))
          continue
        }
        let type = table.state.routes[index].type
        switch type {
        case .unreachable, .prohibit, .blackhole: return .refused(type, route: index)
        case .throw:
          record(.skipped(route: index, reason: .thrown))
          // Where the main table is in the same trie, nothing of it is looked at any more.
          if id == RouteTable.local, !table.hasCustomRules4 { caveats.insert(.ruleHistory) }
          return .nothing
        default: break
        }
        switch provisional4(index) {
        case .usable(let provisional): return .found(route: index, provisional: provisional)
        case .refused: return .refused(.blackhole, route: index)
        case .unread: return .unread(route: index)
        case .nextAlias: record(.skipped(route: index, reason: .noUsableNexthop))
        case .nextLeaf:
          record(.skipped(route: index, reason: .noUsableMember))
          leaf = table.state.routes[index].destination.address
          break alias
        }
      }
    }
    return .nothing
  }

  private enum Usability {
    case usable(Provisional)
    case refused
    case unread
    case nextAlias
    case nextLeaf
  }

  private func isUsable(_ entry: NexthopEntry) -> Bool {
    entry.isUsable && (interfaces.nexthop == 0 || entry.choice.interface == interfaces.nexthop)
  }

  private func provisional4(_ index: Int) -> Usability {
    if let id = table.state.routes[index].nexthopID {
      switch table.nexthops.objects[id] {
      case .single(let entry): return isUsable(entry) ? .usable(.entry(entry)) : .nextLeaf
      case .threshold(_, let members), .resilient(_, let members, _, _):
        return members.first(where: isUsable).map { .usable(.entry($0)) } ?? .nextLeaf
      case .blackhole: return .refused
      case .unusable, nil: return isObjectUnread(index) ? .unread : .nextLeaf
      }
    }
    let set = table.nexthops.setOfRoute[index]
    guard set >= 0 else { return .usable(.none) }
    let position = table.nexthops.sets[Int(set)].entries.firstIndex(where: isUsable)
    return position.map { .usable(.leg($0)) } ?? .nextAlias
  }

  /// What happens after a usable route was found (`ip_route_input_slow()`, `ip_route_output_key_hash_rcu()`).
  mutating func finish4(_ index: Int, provisional: Provisional, table id: UInt32) -> Decision {
    switch table.state.routes[index].type {
    case .local:
      let verdict = sourceVerdict(egress: 0)
      caveats.formUnion(verdict.caveats)
      return Decision(outcome: verdict.refusal.map { .dropped($0) } ?? .local)
    case .broadcast: return networkBroadcast4(index, provisional: provisional, table: id)
    case .multicast where !isForwarded: return Decision(outcome: .broadcast)
    default: break
    }
    guard isForwarded else {
      let decision = choose4(index, provisional: provisional, table: id)
      // `ip route get` tells no way to an anycast address, to which this machine sends like to any other.
      let isUntold = question == .query && table.state.routes[index].type == .anycast
      return isUntold && decision.outcome == .sent ? Decision(outcome: .broadcast) : decision
    }
    noteForwardingDoubt()
    if !table.links.forwards(.ipv4, from: ingress) {
      return Decision(outcome: .dropped(.forwardingDisabled))
    }
    if table.state.routes[index].type != .unicast { return Decision(outcome: .dropped(.martianDestination)) }
    return pass4(index, provisional: provisional, table: id)
  }

  /// The ending of a packet that is to leave, unless its source is refused (`ip_mkroute_input()`).
  private mutating func pass4(_ index: Int, provisional: Provisional, table id: UInt32) -> Decision {
    if !table.wayBackDependsOnEgress4 {
      let verdict = sourceVerdict(egress: 0)
      caveats.formUnion(verdict.caveats)
      if let reason = verdict.refusal { return Decision(outcome: .dropped(reason)) }
    }
    let settledCaveats = caveats
    let decision = choose4(index, provisional: provisional, table: id)
    guard table.wayBackDependsOnEgress4 else { return decision }
    let verdict = sourceVerdict(after: decision)
    if verdict.refusal != nil { caveats = settledCaveats }
    caveats.formUnion(verdict.caveats)
    return verdict.refusal.map { Decision(outcome: .dropped($0)) } ?? decision
  }

  /// The ending of a packet for everybody on a network that has a route: a router may forward it there (RFC 2644).
  private mutating func networkBroadcast4(
    _ index: Int, provisional: Provisional, table id: UInt32
  ) -> Decision {
    guard isForwarded else { return broadcast4() }
    switch table.links.forwardsBroadcasts(ingress) {
    case true?: break
    case false?: return broadcast4()
    case nil:
      noteUnknownSetting()
      return broadcast4()
    }
    let decision = pass4(index, provisional: provisional, table: id)
    // `ip route get` does not tell that it leaves.
    guard question == .query, decision.outcome == .sent else { return decision }
    return Decision(outcome: .broadcast)
  }

  /// The ending of a packet for everybody on a network, whose source is looked for without its destination, if it has any.
  mutating func broadcast4() -> Decision {
    if isForwarded, flow.source.isUnspecified { return Decision(outcome: .broadcast) }
    var walk = self
    walk.flow.destination = .unspecified(.ipv4)
    let verdict = walk.sourceVerdict(egress: 0)
    caveats.formUnion(verdict.caveats)
    return Decision(outcome: verdict.refusal.map { .dropped($0) } ?? .broadcast)
  }

  /// What becomes of the source where the packet leaves as decided, or, where that is not known, wherever it leaves.
  private func sourceVerdict(after decision: Decision) -> SourceVerdict {
    if let egress = decision.nexthop?.interface { return sourceVerdict(egress: egress) }
    guard decision.outcome == .undetermined else { return SourceVerdict() }
    let verdicts = table.egresses4.dropFirst().map { sourceVerdict(egress: $0) }
    var verdict = SourceVerdict(caveats: verdicts.reduce(into: []) { $0.formUnion($1.caveats) })
    if verdicts.allSatisfy({ $0.refusal != nil }) { verdict.refusal = verdicts.first?.refusal }
    return verdict
  }

  /// The nexthop of a route that was found (`ip_mkroute_input()`, `fib_select_path()`).
  private mutating func choose4(_ index: Int, provisional: Provisional, table id: UInt32) -> Decision {
    let route = table.state.routes[index]
    if case .object(let nexthopID, _) = route.nexthops {
      return finishObject(
        route, target: table.nexthops.objects[nexthopID], provisional: provisional, table: id)
    }
    let set = table.nexthops.setOfRoute[index]
    guard set >= 0, case .leg(let position) = provisional else { return Decision(outcome: .sent) }
    let legs = table.nexthops.sets[Int(set)]
    noteOffload(route, entries: legs.entries)
    if interfaces.nexthop != 0 { return settled(legs.entries[position]) }
    guard legs.isMultipath else {
      noteDefaultRotation(route, table: id)
      return settled(legs.entries[position])
    }
    guard let hash = hash31() else { return Decision(outcome: .undetermined) }
    let chosen = selectLegacy4(legs.entries, hash: hash, provisional: position)
    noteStaleBounds(legs, chosen: chosen) { $0.selectLegacy4($1, hash: hash, provisional: position) }
    var decision = settled(legs.entries[chosen], selection: .legacy(leg: chosen))
    decision.hash = exactHash
    return decision
  }

  /// The ending over a nexthop object; IPv4 does not hash over a group of one (`fib_info_num_path()`).
  private mutating func finishObject(
    _ route: Route, target: NexthopTarget?, provisional: Provisional, table id: UInt32
  ) -> Decision {
    guard case .entry(let entry) = provisional, let target else { return Decision(outcome: .refused(.blackhole)) }
    let members: [NexthopEntry]
    switch target {
    case .threshold(_, let list), .resilient(_, let list, _, _): members = list
    default: members = [entry]
    }
    noteOffload(route, entries: members)
    guard members.count > 1, interfaces.nexthop == 0 else {
      if interfaces.nexthop == 0 { noteDefaultRotation(route, table: id) }
      return settled(entry)
    }
    return select(target)
  }

  /// Several defaults are rotated by neighbour state (`fib_select_default()`): those of one metric, and where the TOS
  /// changes those of the next.
  private mutating func noteDefaultRotation(_ route: Route, table id: UInt32) {
    guard !isForwarded, route.destination.length == 0, route.type == .unicast,
      let prefixes = table.tables4[id]
    else { return }
    var (rivals, lastMetric, lastTOS) = (0, route.metric ?? 0, UInt8(0))
    for index in prefixes.routes(of: route.destination) {
      let other = table.state.routes[Int(index)]
      guard other.tos == 0 || other.tos & 0xfc == flow.tos & 0x1c else { continue }
      if (other.metric ?? 0) > lastMetric, other.tos == lastTOS {
        if lastTOS != 0 { continue }
        break
      }
      (lastMetric, lastTOS) = (other.metric ?? 0, other.tos)
      if other.type == .unicast, other.scope == route.scope { rivals += 1 }
    }
    if rivals > 1 { caveats.insert(.defaultRotation) }
  }

  /// A bound socket that no route serves, or that a route or a rule refuses, takes its destination as directly connected,
  /// but in a VRF only a group (`ip_route_output_key_hash_rcu()`).
  func onLinkFallback() -> Decision? {
    guard flow.family == .ipv4, !isForwarded, interfaces.output != 0,
      interfaces.vrf == nil || flow.destination.isMulticast
    else { return nil }
    return onLink()
  }

  /// The way of a socket that is bound to an interface to a destination on its link (`__mkroute_output()`).
  private func onLink() -> Decision {
    if flow.destination.isMulticast || flow.destination.ipv4Value == .max { return Decision(outcome: .broadcast) }
    var decision = Decision(outcome: .sent)
    decision.nexthop = Decision.Choice(gateway: nil, interface: flow.outputInterface)
    decision.selection = .single
    return decision
  }

  /// The decision for a flow of this machine that no table is asked about (`ip_route_output_key_hash_rcu()`).
  func decisionWithoutLookup4() -> Decision? {
    guard flow.family == .ipv4, !isForwarded else { return nil }
    let destination = flow.destination.ipv4Value
    let isForAll = destination == .max
    if flow.outputInterface == 0 {
      if !flow.source.isUnspecified, flow.destination.isMulticast || isForAll { return onLink() }
    } else {
      guard let link = table.links.link(flow.outputInterface) else { return nil }
      // IPv4 leaves an interface with a smaller MTU alone (IPV4_MIN_MTU).
      guard link.isUp, link.mtu >= 68 else { return Decision(outcome: .refused(.unreachable)) }
      let igmp: UInt8 = 2
      if destination >> 8 == 0xe0_0000 || isForAll || flow.ipProtocol == igmp { return onLink() }
    }
    // Nowhere is here.
    return destination == 0 ? Decision(outcome: .local) : nil
  }

  /// The decision for a group that a route shorter than those of all groups leads to: it is sent on the link of the
  /// nexthop, and not to its gateway (`__mkroute_output()`).
  func withoutGateway4(_ decision: Decision) -> Decision {
    let groups = 4
    guard flow.family == .ipv4, !isForwarded, flow.destination.isMulticast,
      let route = decision.route, table.state.routes[route].destination.length < groups
    else { return decision }
    var decision = decision
    decision.nexthop?.gateway = nil
    return decision
  }

  /// Why a source is refused that has no place outside of this machine (`__mkroute_output()`).
  mutating func loopbackRefusal4(_ decision: Decision) -> Decision.DropReason? {
    guard flow.family == .ipv4, !isForwarded, flow.source.isLoopback else { return nil }
    let interface: UInt32
    switch decision.outcome {
    case .sent: interface = decision.nexthop?.interface ?? 0
    case .broadcast:
      interface = decision.route.flatMap { entries(of: $0).first?.choice.interface } ?? flow.outputInterface
    default: return nil
    }
    guard let link = table.links.link(interface), !link.isLoopback, !table.links.isVRF(interface) else { return nil }
    let routes = table.links.routesLoopback(interface)
    if routes == nil { noteUnknownSetting() }
    return routes == true ? nil : .martianSource
  }

  // MARK: Legacy selection

  /// `fib_select_multipath()` for legs written in the route.
  private mutating func selectLegacy4(_ entries: [NexthopEntry], hash: UInt32, provisional: Int) -> Int {
    let checksNeighbours = table.state.settings.useNeighbours == true
    if checksNeighbours { noteUnread(.neighbours) }
    switch table.behaviour.scoresSourceAddress {
    case true?: return scored(entries, hash: hash, checksNeighbours: checksNeighbours, provisional: provisional)
    case false?: return walked(entries, hash: hash, checksNeighbours: checksNeighbours, provisional: provisional)
    case nil:
      let old = walked(entries, hash: hash, checksNeighbours: checksNeighbours, provisional: provisional)
      let new = scored(entries, hash: hash, checksNeighbours: checksNeighbours, provisional: provisional)
      if old != new { caveats.insert(.kernelBehaviour) }
      return old
    }
  }

  /// Up to 6.15: the first leg whose upper bound is not below the hash.
  private mutating func walked(
    _ entries: [NexthopEntry], hash: UInt32, checksNeighbours: Bool, provisional: Int
  ) -> Int {
    var fallback: Int? = nil
    for (position, entry) in entries.enumerated() {
      if checksNeighbours {
        guard entry.neighbourIsGood else {
          note(position, entry, .neighbourInvalid)
          continue
        }
        if fallback == nil { fallback = position }
      }
      if Int64(hash) <= Int64(entry.upperBound) {
        note(position, entry, .chosen)
        return position
      }
      note(position, entry, entry.upperBound < 0 ? .dead : .above)
    }
    return fallback ?? provisional
  }

  /// 6.16 and later: a leg scores 2 for the flow's source address and 1 for the hash; the best wins.
  private mutating func scored(
    _ entries: [NexthopEntry], hash: UInt32, checksNeighbours: Bool, provisional: Int
  ) -> Int {
    let source = isForwarded || flow.source.isUnspecified ? nil : flow.source
    var best: (position: Int, score: Int)? = nil
    for (position, entry) in entries.enumerated() {
      if entry.upperBound < 0 {
        note(position, entry, .dead)
        continue
      }
      if checksNeighbours, !entry.neighbourIsGood {
        note(position, entry, .neighbourInvalid)
        continue
      }
      var score = Int64(hash) <= Int64(entry.upperBound) ? 1 : 0
      if let source {
        if entry.preferredSource == source { score += 2 }
        noteSourceDoubt(entry, source: source)
      }
      if score > best?.score ?? -1 { best = (position, score) }
      if score == 3 || (score == 1 && source == nil) {
        note(position, entry, .chosen)
        break
      }
      note(position, entry, score == 0 ? .above : .outscored)
    }
    return best?.position ?? provisional
  }

  /// The preferred source of a leg is cached by the kernel; with several addresses on the device it may be stale.
  private mutating func noteSourceDoubt(_ entry: NexthopEntry, source: IPAddress) {
    guard entry.hasSourceAlternatives, entry.choice != firstChoice else { return }
    let isOnDevice = table.state.addresses.contains {
      $0.interface == entry.choice.interface && $0.address == source
    }
    if isOnDevice || entry.preferredSource == source { caveats.insert(.nexthopSource) }
  }

  mutating func note(_ position: Int, _ entry: NexthopEntry, _ verdict: DecisionTrace.Verdict) {
    record(
      .candidate(
        position: position, choice: entry.choice,
        upperBound: entry.upperBound < 0 ? nil : UInt32(entry.upperBound), verdict: verdict))
  }
}
