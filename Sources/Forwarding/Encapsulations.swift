package import Routing

/// The lightweight tunnels that the nexthops of decisions apply.
package struct Encapsulations: Sendable {
  private let ofObjects: [UInt32: Encapsulation]

  package init(_ nexthops: [Nexthop]) {
    var ofObjects: [UInt32: Encapsulation] = [:]
    for nexthop in nexthops {
      if case .device(_, _, let encapsulation?) = nexthop.target { ofObjects[nexthop.id] = encapsulation }
    }
    self.ofObjects = ofObjects
  }

  var isEmpty: Bool { ofObjects.isEmpty }

  /// That of the chosen nexthop; nil for none.
  ///
  /// - Parameter routes: of the state in which the decision was made.
  package func encapsulation(of decision: Decision, _ routes: [Route]) -> Encapsulation? {
    guard let nexthop = decision.nexthop else { return nil }
    if let id = nexthop.id { return ofObjects[id] }
    switch decision.route.map({ routes[$0].nexthops.legs }) {
    case .single(let leg): return leg.encapsulation
    case .multipath(let legs):
      if case .legacy(let leg) = decision.selection, legs.indices.contains(leg) { return legs[leg].encapsulation }
      return legs.first { $0.interface == nexthop.interface && $0.gateway == nexthop.gateway }?.encapsulation
    case .some(.none), nil: return nil
    }
  }
}
