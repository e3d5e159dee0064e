import Routing

/// The neighbour entries of a state, by interface and address.
struct NeighbourTable: Sendable {
  private struct Key: Hashable {
    var interface: UInt32
    var address: IPAddress
  }

  private var states: [Key: Neighbour.State] = [:]
  /// Interfaces without addresses to resolve, on which IPv4 has one entry for all machines.
  private let sharing: Set<UInt32>

  init(_ neighbours: [Neighbour], links: [Link]) {
    sharing = Set(links.lazy.filter { $0.isLoopback || $0.isPointToPoint }.map(\.index))
    states.reserveCapacity(neighbours.count)
    for neighbour in neighbours {
      states[Key(interface: neighbour.interface, address: neighbour.address)] = neighbour.state
    }
  }

  /// The state of the entry, or nil when there is none.
  ///
  /// A nexthop without a gateway is looked up as 0.0.0.0 or ::, as the kernel does; so is every IPv4 gateway on a
  /// point-to-point interface (`__ipv4_neigh_lookup_noref()`, net/arp.h).
  func state(of gateway: IPAddress?, interface: UInt32, family: AddressFamily) -> Neighbour.State? {
    var address = gateway ?? .unspecified(family)
    if address.family == .ipv4, sharing.contains(interface) { address = .unspecified(.ipv4) }
    return states[Key(interface: interface, address: address)]
  }
}
