package import Routing

/// What a state has of the objects that a list of changes is about, and of the routes and groups that use them.
package struct ConcernedObjects: Hashable, Sendable {
  package private(set) var nexthops: [UInt32: Nexthop] = [:]
  package private(set) var groups: [UInt32: NexthopGroup] = [:]
  /// Those under a key that the changes name, or over an object that they name; in the kernel's order.
  package private(set) var routes: [RouteKey: [Route]] = [:]
  package private(set) var rules: [Rule] = []

  /// Everything of the objects, and the routes that `isConcerned` admits.
  package init(nexthops: [Nexthop], groups: [NexthopGroup], routes: [Route], rules: [Rule] = []) {
    for nexthop in nexthops { self.nexthops[nexthop.id] = nexthop }
    for group in groups { self.groups[group.id] = group }
    for route in routes { self.routes[RouteKey(route), default: []].append(route) }
    self.rules = rules
  }

  /// Where a change stands: not made yet, made, or neither, because somebody else has changed its object.
  package enum Standing: Hashable, Sendable {
    case before
    case after
    /// A clause that says what is otherwise.
    case otherwise(String)
  }

  /// Where `change` stands.
  package func standing(of change: PlannedChange) -> Standing {
    switch change {
    case .addNexthop(let nexthop): presence(of: nexthop, made: .after, absent: .before)
    case .removeNexthop(let nexthop): presence(of: nexthop, made: .before, absent: .after)
    case .addGroup(let group): presence(of: group, made: .after, absent: .before)
    case .removeGroup(let group): presence(of: group, made: .before, absent: .after)
    case .replaceGroup(let old, let new): standing(from: old, to: new)
    case .replaceRoute(let old, let new): standing(from: old, to: new)
    case .addRoute(let route): presence(of: route, made: .after, absent: .before)
    case .removeRoute(let route): presence(of: route, made: .before, absent: .after)
    case .addRule(let rule): has(rule) ? .after : .before
    case .removeRule(let rule): has(rule) ? .before : .after
    }
  }

  private func presence(of nexthop: Nexthop, made: Standing, absent: Standing) -> Standing {
    if groups[nexthop.id] != nil { return .otherwise("id \(nexthop.id) is a group") }
    guard let found = nexthops[nexthop.id] else { return absent }
    return found.lasting == nexthop.lasting ? made : .otherwise("nexthop \(nexthop.id) is another one")
  }

  private func presence(of group: NexthopGroup, made: Standing, absent: Standing) -> Standing {
    if nexthops[group.id] != nil { return .otherwise("id \(group.id) is a single nexthop") }
    guard let found = groups[group.id] else { return absent }
    return group.isKept(as: found) ? made : .otherwise("group \(group.id) has \(found.differences(from: group))")
  }

  private func presence(of route: Route, made: Standing, absent: Standing) -> Standing {
    guard let found = routes[RouteKey(route)], let first = found.first else { return absent }
    return found.count == 1 && first.lasting == route.lasting
      ? made : .otherwise("the route \(RouteKey(route)) is another one")
  }

  private func has(_ rule: Rule) -> Bool { rules.contains { $0.lasting == rule.lasting } }

  private func standing(from old: NexthopGroup, to new: NexthopGroup) -> Standing {
    guard let found = groups[new.id] else { return .otherwise("group \(new.id) is gone") }
    if new.isKept(as: found) { return .after }
    return old.isKept(as: found) ? .before : .otherwise("group \(new.id) has \(found.differences(from: old))")
  }

  private func standing(from old: Route, to new: Route) -> Standing {
    let found = routes[RouteKey(new)] ?? []
    guard let first = found.first else { return .otherwise("the route \(RouteKey(new)) is gone") }
    guard found.count == 1 else {
      return .otherwise("there are \(found.count) routes \(RouteKey(new)), and a replace can not tell which is meant")
    }
    if first.lasting == new.lasting { return .after }
    return first.lasting == old.lasting ? .before : .otherwise("the route \(RouteKey(new)) is another one")
  }

  /// What uses an object, so that its removal would take that away, too; empty when nothing does.
  package func users(of id: UInt32) -> [String] {
    let groups = groups.values.filter { group in group.members.contains { $0.id == id } }
    let routes = routes.values.joined().filter { $0.nexthopID == id }
    return groups.map { "group \($0.id)" }.sorted() + routes.map { "the route \(RouteKey($0))" }.sorted()
  }

  /// Makes the change here.
  package mutating func apply(_ change: PlannedChange) {
    switch change {
    case .addNexthop(let nexthop): nexthops[nexthop.id] = nexthop
    case .removeNexthop(let nexthop): nexthops[nexthop.id] = nil
    case .addGroup(let group), .replaceGroup(_, let group): groups[group.id] = group
    case .removeGroup(let group): groups[group.id] = nil
    case .replaceRoute(_, let route), .addRoute(let route): routes[RouteKey(route)] = [route]
    case .removeRoute(let route): routes[RouteKey(route)] = nil
    case .addRule(let rule): rules.append(rule)
    case .removeRule(let rule): rules.removeAll { $0.lasting == rule.lasting }
    }
  }

  /// Why the changes can not be made one after the other; empty when all can.
  ///
  /// A plan holds every object as it was when the plan was made, so this also finds what has changed since.
  package func obstacles(to changes: [PlannedChange]) -> [String] {
    var state = self
    var obstacles: [String] = []
    for change in changes {
      switch state.standing(of: change) {
      case .before: break
      case .after: obstacles.append("\(change.phrase): this is so already")
      case .otherwise(let reason): obstacles.append("\(change.phrase): \(reason)")
      }
      if let id = change.removedID {
        let users = state.users(of: id)
        if !users.isEmpty { obstacles.append("\(change.phrase): it is used by \(users.joined(separator: ", "))") }
      }
      for member in change.neededMembers where state.nexthops[member] == nil && state.groups[member] == nil {
        obstacles.append("\(change.phrase): its member \(member) does not exist")
      }
      state.apply(change)
    }
    return obstacles
  }
}

extension NexthopGroup {
  /// What is otherwise than in another state of the group, as a phrase.
  fileprivate func differences(from other: NexthopGroup) -> String {
    var words: [String] = []
    if kind != other.kind { words.append("another type") }
    if members != other.members { words.append("other members") }
    if kind == other.kind, members == other.members { words.append("other parameters") }
    return words.joined(separator: " and ")
  }
}
