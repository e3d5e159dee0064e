package import Forwarding
package import KernelRouting
package import Routing

extension Comparison {
  /// Where a prediction and the kernel's answer part, in a sentence: as far as the answer tells.
  ///
  /// - Parameter tableName: the name of a routing table, or its number.
  package static func reason(
    _ decision: Decision, _ answer: RouteAnswer, in state: RoutingState, tableName: (UInt32) -> String
  ) -> String {
    let predicted = decision.route.map { state.routes[$0] }
    let words = predicted.map {
      "the route \($0.destination) of table \(tableName($0.table)), metric \($0.metric ?? 0)"
    }
    guard let route = answer.route else {
      return words.map {
        "the kernel refuses where \($0) was predicted: the source check, a rule or the routes differ"
      } ?? "both refuse, for other reasons"
    }
    guard let predicted, let words else {
      return
        "the kernel finds a route in table \(tableName(route.table)) where none was predicted: rules or routes differ"
    }
    // An IPv4 destination without a route, on the interface of the socket.
    guard route.table == predicted.table || route.table == 0 else {
      return "the kernel answers from table \(tableName(route.table)), not by \(words): rules or routes differ"
    }
    guard let leg = answer.leg, let chosen = decision.nexthop else {
      return "the kernel's route has another type than \(words)"
    }
    let candidates = state.nexthops(of: predicted)
    guard candidates.contains(where: { $0.gateway == leg.gateway && $0.interface == leg.interface }) else {
      return "the kernel's nexthop is none of \(words): the routes differ, or a longer prefix matches"
    }
    guard let hash = decision.hash else {
      return
        "both are nexthops of \(words), but no hash was to choose: a nexthop is alive or dead to one alone"
    }
    return "both are nexthops of \(words); hash \(hash) was to choose \(place(of: chosen, in: candidates)): "
      + "the key, the hashed fields, the bounds or the buckets differ"
  }

  /// `id 3` of an object, `leg 2` of a leg written in the route, the first of which is 1.
  private static func place(
    of chosen: Decision.Choice, in candidates: [(gateway: IPAddress?, interface: UInt32)]
  ) -> String {
    if let id = chosen.id { return "id \(id)" }
    let index = candidates.firstIndex { $0.gateway == chosen.gateway && $0.interface == chosen.interface } ?? 0
    return "leg \(index + 1)"
  }
}

extension RoutingState {
  /// The ways out of a route: its legs, or the members of its object.
  fileprivate func nexthops(of route: Route) -> [(gateway: IPAddress?, interface: UInt32)] {
    guard let id = route.nexthopID else { return route.legs.list.map { ($0.gateway, $0.interface) } }
    let ids = groups.first { $0.id == id }.map { $0.members.map(\.id) } ?? [id]
    return ids.compactMap { id in
      nexthops?.first { $0.id == id }.flatMap { object in object.interface.map { (object.gateway, $0) } }
    }
  }

  /// What decides where flows go and differs in `other`, in words; empty where the two decide alike.
  ///
  /// How long buckets are idle changes with every packet and decides nothing.
  package func decisiveDifferences(from other: RoutingState) -> [String] {
    func buckets(_ state: RoutingState) -> [UInt32: [UInt32]] {
      Dictionary(
        state.bucketTables.map { ($0.group, $0.buckets.map(\.nexthop)) }, uniquingKeysWith: { first, _ in first })
    }
    var parts: [String] = []
    if routes != other.routes || hiddenRoutes != other.hiddenRoutes { parts.append("routes") }
    if rules != other.rules { parts.append("rules") }
    if nexthops != other.nexthops || groups.map(\.members) != other.groups.map(\.members) { parts.append("nexthops") }
    if buckets(self) != buckets(other) { parts.append("buckets") }
    if links != other.links || addresses != other.addresses { parts.append("interfaces") }
    if neighbours != other.neighbours { parts.append("neighbours") }
    if settings != other.settings { parts.append("settings") }
    if redirects != other.redirects { parts.append("redirects") }
    return parts
  }
}
