package import Forwarding
import MultipathHash
package import Routing

/// Which fields of a flow its hash depends on, as the kernel hashes it: tunnels, sockets and hashes that come with the
/// packet taken into account.
package enum HashDependence {
  /// Whether two flows are hashed alike under any key; nil where one of them is not hashed at all.
  package static func isSame(_ left: Flow, _ right: Flow, in table: ForwardingTable) -> Bool? {
    guard let left = trace(left, table), let right = trace(right, table) else { return nil }
    return left.hashesSame(as: right)
  }

  /// The fields that change the hash of a flow, and not the way to its route.
  package static func fields(of flow: Flow, in table: ForwardingTable) -> [SteerableField] {
    let route = table.decide(flow).route
    return SteerableField.allCases.filter { field in
      guard let value = field.value(in: flow), !field.isPort || hasPorts(flow, field) else { return false }
      var other = flow
      // The last bit makes another flow of any.
      field.set(value ^ 1, in: &other)
      return isSame(flow, other, in: table) == false && table.decide(other).route == route
    }
  }

  private static func hasPorts(_ flow: Flow, _ field: SteerableField) -> Bool {
    Flow.hasPorts(field.isInner ? flow.inner?.ipProtocol ?? 0 : flow.ipProtocol)
  }

  /// What decided in the end.
  private static func trace(_ flow: Flow, _ table: ForwardingTable) -> HashTrace? {
    for step in table.explain(flow).1.steps.reversed() {
      if case .hash(let trace, _) = step { return trace }
    }
    return nil
  }
}
