internal import Routing

extension ExpectationMismatch: CustomStringConvertible {
  /// What is otherwise, as a clause.
  package var description: String {
    switch self {
    case .routeGone(let route): "the route \(RouteKey(route)) is gone"
    case .routeChanged(let route, _): "the route \(RouteKey(route)) is another one"
    case .nexthopGone(let nexthop): "nexthop \(nexthop.id) is gone"
    case .nexthopChanged(let nexthop, _): "nexthop \(nexthop.id) is another one"
    case .groupGone(let group): "group \(group.id) is gone"
    case .groupChanged(let group, _): "group \(group.id) is another one"
    case .interfaceChanged(let index, let name, nil): "interface \(name) (index \(index)) is gone"
    case .interfaceChanged(let index, let name, let other?): "index \(index) is interface \(other) and not \(name)"
    case .idTaken(let id): "id \(id) is taken"
    case .newUser(let id, let route): "the route \(RouteKey(route)) uses \(id), which is to be removed"
    case .newGroup(let id, let group): "group \(group.id) has the member \(id), which is to be removed"
    }
  }
}
