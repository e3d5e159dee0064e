package import Routing

/// Something that happens to a router without a command.
package enum RoutingEvent: Hashable, Sendable {
  /// The interface goes down, as by `ip link set down`.
  case linkDown(String)
  /// The interface loses its carrier.
  case carrierDown(String)
  /// A gateway no longer answers: its neighbour entry is FAILED.
  case neighbourFails(IPAddress)
  /// A gateway answers: its neighbour entry is REACHABLE.
  case neighbourAnswers(IPAddress)
}

extension Simulation {
  /// Lets something happen.
  ///
  /// - Throws: where the state does not know the interface or the address.
  package mutating func apply(_ event: RoutingEvent) throws(ChangeRefusal) {
    switch event {
    case .linkDown(let name): setDown(try link(named: name).index)
    case .carrierDown(let name): carrierDown(try link(named: name).index)
    case .neighbourFails(let address): try setNeighbour(address, to: .failed)
    case .neighbourAnswers(let address): try setNeighbour(address, to: .reachable)
    }
  }
}
