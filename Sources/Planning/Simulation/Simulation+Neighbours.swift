import Routing

/// Entries of the neighbour tables (`neigh_add()`, `neigh_delete()`, net/core/neighbour.c).
extension Simulation {
  mutating func apply(_ request: NeighbourRequest) throws(ChangeRefusal) {
    guard !request.isProxy else { return }
    guard let name = request.interface else { throw .kernel(.invalid, "No device specified") }
    let link = try link(named: name)
    let address = link.neighbourAddress(request.address)
    let index = base.neighbours.firstIndex { $0.interface == link.index && $0.address == address }
    if request.mode == .delete {
      guard let index else { throw .kernel(.noEntry) }
      base.neighbours.remove(at: index)
      return
    }
    if index != nil, request.mode == .add { throw .kernel(.exists) }
    guard index != nil || request.mode.creates else { throw .kernel(.noEntry) }
    if request.isUsed || request.isManaged {
      throw .notSimulated("what becomes of \(request.address) when the kernel resolves it is not known")
    }
    guard link.isUp || request.state == .permanent || request.state == .noARP else {
      throw .notSimulated("neighbours of an interface that is down are not simulated")
    }
    let old = index.map { base.neighbours[$0] }
    let linkLayer = request.linkLayerAddress ?? old?.linkLayerAddress ?? []
    if request.state.isValid, request.state != .noARP, linkLayer.isEmpty, request.linkLayerAddress == nil {
      throw .kernel(.invalid, "No link layer address given")
    }
    let entry = Neighbour(
      address: address, interface: link.index, state: request.state, linkLayerAddress: linkLayer)
    if let index { base.neighbours[index] = entry } else { base.neighbours.append(entry) }
  }

  mutating func flush(_ selector: NeighbourSelector) throws(ChangeRefusal) {
    guard !selector.onlyProxies else { return }
    guard !selector.onlyUnused else { throw .notSimulated("which neighbours are in use is not known here") }
    let interface = try selector.interface.map { name throws(ChangeRefusal) in try link(named: name).index }
    base.neighbours.removeAll { entry in
      let state = entry.state == .none ? 0x100 : UInt32(entry.state.rawValue)
      return (selector.family == nil || entry.address.family == selector.family)
        && (interface == nil || entry.interface == interface) && state & selector.states != 0
        && (selector.prefix.map { $0.prefix.contains(entry.address) } ?? true)
    }
  }

  /// A gateway no longer answers, or answers again.
  ///
  /// - Throws: where no interface has, or is known to reach, the address.
  mutating func setNeighbour(_ address: IPAddress, to state: Neighbour.State) throws(ChangeRefusal) {
    var interfaces = Set(base.neighbours.filter { $0.address == address }.map(\.interface))
    if interfaces.isEmpty { interfaces = gatewayInterfaces(address) }
    guard !interfaces.isEmpty else {
      throw .notSimulated("\(address) is neither in the neighbour table nor the gateway of a nexthop")
    }
    for interface in interfaces {
      let address = base.links.first { $0.index == interface }?.neighbourAddress(address) ?? address
      let entry = Neighbour(address: address, interface: interface, state: state)
      if let index = base.neighbours.firstIndex(where: { $0.address == address && $0.interface == interface }) {
        base.neighbours[index].state = state
      } else {
        base.neighbours.append(entry)
      }
    }
  }

  private func gatewayInterfaces(_ address: IPAddress) -> Set<UInt32> {
    var interfaces = Set(nexthops.values.filter { $0.gateway == address }.compactMap(\.interface))
    for route in routes.routes() {
      for leg in route.legs.list where leg.gateway == address { interfaces.insert(leg.interface) }
    }
    return interfaces
  }
}
