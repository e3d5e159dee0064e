extension RoutingState {
  /// The interfaces on which it depends what upper bounds the kernel has given to the legs of a multipath route: some of
  /// the legs over each are without carrier, and whether they were counted goes by what `ignore_routes_with_linkdown` was
  /// when the kernel last looked. Empty where the bounds are certainly those of the settings.
  ///
  /// The kernel computes bounds when a route is made, when IPv6 legs join or leave it, and at each event of an interface
  /// that a leg goes over (up, down, carrier, NETDEV_CHANGE); not when the sysctl is written, and a new IPv4 route takes
  /// over the bounds of another one with the same legs. No message tells them. Mirrors the callers of `fib_rebalance()`,
  /// net/ipv4/fib_semantics.c, and of `rt6_multipath_rebalance()`, net/ipv6/route.c and ip6_fib.c, Linux 5.10 to 6.18.
  ///
  /// - Parameter link: finds an interface of the state.
  package func interfacesOfStaleBounds(
    _ legs: [RouteLeg], _ family: AddressFamily, link: (UInt32) -> Link?
  ) -> [UInt32] {
    guard legs.count > 1, legs.contains(where: { $0.flags.contains(.linkdown) }) else { return [] }
    if let rebalanced = rebalanced[family], legs.contains(where: { rebalanced.contains($0.interface) }) { return [] }
    var interfaces: [UInt32] = []
    for leg in legs where leg.flags.contains(.linkdown) && !interfaces.contains(leg.interface) {
      // Where legs without carrier are ignored, a dump shows them as dead: only those of an interface that is down are.
      let link = link(leg.interface)
      let isIgnored = settings.ignoresLinkdown(family, interface: link?.name ?? "", behaviour: behaviour)
      if leg.flags.contains(.dead), !isIgnored || link?.isUp == false { continue }
      interfaces.append(leg.interface)
    }
    return interfaces
  }
}
