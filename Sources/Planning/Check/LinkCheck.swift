import Forwarding
import Routing

/// Legs over links that can not carry packets, now or after the next loss of a carrier.
///
/// Nexthop objects have no such members: the kernel deletes them with their link.
enum LinkCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    context.families.flatMap { family in
      let uses = context.multipaths(family).filter { !$0.legs.isEmpty }
      return [unusable(context, family, uses)].compactMap(\.self) + idle(context, family, uses)
        + [exposed(context, family, uses)].compactMap(\.self)
    }
  }

  // MARK: Now

  /// Routes of which no leg is left: lookups pass them over.
  private static func unusable(_ context: CheckContext, _ family: AddressFamily, _ uses: [RouteUse]) -> Finding? {
    var routes = RouteSample()
    var interfaces: Set<UInt32> = []
    for use in uses {
      let isUnusable = use.legs.allSatisfy { leg in
        guard let link = context.links[leg.interface] else { return false }
        return !link.isUp
          || !link.hasCarrier && context.table.ignoresLinkdown(family, interface: leg.interface)
      }
      guard isUnusable else { continue }
      routes.add(use.routes)
      interfaces.formUnion(use.legs.map(\.interface))
    }
    guard !routes.isEmpty else { return nil }
    let links = interfaces.sorted().compactMap { context.links[$0] }
    var finding = Finding(
      .noWayLeft, .refusal, subject: routes.phrase(), family: family,
      text: "no leg has a link that carries: what is sent there takes another route, or finds none",
      remedy: "restore one of \(FixText.list(links.map(\.name)))",
      fix: links.filter { !$0.isUp }.map { .command("ip link set dev \(FixText.word($0.name)) up") })
    finding.interfaces = links.map(\.name)
    finding.routes = routes
    return finding
  }

  /// Links that are down or without carrier, each with the routes that have a leg there.
  private static func idle(_ context: CheckContext, _ family: AddressFamily, _ uses: [RouteUse]) -> [Finding] {
    var routes: [UInt32: RouteSample] = [:]
    for use in uses {
      for interface in Set(use.legs.map(\.interface)) {
        guard let link = context.links[interface], !link.isUp || !link.hasCarrier else { continue }
        routes[interface, default: RouteSample()].add(use.routes)
      }
    }
    return routes.sorted { $0.key < $1.key }.compactMap { interface, routes in
      guard let link = context.links[interface] else { return nil }
      var finding = link.isUp ? withoutCarrier(context, family, link, routes) : down(link, routes)
      finding.family = family
      finding.interfaces = [link.name]
      finding.routes = routes
      return finding
    }
  }

  private static func down(_ link: Link, _ routes: RouteSample) -> Finding {
    Finding(
      .memberDown, .warning, subject: link.name,
      text: "it is down, and its legs take no part in \(routes.phrase())", remedy: "set it up",
      fix: [.command("ip link set dev \(FixText.word(link.name)) up")])
  }

  private static func withoutCarrier(
    _ context: CheckContext, _ family: AddressFamily, _ link: Link, _ routes: RouteSample
  ) -> Finding {
    guard !context.table.ignoresLinkdown(family, interface: link.index) else {
      return Finding(
        .memberWithoutCarrier, .warning, subject: link.name,
        text: "it has no carrier, and its legs take no part in \(routes.phrase())", remedy: "restore the link")
    }
    guard isRead(context, family) else {
      return Finding(
        .memberWithoutCarrier, .warning, subject: link.name,
        text: "it has no carrier: its legs take no part in \(routes.phrase()), or get their share all the same",
        remedy: "restore the link")
    }
    let name = FixText.word(link.name)
    return Finding(
      .memberWithoutCarrier, .refusal, subject: link.name,
      text: "it has no carrier, and its legs get their share of \(routes.phrase()) all the same, which is lost",
      remedy:
        "leave out legs without carrier; for routes that are there it counts when the link changes next, even if it "
        + "is by a flag that means nothing",
      fix: setting(context, family, [link.name]) + [
        .command("ip link set dev \(name) dynamic on"), .command("ip link set dev \(name) dynamic off"),
      ])
  }

  /// Whether it is known what becomes of legs without carrier.
  private static func isRead(_ context: CheckContext, _ family: AddressFamily) -> Bool {
    let settings = context.state.settings
    return (family == .ipv4 ? settings.ipv4IgnoresLinkdownAll : settings.ipv6IgnoresLinkdownAll) != nil
  }

  // MARK: Later

  /// Legs over good links that would go on getting their share without carrier.
  private static func exposed(_ context: CheckContext, _ family: AddressFamily, _ uses: [RouteUse]) -> Finding? {
    guard isRead(context, family) else { return nil }
    var interfaces: Set<UInt32> = []
    var routes = RouteSample()
    var isOwned = true
    for use in uses {
      let exposed = use.legs.map(\.interface).filter { interface in
        guard let link = context.links[interface], link.isUp, link.hasCarrier, !link.isLoopback else { return false }
        return !context.table.ignoresLinkdown(family, interface: interface)
      }
      guard !exposed.isEmpty else { continue }
      interfaces.formUnion(exposed)
      routes.add(use.routes)
      if use.owner == nil { isOwned = false }
    }
    guard !interfaces.isEmpty else { return nil }
    let names = interfaces.sorted().map(context.name)
    var finding = Finding(
      .linkdownUsed, isOwned ? .note : .warning, subject: FixText.list(names), family: family,
      text: "a leg that loses its carrier goes on getting its share of \(routes.phrase()), and what it gets is lost"
        + (isOwned ? " until the daemon that made the routes takes it out" : ""),
      remedy: "leave out legs without carrier", fix: setting(context, family, names))
    finding.interfaces = names
    finding.routes = routes
    return finding
  }

  /// Has legs without carrier left out, on these interfaces at least.
  private static func setting(
    _ context: CheckContext, _ family: AddressFamily, _ interfaces: [String]
  ) -> [Finding.Fix] {
    let key = "ignore_routes_with_linkdown"
    // Before Linux 5.11 that of all interfaces counted for none; that of IPv6 sets those that are there, and the default
    // those to come.
    let names =
      family == .ipv6
      ? ["all", "default"] : context.state.behaviour.ipv4ObeysCommonLinkdown == false ? interfaces : ["all"]
    return [.command(FixText.sysctl(names.map { FixText.setting(family, $0, key, 1) }))]
  }
}
