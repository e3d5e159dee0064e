package import Forwarding
package import Routing

/// What another hash seed moves, by shares alone: each hashed flow is placed anew, and meets its nexthop again by chance.
package struct SeedPrice: Sendable {
  /// Routes over the same nexthops.
  package struct Line: Hashable, Sendable {
    /// The first of them: an index into `RoutingState.routes`.
    package var route: Int
    /// How many there are.
    package var routes: Int
    package var kind: Spread.Kind
    /// Ways that some hash leads to.
    package var ways: Int
    /// The part of the hashed flows that move: 1 less the sum of the squares of all shares.
    package var movedShare: Double
  }

  /// Most routes first.
  package private(set) var lines: [Line] = []

  /// - Parameter families: of the routes that count.
  package init(_ table: ForwardingTable, routes: [Route], families: [AddressFamily] = AddressFamily.allCases) {
    let spreads = SpreadTable(table)
    var firsts: [Int: Int] = [:]
    var counts: [Int: Int] = [:]
    for index in routes.indices where families.contains(routes[index].family) {
      guard let position = spreads.position(ofRoute: index) else { continue }
      if counts[position] == nil { firsts[position] = index }
      counts[position, default: 0] += 1
    }
    for (position, count) in counts {
      let spread = spreads.spreads[position]
      if case .single = spread.kind { continue }
      let shares = spread.wayShares
      guard shares.count > 1, let first = firsts[position] else { continue }
      lines.append(
        Line(
          route: first, routes: count, kind: spread.kind, ways: shares.count,
          movedShare: 1 - shares.reduce(0) { $0 + $1 * $1 }))
    }
    lines.sort { ($1.routes, $0.route) < ($0.routes, $1.route) }
  }

  /// Routes that flows move of.
  package var routes: Int { lines.reduce(0) { $0 + $1.routes } }
}

extension Spread {
  /// The part of all hashes that lead each way; by weights where the state lacks the buckets.
  var wayShares: [Double] {
    var shares: [Way: Double] = [:]
    var order: [Way] = []
    func add(_ member: Int, _ share: Double) {
      let way = Way(members[member].choice)
      if shares[way] == nil { order.append(way) }
      shares[way, default: 0] += share
    }
    if case .resilient = kind {
      if let owners, !owners.isEmpty {
        for owner in owners where members.indices.contains(Int(owner)) { add(Int(owner), 1 / Double(owners.count)) }
      } else {
        let sum = members.reduce(0) { $0 + Double($1.choice.weight) }
        for member in members.indices where sum > 0 { add(member, Double(members[member].choice.weight) / sum) }
      }
    } else {
      var first: UInt64 = 0
      for range in ranges {
        let end = UInt64(range.last) + 1
        add(range.member, Double(end - first) / Double(UInt64(1) << 31))
        first = end
      }
    }
    return order.compactMap { shares[$0] }
  }
}
