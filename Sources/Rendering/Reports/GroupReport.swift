package import Routing

/// A group with its members, their shares and buckets, and the routes that use it.
package struct GroupReport: Hashable, Sendable {
  /// A route that uses the group.
  package struct User: Hashable, Sendable {
    package let destination: Prefix
    package let table: UInt32
    /// The table's name, or its number.
    package let tableName: String
    package let metric: UInt32
  }

  package let group: NexthopGroup
  package let `protocol`: String
  package let multipath: MultipathReport
  /// In the kernel's order.
  package let users: [User]

  /// - Parameter users: The routes that use the group.
  package init(_ group: NexthopGroup, users: [Route], in index: StateIndex) {
    self.group = group
    self.protocol = index.names.protocolName(group.protocol)
    multipath = MultipathReport(group: group, in: index)
    self.users = users.map { route in
      User(
        destination: route.destination, table: route.table, tableName: index.names.tableName(route.table),
        metric: route.metric ?? 0)
    }
  }

  /// The reports of all groups, or of the one with the id, in the kernel's order.
  ///
  /// - Parameter family: keeps to the groups that concern it; nil is any.
  package static func all(in index: StateIndex, id: UInt32? = nil, family: AddressFamily? = nil) -> [GroupReport] {
    var users: [UInt32: [Route]] = [:]
    for route in index.state.routes {
      guard let used = route.nexthopID, id == nil || used == id else { continue }
      users[used, default: []].append(route)
    }
    return index.state.groups.filter { (id == nil || $0.id == id) && index.concerns($0, family) }.map { group in
      GroupReport(group, users: users[group.id] ?? [], in: index)
    }
  }

  /// The word of `ip` for its type; a number for one that this program does not know.
  var typeName: String { multipath.kind == .unknown ? "\(group.kind.rawValue)" : multipath.kind.rawValue }

  /// How many buckets the state has of the group; nil when it has none, or the group is not resilient.
  var bucketCounts: (all: Int, idle: Int)? {
    let counts = multipath.members.compactMap(\.buckets)
    guard !counts.isEmpty else { return nil }
    return (counts.reduce(0) { $0 + $1.count }, counts.reduce(0) { $0 + $1.idle })
  }
}
