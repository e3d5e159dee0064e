import Routing

/// Interfaces go down, come up and vanish (`fib_netdev_event()`, net/ipv4/fib_frontend.c; `nh_netdev_event()`,
/// net/ipv4/nexthop.c; `addrconf_notify()`, net/ipv6/addrconf.c; `fib6_ifdown()`, net/ipv6/route.c).
extension Simulation {
  mutating func apply(_ request: LinkRequest) throws(ChangeRefusal) {
    for link in try targets(request.target) { try apply(request, to: link) }
  }

  private func targets(_ target: LinkTarget) throws(ChangeRefusal) -> [Link] {
    switch target {
    case .interface(let name): [try link(named: name)]
    case .group(let group): base.links.filter { $0.group == group }
    }
  }

  private mutating func apply(_ request: LinkRequest, to link: Link) throws(ChangeRefusal) {
    try checkSimulated(request, link)
    if let name = request.name { try rename(link, to: name) }
    if let mtu = request.mtu { setMTU(UInt32(bitPattern: mtu), of: link.index) }
    change(link.index) { link in
      if let group = request.group { link.group = group }
      link.flags = link.flags & ~request.changedFlags | request.flags & request.changedFlags
    }
    // Any such change makes the kernel look at the carrier again (NETDEV_CHANGE).
    if request.group != nil, link.isUp { noteRebalancing(over: link.index) }
    if request.group != nil, link.hasCarrier { markLegs(on: link.index) { flags, _ in flags.remove(.linkdown) } }
    let changesARP = (link.flags ^ request.flags) & request.changedFlags & LinkRequest.noarp != 0
    if request.linkLayerAddress != nil || changesARP {
      base.neighbours.removeAll { $0.interface == link.index }
    }
    if let isUp = request.isUp, isUp != link.isUp {
      if isUp { setUp(link.index) } else { setDown(link.index) }
    }
    if let carrier = request.carrier {
      guard link.kind == "dummy" else { throw .kernel(.notSupported) }
      if carrier { carrierUp(link.index) } else { carrierDown(link.index) }
    }
  }

  private func checkSimulated(_ request: LinkRequest, _ link: Link) throws(ChangeRefusal) {
    if let mtu = request.mtu {
      guard mtu >= 68, link.kind != "veth" || mtu <= 65535 else { throw .kernel(.invalid, nil) }
      if link.kind == "macvlan" || link.kind == "macvtap", let lower = link.lower.flatMap({ self.link($0) }) {
        guard mtu <= Int64(lower.mtu) else { throw .kernel(.invalid, nil) }
      }
      let uppers = base.links.filter { $0.lower == link.index && Self.kindsOfSmallerMTU.contains($0.kind ?? "") }
      for one in [link] + uppers where mtu < 1280 && one.mtu >= 1280 {
        if base.addresses.contains(where: { $0.interface == one.index && $0.address.family == .ipv6 }) {
          throw .notSimulated("an MTU below 1280 ends IPv6 on \(one.name), which is not simulated")
        }
      }
    }
    switch request.master {
    case nil: break
    case .some(.none) where link.master == nil: break
    case .some(.interface(let name)), .some(.vrf(let name)):
      if try self.link(named: name).index == link.master { break }
      fallthrough
    default:
      throw .notSimulated("\(link.name) would join or leave a bridge, bond or VRF, which is not simulated")
    }
    if request.isProtocolDown != nil || request.mode != nil {
      throw .notSimulated("protodown and mode of \(link.name) are not simulated")
    }
    if let state = request.operationalState, state != link.operationalState {
      throw .notSimulated("setting the operational state of \(link.name) is not simulated")
    }
  }

  /// What stands on an interface and has no larger MTU (`macvlan_device_event()`, `vlan_device_event()`).
  private static let kindsOfSmallerMTU: Set<String> = ["macvlan", "macvtap", "vlan"]

  private mutating func setMTU(_ mtu: UInt32, of index: UInt32) {
    change(index) { link in
      link.mtu = mtu
      // That of IPv6 becomes the same (`addrconf_notify()`).
      link.ipv6MTU = nil
    }
    for upper in base.links where upper.lower == index && upper.mtu > mtu {
      if Self.kindsOfSmallerMTU.contains(upper.kind ?? "") { setMTU(mtu, of: upper.index) }
    }
  }

  private mutating func rename(_ link: Link, to name: String) throws(ChangeRefusal) {
    guard name != link.name else { return }
    guard !base.links.contains(where: { $0.isNamed(name) }) else { throw .kernel(.exists) }
    if link.isUp, let version = base.kernel.version, version < KernelVersion(6, 2) { throw .kernel(.busy) }
    detachRules(from: link)
    attachRules(to: name)
    change(link.index) { $0.name = name }
    base.settings.interfaces[name] = base.settings.interfaces.removeValue(forKey: link.name)
  }

  mutating func change(_ index: UInt32, _ body: (inout Link) -> Void) {
    for position in base.links.indices where base.links[position].index == index { body(&base.links[position]) }
  }

  // MARK: Down

  /// `IFF_RUNNING` and `IFF_LOWER_UP`, linux/if.h.
  private static let carrierFlags: UInt32 = 0x40 | 0x10000

  /// The administrator sets the interface down.
  mutating func setDown(_ index: UInt32) {
    guard let link = link(index), link.isUp else { return }
    doubtMaster(of: link)
    change(index) {
      $0.flags &= ~(0x1 | Self.carrierFlags)
      $0.operationalState = 2
    }
    removeNexthops(on: index)
    base.neighbours.removeAll { $0.interface == index }
    killLegs(on: index)
    let keepsAddresses = base.settings.interfaces[link.name]?.ipv6KeepsAddresses == true
    base.addresses.removeAll {
      $0.interface == index && $0.address.family == .ipv6
        && !(keepsAddresses && $0.isPermanent && !$0.address.isLinkLocal)
    }
    for upper in base.links where upper.lower == index && upper.index != index {
      lowerWentDown(upper, isDown: true)
    }
  }

  /// Legs on the interface die; a route all of whose legs are dead goes. Own IPv4 addresses stay.
  private mutating func killLegs(on index: UInt32) {
    let before = self
    noteRebalancing(over: index)
    routes.rewrite({ $0.uses(index) && !($0.family == .ipv4 && $0.scope == Scope.host) }) { route in
      guard case .legs(.multipath(var legs)) = route.nexthops else { return nil }
      for position in legs.indices where legs[position].interface == index {
        legs[position].flags.formUnion([.dead, .linkdown])
      }
      guard legs.contains(where: { !before.isDead($0, route.family) }) else { return nil }
      var route = route
      route.nexthops = .legs(.multipath(legs))
      return route
    }
  }

  /// The kernel computes the upper bounds of routes over the interface by the settings of this moment.
  mutating func noteRebalancing(over index: UInt32, _ family: AddressFamily? = nil) {
    for family in family.map({ [$0] }) ?? [.ipv4, .ipv6] { base.rebalanced[family, default: []].insert(index) }
  }

  /// Whether the leg is dead for the kernel: a dump shows legs over links without carrier as dead, too, where they are
  /// ignored.
  func isDead(_ leg: RouteLeg, _ family: AddressFamily) -> Bool {
    guard leg.flags.contains(.dead), let link = link(leg.interface), link.isUp else { return leg.flags.contains(.dead) }
    return !base.settings.ignoresLinkdown(family, interface: link.name, behaviour: base.behaviour)
  }

  /// Nexthop objects over the interface end; they do not come back with it.
  private mutating func removeNexthops(on index: UInt32) {
    // The kernel starts with the one that was made or replaced last.
    let ids = nexthops.values.filter { $0.interface == index }.map(\.id).sorted(by: >)
    for group in groups.values where group.kind == .resilient {
      if group.members.filter({ ids.contains($0.id) }).count > 1 { doubts.insert(.removalOrder(group: group.id)) }
    }
    for id in ids where nexthops[id] != nil { remove(nexthop: id) }
  }

  /// The interface loses its carrier.
  mutating func carrierDown(_ index: UInt32) {
    guard let link = link(index), link.hasCarrier else { return }
    doubtMaster(of: link)
    change(index) {
      $0.flags &= ~Self.carrierFlags
      $0.operationalState = 2
    }
    removeNexthops(on: index)
    base.neighbours.removeAll { $0.interface == index && $0.state != .permanent }
    markLegs(on: index) { flags, ignores in
      flags.insert(.linkdown)
      if ignores { flags.insert(.dead) }
    }
    for upper in base.links where upper.lower == index && upper.kind != "veth" {
      lowerWentDown(upper, isDown: false)
    }
  }

  /// A bridge or bond may gain or lose its carrier with one of its ports; a VRF does not.
  private mutating func doubtMaster(of link: Link) {
    guard let master = link.master.flatMap({ self.link($0) }), master.kind != "vrf" else { return }
    doubts.insert(.stackedInterface(master.name))
  }

  /// What stands on an interface follows it.
  private mutating func lowerWentDown(_ upper: Link, isDown: Bool) {
    switch upper.kind {
    case "veth", "macvlan", "macvtap", "ipvlan": carrierDown(upper.index)
    case "vlan": if isDown { setDown(upper.index) } else { carrierDown(upper.index) }
    default: doubts.insert(.stackedInterface(upper.name))
    }
  }

  mutating func markLegs(
    on index: UInt32, family: AddressFamily? = nil, _ body: (inout NexthopFlags, _ ignores: Bool) -> Void
  ) {
    noteRebalancing(over: index, family)
    let name = link(index)?.name ?? ""
    let ignores4 = base.settings.ignoresLinkdown(.ipv4, interface: name, behaviour: base.behaviour)
    let ignores6 = base.settings.ignoresLinkdown(.ipv6, interface: name, behaviour: base.behaviour)
    let isExempt = { (route: Route) in
      // Of the anycast addresses those that the kernel made (RTF_ANYCAST).
      route.family == .ipv4
        ? route.scope == Scope.host
        : route.type == .local || route.type == .anycast && route.protocol == Self.kernelProtocol
    }
    routes.rewrite({ $0.uses(index) && !isExempt($0) && (family == nil || $0.family == family) }) { route in
      var route = route
      let ignores = route.family == .ipv4 ? ignores4 : ignores6
      route.changeLegs { leg in
        if leg.interface == index { body(&leg.flags, ignores) }
      }
      return route
    }
  }

  // MARK: Up

  /// The interface gets its carrier back; nexthop objects do not return.
  mutating func carrierUp(_ index: UInt32) {
    guard let link = link(index), link.isUp, !link.hasCarrier else { return }
    doubtMaster(of: link)
    change(index) {
      $0.flags |= Self.carrierFlags
      $0.operationalState = 6
    }
    markLegs(on: index, family: .ipv4) { flags, ignores in
      flags.remove(.linkdown)
      if ignores { flags.remove(.dead) }
    }
    markLegs(on: index, family: .ipv6) { flags, _ in flags.subtract([.dead, .linkdown]) }
    addAutomaticRoutes(on: index)
    for upper in base.links where upper.lower == index {
      switch upper.kind {
      case "veth": break
      case "macvlan", "macvtap", "ipvlan", "vlan": carrierUp(upper.index)
      default: doubts.insert(.stackedInterface(upper.name))
      }
    }
  }

  /// The administrator sets the interface up.
  mutating func setUp(_ index: UInt32) {
    guard let link = link(index), !link.isUp else { return }
    doubtMaster(of: link)
    let peer = link.kind == "veth" ? link.lower.flatMap { self.link($0) } : nil
    if peer == nil, !link.isLoopback, link.kind != "dummy" { doubts.insert(.carrier(link.name)) }
    let hasCarrier = peer?.isUp ?? true
    change(index) {
      $0.flags |= 0x1 | (hasCarrier ? Self.carrierFlags : 0)
      $0.operationalState = hasCarrier ? 6 : 3
    }
    // Legs of IPv6 stay dead until there is a carrier (addrconf_notify(), net/ipv6/addrconf.c).
    markLegs(on: index, family: hasCarrier ? nil : .ipv4) { flags, ignores in
      flags.remove(.dead)
      if hasCarrier { flags.remove(.linkdown) } else if ignores { flags.insert(.dead) }
    }
    for address in base.addresses where address.interface == index { addConnectedRoutes(of: address) }
    if hasCarrier { addAutomaticRoutes(on: index) }
    if let peer, peer.isUp { carrierUp(peer.index) }
    for upper in base.links where upper.lower == index && upper.kind != "veth" {
      if hasCarrier, upper.kind == "macvlan" || upper.kind == "ipvlan" { carrierUp(upper.index) }
      if upper.kind == "vlan" { setUp(upper.index) }
    }
  }

  /// The link-local and multicast prefixes that IPv6 gives to an interface that is up.
  private mutating func addAutomaticRoutes(on index: UInt32) {
    guard base.settings.ipv6ForwardingAll != nil, link(index)?.isLoopback == false else { return }
    let leg = RouteLegs.single(RouteLeg(interface: index))
    let linkLocal = Prefix(containing: IPAddress(ipv6High: 0xfe80 << 48, low: 0), length: 64)
    let multicast = Prefix(containing: IPAddress(ipv6High: 0xff00 << 48, low: 0), length: 8)
    for (prefix, table, type) in [
      (linkLocal, RouteTable.main, RouteType.unicast), (multicast, RouteTable.local, RouteType.multicast),
    ] {
      let route = Route(
        destination: prefix, table: table, metric: 256, type: type, protocol: 2, nexthops: .legs(leg))
      let isThere = routes[route.place].contains { $0.uses(index) }
      if !isThere { routes[route.place].append(route) }
    }
  }

  // MARK: Gone

  mutating func delete(_ target: LinkTarget) throws(ChangeRefusal) {
    for link in try targets(target) {
      guard link.kind != nil, !link.isLoopback else { throw .kernel(.notSupported) }
      vanish(link.index)
    }
  }

  /// The interface is unregistered: IPv4 routes with any leg over it go whole, of IPv6 routes only those legs.
  mutating func vanish(_ index: UInt32) {
    guard let link = link(index) else { return }
    setDown(index)
    detachRules(from: link)
    base.links.removeAll { $0.index == index }
    removeNexthops(on: index)
    base.neighbours.removeAll { $0.interface == index }
    let gone = base.addresses.filter { $0.interface == index && $0.address.family == .ipv4 }
    base.addresses.removeAll { $0.interface == index }
    for address in gone { forgetSource(address.address, of: index) }
    base.settings.interfaces[link.name] = nil
    routes.rewrite({ $0.uses(index) }) { route in
      guard route.family == .ipv6, case .legs(.multipath(let legs)) = route.nexthops else { return nil }
      let rest = legs.filter { $0.interface != index }
      guard !rest.isEmpty else { return nil }
      var route = route
      route.nexthops = .legs(RouteLegs(siblings: rest))
      return route
    }
    for other in base.links {
      if other.master == index {
        change(other.index) { $0.master = nil }
        doubts.insert(.stackedInterface(other.name))
      }
      guard other.lower == index else { continue }
      // The other end of a veth pair goes with this one, and so does what stands on an interface.
      vanish(other.index)
    }
  }
}

extension Route {
  /// Whether a leg written in the route goes over the interface.
  func uses(_ interface: UInt32) -> Bool {
    guard case .legs(let legs) = nexthops else { return false }
    return legs.list.contains { $0.interface == interface }
  }

  mutating func changeLegs(_ body: (inout RouteLeg) -> Void) {
    guard case .legs(let legs) = nexthops else { return }
    switch legs {
    case .none: break
    case .single(var leg):
      body(&leg)
      nexthops = .legs(.single(leg))
    case .multipath(var list):
      for index in list.indices { body(&list[index]) }
      nexthops = .legs(.multipath(list))
    }
  }
}
