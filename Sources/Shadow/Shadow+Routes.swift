internal import KernelRouting
internal import Routing
internal import Scratch

extension Shadow {
  /// Makes the nexthop objects, and the groups with whatever buckets come out.
  mutating func makeNexthops() throws(KernelError) {
    // Where one is refused, the gateway may be reached all the same.
    _ = try inside.kernel.perform(gatewayRoutes().map { .add(.route($0)) })
    var requests: [(place: ShadowDifference.Place, request: KernelRequest)] = []
    for nexthop in wanted.nexthops ?? [] {
      if case .device(_, _, let encapsulation?) = nexthop.target, let objection = objection(encapsulation) {
        refusals[nexthop.place] = objection
      } else {
        requests.append((nexthop.place, .add(.nexthop(nexthop))))
      }
    }
    for group in wanted.groups { requests.append((group.place, .add(.group(group)))) }
    try perform(requests)
  }

  /// Makes the routes as they are while all interfaces are up.
  mutating func makeRoutes() throws(KernelError) {
    try correctRoutes()
    // With an interface that goes down later its routes would go, too.
    _ = try inside.kernel.perform(gatewayRoutes().map { .delete(.route($0)) })
  }

  /// Deletes and adds routes until they are those of the state.
  mutating func correctRoutes() throws(KernelError) {
    let found = try inside.kernel.routes().filter { !$0.isHelper }
    let correction = RouteCorrection(from: found, to: wanted.routes)
    var requests: [(place: ShadowDifference.Place, request: KernelRequest)] = []
    for route in correction.deletions { requests.append((route.place, .delete(.route(route)))) }
    for route in correction.additions {
      if route.shape.key.isOfKernelOnly {
        refusals[route.place] = "the kernel adds such a route by itself only"
      } else if let objection = objection(to: route) {
        refusals[route.place] = objection
      } else {
        requests.append((route.place, .append(.route(route))))
      }
    }
    try perform(requests)
  }

  private func objection(to route: Route) -> String? {
    route.encapsulations.compactMap { objection($0) }.first
  }

  private func objection(_ encapsulation: Encapsulation) -> String? {
    encapsulation.objection(sameByteOrder: wanted.kernel.isLittleEndian == KernelIdentity.running.isLittleEndian)
  }

  /// Routes that lead to each gateway by its interface, whatever the state has.
  ///
  /// The kernel refuses a gateway that nothing leads to when the route is made; later it does not mind.
  private func gatewayRoutes() -> [Route] {
    let vrfTables = Dictionary(
      wanted.links.compactMap { link in link.vrfTable.map { (link.index, $0) } },
      uniquingKeysWith: { first, _ in first })
    let tables = Dictionary(
      wanted.links.compactMap { link in link.master.flatMap { vrfTables[$0] }.map { (link.index, $0) } },
      uniquingKeysWith: { first, _ in first })
    var seen: Set<RouteLeg> = []
    var routes: [Route] = []
    func add(_ gateway: IPAddress?, _ interface: UInt32) {
      guard let gateway, interface != 0, !gateway.isUnspecified,
        seen.insert(RouteLeg(gateway: gateway, interface: interface)).inserted
      else { return }
      routes.append(.helper(to: gateway, by: interface, table: tables[interface] ?? RouteTable.main))
    }
    for nexthop in wanted.nexthops ?? [] { add(nexthop.gateway, nexthop.interface ?? 0) }
    for route in wanted.routes where route.nexthopID == nil {
      for leg in route.legs.list where !leg.flags.contains(.onlink) { add(leg.gateway, leg.interface) }
    }
    return routes
  }
}

extension Route {
  /// No daemon is known by it; see /etc/iproute2/rt_protos.
  private static let helperProtocol: UInt8 = 255
  /// Behind every other route of the prefix.
  private static let helperMetric: UInt32 = .max - 1

  /// A route for as long as others are made.
  fileprivate static func helper(to gateway: IPAddress, by interface: UInt32, table: UInt32) -> Route {
    let link: UInt8 = 253
    return Route(
      destination: Prefix(host: gateway), table: table, metric: helperMetric, protocol: helperProtocol,
      scope: gateway.family == .ipv4 ? link : 0, nexthops: .legs(.single(RouteLeg(interface: interface))))
  }

  fileprivate var isHelper: Bool { `protocol` == Self.helperProtocol && metric == Self.helperMetric }

  fileprivate var encapsulations: [Encapsulation] {
    nexthopID == nil ? legs.list.compactMap(\.encapsulation) : []
  }
}

extension Nexthop {
  var place: ShadowDifference.Place { ShadowDifference.Place(.nexthop, "id \(id)") }
}

extension NexthopGroup {
  var place: ShadowDifference.Place { ShadowDifference.Place(.group, "id \(id)") }
}
