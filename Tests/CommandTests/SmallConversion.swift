import Planning
import Routing

/// A conversion of everything that is multipath to resilient groups, in the plainest way there is.
enum SmallConversion {
  /// - Parameters:
  ///   - state: of a router.
  ///   - firstID: of the objects to be made; those up to 1000 more are free.
  static func changes(_ state: RoutingState, firstID: UInt32 = 5000) -> [PlannedChange] {
    var builder = Builder(next: firstID)
    for route in state.routes { builder.convertLegs(of: route) }
    for group in state.groups where group.kind == .hashThreshold {
      builder.convert(group, routes: state.routes.filter { $0.nexthopID == group.id })
    }
    return builder.changes
  }

  private struct Builder {
    var next: UInt32
    var changes: [PlannedChange] = []

    mutating func id() -> UInt32 {
      defer { next += 1 }
      return next
    }

    mutating func convertLegs(of route: Route) {
      guard case .legs(.multipath(let legs)) = route.nexthops else { return }
      var members: [NexthopGroup.Member] = []
      for leg in legs {
        let nexthop = Nexthop(
          id: id(), family: leg.gateway?.family ?? route.family,
          target: .device(interface: leg.interface, gateway: leg.gateway, encapsulation: leg.encapsulation),
          protocol: 200, flags: UInt32(leg.flags.intersection(.onlink).rawValue))
        changes.append(.addNexthop(nexthop))
        members.append(NexthopGroup.Member(id: nexthop.id, weight: UInt32(leg.weight)))
      }
      let group = resilient(members)
      changes.append(.addGroup(group))
      move(route, to: group)
    }

    mutating func convert(_ old: NexthopGroup, routes: [Route]) {
      let group = resilient(old.members)
      changes.append(.addGroup(group))
      for route in routes { move(route, to: group) }
      changes.append(.removeGroup(old))
    }

    private mutating func resilient(_ members: [NexthopGroup.Member]) -> NexthopGroup {
      NexthopGroup(
        id: id(), kind: .resilient, members: members,
        resilient: ResilientParameters(buckets: 64, idleTimer: 6000, unbalancedTimer: 0), protocol: 200)
    }

    private mutating func move(_ route: Route, to group: NexthopGroup) {
      var moved = route
      moved.nexthops = .object(id: group.id, expansion: .none)
      changes.append(.replaceRoute(from: route, to: moved))
    }
  }
}
