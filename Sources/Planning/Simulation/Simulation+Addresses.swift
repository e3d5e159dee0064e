import Routing

/// Addresses come and go, and with them the routes that the kernel makes for them (`fib_add_ifaddr()`,
/// `fib_del_ifaddr()`, net/ipv4/fib_frontend.c; `inet6_addr_add()`, `ipv6_del_addr()`, net/ipv6/addrconf.c).
extension Simulation {
  /// The protocol number of routes that the kernel makes (RTPROT_KERNEL).
  static let kernelProtocol: UInt8 = 2

  mutating func apply(_ request: AddressRequest) throws(ChangeRefusal) {
    let link = try link(named: request.interface)
    guard let local = request.local else { throw .kernel(.invalid) }
    if request.mode == .delete {
      try deleteAddress(request, local, link)
    } else {
      try addAddress(request, local, link)
    }
  }

  // MARK: Adding

  private mutating func addAddress(
    _ request: AddressRequest, _ local: IPAddress, _ link: Link
  ) throws(ChangeRefusal) {
    if local.family == .ipv6 { try checkIPv6(of: link) }
    let peer = request.address.flatMap { $0 == local ? nil : $0 }
    let existing = base.addresses.firstIndex {
      $0.interface == link.index && $0.address == local
        && (local.family == .ipv6 || $0.prefixLength == request.prefixLength && $0.peer == peer)
    }
    if let existing {
      guard request.mode != .add else { throw .kernel(.exists, addressText(local)) }
      try change(base.addresses[existing], request, link)
      return
    }
    // What is to be changed and is not there is added, too (`inet_rtm_newaddr()`, `inet6_rtm_newaddr()`).
    if local.family == .ipv6, local.isMulticast || local.isUnspecified { throw .kernel(.noAddress) }
    var address = InterfaceAddress(
      interface: link.index, address: local, peer: peer, prefixLength: request.prefixLength, scope: request.scope,
      flags: request.flags.rawValue)
    if request.lifetimes == nil { address.flags |= AddressRequest.Flags.permanent.rawValue }
    let neighbours = base.addresses.filter {
      local.family == .ipv4 && $0.interface == link.index && $0.prefixLength == address.prefixLength
        && $0.network == address.network
    }
    guard neighbours.allSatisfy({ $0.scope == address.scope }) else {
      throw .kernel(.invalid, scopeText)
    }
    if !neighbours.isEmpty { address.flags |= AddressRequest.Flags.secondary.rawValue }
    if local.family == .ipv6 { address.scope = local.isLinkLocal ? Scope.link : Scope.universe }
    base.addresses.append(address)
    addLocalRoute(of: address)
    if link.isUp {
      addConnectedRoutes(of: address, metric: request.metric)
      addBroadcastRoute(to: request.broadcast, of: address)
      if local.family == .ipv4 { reviveLegs(on: link) }
    } else {
      addAnycastRoute(of: address)
    }
  }

  /// A broadcast address that is given to an address.
  private mutating func addBroadcastRoute(to broadcast: IPAddress?, of address: InterfaceAddress) {
    guard let broadcast, address.address.family == .ipv4, broadcast.ipv4Value != .max, !broadcast.isUnspecified else {
      return
    }
    var route = addLocal(address)
    route.destination = Prefix(host: broadcast)
    (route.type, route.scope) = (.broadcast, Scope.link)
    route.nexthops = .legs(
      .single(RouteLeg(interface: address.interface, flags: carrierFlags(address.interface, .ipv4))))
    guard !routes[route.place].contains(where: { $0.type == route.type && $0.uses(address.interface) }) else { return }
    routes[route.place].append(route)
  }

  /// An address that is there already is added again.
  private mutating func change(
    _ address: InterfaceAddress, _ request: AddressRequest, _ link: Link
  ) throws(ChangeRefusal) {
    guard address.prefixLength == request.prefixLength, request.metric == nil else {
      throw .notSimulated("changing the prefix or metric of an address is not simulated; delete it and add it anew")
    }
    guard address.address.family == .ipv6 else { return }
    let ownsRoute = address.flags & AddressRequest.Flags.noPrefixRoute.rawValue == 0
    guard address.isPermanent == (request.lifetimes == nil), ownsRoute == !request.flags.contains(.noPrefixRoute) else {
      throw .notSimulated(
        "changing the lifetimes or flags of an IPv6 address is not simulated; delete it and add it anew")
    }
    guard ownsRoute, link.isUp else { return }
    // The route of its prefix comes again where there is none, and takes the place of another (`inet6_addr_modify()`).
    for route in connectedRoutes(of: address, metric: nil) where route.type == .unicast {
      guard let first = prefixRoute6(route.place, of: address) else { continue }
      guard routes[route.place][first].protocol == Self.kernelProtocol else {
        throw .notSimulated(
          "\(request.interface) has a route of its own to \(route.destination), which an address that is added again replaces"
        )
      }
      return
    }
    addConnectedRoutes(of: address)
  }

  /// Legs that died when the interface lost its last address live again with a new one (`fib_sync_up()`).
  private mutating func reviveLegs(on link: Link) {
    markLegs(on: link.index, family: .ipv4) { flags, ignores in
      flags.remove(.dead)
      if link.hasCarrier { flags.remove(.linkdown) } else if ignores { flags.insert(.dead) }
    }
  }

  private func addressText(_ address: IPAddress) -> String? {
    guard let version = base.kernel.version, version >= KernelVersion(6, 6) else { return nil }
    return address.family == .ipv4 ? "ipv4: Address already assigned" : "ipv6: address already assigned"
  }

  /// Whether the interface takes IPv6 addresses (`inet6_rtm_newaddr()`, `addrconf_add_dev()`).
  private func checkIPv6(of link: Link) throws(ChangeRefusal) {
    let smallestMTU: UInt32 = 1280
    guard link.mtu >= smallestMTU else { throw .kernel(.invalid) }
    guard base.settings.interfaces[link.name]?.ipv6IsDisabled == true else { return }
    let hasText = base.kernel.version.map { $0 >= KernelVersion(6, 6) } ?? false
    throw .kernel(.accessDenied, hasText ? "ipv6: IPv6 is disabled on this device" : nil)
  }

  private var scopeText: String? {
    guard let version = base.kernel.version, version >= KernelVersion(6, 6) else { return nil }
    return "ipv4: Invalid scope value"
  }

  private func addLocal(_ address: InterfaceAddress) -> Route {
    let isIPv6 = address.address.family == .ipv6
    // A secondary address shows itself as the primary one of its network.
    let primary = base.addresses.first {
      $0.interface == address.interface && $0.prefixLength == address.prefixLength && $0.network == address.network
        && $0.flags & AddressRequest.Flags.secondary.rawValue == 0 && $0.address.family == .ipv4
    }
    return Route(
      destination: Prefix(host: address.address), table: localTable(of: address.interface),
      metric: isIPv6 ? 0 : nil, type: .local, protocol: Self.kernelProtocol,
      scope: isIPv6 ? 0 : Scope.host,
      nexthops: .legs(.single(RouteLeg(interface: address.interface))),
      preferredSource: isIPv6 ? nil : primary?.address ?? address.address)
  }

  private func localTable(of interface: UInt32) -> UInt32 { vrfTable(of: interface) ?? RouteTable.local }

  private mutating func addLocalRoute(of address: InterfaceAddress) {
    let route = addLocal(address)
    guard !routes[route.place].contains(where: { $0.type == .local && $0.uses(address.interface) }) else { return }
    routes[route.place].append(route)
  }

  /// What an address brings along once its interface is up.
  mutating func addConnectedRoutes(of address: InterfaceAddress, metric: UInt32? = nil) {
    addLocalRoute(of: address)
    for route in connectedRoutes(of: address, metric: metric) {
      let list = routes[route.place]
      let isThere = list.contains {
        $0.type == route.type && $0.uses(address.interface)
          // A prefix of IPv6 may have a route of each metric (`addrconf_prefix_route()`).
          && (route.family == .ipv4 || route.type != .unicast || $0.priority == route.priority)
      }
      guard !isThere else { continue }
      let position = list.firstIndex { $0.priority > route.priority } ?? list.count
      routes[route.place].insert(route, at: position)
    }
  }

  private func connectedRoutes(of address: InterfaceAddress, metric: UInt32?) -> [Route] {
    guard let link = link(address.interface) else { return [] }
    let family = address.address.family
    let isPrimary = address.flags & AddressRequest.Flags.secondary.rawValue == 0
    let leg = RouteLegs.single(RouteLeg(interface: link.index, flags: carrierFlags(link.index, family)))
    var route = Route(
      destination: Prefix(containing: address.network, length: address.prefixLength),
      table: vrfTable(of: link.index) ?? RouteTable.main, protocol: Self.kernelProtocol, nexthops: .legs(leg))
    var result: [Route] = []
    if family == .ipv6 {
      route.metric = metric ?? 256
    } else {
      route.metric = metric
      route.scope = Scope.link
      route.preferredSource = address.address
    }
    let hasPrefix =
      address.flags & AddressRequest.Flags.noPrefixRoute.rawValue == 0
      && (family == .ipv6 || isPrimary && (address.prefixLength < 32 || address.peer != nil))
    if hasPrefix {
      result.append(route)
      if family == .ipv4, link.isLoopback {
        // All of a network of the loopback interface is this machine (`fib_add_ifaddr()`).
        result[0].table = localTable(of: link.index)
        (result[0].type, result[0].scope) = (.local, Scope.host)
      }
    }
    if family == .ipv6, let peer = address.peer {
      route.destination = Prefix(host: peer)
      result.append(route)
    }
    if family == .ipv4, isPrimary, address.prefixLength < 31 {
      route.destination = Prefix(host: address.networkBroadcast)
      route.table = localTable(of: link.index)
      route.metric = nil
      route.type = .broadcast
      result.append(route)
    }
    return result + [anycastRoute(of: address)].compactMap { $0 }
  }

  /// The subnet-router anycast address that a router answers for (RFC 4291, 2.6.1).
  private func anycastRoute(of address: InterfaceAddress) -> Route? {
    let name = link(address.interface)?.name ?? ""
    return base.settings.interfaces[name]?.ipv6Forwarding == true ? subnetRoute(of: address) : nil
  }

  private func subnetRoute(of address: InterfaceAddress) -> Route? {
    guard address.address.family == .ipv6, address.prefixLength < 127 else { return nil }
    return Route(
      destination: Prefix(host: address.address.masked(to: address.prefixLength)),
      table: localTable(of: address.interface), metric: 0, type: .anycast, protocol: Self.kernelProtocol,
      nexthops: .legs(.single(RouteLeg(interface: address.interface))))
  }

  mutating func addAnycastRoute(of address: InterfaceAddress) {
    guard let route = anycastRoute(of: address) else { return }
    guard !routes[route.place].contains(where: { $0.type == .anycast && $0.uses(address.interface) }) else { return }
    routes[route.place].append(route)
  }

  mutating func removeAnycastRoute(of address: InterfaceAddress) {
    if let route = subnetRoute(of: address) { remove(route, on: address.interface) }
  }

  // MARK: Deleting

  private mutating func deleteAddress(
    _ request: AddressRequest, _ local: IPAddress, _ link: Link
  ) throws(ChangeRefusal) {
    let index = base.addresses.firstIndex { own in
      own.interface == link.index && own.address == local
        && (request.address == nil || own.prefixLength == request.prefixLength)
    }
    guard let index else {
      throw .kernel(.noAddress, deletionText(local.family))
    }
    let removed = base.addresses[index]
    let isPrimary = removed.flags & AddressRequest.Flags.secondary.rawValue == 0
    let secondaries = base.addresses.filter {
      local.family == .ipv4 && isPrimary && $0.interface == link.index && $0 != removed
        && $0.prefixLength == removed.prefixLength && $0.network == removed.network
    }
    // Without net.ipv4.conf.*.promote_secondaries they go with the primary one; with it the next becomes primary.
    guard secondaries.isEmpty else {
      throw .notSimulated("\(local) is the primary address of others on \(link.name); delete those first")
    }
    remove(removed)
  }

  private func deletionText(_ family: AddressFamily) -> String? {
    guard let version = base.kernel.version, version >= KernelVersion(6, 6) else { return nil }
    return family == .ipv4 ? "ipv4: Address not found" : "ipv6: address not found"
  }

  private mutating func remove(_ address: InterfaceAddress) {
    base.addresses.removeAll { $0 == address }
    let index = address.interface
    let isStillThere = base.addresses.contains { $0.interface == index && $0.address == address.address }
    if !isStillThere { remove(addLocal(address), on: index) }
    let rest = base.addresses.filter { $0.interface == index && $0.address.family == address.address.family }
    for route in connectedRoutes(of: address, metric: nil) {
      if address.address.family == .ipv6, let peer = address.peer, route.destination == Prefix(host: peer) {
        removeFirstRoute(route.place, over: index)
        continue
      }
      let isShared = rest.contains {
        $0.prefixLength == address.prefixLength && $0.network == address.network
          && (route.type != .local || !route.destination.isHost)
      }
      guard !isShared else { continue }
      if route.family == .ipv6, route.type == .unicast {
        removePrefixRoute6(route.place, of: address)
      } else {
        remove(route, on: index)
      }
    }
    guard address.address.family == .ipv4 else { return forgetSource6(address.address) }
    if !isStillThere { forgetSource(address.address, of: index) }
    forgetBroadcast(of: address)
    if rest.isEmpty { disableIPv4(on: index) }
  }

  /// Of the routes to the prefix over the interface alone the first one goes, whoever made it and whatever its metric, and
  /// only with an address that has no lifetime (`ipv6_del_addr()`, `addrconf_get_prefix_route()`).
  private mutating func removePrefixRoute6(_ place: RouteStore.Place, of address: InterfaceAddress) {
    guard address.isPermanent, let first = prefixRoute6(place, of: address) else { return }
    routes[place].remove(at: first)
  }

  /// With a primary address goes the broadcast address that was given to it, which no other part of the state tells.
  private mutating func forgetBroadcast(of address: InterfaceAddress) {
    let ends = base.addresses.filter { $0.interface == address.interface && $0.address.family == .ipv4 }
      .map(\.networkBroadcast)
    routes.rewrite(
      {
        $0.family == .ipv4 && $0.type == .broadcast && $0.protocol == Self.kernelProtocol
          && $0.preferredSource == address.address && $0.uses(address.interface)
          && !ends.contains($0.destination.address)
      }, { _ in nil })
  }

  /// With an address of IPv6 goes the first route to its peer over the interface (`__ipv6_ifa_notify()`).
  private mutating func removeFirstRoute(_ place: RouteStore.Place, over interface: UInt32) {
    let first = routes[place].firstIndex { route in
      guard case .legs(.single(let leg)) = route.nexthops else { return false }
      return leg.interface == interface
    }
    if let first { routes[place].remove(at: first) }
  }

  private func prefixRoute6(_ place: RouteStore.Place, of address: InterfaceAddress) -> Int? {
    routes[place].firstIndex { route in
      guard case .legs(.single(let leg)) = route.nexthops else { return false }
      return leg.interface == address.interface && leg.gateway == nil && (route.source?.length ?? 0) == 0
    }
  }

  /// Takes away the kernel's own route of this type, whatever its metric.
  private mutating func remove(_ route: Route, on interface: UInt32) {
    routes[route.place].removeAll {
      $0.type == route.type && $0.protocol == Self.kernelProtocol && $0.uses(interface)
    }
  }

  /// Routes that prefer a source which the machine no longer has go (`fib_sync_down_addr()`).
  mutating func forgetSource(_ address: IPAddress, of interface: UInt32) {
    guard !base.addresses.contains(where: { $0.address == address }) else { return }
    let table = vrfTable(of: interface) ?? RouteTable.main
    routes.rewrite(
      { $0.family == .ipv4 && $0.preferredSource == address && $0.table == table }, { _ in nil })
  }

  /// IPv6 routes stay, and no longer prefer the source (`rt6_remove_prefsrc()`).
  mutating func forgetSource6(_ address: IPAddress) {
    routes.rewrite({ $0.family == .ipv6 && $0.preferredSource == address }) { route in
      var route = route
      route.preferredSource = nil
      return route
    }
  }

  /// An interface without any IPv4 address takes no part in IPv4: as if it went down, own addresses included.
  private mutating func disableIPv4(on interface: UInt32) {
    let before = self
    noteRebalancing(over: interface, .ipv4)
    routes.rewrite({ $0.family == .ipv4 && $0.uses(interface) }) { route in
      guard case .legs(.multipath(var legs)) = route.nexthops else { return nil }
      for position in legs.indices where legs[position].interface == interface {
        legs[position].flags.formUnion([.dead, .linkdown])
      }
      guard legs.contains(where: { $0.interface != interface && !before.isDead($0, .ipv4) }) else { return nil }
      var route = route
      route.nexthops = .legs(.multipath(legs))
      return route
    }
    base.neighbours.removeAll { $0.interface == interface && $0.address.family == .ipv4 }
  }

  // MARK: Flushing

  mutating func flush(_ selector: AddressSelector) throws(ChangeRefusal) {
    guard selector.label == nil else { throw .notSimulated("labels of addresses are not known here") }
    let interface = try selector.interface.map { name throws(ChangeRefusal) in
      guard let link = try? link(named: name) else { throw ChangeRefusal(.noInterfaceOfAddresses(name)) }
      return link.index
    }
    let chosen = base.addresses.filter { address in
      let link = link(address.interface)
      return (selector.family == nil || address.address.family == selector.family)
        && (interface == nil || address.interface == interface)
        && (selector.scope == nil || address.scope == selector.scope)
        && (selector.prefix.map { $0.prefix.contains(address.address) } ?? true)
        && address.flags & selector.flagMask.rawValue == selector.flags.rawValue & selector.flagMask.rawValue
        && (!selector.onlyUp || link?.isUp == true) && (selector.group == nil || link?.group == selector.group)
        && (selector.kind == nil || link?.kind == selector.kind)
    }
    // Secondary ones first, as then none takes others along.
    for address in chosen where address.flags & AddressRequest.Flags.secondary.rawValue != 0 { remove(address) }
    for address in chosen where base.addresses.contains(address) { remove(address) }
  }
}

extension InterfaceAddress {
  /// The last address of its IPv4 network.
  var networkBroadcast: IPAddress { IPAddress(ipv4: network.ipv4Value | (UInt32.max >> UInt32(prefixLength))) }

  /// The network of the address, or for IPv4 of its peer.
  var network: IPAddress { (address.family == .ipv4 ? peer ?? address : address).masked(to: prefixLength) }
}
