/// Everything that decides where a packet goes, at one moment, in one network namespace.
///
/// The order of each array is the kernel's dump order, which for rules, routes of one prefix, legs and group
/// members is also the order of selection.
package struct RoutingState: Hashable, Sendable {
  package var kernel: KernelIdentity
  /// How this kernel selects: what its release tells, or what was found by experiment.
  package var behaviour: KernelBehaviour
  package var settings: KernelSettings
  package var links: [Link]
  package var addresses: [InterfaceAddress]
  package var neighbours: [Neighbour]
  package var rules: [Rule]
  package var routes: [Route]
  /// Single nexthop objects; nil on a kernel without nexthop objects.
  package var nexthops: [Nexthop]?
  package var groups: [NexthopGroup]
  package var bucketTables: [BucketTable]
  /// What was not read, as `snapshot import` does without some of the dumps: what stands in its place here is a guess.
  package var unread: Set<StatePart> = []
  /// The interfaces of which there was an event since `ignore_routes_with_linkdown` was last written, by family: the
  /// kernel has computed the upper bounds of routes over them anew. No message tells; what simulates events does, and
  /// lookups can.
  package var rebalanced: [AddressFamily: Set<UInt32>] = [:]
  /// What ICMP redirects have changed for single destinations, beside the routes.
  package var redirects = Redirects()
  /// Where IPv6 has other routes than these.
  package var hiddenRoutes = HiddenRoutes()

  /// - Parameter behaviour: nil takes what the release tells.
  package init(
    kernel: KernelIdentity, behaviour: KernelBehaviour? = nil, settings: KernelSettings = KernelSettings(),
    links: [Link] = [],
    addresses: [InterfaceAddress] = [], neighbours: [Neighbour] = [], rules: [Rule] = [], routes: [Route] = [],
    nexthops: [Nexthop]? = nil, groups: [NexthopGroup] = [], bucketTables: [BucketTable] = []
  ) {
    self.kernel = kernel
    self.behaviour = behaviour ?? KernelBehaviour(version: kernel.version)
    self.settings = settings
    self.links = links
    self.addresses = addresses
    self.neighbours = neighbours
    self.rules = rules
    self.routes = routes
    self.nexthops = nexthops
    self.groups = groups
    self.bucketTables = bucketTables
  }
}
