import Routing

extension Walk {
  /// Whether the kernel drops the packet before it looks for a route, from the addresses alone.
  ///
  /// Mirrors the checks at the start of `ip_route_input_slow()`, `ip_route_output_key_hash_rcu()` and `ip6_forward()`.
  /// A query over IPv6 goes through none of them.
  func refusalBeforeLookup() -> Decision.DropReason? {
    switch (flow.family, isForwarded) {
    case (.ipv4, true): forwarded4Refusal()
    case (.ipv4, false): local4Refusal()
    case (.ipv6, true): question == .traffic ? forwarded6Refusal() : nil
    case (.ipv6, false): nil
    }
  }

  /// Of 0.0.0.0/8 only the first address is special (`ipv4_is_zeronet()`, Linux 5.3 and later).
  private func forwarded4Refusal() -> Decision.DropReason? {
    let source = flow.source.ipv4Value
    let destination = flow.destination.ipv4Value
    if flow.source.isMulticast || source == .max || source == 0 || flow.source.isLoopback {
      return .martianSource
    }
    if flow.destination.isMulticast { return .multicast }
    if destination != .max, destination == 0 || flow.destination.isLoopback { return .martianDestination }
    return nil
  }

  private func local4Refusal() -> Decision.DropReason? {
    guard !flow.source.isUnspecified else { return nil }
    if flow.source.isMulticast || flow.source.ipv4Value == .max {
      return .martianSource
    }
    return isLocal4(flow.source) ? nil : .sourceNotLocal
  }

  private func forwarded6Refusal() -> Decision.DropReason? {
    if flow.source.isMulticast || flow.source.isLoopback { return .martianSource }
    if flow.destination.isMulticast { return .multicast }
    if flow.destination.isLoopback { return .martianDestination }
    // What follows depends on the ingress interface.
    guard flow.inputInterface == 0 else { return nil }
    if flow.source.isUnspecified { return .martianSource }
    return flow.source.isLinkLocal || flow.destination.isLinkLocal ? .linkScope : nil
  }

  /// Whether an IPv6 packet is dropped on account of its source, which does not matter where it leaves through the
  /// interface that it came in on (`ip6_forward()`).
  func sourceRefusal6(_ decision: Decision) -> Decision.DropReason? {
    guard flow.family == .ipv6, isForwarded, question == .traffic, case .sent = decision.outcome,
      let nexthop = decision.nexthop, nexthop.interface != ingress
    else { return nil }
    if flow.source.isUnspecified { return .martianSource }
    return flow.source.isLinkLocal ? .linkScope : nil
  }

  /// Whether the packet is for everybody on the ingress link, which no route decides.
  var isLimitedBroadcast: Bool {
    isForwarded && flow.family == .ipv4 && flow.destination.ipv4Value == .max
  }

  /// Whether the address is delivered locally.
  func isLocal4(_ address: IPAddress) -> Bool { table.isOwn(address) }

  /// Whether a packet that has a route is dropped on account of its source (`fib_validate_source()`).
  ///
  /// - Parameter egress: the interface that it is to leave by; 0 when it is for this machine.
  func sourceRefusal(egress: UInt32) -> Decision.DropReason? {
    guard flow.family == .ipv4, isForwarded, flow.inputInterface != 0 else { return nil }
    let filter = table.links.reversePathFilter(ingress)
    if filter == 0 {
      let isOwn = isLocal4(flow.source)
      guard table.hasCustomLocalRoutes || table.hasCustomRules4 else { return isOwn ? .localSource : nil }
      // The way back to any other source is one that is not refused, or that is not there, which does not matter.
      guard isOwn || table.hasCustomLocalRoutes || table.broadcasts.contains(flow.source) else { return nil }
    }
    guard let route = reverseRoute(egress: egress) else { return filter == 0 ? nil : .reversePath }
    let type = table.state.routes[route].type
    guard type == .unicast else { return type == .local ? .localSource : .martianSource }
    // A route through a member of a VRF is one through the VRF device.
    let isUsed = entries(of: route).contains {
      $0.choice.interface == ingress || table.links.vrf(of: $0.choice.interface) == ingress
    }
    if filter == 0 || isUsed { return nil }
    // The loose mode still refuses an interface without any address of its own.
    let hasAddress = table.state.addresses.contains { $0.interface == ingress && $0.address.family == .ipv4 }
    return filter == 1 || !hasAddress ? .reversePath : nil
  }

  /// Whether the source is none that a packet is dropped for, wherever it goes.
  var admitsSource: Bool {
    refusalBeforeLookup() == nil && table.egresses4.allSatisfy { sourceRefusal(egress: $0) == nil }
  }

  /// The route towards the source, as the reverse path check looks it up: from the destination, without the mark.
  private func reverseRoute(egress: UInt32) -> Int? {
    var back = flow
    swap(&back.source, &back.destination)
    swap(&back.sourcePort, &back.destinationPort)
    back.origin = .local
    back.outputInterface = 0
    back.mark = 0
    back.userID = 0
    var walk = Walk(table: table, flow: back, question: .query, trace: nil)
    walk.interfaces = LookupInterfaces(
      backTo: ingress, egress: egress, links: table.links, behaviour: table.behaviour)
    let decision = walk.walkRules()
    if case .refused = decision.outcome { return nil }
    return decision.route
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
