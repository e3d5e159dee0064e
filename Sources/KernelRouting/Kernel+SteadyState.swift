package import Routing

extension Kernel {
  /// Reads the state, and again where it changed meanwhile: it is told in parts, and a link that goes between two of them
  /// takes nexthops and members with it, so that together they would be a state that never was.
  ///
  /// Neighbours, rules and routes may come and go: each of them stands for itself.
  ///
  /// - Parameter parts: as for `readState`.
  /// - Returns: the state; whether interfaces, addresses, nexthop objects and groups rested while it was read, which on a
  ///   machine that is busy enough they never do.
  package mutating func readSteadyState(
    _ parts: StateParts = .all
  ) throws(KernelError) -> (state: RoutingState, isSteady: Bool) {
    var monitor = try KernelMonitor()
    for _ in 1..<Self.attempts {
      let state = try readState(parts)
      if try !monitor.hasHeardOfNexthops() { return (state, true) }
    }
    let state = try readState(parts)
    return (state, try !monitor.hasHeardOfNexthops())
  }
}
