import Routing

extension PlannedChange {
  /// The change as a command would ask for it.
  ///
  /// - Parameter interface: the name of an interface by its index.
  package func request(interface: (UInt32) -> String) -> RoutingChange {
    switch self {
    case .addNexthop(let nexthop): .nexthop(NexthopRequest(adding: nexthop, interface: interface))
    case .addGroup(let group): .nexthop(NexthopRequest(.add, group))
    case .replaceGroup(_, let group): .nexthop(NexthopRequest(.replace, group))
    case .removeNexthop(let nexthop): .nexthop(NexthopRequest(deleting: nexthop.id))
    case .removeGroup(let group): .nexthop(NexthopRequest(deleting: group.id))
    case .replaceRoute(_, let route): .route(RouteRequest(.replace, route, interface: interface))
    case .addRoute(let route): .route(RouteRequest(.add, route, interface: interface))
    case .removeRoute(let route): .route(RouteRequest(.delete, route, interface: interface))
    case .addRule(let rule): .rule(RuleRequest(.add, rule))
    case .removeRule(let rule): .rule(RuleRequest(.delete, rule))
    }
  }
}

extension Simulation {
  /// Makes a planned change.
  package mutating func apply(_ change: PlannedChange) throws(ChangeRefusal) {
    try apply(change.request { index in base.links.first { $0.index == index }?.name ?? "if\(index)" })
  }
}

extension NexthopRequest {
  fileprivate init(adding nexthop: Nexthop, interface: (UInt32) -> String) {
    self.init(mode: .add)
    id = nexthop.id
    family = nexthop.family
    `protocol` = nexthop.protocol
    isOnlink = nexthop.flags & UInt32(NexthopFlags.onlink.rawValue) != 0
    switch nexthop.target {
    case .blackhole: isBlackhole = true
    case .fdb(let gateway):
      isFDB = true
      self.gateway = gateway
    case .device(let index, let gateway, let encapsulation):
      self.interface = interface(index)
      self.gateway = gateway
      self.encapsulation = encapsulation.map(EncapsulationRequest.init)
    }
  }

  fileprivate init(_ mode: RequestMode, _ group: NexthopGroup) {
    self.init(mode: mode)
    id = group.id
    self.group = group.members
    groupType = group.kind
    isFDB = group.isFDB
    `protocol` = group.protocol
    guard let parameters = group.resilient else { return }
    var resilient = ResilientRequest()
    resilient.buckets = parameters.buckets
    resilient.idleTimer = parameters.idleTimer
    resilient.unbalancedTimer = parameters.unbalancedTimer
    self.resilient = resilient
  }

  fileprivate init(deleting id: UInt32) {
    self.init(mode: .delete)
    self.id = id
  }
}

extension RouteRequest {
  fileprivate init(_ mode: RequestMode, _ route: Route, interface: (UInt32) -> String) {
    self.init(
      mode: mode, family: route.family,
      destination: AddressPrefix(route.destination.address, length: route.destination.length))
    source = route.source.map { AddressPrefix($0.address, length: $0.length) }
    tos = route.tos
    table = .number(route.table)
    type = route.type
    `protocol` = route.protocol
    scope = route.scope
    metric = route.metric
    preferredSource = route.preferredSource
    preference = route.preference
    if let extras = route.extras {
      metrics =
        extras.metrics.filter { $0.kind != RouteMetric.lock } + extras.metrics.filter { $0.kind == RouteMetric.lock }
      ttlPropagate = extras.ttlPropagate
      if let ticks = extras.expires, ticks > 0 { expires = UInt32(ticks) / 100 }
    }
    switch route.nexthops {
    case .object(let id, _): nexthopID = id
    case .legs(.none): break
    case .legs(.single(let leg)):
      self.leg = LegRequest(leg, family: route.family, interface: interface)
      if let realms = route.extras?.realms { self.leg.realms = realms }
    case .legs(.multipath(let list)):
      legs = list.map { LegRequest($0, family: route.family, interface: interface) }
    }
  }
}

extension RuleRequest {
  /// Of a rule that looks a table up, which are those that plans make.
  fileprivate init(_ mode: RequestMode, _ rule: Rule) {
    // FR_ACT_TO_TBL.
    self.init(mode: mode, family: rule.family, action: 1)
    if case .lookup(let table) = rule.action { self.table = table }
    priority = rule.priority
    source = rule.source.map { AddressPrefix($0.address, length: $0.length) }
    destination = rule.destination.map { AddressPrefix($0.address, length: $0.length) }
    `protocol` = rule.protocol
    suppressPrefixLength = rule.suppressPrefixLength
  }
}

extension RouteMetric {
  /// RTAX_LOCK: a bit for each kind that path MTU discovery and the like must not change.
  static let lock: UInt16 = 1
}

extension LegRequest {
  fileprivate init(_ leg: RouteLeg, family: AddressFamily, interface: (UInt32) -> String) {
    self.init()
    if leg.gateway?.family == family { gateway = leg.gateway } else { otherFamilyGateway = leg.gateway }
    if leg.interface != 0 { self.interface = interface(leg.interface) }
    weight = leg.weight
    isOnlink = leg.flags.contains(.onlink)
    realms = leg.realms
    encapsulation = leg.encapsulation.map(EncapsulationRequest.init)
  }
}

extension EncapsulationRequest {
  /// The attributes of an encapsulation as the kernel wrote them, one by one.
  init(_ encapsulation: Encapsulation) {
    self.init(type: encapsulation.type, attributes: [])
    let bytes = encapsulation.attributes
    var start = 0
    while bytes.count - start >= 4 {
      let length = Int(Self.machineInteger(bytes[start], bytes[start + 1]))
      guard length >= 4, length <= bytes.count - start else { return }
      attributes.append(
        Attribute(
          Self.machineInteger(bytes[start + 2], bytes[start + 3]), bytes: Array(bytes[(start + 4)..<(start + length)])))
      start += (length + 3) & ~3
    }
  }

  private static func machineInteger(_ first: UInt8, _ second: UInt8) -> UInt16 {
    #if _endian(big)
      UInt16(first) << 8 | UInt16(second)
    #else
      UInt16(second) << 8 | UInt16(first)
    #endif
  }
}
