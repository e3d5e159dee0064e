import Routing

extension Walk {
  /// Whether the kernel drops the packet before it looks for a route, from the addresses alone.
  ///
  /// Mirrors the checks at the start of `ip_route_input_slow()`, `ip_route_output_key_hash_rcu()` and `ip6_forward()`.
  /// A query over IPv6 goes through none of them.
  mutating func refusalBeforeLookup() -> Decision.DropReason? {
    switch (flow.family, isForwarded) {
    case (.ipv4, true): forwarded4Refusal()
    case (.ipv4, false): local4Refusal()
    case (.ipv6, true): question == .traffic ? forwarded6Refusal() : nil
    case (.ipv6, false): nil
    }
  }

  /// Of 0.0.0.0/8 only the first address is special (`ipv4_is_zeronet()`, Linux 5.3 and later).
  private mutating func forwarded4Refusal() -> Decision.DropReason? {
    let source = flow.source.ipv4Value
    let destination = flow.destination.ipv4Value
    if flow.source.isMulticast || source == .max { return .martianSource }
    if isLimitedBroadcast { return nil }
    if source == 0 { return .martianSource }
    if flow.destination.isMulticast { return .multicast }
    if destination == 0 { return .martianDestination }
    guard flow.source.isLoopback || flow.destination.isLoopback else { return nil }
    let routes = table.links.routesLoopback(ingress)
    if routes == nil { noteUnknownSetting() }
    return routes == true ? nil : flow.destination.isLoopback ? .martianDestination : .martianSource
  }

  /// Notes that a setting of an interface decides which every kernel has, and that the interface or the setting is not
  /// known.
  mutating func noteUnknownSetting() {
    caveats.insert(isForwarded && flow.inputInterface == 0 ? .ingressUnknown : .stateIncomplete)
  }

  /// Notes that nobody told by which interface the packet comes in, where one of them forwards and another does not.
  mutating func noteForwardingDoubt() {
    if flow.inputInterface == 0, table.links.forwardsUnevenly(flow.family) { caveats.insert(.ingressUnknown) }
  }

  private mutating func local4Refusal() -> Decision.DropReason? {
    guard !flow.source.isUnspecified else { return nil }
    if flow.source.isMulticast || flow.source.ipv4Value == .max {
      return .martianSource
    }
    if isLocal4(flow.source) {
      if table.isOwnInDoubt4(flow.source) { caveats.insert(.ruleHistory) }
      return nil
    }
    guard question == .traffic else { return .sourceNotLocal }
    // A transparent socket passes (FLOWI_FLAG_ANYSRC). What the kernel tells of is there, and has passed before.
    caveats.insert(.foreignSource)
    return unknown.contains(.lookup) ? nil : .sourceNotLocal
  }

  private func forwarded6Refusal() -> Decision.DropReason? {
    if table.links.lacksIPv6(flow.inputInterface) { return .ipv6Disabled }
    if flow.source.isMulticast || flow.source.isLoopback { return .martianSource }
    if flow.destination.isMulticast { return .multicast }
    if flow.destination.isLoopback { return .martianDestination }
    // What follows depends on the ingress interface.
    guard flow.inputInterface == 0 else { return nil }
    if flow.source.isUnspecified { return .martianSource }
    return flow.source.isLinkLocal || flow.destination.isLinkLocal ? .linkScope : nil
  }

  /// Why an IPv6 packet does not leave the way that was found for it; `ip6_forward()` minds the source only where that is
  /// not through the interface that it came in on.
  func refusalOnLeaving6(_ decision: Decision) -> Decision.DropReason? {
    guard flow.family == .ipv6, question == .traffic, case .sent = decision.outcome, let nexthop = decision.nexthop
    else { return nil }
    if isForwarded, nexthop.interface != ingress {
      if flow.source.isUnspecified { return .martianSource }
      if flow.source.isLinkLocal { return .linkScope }
    }
    return table.links.lacksIPv6(nexthop.interface) ? .ipv6Disabled : nil
  }

  /// Whether the packet is for everybody on the ingress link, which no route decides; so is one from nowhere to nowhere.
  var isLimitedBroadcast: Bool {
    isForwarded && flow.family == .ipv4
      && (flow.destination.ipv4Value == .max || flow.destination.ipv4Value == 0 && flow.source.ipv4Value == 0)
  }

  /// Whether the address is delivered locally.
  func isLocal4(_ address: IPAddress) -> Bool { table.isOwn(address) }

  /// What the kernel makes of a source.
  struct SourceVerdict {
    /// Why it drops the packet.
    var refusal: Decision.DropReason?
    var caveats: Caveats = []
  }

  /// What becomes of a packet that has a route on account of its source (`fib_validate_source()`).
  ///
  /// - Parameter egress: the interface that it is to leave by; 0 when it is for this machine.
  func sourceVerdict(egress: UInt32) -> SourceVerdict {
    guard flow.family == .ipv4, isForwarded, flow.inputInterface != 0 else { return SourceVerdict() }
    let filter = table.links.reversePathFilter(ingress)
    if filter != 0 { return wayBackVerdict(egress: egress, filter: filter) }
    // The way back to any other source is one that is not refused, or that is not there, which does not matter.
    let isSpecial = isLocal4(flow.source) || table.broadcasts.contains(flow.source)
    let accepts = table.links.acceptsLocalSources(ingress)
    let isCustom = table.hasCustomLocalRoutes || table.hasCustomRules4
    guard isSpecial || table.hasCustomLocalRoutes && (accepts != true || table.usesRealms4) else {
      return SourceVerdict()
    }
    let back = wayBackVerdict(egress: egress, filter: 0)
    if table.usesRealms4 || (isCustom && accepts != true) { return back }
    // The kernel asks only whether an interface has the address. But it looks up the way back if there ever were rules
    // or local routes that no new namespace has, and where it sends redirects, which the state does not tell.
    var verdict = SourceVerdict()
    if accepts != true, isAddressOfInterface(flow.source) {
      verdict.refusal = .localSource
      if accepts == nil { verdict.caveats.insert(.stateIncomplete) }
    }
    if (verdict.refusal == nil) != (back.refusal == nil) { verdict.caveats.insert(.sourceHistory) }
    return verdict
  }

  private func isAddressOfInterface(_ address: IPAddress) -> Bool {
    table.ownAddresses.contains(address) || (table.state.unread.contains(.addresses) && isLocal4(address))
  }

  /// What the way back to the source makes of the packet (`__fib_validate_source()`).
  private func wayBackVerdict(egress: UInt32, filter: UInt8) -> SourceVerdict {
    let (route, caveats) = reverseRoute(egress: egress)
    var verdict = SourceVerdict(caveats: caveats)
    guard let route else {
      verdict.refusal = filter == 0 ? nil : .reversePath
      return verdict
    }
    let type = table.state.routes[route].type
    if type == .local {
      let accepts = table.links.acceptsLocalSources(ingress)
      if accepts == nil { verdict.caveats.insert(.stateIncomplete) }
      if accepts != true { verdict.refusal = .localSource }
    } else if type != .unicast {
      verdict.refusal = .martianSource
    }
    if verdict.refusal != nil || filter == 0 { return verdict }
    // A route through a member of a VRF is one through the VRF device.
    let isUsed = entries(of: route).contains {
      $0.choice.interface == ingress || table.links.vrf(of: $0.choice.interface) == ingress
    }
    // The loose mode still refuses an interface without any address of its own.
    let hasAddress = table.state.addresses.contains { $0.interface == ingress && $0.address.family == .ipv4 }
    if !isUsed, filter == 1 || !hasAddress { verdict.refusal = .reversePath }
    return verdict
  }

  /// Whether the source is none that a packet is dropped for, wherever it goes.
  var admitsSource: Bool {
    var walk = self
    return walk.refusalBeforeLookup() == nil
      && table.egresses4.allSatisfy { egress in
        let verdict = sourceVerdict(egress: egress)
        return verdict.refusal == nil && verdict.caveats.isEmpty
      }
  }

  /// The route towards the source, as the reverse path check looks it up: from the destination, without the mark unless
  /// the ingress interface says otherwise.
  private func reverseRoute(egress: UInt32) -> (route: Int?, Caveats) {
    var back = flow
    swap(&back.source, &back.destination)
    swap(&back.sourcePort, &back.destinationPort)
    back.origin = .local
    back.outputInterface = 0
    back.userID = table.state.settings.rootUserID
    var caveats: Caveats = []
    let validatesMarks = table.links.validatesMarks(ingress)
    if validatesMarks != true { back.mark = 0 }
    if table.asksForMark4 {
      if validatesMarks == nil, flow.mark != 0 { caveats.insert(.stateIncomplete) }
      if validatesMarks != false, unknown.contains(.mark) { caveats.insert(.fieldUnknown) }
    }
    var walk = Walk(table: table, flow: back, question: .query, trace: nil)
    walk.interfaces = LookupInterfaces(
      backTo: ingress, egress: egress, links: table.links, behaviour: table.behaviour)
    let decision = walk.walkRules()
    caveats.formUnion(walk.caveats.intersection(.ruleHistory))
    if case .refused = decision.outcome { return (nil, caveats) }
    return (decision.route, caveats)
  }

  /// The nexthops of a route, whether or not they can be chosen.
  func entries(of route: Int) -> [NexthopEntry] {
    let set = table.nexthops.setOfRoute[route]
    if set >= 0 { return table.nexthops.sets[Int(set)].entries }
    guard let id = table.state.routes[route].nexthopID else { return [] }
    switch table.nexthops.objects[id] {
    case .single(let entry): return [entry]
    case .threshold(_, let members), .resilient(_, let members, _, _): return members
    case .blackhole, .unusable, nil: return []
    }
  }
}
