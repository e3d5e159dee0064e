import Routing

/// What an ICMP redirect may have changed for a single destination.
extension Walk {
  /// The doubts about the gateway of the nexthop that was chosen: the kernel first chooses, and then looks whether that
  /// nexthop has an exception for the destination (`find_exception()`, `rt6_find_cached_rt()`).
  ///
  /// Only a nexthop with a gateway is redirected, and never to another interface (`__ip_do_redirect()`,
  /// `ip6_redirect_nh_match()`).
  func redirectDoubts(_ decision: Decision) -> Caveats {
    guard decision.outcome == .sent, let nexthop = decision.nexthop, let gateway = nexthop.gateway else { return [] }
    let family = flow.family
    if table.state.unread.contains(.redirects) { return .stateIncomplete }
    let redirects = table.state.redirects
    if redirects.unreadFamilies.contains(family) { return .routeException }
    if table.redirected[flow.destination]?.contains(where: {
      $0.interface == nexthop.interface && $0.gateway != gateway
    }) ?? false {
      return .routeException
    }
    guard gateway.family == family, let taking = redirects.takingInterfaces[family] else { return [] }
    switch family {
    case .ipv4: return .routeException
    // IPv6 takes redirects from link-local gateways alone, by their own interface.
    case .ipv6:
      return gateway.isLinkLocal && taking.contains(nexthop.interface) && isUntoldLeg(nexthop, of: decision.route)
        ? .routeException : []
    }
  }

  /// Whether the nexthop is a leg of which the dump does not tell exceptions: none but the first of an IPv6 route is told.
  private func isUntoldLeg(_ nexthop: Decision.Choice, of route: Int?) -> Bool {
    guard let route, table.state.routes[route].nexthopID == nil else { return false }
    return entries(of: route).first?.choice != nexthop
  }
}
