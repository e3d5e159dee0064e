import Routing

/// The neighbour entries of a state, by interface and address.
struct NeighbourTable: Sendable {
  private struct Key: Hashable {
    var interface: UInt32
    var address: IPAddress
  }

  private var states: [Key: Neighbour.State] = [:]

  init(_ neighbours: [Neighbour]) {
    states.reserveCapacity(neighbours.count)
    for neighbour in neighbours {
      states[Key(interface: neighbour.interface, address: neighbour.address)] = neighbour.state
    }
  }

  /// The state of the entry, or nil when there is none.
  ///
  /// A nexthop without a gateway is looked up as 0.0.0.0 or ::, as the kernel does.
  func state(of gateway: IPAddress?, interface: UInt32, family: AddressFamily) -> Neighbour.State? {
    states[Key(interface: interface, address: gateway ?? .unspecified(family))]
  }
}
