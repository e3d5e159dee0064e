import Forwarding
import Routing

/// Single nexthop objects come and go (`rtm_new_nexthop()`, `remove_nexthop()`, net/ipv4/nexthop.c).
extension Simulation {
  mutating func apply(_ request: NexthopRequest) throws(ChangeRefusal) {
    guard base.nexthops != nil else { throw .kernel(.notSupported) }
    if let name = request.interface { _ = try linkOfNexthop(named: name) }
    if request.mode == .delete {
      guard let id = request.id, id != 0 else { throw .kernel(.invalid, "Invalid nexthop id") }
      guard nexthops[id] != nil || groups[id] != nil else { throw .kernel(.noEntry) }
      remove(nexthop: id)
      return
    }
    // Number 0 is sent, and stands for none.
    let given = request.id == 0 ? nil : request.id
    if request.group != nil {
      try checkGroup(request)
      let id = try number(of: given, request)
      try put(try newGroup(request, id: id))
    } else {
      let nexthop = try newNexthop(request, id: given ?? 0)
      try put(nexthop, id: try number(of: given, request))
    }
  }

  /// The id that the object gets.
  private mutating func number(of given: UInt32?, _ request: NexthopRequest) throws(ChangeRefusal) -> UInt32 {
    if let given {
      if request.mode == .add, nexthops[given] != nil || groups[given] != nil { throw .kernel(.exists) }
      return given
    }
    guard request.mode != .replace else { throw .kernel(.invalid, "Replace requires nexthop id") }
    doubts.insert(.nexthopNumber)
    var id: UInt32 = 1
    while nexthops[id] != nil || groups[id] != nil { id += 1 }
    return id
  }

  // MARK: Making

  private func newNexthop(_ request: NexthopRequest, id: UInt32) throws(ChangeRefusal) -> Nexthop {
    guard request.groupType == nil, request.resilient == nil else {
      // Attributes of groups on a single nexthop are refused by the policy of single ones.
      throw .notSimulated("what the kernel makes of a group's type without a group is not simulated")
    }
    var nexthop = Nexthop(
      id: id, family: request.family ?? .ipv4, target: .blackhole, protocol: request.protocol,
      flags: request.isOnlink ? UInt32(NexthopFlags.onlink.rawValue) : 0)
    guard request.family != nil else { throw .kernel(.invalid, "Invalid address family") }
    let hasWay = request.gateway != nil || request.interface != nil || request.encapsulation != nil
    if request.isBlackhole {
      guard !hasWay, !request.isFDB else {
        throw .kernel(.invalid, "Blackhole attribute can not be used with gateway, oif, encap or fdb")
      }
      return nexthop
    }
    if request.isFDB {
      guard request.interface == nil, request.encapsulation == nil else {
        throw .kernel(.invalid, "Fdb attribute can not be used with encap, oif or blackhole")
      }
      nexthop.target = .fdb(gateway: request.gateway)
      return nexthop
    }
    guard let name = request.interface else {
      throw .kernel(.invalid, "Device attribute required for non-blackhole and non-fdb nexthops")
    }
    let device = try link(named: name)
    guard device.isUp else { throw .kernel(.networkDown, "Nexthop device is not up") }
    guard device.hasCarrier else { throw .kernel(.networkDown, "Carrier for nexthop device is down") }
    guard request.gateway != nil || !request.isOnlink else {
      throw .kernel(.invalid, "ONLINK flag can not be set for nexthop without a gateway")
    }
    var leg = LegRequest()
    leg.gateway = request.gateway
    leg.interface = name
    leg.isOnlink = request.isOnlink
    leg.encapsulation = request.encapsulation
    // Without a VRF there is no table to ask before the rules.
    let table = vrfTable(of: device.index) ?? 0
    let checked = try checked(leg, family: nexthop.family, table: table, scope: Scope.universe)
    nexthop.scope = nexthopScope(checked, family: nexthop.family)
    nexthop.target = .device(
      interface: checked.interface, gateway: request.gateway, encapsulation: checked.encapsulation)
    return nexthop
  }

  /// How far the kernel takes the gateway to be.
  private func nexthopScope(_ leg: RouteLeg, family: AddressFamily) -> UInt8 {
    if family == .ipv6 { return Scope.link }
    guard let gateway = leg.gateway else { return Scope.host }
    return !leg.flags.contains(.onlink) && isOwnAddress(gateway) ? Scope.host : Scope.link
  }

  // MARK: Putting

  private mutating func put(_ new: Nexthop, id: UInt32) throws(ChangeRefusal) {
    var nexthop = new
    nexthop.id = id
    guard groups[id] == nil else { throw .kernel(.invalid, "Can not replace a nexthop group with a nexthop.") }
    if let old = nexthops[id] { try checkReplacement(of: old, by: nexthop) }
    nexthops[id] = nexthop
  }

  /// `replace_nexthop()`: the routes over the object itself are looked at first, then its groups and the routes over those.
  private func checkReplacement(of old: Nexthop, by new: Nexthop) throws(ChangeRefusal) {
    try checkUsers([old.id], of: new)
    let memberships = groups.values.filter { group in group.members.contains { $0.id == old.id } }
    if new.target == .blackhole, memberships.contains(where: { $0.members.count > 1 }) {
      throw .kernel(.invalid, "Blackhole nexthop can not be a member of a group with more than one path")
    }
    try checkUsers(memberships.map(\.id), of: new)
    guard memberships.isEmpty || new.isFDB == old.isFDB else {
      throw .kernel(.invalid, "Cannot change nexthop FDB status while in a group")
    }
  }

  /// Whether the routes over any of these can go over `new`.
  private func checkUsers(_ users: [UInt32], of new: Nexthop) throws(ChangeRefusal) {
    guard new.family == .ipv4 || new.isFDB else { return }
    let isUsed = routes.contains { route in
      (route.family == .ipv6 || new.isFDB) && route.nexthopID.map(users.contains) ?? false
    }
    guard isUsed else { return }
    throw .kernel(
      .invalid, new.isFDB ? "Route cannot point to a fdb nexthop" : "IPv6 routes can not use an IPv4 nexthop")
  }

  // MARK: Removing

  /// Removes a nexthop object, or a group, with all that goes with it: routes over it, its place in groups, and groups
  /// that it was the last member of (`remove_nexthop()`).
  mutating func remove(nexthop id: UInt32) {
    nexthops[id] = nil
    groups[id] = nil
    tables[id] = nil
    routes.rewrite({ $0.nexthopID == id }, { _ in nil })
    for (number, group) in groups where group.members.contains(where: { $0.id == id }) {
      let rest = group.members.filter { $0.id != id }
      guard !rest.isEmpty else {
        remove(nexthop: number)
        continue
      }
      groups[number]?.members = rest
      groups[number]?.statistics.removeAll { $0.id == id }
      let now = now
      changeTable(of: number) { $0.replace(members: rest, now: now) }
    }
  }

  /// Changes a bucket table, and notes where what the state does not tell decided.
  mutating func changeTable(of group: UInt32, _ change: (inout ResilientTable) -> Void) {
    guard var table = tables[group] else { return }
    change(&table)
    if !table.doubtful.isEmpty { doubts.insert(.bucketActivity(group: group)) }
    tables[group] = table
  }

  // MARK: Flushing

  mutating func flush(_ selector: NexthopSelector) throws(ChangeRefusal) {
    let interface = try selector.interface.map { name throws(ChangeRefusal) in try linkOfNexthop(named: name).index }
    let master = try selector.master.map { name throws(ChangeRefusal) in try linkOfNexthop(named: name).index }
    let chosenGroups = groups.values.filter { group in
      interface == nil && master == nil && (!selector.onlyFDB || group.isFDB)
        && (selector.family == nil || selector.isEverything)
        && (selector.protocol == 0 || UInt32(group.protocol) == selector.protocol)
    }
    let chosen = nexthops.values.filter { nexthop in
      !selector.onlyGroups && (!selector.onlyFDB || nexthop.isFDB)
        && (selector.family == nil || nexthop.family == selector.family)
        && (interface == nil || nexthop.interface == interface)
        && (master == nil || nexthop.interface.flatMap { link($0)?.master } == master)
        && (selector.protocol == 0 || UInt32(nexthop.protocol) == selector.protocol)
    }
    let ids = (chosenGroups.map(\.id) + chosen.map(\.id)).sorted()
    for id in ids where nexthops[id] != nil || groups[id] != nil { remove(nexthop: id) }
  }
}

extension Nexthop {
  var isFDB: Bool { if case .fdb = target { true } else { false } }
}
