package import Routing

/// A routing state with its parts by key, and the names that reports print.
package struct StateIndex: Sendable {
  private struct NeighbourKey: Hashable {
    var interface: UInt32
    var address: IPAddress
  }

  package let state: RoutingState
  package let names: NameTables
  /// For the words of single fields.
  let printer: IPRoute2Printer
  private let links: [UInt32: Link]
  private let nexthops: [UInt32: Nexthop]
  private let groups: [UInt32: NexthopGroup]
  private let tables: [UInt32: BucketTable]
  private let neighbours: [NeighbourKey: Neighbour.State]

  package init(_ state: RoutingState, names: NameTables = NameTables()) {
    self.state = state
    self.names = names
    printer = IPRoute2Printer(state: state, names: names)
    links = Dictionary(state.links.map { ($0.index, $0) }) { first, _ in first }
    nexthops = Dictionary((state.nexthops ?? []).map { ($0.id, $0) }) { first, _ in first }
    groups = Dictionary(state.groups.map { ($0.id, $0) }) { first, _ in first }
    tables = Dictionary(state.bucketTables.map { ($0.group, $0) }) { first, _ in first }
    neighbours = Dictionary(
      state.neighbours.map { (NeighbourKey(interface: $0.interface, address: $0.address), $0.state) }
    ) { first, _ in first }
  }

  package func link(_ index: UInt32) -> Link? { links[index] }

  package func nexthop(_ id: UInt32) -> Nexthop? { nexthops[id] }

  package func group(_ id: UInt32) -> NexthopGroup? { groups[id] }

  /// Whether a group concerns a family: one of its members is of it, or none is of any, as blackholes send nothing.
  ///
  /// - Parameter family: nil is any.
  package func concerns(_ group: NexthopGroup, _ family: AddressFamily?) -> Bool {
    guard let family else { return true }
    let families = group.members.compactMap { member in
      nexthops[member.id].flatMap { $0.target == .blackhole ? nil : $0.family }
    }
    return families.isEmpty || families.contains(family)
  }

  package func bucketTable(_ group: UInt32) -> BucketTable? { tables[group] }

  /// The state of the neighbour entry; nil when there is none.
  package func neighbour(_ address: IPAddress, interface: UInt32) -> Neighbour.State? {
    neighbours[NeighbourKey(interface: interface, address: address)]
  }

  /// The interface's name, or `if7` as `ip` prints an index without one.
  package func interfaceName(_ index: UInt32) -> String {
    links[index]?.name ?? "if\(index)"
  }
}
