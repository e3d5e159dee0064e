import Routing

extension RoutingState {
  /// The state without the parts in which it can not be compared, since one of two states does not have them.
  func without(_ parts: Set<StatePart>) -> RoutingState {
    guard !parts.isEmpty else { return self }
    var state = self
    if parts.contains(.links) { state.links = [] }
    if parts.contains(.addresses) { state.addresses = [] }
    if parts.contains(.neighbours) { state.neighbours = [] }
    if parts.contains(.nexthops) { (state.nexthops, state.groups) = (nil, []) }
    if parts.contains(.buckets) || parts.contains(.nexthops) { state.bucketTables = [] }
    for family in AddressFamily.allCases {
      if parts.contains(.rules(family)) { state.rules.removeAll { $0.family == family } }
      if parts.contains(.routes(family)) { state.routes.removeAll { $0.family == family } }
      if parts.contains(.settings(family)) { state.settings.forget(family) }
    }
    if parts.contains(.ipv6Routes) { state.hiddenRoutes = HiddenRoutes() }
    if parts.contains(.redirects) { state.redirects = Redirects() }
    if parts.contains(.ipv6Settings) {
      for index in state.links.indices { state.links[index].ipv6MTU = nil }
    }
    if parts.contains(.machine) { state.kernel.machine = "" }
    if parts.contains(.release) { state.kernel.release = "" }
    if parts.contains(.details) { state.forgetDetails() }
    return state
  }

  /// Takes out what `ip -j`, `sysctl` and `uname` do not print.
  private mutating func forgetDetails() {
    (kernel.build, kernel.bootID) = (nil, nil)
    for name in settings.interfaces.keys { settings.interfaces[name]?.forgetDevice() }
    // A veth whose other end is in another namespace is told of in other words.
    for index in links.indices where links[index].kind == "veth" { links[index].lower = nil }
    // `ip neigh` leaves those without resolution out.
    let noARP = Neighbour.State(rawValue: 0x40)
    neighbours.removeAll { $0.state == noARP }
    for index in rules.indices { rules[index].protocol = 0 }
    for index in groups.indices { groups[index].statistics = [] }
    if let singles = nexthops { nexthops = singles.map(\.withoutParameters) }
    let lock: UInt16 = 1
    for index in routes.indices {
      if routes[index].extras?.metrics.contains(where: { $0.kind == lock }) == true {
        routes[index].extras?.metrics.removeAll { $0.kind == lock }
        if routes[index].extras == RouteExtras() { routes[index].extras = nil }
      }
      let plain = routes[index].nexthops.withoutParameters
      if plain != routes[index].nexthops { routes[index].nexthops = plain }
    }
  }
}

extension InterfaceSettings {
  fileprivate mutating func forgetDevice() {
    (receivePacketSteering, receiveHashing, driver) = (nil, nil, nil)
  }
}

extension KernelSettings {
  fileprivate mutating func forget(_ family: AddressFamily) {
    switch family {
    case .ipv4:
      ipv4Hash = HashSettings()
      (hashSeed, useNeighbours, nexthopCompatMode) = (nil, nil, nil)
      (ipv4ForwardingAll, ipv4IgnoresLinkdownAll) = (nil, nil)
      (ipv4ReversePathFilterAll, ipv4AcceptsSourceRoutesAll) = (nil, nil)
      ipv4AdmissionAll = AdmissionSettings()
    case .ipv6:
      ipv6Hash = HashSettings()
      (ipv6ForwardingAll, ipv6IgnoresLinkdownAll, autoFlowLabels, skipNotifyOnDeviceDown) = (nil, nil, nil, nil)
    }
    for (name, settings) in interfaces {
      var settings = settings
      switch family {
      case .ipv4:
        (settings.ipv4Forwarding, settings.ipv4IgnoresLinkdown) = (nil, nil)
        (settings.reversePathFilter, settings.ipv4AcceptsSourceRoutes) = (nil, nil)
        settings.ipv4Admission = AdmissionSettings()
      case .ipv6:
        (settings.ipv6Forwarding, settings.ipv6IgnoresLinkdown) = (nil, nil)
        (settings.ipv6ForcesForwarding, settings.ipv6IsDisabled, settings.ipv6KeepsAddresses) = (nil, nil, nil)
      }
      interfaces[name] = settings == InterfaceSettings() ? nil : settings
    }
  }
}

extension Encapsulation {
  fileprivate var withoutParameters: Encapsulation { Encapsulation(type: type, attributes: []) }
}

extension Nexthop {
  fileprivate var withoutParameters: Nexthop {
    guard case .device(let interface, let gateway, let encapsulation?) = target else { return self }
    var nexthop = self
    nexthop.target = .device(
      interface: interface, gateway: gateway, encapsulation: encapsulation.withoutParameters)
    return nexthop
  }
}

extension RouteNexthops {
  fileprivate var withoutParameters: RouteNexthops {
    switch self {
    case .legs(let legs): .legs(legs.withoutParameters)
    case .object(let id, let legs): .object(id: id, expansion: legs.withoutParameters)
    }
  }
}

extension RouteLegs {
  fileprivate var withoutParameters: RouteLegs {
    func plain(_ leg: RouteLeg) -> RouteLeg {
      var leg = leg
      leg.encapsulation = leg.encapsulation?.withoutParameters
      return leg
    }
    return switch self {
    case .none: .none
    case .single(let leg): .single(plain(leg))
    case .multipath(let legs): .multipath(legs.map(plain))
    }
  }
}
