/// A change of the routing state of a machine, as a command asks for it.
///
/// A request holds what the command sends to the kernel, after the defaults that `ip` itself puts in; what the command
/// leaves out is nil. Interfaces are named as the command names them, since an earlier change may delete, make or
/// rename one: a name is that of an interface, an alternative name, or `if` and an index.
package enum RoutingChange: Hashable, Sendable {
  case route(RouteRequest)
  case flushRoutes(RouteSelector)
  case nexthop(NexthopRequest)
  case flushNexthops(NexthopSelector)
  case rule(RuleRequest)
  case flushRules(RuleSelector)
  case link(LinkRequest)
  case deleteLink(LinkTarget)
  case address(AddressRequest)
  case flushAddresses(AddressSelector)
  case neighbour(NeighbourRequest)
  case flushNeighbours(NeighbourSelector)
  case sysctl([SysctlRequest])
}
