package import Forwarding
package import Routing

/// The routers of a topology, ready to be asked.
package struct Network: Sendable {
  package struct Router: Sendable {
    package let name: String
    package let state: RoutingState
    package let table: ForwardingTable

    package init(name: String, state: RoutingState, table: ForwardingTable) {
      self.name = name
      self.state = state
      self.table = table
    }
  }

  /// An interface of a router, by index.
  struct Port: Hashable, Sendable {
    /// Index of the router.
    var router: Int
    var interface: UInt32
  }

  package let routers: [Router]
  /// What is at the other end of the wires of an interface.
  private var peers: [Port: [Port]] = [:]
  /// Who has an address.
  private var owners: [IPAddress: [Port]] = [:]

  /// - Parameters:
  ///   - routers: in the order of the topology.
  ///   - cables: of the topology.
  ///   - file: what errors call it.
  /// - Throws: for a cable at an interface that its router does not have.
  package init(_ routers: [Router], cables: [Topology.Cable], file: String) throws(TopologyError) {
    self.routers = routers
    for (index, router) in routers.enumerated() {
      for address in router.state.addresses {
        owners[address.address, default: []].append(Port(router: index, interface: address.interface))
      }
    }
    for cable in cables {
      let first = try port(cable.first, cable.line, file)
      let second = try port(cable.second, cable.line, file)
      peers[first, default: []].append(second)
      peers[second, default: []].append(first)
    }
  }

  /// The index of the router of that name.
  package func router(named name: String) -> Int? { routers.firstIndex { $0.name == name } }

  private func port(_ end: Topology.End, _ line: Int, _ file: String) throws(TopologyError) -> Port {
    guard let router = router(named: end.router) else {
      throw TopologyError(file: file, line: line, message: "there is no router \(end.router)")
    }
    guard let interface = routers[router].table.interfaceIndex(end.interface) else {
      throw TopologyError(file: file, line: line, message: "\(end.router) has no interface \(end.interface)")
    }
    return Port(router: router, interface: speaker(of: interface, at: router))
  }

  /// The interface that packets of `interface` are received by: that of the bridge, bond or team that it is a port of.
  private func speaker(of interface: UInt32, at router: Int) -> UInt32 {
    let links = routers[router].state.links
    var interface = interface
    // As many steps as there are links: an imported state may hold a circle.
    for _ in links {
      guard let master = links.first(where: { $0.index == interface })?.master,
        let kind = links.first(where: { $0.index == master })?.kind, ["bridge", "bond", "team"].contains(kind)
      else { break }
      interface = master
    }
    return interface
  }

  /// Where a packet goes on that leaves by a port for an address.
  enum Next: Hashable {
    case port(Port)
    /// Several routers, or one of which the interface is not known, have the address.
    case ambiguous([Int])
    /// Nobody who is known.
    case nobody
  }

  /// Who gets a packet that leaves by `port` for the machine with `address`.
  ///
  /// A cable decides; where there is none, it is the router that has the address.
  func next(from port: Port, to address: IPAddress) -> Next {
    let owners = (owners[address] ?? []).filter { $0.router != port.router }
    let wired = peers[port] ?? []
    let candidates = wired.isEmpty ? owners : narrowed(wired, to: owners)
    let routers = Set(candidates.map(\.router)).sorted()
    guard candidates.count == 1, let found = candidates.first else {
      return routers.isEmpty ? .nobody : .ambiguous(routers)
    }
    let link = self.routers[found.router].state.links.first { $0.index == found.interface }
    return link?.isLoopback == true ? .ambiguous(routers) : .port(found)
  }

  /// Of several machines at one wire, that which has the address.
  private func narrowed(_ wired: [Port], to owners: [Port]) -> [Port] {
    guard wired.count > 1 else { return wired }
    let named = Set(owners.map(\.router))
    let matching = wired.filter { named.contains($0.router) }
    return matching.isEmpty ? wired : matching
  }
}
