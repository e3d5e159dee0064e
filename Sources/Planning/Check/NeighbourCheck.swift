import Routing

/// Gateways that do not answer, and what becomes of their share.
enum NeighbourCheck {
  /// How a share reaches a neighbour.
  private enum Path: Hashable {
    case legs(AddressFamily)
    case threshold
    case resilient
  }

  /// What becomes of the share.
  private enum Fate: Hashable {
    /// The kernel is still asking for the neighbour.
    case undecided
    case passedOver
    /// Passed over where a later member answers.
    case passedOnAlone
    /// It would be passed over, but no nexthop answers.
    case hopeless
    case lost
  }

  private struct Key: Hashable {
    var place: CheckContext.Place
    var path: Path
    var fate: Fate
  }

  private struct Share {
    var uses: [RouteUse] = []
    var routes = RouteSample()
  }

  static func findings(_ context: CheckContext) -> [Finding] {
    var shares: [Key: Share] = [:]
    for use in context.uses {
      let members = context.members(of: use)
      guard let path = path(of: use, context), isKnown(context, path) else { continue }
      let isHopeless = members.allSatisfy { member in
        member.gateway.map { context.hasFailed($0, on: member.interface) } ?? false
      }
      var seen: Set<CheckContext.Place> = []
      for member in members {
        guard let gateway = member.gateway, context.hasFailed(gateway, on: member.interface) else { continue }
        let place = CheckContext.Place(interface: member.interface, address: gateway)
        guard seen.insert(place).inserted else { continue }
        let key = Key(place: place, path: path, fate: fate(context, place, path, isHopeless: isHopeless))
        shares[key, default: Share()].uses.append(use)
        shares[key]?.routes.add(use.routes)
      }
    }
    return shares.map { finding(context, $0.key, $0.value) }.sorted { $0.subject < $1.subject }
  }

  private static func path(of use: RouteUse, _ context: CheckContext) -> Path? {
    switch use.key.way {
    case .legs: return .legs(use.family)
    case .object: return nil
    case .group(let id):
      switch context.groups[id]?.kind {
      case .hashThreshold?: return .threshold
      case .resilient?: return .resilient
      default: return nil
      }
    }
  }

  private static func finding(_ context: CheckContext, _ key: Key, _ share: Share) -> Finding {
    let subject = "\(key.place.address) dev \(context.name(key.place.interface))"
    let groups = groups(share)
    let way = groups.isEmpty ? "by legs" : groups.count == 1 ? "by group \(groups[0])" : "by \(groups.count) groups"
    let routes = share.routes.phrase()
    let state = context.neighbours[key.place]?.name ?? ""
    var finding = Finding(
      .neighbourFailed, key.fate == .hopeless || key.fate == .lost ? .refusal : .warning, subject: subject, text: "",
      remedy: "repair it; it is used again as soon as it answers")
    switch key.fate {
    case .undecided:
      finding.text =
        "it has not answered yet (\(state)): what \(routes) sends to it \(way) waits, and is lost unless it does"
      finding.remedy = "look again in some seconds: by then it answers, or has failed"
    case .passedOver:
      finding.text =
        "it does not answer (\(state)) and is passed over: its share of \(routes) falls to one other nexthop"
    case .passedOnAlone:
      finding.text =
        "it does not answer (\(state)), and is passed over where a later member of a group of \(routes) answers"
    case .hopeless:
      finding.text = "it does not answer (\(state)), and nor does any other nexthop of \(routes)"
      finding.remedy = "repair it"
    case .lost:
      finding.text =
        "it does not answer (\(state)), and goes on getting its share of \(routes) \(way), which is lost"
      finding.fix = fix(context, key, share)
      finding.remedy = remedy(key.path, isFixed: !finding.fix.isEmpty)
    }
    finding.interfaces = [context.name(key.place.interface)]
    finding.groups = groups
    finding.routes = share.routes
    let families = Set(share.uses.map(\.family))
    if families.count == 1 { finding.family = families.first }
    return finding
  }

  private static func groups(_ share: Share) -> [UInt32] {
    var seen: Set<UInt32> = []
    return share.uses.compactMap { use in
      if case .group(let id) = use.key.way, seen.insert(id).inserted { id } else { nil }
    }
  }

  /// Whether the setting that decides was read.
  private static func isKnown(_ context: CheckContext, _ path: Path) -> Bool {
    switch path {
    case .legs(.ipv4): context.state.settings.useNeighbours != nil
    case .legs(.ipv6): context.state.settings.ipv6ForwardingAll != nil
    case .threshold, .resilient: true
    }
  }

  private static func fate(
    _ context: CheckContext, _ place: CheckContext.Place, _ path: Path, isHopeless: Bool
  ) -> Fate {
    let hasGivenUp = context.neighbours[place] == .failed
    guard isPassedOver(context, path) else { return hasGivenUp ? .lost : .undecided }
    if isHopeless { return hasGivenUp ? .hopeless : .undecided }
    return path == .threshold && context.state.behaviour.skipsInvalidMembersFromStart != true
      ? .passedOnAlone : .passedOver
  }

  /// Whether selection looks at the neighbour (`fib_select_multipath()`, `rt6_score_route()`, `nexthop_select_path()`).
  private static func isPassedOver(_ context: CheckContext, _ path: Path) -> Bool {
    switch path {
    case .legs(.ipv4): context.state.settings.useNeighbours == true
    case .legs(.ipv6): context.state.settings.ipv6ForwardingAll == false
    case .threshold: true
    case .resilient: false
    }
  }

  private static func remedy(_ path: Path, isFixed: Bool) -> String {
    switch path {
    case .legs(.ipv4): "have legs without an answering neighbour passed over"
    case .legs: isFixed ? "take the leg out until it answers again" : "repair it, or take it out of the routes"
    case .threshold, .resilient:
      isFixed ? "take the member out until it answers again, as ecmpctl resilient guard does" : "repair it"
    }
  }

  private static func fix(_ context: CheckContext, _ key: Key, _ share: Share) -> [Finding.Fix] {
    switch key.path {
    case .legs(.ipv4):
      return [.command(FixText.sysctl(["net.ipv4.fib_multipath_use_neigh=1"]))]
    case .legs:
      guard share.routes.isComplete, share.uses.allSatisfy({ $0.owner == nil }) else { return [] }
      let changes = share.routes.first.map { withoutLegs(context, $0) }
      return changes.contains { $0 == nil } ? [] : changes.compactMap(\.self)
    case .threshold, .resilient:
      let changes = groups(share).map { withoutMembers(context, $0) }
      return changes.contains { $0 == nil } ? [] : changes.compactMap(\.self)
    }
  }

  /// The route without its legs over neighbours that have failed, all of them, so that one fix does not undo another; nil
  /// where none would be left.
  private static func withoutLegs(_ context: CheckContext, _ route: Route) -> Finding.Fix? {
    let rest = route.legs.list.filter { !context.hasGivenUp($0.gateway, on: $0.interface) }
    guard let first = rest.first else { return nil }
    let legs = RouteLegs.multipath(rest)
    return .change(.replaceRoute(from: route, to: route.over(.legs(rest.count == 1 ? .single(first) : legs))))
  }

  /// The group without its members whose neighbours have failed; nil where none would be left, or it is a daemon's.
  private static func withoutMembers(_ context: CheckContext, _ id: UInt32) -> Finding.Fix? {
    guard let group = context.groups[id], RouteOwner(protocol: group.protocol) == nil else { return nil }
    var new = group
    new.statistics = []
    new.members.removeAll { member in
      guard let single = context.singles[member.id], let interface = single.interface else { return false }
      return context.hasGivenUp(single.gateway, on: interface)
    }
    return new.members.isEmpty ? nil : .change(.replaceGroup(from: group, to: new))
  }
}

extension CheckContext {
  /// Whether the kernel asks for the neighbour no more.
  fileprivate func hasGivenUp(_ gateway: IPAddress?, on interface: UInt32) -> Bool {
    gateway.map { neighbours[Place(interface: interface, address: $0)] == .failed } ?? false
  }
}
