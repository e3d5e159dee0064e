package import Routing

/// Which routes `ip route flush` deletes: those that match all of it. What is nil or empty matches every route.
package struct RouteSelector: Hashable, Sendable {
  package enum Table: Hashable, Sendable {
    case all
    case one(TableReference)
  }

  /// A prefix that the destinations, or sources, of routes are compared with.
  package enum Extent: Hashable, Sendable {
    case prefix(AddressPrefix)
    /// The prefix of length 0 of whichever family the route has.
    case `default`
  }

  /// nil for both families, which only `table all` gives.
  package var family: AddressFamily?
  package var table = Table.one(.number(RouteTable.main))
  /// Only cloned routes, which no table holds: nothing is deleted.
  package var onlyCached = false
  package var tos: UInt8?
  package var `protocol`: UInt8?
  package var scope: UInt8?
  /// Bit n is for type n; 0 matches every type. A VRF's table matches all but local and broadcast by default.
  package var types: UInt64 = 0
  package var outputInterface: String?
  package var inputInterface: String?
  package var mark: UInt32?
  package var metric: UInt32?
  package var gateway: AddressPrefix?
  package var preferredSource: AddressPrefix?
  package var realms: UInt32?
  /// The bits of the realms that are compared.
  package var realmsMask: UInt32 = 0
  /// `root`: routes to this prefix or to one in it. `match`: routes to a prefix that this one lies in. The command's
  /// plain PREFIX is both.
  package var destinationRoot: Extent?
  package var destinationMatch: Extent?
  /// The same for the source prefix.
  package var sourceRoot: Extent?
  package var sourceMatch: Extent?

  package init() {}
}
