import Routing

/// Gateways that do not answer, and what becomes of their share.
enum NeighbourCheck {
  /// How a share reaches a neighbour.
  private enum Path: Hashable {
    case legs(AddressFamily)
    case threshold
    case resilient
  }

  private struct Key: Hashable {
    var place: CheckContext.Place
    var path: Path
  }

  private struct Share {
    var uses: [RouteUse] = []
    var routes = RouteSample()
  }

  static func findings(_ context: CheckContext) -> [Finding] {
    var shares: [Key: Share] = [:]
    for use in context.uses {
      let members = context.members(of: use)
      guard let path = path(of: use, context) else { continue }
      var seen: Set<CheckContext.Place> = []
      for member in members {
        guard let gateway = member.gateway, context.hasFailed(gateway, on: member.interface) else { continue }
        let place = CheckContext.Place(interface: member.interface, address: gateway)
        guard seen.insert(place).inserted else { continue }
        shares[Key(place: place, path: path), default: Share()].uses.append(use)
        shares[Key(place: place, path: path)]?.routes.add(use.routes)
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
    let state = context.neighbours[key.place]?.name ?? ""
    var finding: Finding
    if isPassedOver(context, key.path) {
      finding = Finding(
        .neighbourFailed, .warning, subject: subject,
        text:
          "it does not answer (\(state)) and is passed over: its share of \(share.routes.phrase()) falls to one other "
          + "nexthop",
        remedy: "repair it; it is used again as soon as it answers")
    } else {
      let fix = fix(context, key, share)
      finding = Finding(
        .neighbourFailed, .refusal, subject: subject,
        text:
          "it does not answer (\(state)), and goes on getting its share of \(share.routes.phrase()) \(way), which is "
          + "lost",
        remedy: remedy(key.path, isFixed: !fix.isEmpty), fix: fix)
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
      guard context.state.settings.useNeighbours != nil else { return [] }
      return [.command(FixText.sysctl(["net.ipv4.fib_multipath_use_neigh=1"]))]
    case .legs:
      guard share.routes.isComplete, share.uses.allSatisfy({ $0.owner == nil }) else { return [] }
      let changes = share.routes.first.map { withoutLeg(context, $0, key.place) }
      return changes.contains { $0 == nil } ? [] : changes.compactMap(\.self)
    case .threshold, .resilient:
      let changes = groups(share).map { withoutMember(context, $0) }
      return changes.contains { $0 == nil } ? [] : changes.compactMap(\.self)
    }
  }

  /// The route without its legs over neighbours that have failed; nil where none would be left.
  private static func withoutLeg(
    _ context: CheckContext, _ route: Route, _ place: CheckContext.Place
  ) -> Finding.Fix? {
    let rest = route.legs.list.filter { leg in !(leg.gateway == place.address && leg.interface == place.interface) }
    guard let first = rest.first, rest.contains(where: { !context.hasFailed($0) }) else { return nil }
    let legs = RouteLegs.multipath(rest)
    return .change(.replaceRoute(from: route, to: route.over(.legs(rest.count == 1 ? .single(first) : legs))))
  }

  /// The group without its members whose neighbours have failed; nil where none would be left, or it is a daemon's.
  private static func withoutMember(_ context: CheckContext, _ id: UInt32) -> Finding.Fix? {
    guard let group = context.groups[id], RouteOwner(protocol: group.protocol) == nil else { return nil }
    var new = group
    new.statistics = []
    new.members.removeAll { member in
      guard let single = context.singles[member.id], let interface = single.interface, let gateway = single.gateway
      else {
        return false
      }
      return context.hasFailed(gateway, on: interface)
    }
    return new.members.isEmpty ? nil : .change(.replaceGroup(from: group, to: new))
  }
}

extension CheckContext {
  fileprivate func hasFailed(_ leg: RouteLeg) -> Bool {
    leg.gateway.map { hasFailed($0, on: leg.interface) } ?? false
  }
}
