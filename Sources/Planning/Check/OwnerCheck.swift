import Routing

/// Programs that may change what is not theirs, and devices that have a mind of their own.
enum OwnerCheck {
  /// From how many routes over objects on each change of a group is one message for each of them.
  private static let manyRoutes = 10_000

  static func findings(_ context: CheckContext) -> [Finding] {
    borrowed(context) + managers(context) + [offloaded(context), messages(context)].compactMap(\.self)
  }

  // MARK: Objects

  /// Groups of people over nexthops of daemons, and routes of people over groups of daemons.
  private static func borrowed(_ context: CheckContext) -> [Finding] {
    var seen: Set<UInt32> = []
    return context.uses.flatMap { use -> [Finding] in
      guard case .group(let id) = use.key.way, let group = context.groups[id] else { return [] }
      if let owner = RouteOwner(protocol: group.protocol) {
        guard use.owner == nil else { return [] }
        return [foreignGroup(use, owner, id)]
      }
      guard seen.insert(id).inserted, context.surroundings.isUnguarded(id) != false else { return [] }
      return [foreignMembers(context, group)].compactMap(\.self)
    }
  }

  private static func foreignGroup(_ use: RouteUse, _ owner: RouteOwner, _ id: UInt32) -> Finding {
    var finding = Finding(
      .owner, .warning, subject: use.routes.phrase(), family: use.family,
      text: "it goes over group \(id) of \(owner.name): when that is taken away, so is the route",
      remedy: "give it nexthops of its own")
    finding.groups = [id]
    finding.routes = use.routes
    return finding
  }

  private static func foreignMembers(_ context: CheckContext, _ group: NexthopGroup) -> Finding? {
    let owners = Set(group.members.compactMap { context.singles[$0.id]?.protocol })
    guard let owner = owners.sorted().lazy.compactMap({ RouteOwner(protocol: $0) }).first else { return nil }
    var finding = Finding(
      .owner, .warning, subject: "group \(group.id)", text: HazardWords.foreignMembers(owner),
      remedy: "give the group nexthops of its own" + (group.kind == .resilient ? ", which moves its flows once" : ""),
      fix: ownMembers(context, group))
    finding.groups = [group.id]
    finding.routes = context.routes(over: group.id)
    return finding
  }

  /// Objects that do the same, in place of those of daemons.
  private static func ownMembers(_ context: CheckContext, _ group: NexthopGroup) -> [Finding.Fix] {
    var ids = IDAllocator([ConversionRequest.ownIDs], taken: Set(context.singles.keys).union(context.groups.keys))
    var fix: [Finding.Fix] = []
    var new = group
    new.statistics = []
    for index in new.members.indices {
      guard let old = context.singles[new.members[index].id], RouteOwner(protocol: old.protocol) != nil else {
        continue
      }
      guard let key = NexthopKey(old), let id = ids.take() else { return [] }
      fix.append(.change(.addNexthop(key.nexthop(id: id, protocol: ConversionRequest.ownProtocol))))
      new.members[index].id = id
    }
    return fix + [.change(.replaceGroup(from: group, to: new))]
  }

  // MARK: Programs

  private static func managers(_ context: CheckContext) -> [Finding] {
    let objects = (context.state.nexthops ?? []).filter { RouteOwner(protocol: $0.protocol) == nil }
    guard !objects.isEmpty else { return [] }
    return context.surroundings.managers.filter { $0.kind == .networkd && $0.managesForeignNexthops }.map { manager in
      var finding = Finding(
        .managerRunning, .refusal, subject: manager.kind.rawValue, text: HazardWords.removesNexthops(manager),
        remedy: HazardWords.keepNexthops,
        fix: [
          .command("mkdir -p /etc/systemd/networkd.conf.d"),
          .command(
            "printf '[Network]\\nManageForeignNextHops=no\\nManageForeignRoutes=no\\n'"
              + " >/etc/systemd/networkd.conf.d/50-ecmpctl.conf"),
        ])
      finding.nexthops = objects.prefix(RouteSample.limit).map(\.id)
      return finding
    }
  }

  // MARK: Hardware and messages

  private static func offloaded(_ context: CheckContext) -> Finding? {
    let bit = UInt32(NexthopFlags.offload.rawValue)
    var routes = RouteSample()
    for use in context.uses where context.members(of: use).count > 1 {
      let isOffloaded: Bool
      switch use.key.way {
      case .legs(let legs): isOffloaded = legs.contains { $0.flags.contains(.offload) }
      case .group(let id):
        isOffloaded =
          context.groups[id]?.members.contains { context.singles[$0.id].map { $0.flags & bit != 0 } ?? false } ?? false
      case .object: isOffloaded = false
      }
      if isOffloaded || use.key.isOffloaded { routes.add(use.routes) }
    }
    guard !routes.isEmpty else { return nil }
    var finding = Finding(
      .offloaded, .note, subject: routes.phrase(),
      text: "hardware forwards it with a hash of its own, which neither policy nor seed nor a prediction reach",
      remedy: "ask the driver's documentation for its hash")
    finding.routes = routes
    return finding
  }

  /// One message for each route at each change of a group.
  private static func messages(_ context: CheckContext) -> Finding? {
    guard context.state.settings.nexthopCompatMode == true else { return nil }
    var routes = RouteSample()
    for use in context.uses where use.legs.isEmpty { routes.add(use.routes) }
    guard routes.count >= manyRoutes else { return nil }
    var finding = Finding(
      .compatMode, .note, subject: "net.ipv4.nexthop_compat_mode",
      text: "each change of a group or nexthop tells everybody of all its routes anew, and there are \(routes.count)",
      remedy: "turn it off where every program that reads routes knows nexthop objects",
      fix: [.command(FixText.sysctl(["net.ipv4.nexthop_compat_mode=0"]))])
    finding.routes = routes
    return finding
  }
}
