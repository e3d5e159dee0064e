package import Routing

/// A group as a transaction has made it, and as it is to be kept.
package struct KeptGroup: Hashable, Sendable {
  /// One member, by what lasts: an interface that is made again has another index.
  package struct Member: Hashable, Sendable {
    package var nexthop: Nexthop
    package var interface: String?
    package var weight: UInt32

    package init(nexthop: Nexthop, interface: String?, weight: UInt32) {
      self.nexthop = nexthop
      self.interface = interface
      self.weight = weight
    }
  }

  /// With all members.
  package var group: NexthopGroup
  package var members: [Member]
  /// Those that use the group; the kernel takes them away with its last member.
  package var routes: [Route]
  /// Of a group that follows a daemon's route: its members are those of that route, and not those that it was made with.
  package var following: Following?

  package init(group: NexthopGroup, members: [Member], routes: [Route], following: Following? = nil) {
    self.group = group
    self.members = members
    self.routes = routes
    self.following = following
  }
}

extension KeptGroup {
  /// The resilient groups that `changes` leave behind, as they are in `state` right after.
  ///
  /// - Parameter followings: the routes in front of others that the changes have made.
  package static func left(
    by changes: [PlannedChange], followings: [Following] = [], in state: RoutingState
  ) -> [KeptGroup] {
    let touched = Set(changes.compactMap(\.objectID) + changes.flatMap(\.neededMembers))
    let nexthops = Dictionary((state.nexthops ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return state.groups.filter { $0.kind == .resilient && touched.contains($0.id) }.map { group in
      let members = group.members.compactMap { member in
        nexthops[member.id].map { nexthop in
          Member(
            nexthop: nexthop, interface: state.links.first { $0.index == nexthop.interface }?.name,
            weight: member.weight)
        }
      }
      return KeptGroup(
        group: group.lasting, members: members,
        routes: state.routes.filter { $0.nexthopID == group.id }.map(\.lasting),
        following: followings.first { $0.group == group.id })
    }
  }
}
