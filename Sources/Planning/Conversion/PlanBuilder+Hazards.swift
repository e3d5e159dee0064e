import Routing

/// What can go wrong, as far as the state tells.
extension PlanBuilder {
  // MARK: The machine

  mutating func checkMachine() {
    guard state.nexthops != nil else {
      refuse(
        .noNexthopObjects, "", "Linux \(state.kernel.release) has no nexthop objects",
        "they came with Linux 5.3: run a newer kernel")
      return
    }
    guard let version = state.kernel.version, version < KernelVersion(5, 13) else { return }
    refuse(
      .noResilientGroups, "", "Linux \(state.kernel.release) has no resilient groups",
      "they came with Linux 5.13: run a newer kernel")
  }

  mutating func checkSelection(_ selection: RouteSelection) {
    switch request.selection {
    case .prefix(let prefix) where selection.sets.isEmpty:
      guard let other = selection.others.first else {
        refuse(.notConcerned, "\(prefix)", "there is no route to it", "give the prefix as ip route shows it")
        return
      }
      refuse(
        .notConcerned, "\(RouteKey(other))", "it has a single nexthop, or none",
        "only routes with several nexthops are converted")
    case .group(let id) where selection.sets.isEmpty:
      refuse(
        .notConcerned, "group \(id)",
        singles[id] == nil ? "there is no group of this id" : "it is a single nexthop and no group",
        "ecmpctl show groups lists them")
    case .everything where selection.sets.isEmpty:
      note(
        ConversionHazard(
          .notConcerned, .note, text: "no route has several nexthops", remedy: "nothing is to be done"))
    default: break
    }
  }

  // MARK: Routes

  /// Whether the route can go over a group at all; why not becomes a hazard.
  mutating func isConvertible(_ route: Route) -> Bool {
    let subject = "\(RouteKey(route))"
    if hasTwins(route) {
      refuse(
        .twins, subject, "several routes have this key, and a replace takes the first of them",
        "delete the others first; ip route show lists them")
      return false
    }
    if state.hiddenRoutes.concern(route) {
      refuse(
        .twins, subject,
        "the kernel has, or may have, others with this key that it does not tell, which a replace takes",
        "delete the others first; /proc/net/ipv6_route lists them")
      return false
    }
    if let source = route.source, source.length > 0 {
      return isUnconvertible(subject, "the kernel takes no nexthop objects for routes with a source prefix")
    }
    if route.type != .unicast { return isUnconvertible(subject, "it is of type \(route.type.rawValue), not unicast") }
    if route.protocol == 9 {
      return isUnconvertible(subject, "it comes from router advertisements, which would bring it back")
    }
    if route.flags & (RouteFlags.offload | RouteFlags.trap) != 0
      || route.legs.list.contains(where: { $0.flags.contains(.offload) })
    {
      refuse(
        .offloaded, subject,
        "hardware forwards it, with a hash of its own: no price holds, and the driver may refuse a resilient group",
        "ask the driver's documentation for resilient groups")
    }
    return true
  }

  private mutating func isUnconvertible(_ subject: String, _ text: String) -> Bool {
    // Of all that there is, what can not be converted is left as it is.
    let severity: ConversionHazard.Severity = request.selection == .everything ? .warning : .refusal
    note(
      ConversionHazard(
        .unconvertible, severity, subject: subject, text: text, remedy: "the route stays as it is"))
    return false
  }

  /// Whether the route is the user's to convert. Of all that there is, routes of daemons are left out; those that are
  /// asked for by name refuse the plan.
  mutating func isOwnable(_ route: Route) -> Bool {
    guard let owner = RouteOwner(protocol: route.protocol) else { return true }
    let text = "\(owner.name) made it, and puts its own back at its next change of the prefix"
    guard request.selection == .everything, !request.accepted.contains(.owner) else {
      refuse(.owner, "\(RouteKey(route))", text, owner.remedy)
      return true
    }
    note(
      ConversionHazard(
        .owner, .warning, subject: "\(RouteKey(route))", text: text + "; it is left out",
        remedy: owner.remedy + ", or take it in with --accept owner"))
    return false
  }

  mutating func checkOwner(of group: NexthopGroup, _ set: RouteSet) {
    if let owner = RouteOwner(protocol: group.protocol) {
      refuse(.owner, set.subject, "\(owner.name) made the group, and makes it again as it likes", owner.remedy)
    }
    let owners = Set(group.members.compactMap { singles[$0.id]?.protocol })
    for owner in owners.sorted().compactMap({ RouteOwner(protocol: $0) }) {
      note(
        ConversionHazard(
          .owner, .warning, subject: set.subject,
          text: HazardWords.foreignMembers(owner), remedy: owner.remedy))
    }
  }

  /// Moving from legs to an object.
  mutating func checkLegacyMove(_ set: RouteSet) {
    let gap =
      "a packet that is just being looked up while Linux replaces IPv6 legs by an object, or back, can find no route: of "
      + "10000 packets a second one was lost in 2200 such moves"
    let routes = set.routes.filter { $0.family == .ipv6 }
    if routes.contains(where: hasStandIn) {
      note(
        ConversionHazard(
          .ipv6Gap, .note, subject: set.subject,
          text: "\(gap); a route of the next better metric carries the traffic meanwhile, and none is lost",
          remedy: "nothing is to be done; a program that passes routes on to others sees that route for some seconds"))
    }
    let exposed = routes.filter { !hasStandIn($0) }
    if !exposed.isEmpty {
      note(
        ConversionHazard(
          .ipv6Gap, .warning, subject: RouteSet.subject(exposed),
          text: "\(gap); no route can stand in, as the next better metric is taken, or there is none",
          remedy: "none is needed where senders repeat what is lost; moves from object to object lose fewer still"))
    }
    guard set.routes.contains(where: { $0.family == .ipv4 }), state.behaviour.scoresSourceAddress != false else {
      return
    }
    note(
      ConversionHazard(
        .localTraffic, .warning, subject: set.subject,
        text: HazardWords.boundTraffic, remedy: HazardWords.boundTrafficRemedy))
  }

  mutating func checkLegs(_ legs: [RouteLeg], _ set: RouteSet) {
    var isHealthy = true
    for leg in legs {
      guard let link = links[leg.interface] else { continue }
      let name = "\(leg.gateway.map { "via \($0) " } ?? "")dev \(link.name)"
      if leg.realms != nil {
        refuse(
          .attributeLost, set.subject, "the realm of \(name) is lost: nexthop objects have none",
          "give the realm to the route by other means, or do without it")
      }
      if !link.isUp {
        refuse(
          .memberDown, set.subject,
          "\(link.name) is down, so that no object for \(name) can be made; accepted, it is left out",
          "set \(link.name) up first")
        isHealthy = false
      } else if !link.hasCarrier {
        refuse(
          .memberWithoutCarrier, set.subject,
          "\(link.name) has no carrier, so that no object for \(name) can be made; accepted, it is left out",
          "restore the link first")
        isHealthy = false
      }
      let usesNeighbours = set.routes.first?.family == .ipv4 ? state.settings.useNeighbours == true : false
      checkNeighbour(leg.gateway, leg.interface, set, isPassedOver: usesNeighbours)
    }
    note(
      ConversionHazard(
        .noSelfHealing, .warning, subject: set.subject,
        text: "legs come back with their link, nexthop objects do not: \(HazardWords.finalLoss)",
        remedy: "run ecmpctl resilient guard" + (isHealthy ? "" : "; what is left out now comes back by hand")))
  }

  mutating func checkMembers(of group: NexthopGroup, _ set: RouteSet) {
    for member in group.members {
      guard let nexthop = singles[member.id] else { continue }
      if nexthop.flags & UInt32(NexthopFlags.offload.rawValue) != 0 {
        refuse(
          .offloaded, set.subject, "hardware forwards nexthop \(member.id), with a hash of its own",
          "ask the driver's documentation for resilient groups")
      }
      guard let interface = nexthop.interface else { continue }
      if let link = links[interface], !link.isUp || !link.hasCarrier {
        refuse(
          link.isUp ? .memberWithoutCarrier : .memberDown, set.subject,
          "\(link.name) of nexthop \(member.id) is \(link.isUp ? "without carrier" : "down")", "restore the link first")
      }
      checkNeighbour(nexthop.gateway, interface, set, isPassedOver: group.kind == .hashThreshold)
    }
  }

  private mutating func checkNeighbour(
    _ gateway: IPAddress?, _ interface: UInt32, _ set: RouteSet, isPassedOver: Bool
  ) {
    guard let gateway,
      let neighbour = state.neighbours.first(where: { $0.interface == interface && $0.address == gateway }),
      neighbour.state == .failed || neighbour.state == .incomplete
    else { return }
    let name = "\(gateway) on \(interfaceName(interface))"
    note(
      ConversionHazard(
        .neighbourFailed, isPassedOver ? .refusal : .warning, subject: set.subject,
        text: isPassedOver
          ? "\(name) does not answer and is passed over now; a resilient group would send it its share"
          : "\(name) does not answer, and gets its share before and after",
        remedy: "repair it, or take it out of the group"))
  }

  // MARK: The new group

  /// What a resilient group will be like.
  mutating func check(_ group: NexthopGroup, _ set: RouteSet) {
    guard let parameters = group.resilient else { return }
    let weights = group.members.map(\.weight)
    let estimate = BucketEstimate(weights: weights, buckets: Int(parameters.buckets))
    let advised = BucketEstimate.advisedBuckets(weights: weights)
    let remedy = "give it \(advised) buckets with --buckets \(advised)"
    if parameters.buckets == 0 {
      refuse(.unconvertible, set.subject, "a resilient group needs at least one bucket", remedy)
      return
    }
    for position in estimate.starved {
      let member = group.members[position]
      refuse(
        .starvedMember, set.subject,
        HazardWords.starved(member, parameters.buckets), remedy)
    }
    if let text = HazardWords.shareError(estimate, parameters.buckets) {
      note(ConversionHazard(.shareError, .warning, subject: set.subject, text: text, remedy: remedy))
    }
    if HazardWords.hasBusyBuckets(group) {
      note(
        ConversionHazard(
          .busyBuckets, .warning, subject: set.subject, text: HazardWords.busyBuckets(parameters),
          remedy: "set --unbalanced-timer to the seconds after which busy buckets move"))
    }
    let wide = group.members.filter { $0.weight > 255 }
    if !wide.isEmpty, state.behaviour.hasWideWeights == false {
      refuse(
        .unconvertible, set.subject, "this kernel takes weights up to 255 in groups",
        "give the nexthops smaller weights")
    }
    checkCommands(group, set)
  }

  /// What `ip` of iproute2 6.1 can not be told.
  mutating func checkCommands(_ group: NexthopGroup, _ set: RouteSet) {
    var reasons: [String] = []
    if group.members.contains(where: { $0.weight > 256 }) { reasons.append("weights above 256") }
    if group.members.count > 120 { reasons.append("groups of more than 120 members") }
    if let parameters = group.resilient, parameters.idleTimer % 100 != 0 || parameters.unbalancedTimer % 100 != 0 {
      reasons.append("timers of parts of a second")
    }
    guard !reasons.isEmpty else { return }
    note(
      ConversionHazard(
        .ipLimits, .note, subject: set.subject,
        text: "ip of iproute2 6.1 does not take \(reasons.joined(separator: ", "))",
        remedy: "carry the plan out with ecmpctl resilient apply"))
  }

  mutating func checkOutlook() {
    note(
      ConversionHazard(
        .neighbourIgnored, .warning,
        text: HazardWords.neighbourIgnored,
        remedy: "run ecmpctl resilient guard, which takes it out"))
  }

  // MARK: Programs

  mutating func checkManagers() {
    for manager in request.managers {
      let name = HazardWords.name(manager)
      switch manager.kind {
      case .zebra where request.follows, .bird where request.follows: break
      case .zebra, .bird:
        note(
          ConversionHazard(
            .managerRunning, .warning, text: "\(name) runs here, and keeps the routes that it makes itself",
            remedy: "convert only routes that it does not make"))
      case .networkd where manager.managesForeignNexthops:
        refuse(
          .managerRunning, "", HazardWords.removesNexthops(manager), HazardWords.keepNexthops)
      case .networkd:
        note(
          ConversionHazard(
            .managerRunning, .note, text: "\(name) runs here, and leaves nexthop objects of others alone",
            remedy: "nothing is to be done"))
      case .networkManager:
        note(
          ConversionHazard(
            .managerRunning, .warning,
            text: "\(name) runs here, and brings the routes of its profiles back when they come up",
            remedy: "convert only routes that are in none of its profiles"))
      }
    }
  }
}

/// Who makes routes of a protocol and does not let others change them.
struct RouteOwner {
  let name: String
  let remedy: String
  /// The daemon, where a route of ours can stand in front of its routes.
  let kind: RouteManager.Kind?

  /// nil for protocols of people and of the kernel.
  init?(protocol number: UInt8) {
    switch number {
    case 11, 186...189, 191...198:
      name = "FRR (zebra)"
      kind = .zebra
      remedy =
        "where its version has zebra nexthop-group resilience buckets N idle-timer N unbalanced-timer N, set that; else "
        + "put a resilient group in front of it with --follow"
    case 12:
      name = "BIRD"
      kind = .bird
      remedy = "put a resilient group in front of it with --follow"
    case 42:
      name = "Babel"
      kind = nil
      remedy = "leave the route to it"
    case 16:
      name = "a DHCP client"
      kind = nil
      remedy = "leave the route to it"
    case 8, 10, 13, 14, 15, 17, 18, 84, 99:
      name = "a routing daemon (protocol \(number))"
      kind = nil
      remedy = "leave the route to it"
    default: return nil
    }
  }
}
