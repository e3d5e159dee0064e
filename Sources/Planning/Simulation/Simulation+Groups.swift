import Forwarding
import Routing

/// Groups of nexthop objects (`nh_check_attr_group()`, `replace_nexthop_grp()`, net/ipv4/nexthop.c).
extension Simulation {
  /// The timers of a resilient group whose request names none (`NH_RES_DEFAULT_IDLE_TIMER`), in USER_HZ ticks.
  private static let defaultIdleTimer: UInt32 = 12000

  func checkGroup(_ request: NexthopRequest) throws(ChangeRefusal) {
    let members = request.group ?? []
    guard request.family == nil else { throw .kernel(.invalid, "Invalid family for group") }
    let others =
      request.interface != nil || request.gateway != nil || request.isBlackhole || request.encapsulation != nil
    guard !members.isEmpty else { throw .kernel(.invalid, "Invalid length for nexthop group attribute") }
    var seen: Set<UInt32> = []
    for member in members {
      // Weights that one byte holds are taken by every kernel.
      guard member.weight <= 255 || base.behaviour.hasWideWeights != false else {
        throw .kernel(.invalid, "Invalid value for weight")
      }
      guard seen.insert(member.id).inserted else {
        throw .kernel(.invalid, "Nexthop id can not be used twice in a group")
      }
    }
    try checkMembers(request, members)
    guard !others else { throw .kernel(.invalid, "No other attributes can be set in nexthop groups") }
    if request.groupType ?? .hashThreshold == .hashThreshold, request.resilient != nil {
      throw .kernel(.invalid, "No other attributes can be set in nexthop groups")
    }
    if request.resilient?.buckets == 0 { throw .kernel(.invalid, "Number of buckets needs to be non-0") }
  }

  private func checkMembers(_ request: NexthopRequest, _ members: [NexthopGroup.Member]) throws(ChangeRefusal) {
    var family: AddressFamily?
    for member in members {
      if let group = groups[member.id] {
        let kind = group.kind == .resilient ? "Resilient" : "Hash-threshold"
        throw .kernel(.invalid, "\(kind) group can not be a nexthop within a group")
      }
      guard let nexthop = nexthops[member.id] else { throw .kernel(.invalid, "Invalid nexthop id") }
      if nexthop.target == .blackhole, members.count > 1 {
        throw .kernel(.invalid, "Blackhole nexthop can not be used in a group with more than 1 path")
      }
      if request.isFDB {
        guard nexthop.isFDB else { throw .kernel(.invalid, "FDB nexthop group can only have fdb nexthops") }
        guard family == nil || family == nexthop.family else {
          throw .kernel(.invalid, "FDB nexthop group cannot have mixed family nexthops")
        }
        family = nexthop.family
      } else if nexthop.isFDB {
        throw .kernel(.invalid, "Non FDB nexthop group cannot have fdb nexthops")
      }
    }
  }

  func newGroup(_ request: NexthopRequest, id: UInt32) throws(ChangeRefusal) -> NexthopGroup {
    let kind = request.groupType ?? .hashThreshold
    var group = NexthopGroup(
      id: id, kind: kind, members: request.group ?? [], isFDB: request.isFDB, protocol: request.protocol)
    guard kind == .resilient else { return group }
    if request.isFDB { throw .notSimulated("a resilient group of FDB nexthops is not simulated") }
    let old = groups[id]?.resilient
    // Another type, which is refused later.
    if groups[id] != nil, old == nil { return group }
    guard let buckets = request.resilient?.buckets ?? old?.buckets else {
      throw .kernel(.invalid, "Number of buckets not specified for nexthop group insertion")
    }
    group.resilient = ResilientParameters(
      buckets: buckets, idleTimer: request.resilient?.idleTimer ?? old?.idleTimer ?? Self.defaultIdleTimer,
      unbalancedTimer: request.resilient?.unbalancedTimer ?? old?.unbalancedTimer ?? 0)
    return group
  }

  mutating func put(_ group: NexthopGroup) throws(ChangeRefusal) {
    guard nexthops[group.id] == nil else {
      throw .kernel(.invalid, "Can not replace a nexthop with a nexthop group.")
    }
    var group = group
    if let old = groups[group.id] {
      try checkReplacement(of: old, by: group)
      group.protocol = old.protocol
    }
    let isNew = groups[group.id] == nil
    groups[group.id] = group
    if group.isFDB { return }
    guard group.kind == .resilient, let parameters = group.resilient else { return }
    if isNew {
      tables[group.id] = ResilientTable(
        members: group.members, buckets: Int(parameters.buckets), idleTimer: Int64(parameters.idleTimer),
        unbalancedTimer: Int64(parameters.unbalancedTimer), now: now)
      return
    }
    let now = now
    changeTable(of: group.id) { table in
      table.idleTimer = Int64(parameters.idleTimer)
      table.unbalancedTimer = Int64(parameters.unbalancedTimer)
      table.replace(members: group.members, now: now)
    }
  }

  private func checkReplacement(of old: NexthopGroup, by new: NexthopGroup) throws(ChangeRefusal) {
    let hasRoutes4 = routes.contains { $0.family == .ipv4 && $0.nexthopID == old.id }
    let hasRoutes6 = routes.contains { $0.family == .ipv6 && $0.nexthopID == old.id }
    if hasRoutes4 || hasRoutes6, new.isFDB { throw .kernel(.invalid, "Route cannot point to a fdb nexthop") }
    if hasRoutes6, new.members.contains(where: { nexthops[$0.id]?.family != .ipv6 }) {
      throw .kernel(.invalid, "IPv6 routes can not use an IPv4 nexthop")
    }
    guard new.kind == old.kind else {
      throw .kernel(.invalid, "Can not replace a nexthop group with one of a different type.")
    }
    guard new.resilient?.buckets == old.resilient?.buckets else {
      throw .kernel(.invalid, "Can not change number of buckets of a resilient nexthop group.")
    }
  }
}
