import Forwarding
import MultipathHash
import Routing

/// What this release of the kernel does otherwise than one would think.
enum KernelCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    let behaviour = context.state.behaviour
    var found = context.families.compactMap { hints(context, $0) }
    if behaviour.skipsInvalidMembersFromStart == false { found += [invalidMember(context)].compactMap(\.self) }
    if behaviour.scoresSourceAddress == true { found += [boundTraffic(context)].compactMap(\.self) }
    if behaviour.randomisesUnboundPort == true { found += [randomPort(context)].compactMap(\.self) }
    return found
  }

  private static func release(_ context: CheckContext) -> String { "Linux \(context.state.kernel.release)" }

  /// Packets that come in together and take the way of the first.
  private static func hints(_ context: CheckContext, _ family: AddressFamily) -> Finding? {
    guard let version = context.state.kernel.version else { return nil }
    let reuses = KernelBehaviour.reusesRoutesOfBatches(version, family)
    let routes = context.multipathRoutes(family)
    guard reuses != false, !routes.isEmpty, context.forwards(family),
      !context.state.hasCustomRules(family)
    else { return nil }
    let rule = family == .ipv4 ? "ip rule" : "ip -6 rule"
    var finding = Finding(
      .routeHints, reuses == true ? .warning : .note, subject: FixText.name(family), family: family,
      text:
        "\(release(context)) \(reuses == true ? "sends" : "may send") packets to one address that come in together the "
        + "way of the first of them, whatever their ports: flows change their way from packet to packet",
      remedy:
        "run Linux 6.6 or a later point release; any rule of one's own keeps the kernel from it, even one that changes "
        + "nothing",
      fix: [.command("\(rule) add priority 32765 lookup main")])
    finding.routes = routes
    return finding
  }

  private static func invalidMember(_ context: CheckContext) -> Finding? {
    var routes = RouteSample()
    for use in context.uses {
      guard case .group(let id) = use.key.way, context.groups[id]?.kind == .hashThreshold,
        context.members(of: use).contains(where: { $0.gateway != nil }), context.members(of: use).count > 1
      else { continue }
      routes.add(use.routes)
    }
    guard !routes.isEmpty else { return nil }
    var finding = Finding(
      .invalidMember, .warning, subject: routes.phrase(),
      text:
        "\(release(context)) looks for a neighbour that answers among the later members of a hash-threshold group alone: "
        + "the share of a last member that has failed is lost",
      remedy: "run Linux 6.5 or a later point release")
    finding.routes = routes
    return finding
  }

  private static func boundTraffic(_ context: CheckContext) -> Finding? {
    let uses = context.families.contains(.ipv4) ? context.multipaths(.ipv4).filter { !$0.legs.isEmpty } : []
    let routes = uses.reduce(into: RouteSample()) { $0.add($1.routes) }
    guard !routes.isEmpty else { return nil }
    var finding = Finding(
      .localTraffic, .note, subject: routes.phrase(), family: .ipv4, text: HazardWords.boundTraffic,
      remedy: "go over a group to have it spread, hash-threshold or resilient",
      fix: uses.allSatisfy { $0.owner == nil } && context.hasResilientGroups
        ? [
          .command(
            routes.count == 1
              ? "ecmpctl resilient apply \(routes.first[0].destination)" : "ecmpctl resilient apply --all -4")
        ] : [])
    finding.routes = routes
    return finding
  }

  private static func randomPort(_ context: CheckContext) -> Finding? {
    var routes = RouteSample()
    var concerned: [AddressFamily] = []
    for family in context.families {
      let hash = context.state.settings.hash(family)
      let policy = HashPolicy(sysctl: hash.policy)
      let fields = policy?.fields(
        for: family, custom: HashFields(rawValue: hash.fields ?? HashSettings.defaultFields))
      let own = context.multipathRoutes(family)
      // What a router itself connects to is the least of its traffic.
      guard fields?.contains(.sourcePort) == true, !own.isEmpty, !context.forwards(family) else { continue }
      routes.add(own)
      concerned.append(family)
    }
    guard !concerned.isEmpty else { return nil }
    var finding = Finding(
      .randomSourcePort, .note, subject: routes.phrase(), family: concerned.count == 1 ? concerned[0] : nil,
      text:
        "a TCP connection of this machine that has no port before it connects is hashed with a random one: its way is "
        + "not to be foreseen",
      remedy: "bind the socket to a port where its way matters")
    finding.routes = routes
    return finding
  }
}
