package import Forwarding
package import Routing

extension Disruption {
  /// The nexthop of a way, as far as the routes that use it agree.
  package struct Nexthop: Hashable, Sendable {
    package var gateway: IPAddress?
    /// Interface index.
    package var interface: UInt32
    /// The id of its object; nil where it is not the same one in all routes.
    package var id: UInt32?
    /// nil where it does not have the same one in all routes.
    package var weight: UInt32?

    init(_ choice: Decision.Choice) {
      (gateway, interface, id, weight) = (choice.gateway, choice.interface, choice.id, choice.weight)
    }

    init(gateway: IPAddress?, interface: UInt32) {
      (self.gateway, self.interface) = (gateway, interface)
    }

    /// Keeps what another route tells of it, too.
    mutating func agree(with choice: Decision.Choice) {
      if id != choice.id { id = nil }
      if weight != choice.weight { weight = nil }
    }
  }

  /// A way of one of the two states, with what takes it.
  package struct Share: Hashable, Sendable {
    package var way: Way
    /// The nexthop behind it; nil for what is no nexthop.
    package var nexthop: Nexthop?
    package var count: Count
    /// Flows that the weights of the routes promise to this nexthop; nil for everything that is no nexthop.
    package var idealFlows: Double?
  }

  /// A cell of the matrix: flows that went `before` and go `after`.
  package struct Cell: Hashable, Sendable {
    package var before: Way
    package var after: Way
    package var count: Count
    /// Those of the flows that need not have moved.
    package var collateral: UInt64
  }

  /// What became of the flows of one fate.
  package func count(_ fate: Movement.Fate) -> Count {
    sum { $0.movement.fate == fate }
  }

  /// Flows that are sent before and after, by another nexthop.
  package var moved: Count { sum { $0.movement.isMoved } }

  /// Flows whose hash is not known, but where upper bounds place them, and how many of them are to be expected to move.
  package var expectedOfUndetermined: (flows: UInt64, moved: Double)? {
    var (flows, moved) = (UInt64(0), 0.0)
    for record in records {
      guard let share = record.expectedShare else { continue }
      flows += record.count.flows
      moved += share * Double(record.count.flows)
    }
    return flows == 0 ? nil : (flows, moved)
  }

  /// Flows and weight by reason, most first, for the flows that do not stay.
  package func reasons() -> [(reason: Movement.Reason, count: Count)] {
    Movement.Reason.allCases.map { reason in (reason, sum { $0.movement.reason == reason }) }
      .filter { $0.1.flows > 0 }
      .sorted { $0.1.flows > $1.1.flows }
  }

  private func sum(where isMeant: (Record) -> Bool) -> Count {
    records.lazy.filter(isMeant).reduce(into: Count()) { sum, record in
      sum.add(record.count)
    }
  }

  /// Every way from a nexthop to a nexthop, in the order of the nexthops.
  package func matrix() -> [Cell] {
    var places: [[Int]: Int] = [:]
    var cells: [Cell] = []
    for record in records {
      let key = [record.before, record.after]
      let place = places[key] ?? cells.count
      if place == cells.count {
        places[key] = place
        cells.append(Cell(before: ways[record.before], after: ways[record.after], count: Count(), collateral: 0))
      }
      cells[place].count.add(record.count)
      if record.movement.fate == .collateral { cells[place].collateral += record.count.flows }
    }
    return
      cells
      .sorted { (Order($0.before), Order($0.after)) < (Order($1.before), Order($1.after)) }
  }

  /// Ways before the change: every one that took a flow, and every nexthop of the routes that were used.
  package func sharesBefore() -> [Share] {
    shares(judge.spreadsBefore.spreads, spread: \.spreadBefore, way: \.before)
  }

  /// Ways after the change.
  package func sharesAfter() -> [Share] {
    shares(judge.spreadsAfter.spreads, spread: \.spreadAfter, way: \.after)
  }

  private func shares(
    _ spreads: [Spread], spread: KeyPath<Record, Int?>, way: KeyPath<Record, Int>
  ) -> [Share] {
    var counts: [Way: Count] = [:]
    var flowsOfSpread: [Int: UInt64] = [:]
    for record in records {
      let way = ways[record[keyPath: way]]
      counts[way, default: Count()].add(record.count)
      if let spread = record[keyPath: spread], way.isSent || way == .undetermined {
        flowsOfSpread[spread, default: 0] += record.count.flows
      }
    }
    var ideals: [Way: Double] = [:]
    var nexthops: [Way: Nexthop] = [:]
    // A sum of fractions depends on their order.
    for (spread, flows) in flowsOfSpread.sorted(by: { $0.key < $1.key }) {
      let members = spreads[spread].members.filter(\.takesHash)
      let sum = members.reduce(0) { $0 + Double($1.choice.weight) }
      for member in members where sum > 0 {
        let way = Way(member.choice)
        ideals[way, default: 0] += Double(flows) * Double(member.choice.weight) / sum
        nexthops[way, default: Nexthop(member.choice)].agree(with: member.choice)
      }
    }
    return Set(counts.keys).union(ideals.keys).map { way in
      Share(
        way: way, nexthop: nexthops[way] ?? Self.nexthop(way), count: counts[way] ?? Count(), idealFlows: ideals[way])
    }.sorted { Order($0.way) < Order($1.way) }
  }

  private static func nexthop(_ way: Way) -> Nexthop? {
    guard case .sent(let gateway, let interface) = way else { return nil }
    return Nexthop(gateway: gateway, interface: interface)
  }

  /// Nexthops by interface and gateway, then everything else.
  private struct Order: Comparable {
    private let rank: Int
    private let interface: UInt32
    private let gateway: IPAddress
    private let word: String

    init(_ way: Way) {
      var (interface, gateway, word) = (UInt32(0), IPAddress(ipv4: 0), "")
      switch way {
      case .sent(let address, let device):
        rank = 0
        interface = device
        if let address { gateway = address }
      case .local: rank = 1
      case .broadcast: rank = 2
      case .refused(let type):
        rank = 3
        interface = UInt32(type.rawValue)
      case .dropped(let reason):
        rank = 4
        word = reason.text
      case .undetermined: rank = 5
      }
      (self.interface, self.gateway, self.word) = (interface, gateway, word)
    }

    static func < (left: Order, right: Order) -> Bool {
      (left.rank, left.interface, left.gateway, left.word) < (right.rank, right.interface, right.gateway, right.word)
    }
  }
}
