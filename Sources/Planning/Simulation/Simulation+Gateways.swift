import Routing

/// What the kernel checks of a nexthop, whether it is written in a route or an object of its own.
extension Simulation {
  /// A leg as it comes out of the check (`fib_check_nh()`, net/ipv4/fib_semantics.c; `fib6_nh_init()`,
  /// net/ipv6/route.c).
  ///
  /// - Parameters:
  ///   - family: of the route.
  ///   - scope: of an IPv4 route.
  ///   - source: that an IPv6 route prefers.
  func checked(
    _ request: LegRequest, family: AddressFamily, table: UInt32, scope: UInt8, source: IPAddress? = nil
  ) throws(ChangeRefusal) -> RouteLeg {
    let interface = try request.interface.map { name throws(ChangeRefusal) in try link(named: name).index } ?? 0
    let encapsulation = try resolved(request.encapsulation)
    let gateway = request.gateway ?? request.otherFamilyGateway
    var leg = RouteLeg(
      gateway: gateway, interface: interface, weight: request.weight, flags: request.isOnlink ? .onlink : [],
      encapsulation: encapsulation, realms: request.realms)
    if let gateway, gateway.family == .ipv6 {
      try checkGateway6(gateway, &leg, table: table, source: source)
    } else if family == .ipv6 {
      try checkDevice6(&leg)
    } else if let gateway {
      try checkGateway4(gateway, &leg, table: table, scope: scope)
    } else {
      try checkDevice4(&leg)
    }
    // The check of an IPv6 gateway of an IPv4 route does not look at the carrier.
    if family == .ipv6 || gateway?.family != .ipv6 { leg.flags.formUnion(carrierFlags(leg.interface, family)) }
    return leg
  }

  /// The flags of a new leg over an interface: dumps show it as dead, too, where links without carrier are ignored.
  func carrierFlags(_ interface: UInt32, _ family: AddressFamily) -> NexthopFlags {
    guard let link = link(interface), !link.hasCarrier else { return [] }
    return base.settings.ignoresLinkdown(family, interface: link.name, behaviour: base.behaviour)
      ? [.linkdown, .dead] : .linkdown
  }

  private func resolved(_ request: EncapsulationRequest?) throws(ChangeRefusal) -> Encapsulation? {
    guard let request else { return nil }
    guard let value = request.resolved(interface: { name in base.links.first { $0.isNamed(name) }?.index }) else {
      throw .notSimulated("the encapsulation names an interface that does not exist")
    }
    return value
  }

  // MARK: IPv4

  private func checkGateway4(
    _ gateway: IPAddress, _ leg: inout RouteLeg, table: UInt32, scope: UInt8
  ) throws(ChangeRefusal) {
    if leg.flags.contains(.onlink) {
      guard scope < Scope.link else { throw .kernel(.invalid, "Nexthop has invalid scope") }
      guard let device = link(leg.interface) else { throw .kernel(.noDevice, "Nexthop device required for onlink") }
      guard device.isUp else { throw .kernel(.networkDown, "Nexthop device is not up") }
      guard !isOwnOrBroadcast(gateway, interface: leg.interface) else {
        throw .kernel(.invalid, "Nexthop has invalid gateway")
      }
      return
    }
    let lookup = GatewayLookup(simulation: self)
    // The way to the gateway has to be shorter than the route's.
    switch lookup.find(gateway, interface: leg.interface, table: table, scope: max(scope &+ 1, Scope.link)) {
    case .refused(let code): throw .kernel(code, "Nexthop has invalid gateway")
    case .nothing: throw .kernel(.networkUnreachable, "Nexthop has invalid gateway")
    case .match(let match):
      guard match.route.type == .unicast || match.route.type == .local else {
        throw .kernel(.invalid, "Nexthop has invalid gateway")
      }
      leg.interface = match.leg.interface
      guard let device = link(leg.interface), device.isUp else { throw .kernel(.networkDown) }
    }
  }

  /// Whether `inet_addr_type()` is anything but unicast.
  private func isOwnOrBroadcast(_ address: IPAddress, interface: UInt32) -> Bool {
    if address.isMulticast || address.isUnspecified { return true }
    let local = routes.covering(address, table: RouteTable.local).first?.first
    return local.map { $0.type != .unicast } ?? false
  }

  private func checkDevice4(_ leg: inout RouteLeg) throws(ChangeRefusal) {
    guard !leg.flags.contains(.onlink) else {
      throw .kernel(.invalid, "Invalid flags for nexthop - PERVASIVE and ONLINK can not be set")
    }
    guard let device = link(leg.interface) else { throw .kernel(.noDevice) }
    guard device.isUp else { throw .kernel(.networkDown, "Device for nexthop is not up") }
  }

  // MARK: IPv6

  private func checkGateway6(
    _ gateway: IPAddress, _ leg: inout RouteLeg, table: UInt32, source: IPAddress?
  ) throws(ChangeRefusal) {
    try checkSize6(leg.interface)
    if leg.flags.contains(.onlink) {
      guard let device = link(leg.interface) else { throw .kernel(.noDevice, "Nexthop device required for onlink") }
      guard device.isUp else { throw .kernel(.networkDown, "Nexthop device is not up") }
    }
    // A link-local gateway may be an own address of another interface.
    guard !isOwnAddress(gateway, on: gateway.isLinkLocal ? leg.interface : nil) else {
      throw .kernel(.invalid, "Gateway can not be a local address")
    }
    guard !gateway.isMulticast, !gateway.isUnspecified, !gateway.isLoopback else {
      throw .kernel(.invalid, "Invalid gateway address")
    }
    let lookup = GatewayLookup(simulation: self, source: source)
    if !gateway.isLinkLocal {
      let answer = lookup.find(gateway, interface: leg.interface, table: table, scope: 0)
      if leg.flags.contains(.onlink) {
        try checkOnlink6(lookup, gateway, leg)
      } else {
        guard case .match(let match) = answer, lookup.accepts(match, leg.interface) else {
          throw .kernel(.hostUnreachable)
        }
        leg.interface = match.leg.interface
      }
    }
    guard leg.interface != 0 else { throw .kernel(.invalid, "Egress device not specified") }
    guard let device = link(leg.interface) else { throw .kernel(.noDevice) }
    guard !device.isLoopback else {
      throw .kernel(.invalid, "Egress device can not be loopback device for this route")
    }
    try checkIPv6(on: leg.interface)
    guard device.isUp else { throw .kernel(.networkDown, "Nexthop device is not up") }
  }

  /// Whether the interface is large enough for IPv6.
  private func checkSize6(_ interface: UInt32) throws(ChangeRefusal) {
    let smallestMTU: UInt32 = 1280
    if let device = link(interface), device.mtu < smallestMTU { throw .kernel(.noDevice) }
  }

  /// Whether the interface has IPv6, and not turned off (`fib6_nh_init()`).
  private func checkIPv6(on interface: UInt32) throws(ChangeRefusal) {
    guard let device = link(interface) else { return }
    try checkSize6(interface)
    guard base.settings.interfaces[device.name]?.ipv6IsDisabled != true else {
      throw .kernel(.accessDenied, "IPv6 is disabled on nexthop device")
    }
  }

  /// An on-link gateway must not be known to be elsewhere, except by a default route.
  private func checkOnlink6(_ lookup: GatewayLookup, _ gateway: IPAddress, _ leg: RouteLeg) throws(ChangeRefusal) {
    let table = vrfTable(of: leg.interface) ?? RouteTable.main
    guard case .match(let match) = lookup.ask(table, gateway, interface: 0, scope: 0),
      match.route.destination.length > 0
    else { return }
    guard match.route.type == .unicast, match.leg.interface == leg.interface else {
      throw .kernel(.invalid, "Nexthop has invalid gateway or device mismatch")
    }
  }

  private func checkDevice6(_ leg: inout RouteLeg) throws(ChangeRefusal) {
    guard leg.interface != 0, let device = link(leg.interface) else { throw .kernel(.noDevice) }
    try checkIPv6(on: leg.interface)
    guard !device.isLoopback else {
      throw .notSimulated("an IPv6 route through the loopback interface is not simulated")
    }
    guard device.isUp else { throw .kernel(.networkDown, "Nexthop device is not up") }
  }
}

/// `RT_SCOPE_*`, linux/rtnetlink.h.
enum Scope {
  static let universe: UInt8 = 0
  static let link: UInt8 = 253
  static let host: UInt8 = 254
  static let nowhere: UInt8 = 255
}
