/// Everything that decides where a packet goes, at one moment, in one network namespace.
///
/// The order of each array is the kernel's dump order, which for rules, routes of one prefix, legs and group
/// members is also the order of selection.
package struct RoutingState: Hashable, Sendable {
  package var kernel: KernelIdentity
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

  package init(
    kernel: KernelIdentity, settings: KernelSettings = KernelSettings(), links: [Link] = [],
    addresses: [InterfaceAddress] = [], neighbours: [Neighbour] = [], rules: [Rule] = [], routes: [Route] = [],
    nexthops: [Nexthop]? = nil, groups: [NexthopGroup] = [], bucketTables: [BucketTable] = []
  ) {
    self.kernel = kernel
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
