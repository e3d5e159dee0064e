import Routing

/// The neighbour entries of a state, by interface and address.
struct NeighbourTable: Sendable {
  private struct Key: Hashable {
    var interface: UInt32
    var address: IPAddress
  }

  private var states: [Key: Neighbour.State] = [:]
  /// The interfaces on which IPv4 has one entry for all machines.
  private let sharing: [UInt32: Link]

  init(_ neighbours: [Neighbour], links: [Link]) {
    sharing = Dictionary(
      links.lazy.filter { $0.isLoopback || $0.isPointToPoint }.map { ($0.index, $0) },
      uniquingKeysWith: { first, _ in first })
    states.reserveCapacity(neighbours.count)
    for neighbour in neighbours {
      states[Key(interface: neighbour.interface, address: neighbour.address)] = neighbour.state
    }
  }

  /// The state of the entry, or nil when there is none.
  ///
  /// A nexthop without a gateway is looked up as 0.0.0.0 or ::, as the kernel does.
  func state(of gateway: IPAddress?, interface: UInt32, family: AddressFamily) -> Neighbour.State? {
    let address = gateway ?? .unspecified(family)
    return states[
      Key(interface: interface, address: sharing[interface]?.neighbourAddress(address) ?? address)]
  }
}
