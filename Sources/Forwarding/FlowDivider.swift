package import MultipathHash
package import Routing

/// The division of the hashes of flows that go by routes over the same nexthops.
package struct RouteDivision: Sendable {
  /// What routes have in common that choose from the same nexthops.
  package enum Nexthops: Hashable, Sendable {
    /// A nexthop object.
    case object(UInt32, AddressFamily)
    /// Legs written in routes: a number for each list of them.
    case legs(Int, AddressFamily)
  }

  /// The route that was seen first: an index into `RoutingState.routes`.
  package let route: Int
  package let nexthops: Nexthops
  package let division: HashDivision
}

/// Tells of flows what is hashed, and where each hash leads: what it takes to place them under any key.
///
/// Memory grows with the routes that flows go by, and not with the flows. It is a value: each thread has its own.
package struct FlowDivider: Sendable {
  /// How a decision depends on the key.
  package enum Dependence: Sendable {
    /// Not at all.
    case none(Decision)
    /// By the hash of one lookup.
    ///
    /// - Parameter division: a position in `divisions`.
    case hash(HashTrace, division: Int)
    /// By the hashes of two lookups, of which the second depends on the first: a socket without a source.
    case twice
  }

  private struct Content: Hashable {
    var nexthops: RouteDivision.Nexthops
    var division: HashDivision
  }

  /// What decides where hashes lead beside the route.
  private struct Key: Hashable {
    var nexthops: RouteDivision.Nexthops
    /// Of the route, as far as it counts in the choice.
    var flags: UInt32
    var preference: UInt8?
    var flow: Flow
    /// The decision for the hash 0.
    var decision: Decision
    /// Bytes of a packet that may not fit through every nexthop; 0 for any other one.
    var length: Int
  }

  private let table: ForwardingTable
  package private(set) var divisions: [RouteDivision] = []
  private var known: [Key: Int] = [:]
  private var numbers: [Content: Int] = [:]
  /// Known once there is a packet.
  private var smallestMTU: Int?

  /// - Parameter table: its key plays no part.
  package init(_ table: ForwardingTable) { self.table = table }

  /// - Parameter packet: what `flow` was made of, where there is one.
  package mutating func dependence(of flow: Flow, packet: DissectedPacket? = nil) -> Dependence {
    guard flow.origin == .forwarded || !flow.source.isUnspecified else { return .twice }
    var walk = Walk(table: table, flow: flow, packet: packet, question: .traffic, trace: nil)
    walk.assumedHash = 0
    walk.asksForInput = true
    let decision = walk.run()
    guard let need = walk.needs.last, let route = need.route else { return .none(decision) }
    return .hash(need.trace, division: division(flow, packet, route, decision))
  }

  private mutating func division(_ flow: Flow, _ packet: DissectedPacket?, _ route: Int, _ decision: Decision) -> Int {
    let length = criticalLength(packet)
    var shape = decision
    shape.hash = nil
    shape.rule = nil
    // The route tells how long a packet may be.
    if length == 0 { shape.route = nil }
    let nexthops = nexthops(of: route)
    let key = Key(
      nexthops: nexthops, flags: table.state.routes[route].flags, preference: table.state.routes[route].preference,
      flow: arrival(of: flow), decision: shape, length: length)
    if let number = known[key] { return number }
    let content = Content(nexthops: nexthops, division: divide(flow, packet, route))
    let number = numbers[content] ?? divisions.count
    if number == divisions.count {
      numbers[content] = number
      divisions.append(RouteDivision(route: route, nexthops: content.nexthops, division: content.division))
    }
    known[key] = number
    return number
  }

  private func nexthops(of route: Int) -> RouteDivision.Nexthops {
    let family = table.state.routes[route].family
    if let id = table.state.routes[route].nexthopID { return .object(id, family) }
    return .legs(Int(table.nexthops.setOfRoute[route]), family)
  }

  /// What of a flow the choice among nexthops may look at beside its hash.
  private func arrival(of flow: Flow) -> Flow {
    let isForwarded = flow.origin == .forwarded
    // Whether such a source is refused depends on the interface that a packet leaves by.
    let heedsSource =
      flow.family == .ipv4 ? table.wayBackDependsOnEgress4 : flow.source.isLinkLocal || flow.source.isUnspecified
    let heedsDestination =
      flow.destination.isMulticast || flow.destination.isLinkLocal || flow.destination.isLoopback
      || table.redirected[flow.destination] != nil
    // No flow has these two ends.
    let anywhere = IPAddress(ipv6High: .max, low: .max)
    var arrival = Flow(
      source: !isForwarded || heedsSource ? flow.source : anywhere,
      destination: !isForwarded || heedsDestination ? flow.destination : anywhere,
      inputInterface: flow.inputInterface, origin: flow.origin)
    arrival.outputInterface = flow.outputInterface
    // One that is dropped for the hash 0 does not tell.
    arrival.unknown = flow.unknown.intersection(.lookup)
    if isForwarded && flow.family == .ipv4 && heedsSource { arrival.destination = flow.destination }
    return arrival
  }

  private mutating func criticalLength(_ packet: DissectedPacket?) -> Int {
    guard let facts = packet?.facts, !facts.mayBeFragmented else { return 0 }
    let smallest = smallestMTU ?? Int(table.smallestMTU4)
    smallestMTU = smallest
    return facts.length > smallest ? facts.length : 0
  }

  /// Finds out how the hashes are divided: by size they are at upper bounds alone, and by remainder a resilient group
  /// divides them.
  private func divide(_ flow: Flow, _ packet: DissectedPacket?, _ route: Int) -> HashDivision {
    func decide(assuming hash: UInt32) -> Decision {
      var walk = Walk(table: table, flow: flow, packet: packet, question: .traffic, trace: nil)
      walk.assumedHash = hash
      return walk.run()
    }
    if let id = table.state.routes[route].nexthopID, case .resilient(_, _, let buckets, _)? = table.nexthops.objects[id]
    {
      let count = UInt32(truncatingIfNeeded: max(buckets, 1))
      return HashDivision(.remainders, (0..<count).map { (decide(assuming: $0), UInt32.max) })
    }
    let ends = Walk(table: table, flow: flow, packet: packet, question: .traffic, trace: nil).rangeEnds(ofRoute: route)
    return HashDivision(.ranges, ends.map { (decide(assuming: $0), $0) })
  }
}
