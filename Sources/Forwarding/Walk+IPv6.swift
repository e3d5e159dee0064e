import Routing

/// The IPv6 table lookup and selection (`fib6_table_lookup()` and `fib6_select_path()`, net/ipv6/route.c).
extension Walk {
  /// How strictly a lookup judges nexthops (`RT6_LOOKUP_F_*`).
  struct Strictness {
    /// Only nexthops on the interface of the lookup.
    var interface: Bool
    /// Gateways whose neighbour entry has failed do not count; set on machines that do not forward.
    var reachable: Bool
  }

  private var strictness: Strictness {
    // A query has no socket that is bound (`ip6_route_output_flags()`).
    let bound = !isForwarded && flow.outputInterface != 0 && (question == .traffic || flow.source.isUnspecified)
    return Strictness(
      interface: needsInterface || bound,
      reachable: table.state.settings.ipv6ForwardingAll == false)
  }

  /// Whether a destination is looked for on the flow's interface alone (`rt6_need_strict()`).
  var needsInterface: Bool {
    flow.destination.isMulticast || flow.destination.isLinkLocal || flow.destination.isLoopback
  }

  /// The best route of one table: longest prefix, then smallest metric, then highest score.
  mutating func lookUp6(_ id: UInt32) -> TableAnswer {
    guard let prefixes = table.tables6[id] else { return .nothing }
    var strict = strictness
    if strict.reachable { noteUnread(.neighbours) }
    if let answer = lookUp6(prefixes, strict: strict) { return answer }
    guard strict.reachable else { return .nothing }
    strict.reachable = false
    return lookUp6(prefixes, strict: strict) ?? .nothing
  }

  private mutating func lookUp6(_ prefixes: PrefixTable, strict: Strictness) -> TableAnswer? {
    var isBacktracking = false
    for (position, slice) in prefixes.covering(flow.destination).enumerated() {
      let routes = slice.map { Int($0) }
      let mayBePassedOver = !isBacktracking && mayBePassedOver(routes, in: prefixes)
      for node in nodes(routes, isBacktracking: isBacktracking) {
        isBacktracking = true
        guard let answer = bestOfNode(node, strict: strict) else { continue }
        if mayBePassedOver { notePassedOver(answer, shorterThan: position, in: prefixes, strict: strict) }
        return answer
      }
    }
    return nil
  }

  /// Whether the kernel may not see the routes of a prefix, all of which are for some sources: where another one to the
  /// prefix was once deleted, and there are longer prefixes in it, the routes of one of these stand for it in the search
  /// (`fib6_find_prefix()`, net/ipv6/ip6_fib.c).
  private func mayBePassedOver(_ routes: [Int], in prefixes: PrefixTable) -> Bool {
    guard let first = routes.first, routes.allSatisfy({ (table.state.routes[$0].source?.length ?? 0) > 0 }) else {
      return false
    }
    let prefix = table.state.routes[first].destination
    guard prefix.length > 0, let next = prefixes.following(prefix).first else { return false }
    return prefix.contains(table.state.routes[Int(next)].destination)
  }

  /// Notes that another route is found where the prefix at this position, longest first, is passed over.
  private mutating func notePassedOver(
    _ answer: TableAnswer, shorterThan position: Int, in prefixes: PrefixTable, strict: Strictness
  ) {
    var other = self
    other.trace = nil
    for routes in prefixes.covering(flow.destination).dropFirst(position + 1) {
      for node in other.nodes(routes.map { Int($0) }, isBacktracking: false) {
        guard let found = other.bestOfNode(node, strict: strict) else { continue }
        if found.route != answer.route { caveats.insert(.ruleHistory) }
        return
      }
    }
    caveats.insert(.ruleHistory)
  }

  /// The routes of one destination prefix as the kernel visits them: by source prefix, longest first, then those
  /// without one.
  ///
  /// A prefix that has source-specific routes, none of which covers the source, is passed over whole, its plain
  /// routes included, unless the search comes back from a longer prefix (`fib6_node_lookup_1()`, seen on 6.18). Only the
  /// root of the table, where the default routes are, is taken in the end, whatever was passed over
  /// (`fib6_node_lookup()`).
  private mutating func nodes(_ routes: [Int], isBacktracking: Bool) -> [[Int]] {
    let plain = routes.filter { (table.state.routes[$0].source?.length ?? 0) == 0 }
    guard plain.count != routes.count else { return [plain] }
    var bySource: [UInt8: [Int]] = [:]
    for route in routes {
      guard let source = table.state.routes[route].source, source.length > 0 else { continue }
      guard source.contains(flow.source) else {
        record(.skipped(route: route, reason: .source))
        continue
      }
      bySource[source.length, default: []].append(route)
    }
    let isRoot = table.state.routes[routes[0]].destination.length == 0
    if bySource.isEmpty && !isBacktracking && !isRoot { return [] }
    var result = bySource.sorted { $0.key > $1.key }.map(\.value)
    if !plain.isEmpty { result.append(plain) }
    return result
  }

  /// `rt6_select()`: the highest score among the routes of the smallest metric that has any usable one.
  ///
  /// Beyond the first metric the kernel no longer tells metrics apart.
  private mutating func bestOfNode(_ routes: [Int], strict: Strictness) -> TableAnswer? {
    guard let first = routes.first else { return nil }
    let metric = table.state.routes[first].metric ?? 0
    let groups = [
      routes.filter { (table.state.routes[$0].metric ?? 0) == metric },
      routes.filter { (table.state.routes[$0].metric ?? 0) != metric },
    ]
    for group in groups {
      noteHidden(group)
      var best: (route: Int, provisional: Provisional, score: Int)? = nil
      for index in group {
        if isObjectUnread(index) { return .unread(route: index) }
        // Whatever was found before (`__find_rr_leaf()`).
        if isBlackholeObject(index) { return .refused(.blackhole, route: index) }
        if isExpired(index) {
          record(.skipped(route: index, reason: .expired))
          continue
        }
        for (provisional, score) in candidates(index, strict: strict, above: best?.score ?? -1)
        where score > best?.score ?? -1 {
          best = (index, provisional, score)
        }
      }
      guard let best else { continue }
      return answer(best.route, best.provisional)
    }
    return nil
  }

  private func answer(_ index: Int, _ provisional: Provisional) -> TableAnswer {
    let route = table.state.routes[index]
    switch route.type {
    case .unreachable, .prohibit, .blackhole: return .refused(route.type, route: index)
    case .throw: return .nothing
    default: break
    }
    return .found(route: index, provisional: provisional)
  }

  private func isBlackholeObject(_ index: Int) -> Bool {
    guard let id = table.state.routes[index].nexthopID, case .blackhole? = table.nexthops.objects[id] else {
      return false
    }
    return true
  }

  /// Whether the route has expired and is only not collected yet (`fib6_check_expired()`). Of several legs the dump tells
  /// it of the first one, and the others are found in its place.
  private func isExpired(_ index: Int) -> Bool {
    guard let expires = table.state.routes[index].extras?.expires, expires < 0 else { return false }
    if case .multipath(let legs) = table.state.routes[index].nexthops.legs { return legs.count < 2 }
    return true
  }

  /// The nexthops of a route that pass, each with its score; of a group only the first that has more than a route before it.
  private func candidates(_ index: Int, strict: Strictness, above least: Int) -> [(Provisional, Int)] {
    let route = table.state.routes[index]
    if case .object(let id, _) = route.nexthops {
      switch table.nexthops.objects[id] {
      case .single(let entry):
        return score(entry, route, strict: strict).map { [(.entry(entry), $0)] } ?? []
      case .threshold(_, let members), .resilient(_, let members, _, _):
        let usable = members.lazy.compactMap { member in
          self.score(member, route, strict: strict).map { (Provisional.entry(member), $0) }
        }
        // A kernel that keeps to the output interface looks at all of them for it (`rt6_nh_find_match()`).
        if table.behaviour.ipv6HonoursOutputInterface == true { return Array(usable) }
        return usable.first { $0.1 > least }.map { [$0] } ?? []
      case .blackhole: return [(.none, 0)]
      case .unusable, nil: return []
      }
    }
    let set = table.nexthops.setOfRoute[index]
    guard set >= 0 else { return [(.none, 0)] }
    return table.nexthops.sets[Int(set)].entries.enumerated().compactMap { position, entry in
      score(entry, route, strict: strict).map { (.leg(position), $0) }
    }
  }

  /// `find_match()` with `rt6_score_route()`: nil when the nexthop does not qualify.
  private func score(_ entry: NexthopEntry, _ route: Route, strict: Strictness) -> Int? {
    entry.isUsable ? rawScore(entry, route, strict: strict, on: interfaces.scored) : nil
  }

  /// `rt6_score_route()`: 2 for the right interface, plus the router preference; nil is a negative score.
  private func rawScore(_ entry: NexthopEntry, _ route: Route, strict: Strictness, on interface: UInt32) -> Int? {
    let isOnInterface = interface == 0 || entry.choice.interface == interface
    if !isOnInterface && strict.interface { return nil }
    if strict.reachable && entry.neighbourHasFailed { return nil }
    let preference = Int((route.preference ?? 0) & 3 ^ 2) + 1
    return (isOnInterface ? 2 : 0) | preference << 2
  }

  // MARK: Selection

  /// What happens after the lookup (`fib6_select_path()`).
  mutating func finish6(_ index: Int, provisional: Provisional) -> Decision {
    let route = table.state.routes[index]
    switch route.type {
    // What this machine sends to an anycast address that the kernel did not make itself leaves.
    case .anycast
    where !isForwarded && question == .traffic && route.protocol != ForwardingTable.kernelProtocol:
      break
    case .local, .anycast: return Decision(outcome: .local)
    case .multicast: return Decision(outcome: .broadcast)
    default: break
    }
    if isForwarded, question == .traffic {
      noteForwardingDoubt()
      if !table.links.forwards(.ipv6, from: ingress) { return Decision(outcome: .dropped(.forwardingDisabled)) }
    }
    if case .object(let id, _) = route.nexthops {
      guard case .entry(let entry) = provisional, let target = table.nexthops.objects[id] else {
        return Decision(outcome: .refused(.blackhole))
      }
      return finishObject6(route, target: target, entry: entry)
    }
    let set = table.nexthops.setOfRoute[index]
    guard set >= 0, case .leg(let position) = provisional else { return Decision(outcome: .sent) }
    let legs = table.nexthops.sets[Int(set)]
    noteOffload(route, entries: legs.entries)
    guard legs.isMultipath, !keepsToInterface(legs.entries[position], among: legs.entries) else {
      return settled(legs.entries[position])
    }
    guard let hash = hash31() else { return Decision(outcome: .undetermined) }
    let chosen = selectLegacy6(legs.entries, route: route, hash: hash, match: position)
    noteStaleBounds(legs, chosen: chosen) { $0.selectLegacy6($1, route: route, hash: hash, match: position) }
    var decision = settled(legs.entries[chosen], selection: .legacy(leg: chosen))
    decision.hash = exactHash
    return decision
  }

  private mutating func finishObject6(_ route: Route, target: NexthopTarget, entry: NexthopEntry) -> Decision {
    switch target {
    case .threshold(_, let members), .resilient(_, let members, _, _):
      noteOffload(route, entries: members)
      if keepsToInterface(entry, among: members) { return settled(entry) }
      return select(target)
    default:
      noteOffload(route, entries: [entry])
      return settled(entry)
    }
  }

  /// Whether a bound local flow stays on the nexthop that the lookup found on its interface, without hashing.
  private mutating func keepsToInterface(_ entry: NexthopEntry, among others: [NexthopEntry]) -> Bool {
    guard interfaces.keepsNexthop else { return false }
    if table.behaviour.ipv6HonoursOutputInterface == nil,
      others.contains(where: { $0.choice.interface == interfaces.scored })
    {
      caveats.insert(.kernelBehaviour)
    }
    return table.behaviour.ipv6HonoursOutputInterface == true && entry.choice.interface == interfaces.scored
  }

  private mutating func selectLegacy6(
    _ entries: [NexthopEntry], route: Route, hash: UInt32, match: Int
  ) -> Int {
    switch table.behaviour.startsAtFirstSibling {
    case true?: return fromFirstSibling(entries, route: route, hash: hash, match: match)
    case false?: return fromMatch(entries, route: route, hash: hash, match: match)
    case nil:
      let old = fromMatch(entries, route: route, hash: hash, match: match)
      let new = fromFirstSibling(entries, route: route, hash: hash, match: match)
      if old != new { caveats.insert(.kernelBehaviour) }
      return new
    }
  }

  /// 6.15 and later: the first sibling in order whose upper bound is not below the hash, if it scores at all.
  private mutating func fromFirstSibling(
    _ entries: [NexthopEntry], route: Route, hash: UInt32, match: Int
  ) -> Int {
    for (position, entry) in entries.enumerated() {
      guard Int64(hash) <= Int64(entry.upperBound) else {
        note(position, entry, entry.upperBound < 0 ? .dead : .above)
        continue
      }
      guard rawScore(entry, route, strict: strictness, on: interfaces.sibling) != nil else {
        note(position, entry, .neighbourInvalid)
        return match
      }
      note(position, entry, .chosen)
      return position
    }
    return match
  }

  /// Before: the match of the lookup is tested first, then the other siblings in the ring that follows it.
  ///
  /// Bounds are compared as unsigned numbers there: the -1 of a dead sibling is above every hash, so that it takes all
  /// that reaches it, and loses it. The two were mended together ("ipv6: Do not consider link down nexthops in path
  /// selection").
  private mutating func fromMatch(_ entries: [NexthopEntry], route: Route, hash: UInt32, match: Int) -> Int {
    for step in entries.indices {
      let position = (match + step) % entries.count
      let entry = entries[position]
      guard hash <= UInt32(bitPattern: entry.upperBound) else {
        note(position, entry, .above)
        continue
      }
      if step > 0, rawScore(entry, route, strict: strictness, on: interfaces.sibling) == nil {
        note(position, entry, .neighbourInvalid)
        return match
      }
      note(position, entry, .chosen)
      return position
    }
    return match
  }
}
