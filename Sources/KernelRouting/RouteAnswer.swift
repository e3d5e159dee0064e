package import Netlink
package import Routing

/// The kernel's answer to a `RouteQuery`.
package enum RouteAnswer: Hashable, Sendable {
  /// What a packet of the flow would use.
  ///
  /// The destination is the queried address; the table is the one that matched, 0 where IPv4 found none and took the
  /// destination for directly connected. `legs` holds the chosen nexthop. With `wantsRoute` it is the table's entry.
  case route(Route)
  /// No route, or one that refuses: 101 no route or unreachable rule, 113 unreachable, 13 prohibit, 22 blackhole,
  /// and 22 with a text for a query that the kernel finds wrong.
  case refused(Refusal)

  package var route: Route? {
    if case .route(let route) = self { route } else { nil }
  }

  package var refusal: Refusal? {
    if case .refused(let refusal) = self { refusal } else { nil }
  }

  /// The chosen nexthop; nil for a refusal and for an answer that lists several.
  package var leg: RouteLeg? {
    switch route?.legs {
    case .single(let leg): leg
    case .multipath(let legs): legs.count == 1 ? legs[0] : nil
    case .some(.none), nil: nil
    }
  }
}
