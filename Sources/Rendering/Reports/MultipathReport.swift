import Routing

/// How a route or a group spreads flows, and over what.
package struct MultipathReport: Hashable, Sendable {
  /// What decides.
  package enum Kind: String, Hashable, Sendable {
    /// One way, or none.
    case single
    /// RTA_MULTIPATH: legs written in the route.
    case legacy
    /// A hash-threshold group of nexthop objects.
    case mpath
    case resilient
    /// A group of a type that this program does not know.
    case unknown
  }

  package var kind: Kind
  package var members: [NexthopReport]

  /// The legs of a route.
  ///
  /// The kernel leaves dead legs out of the bounds, and those without carrier where the interface ignores them.
  init(legs: [RouteLeg], family: AddressFamily, in index: StateIndex) {
    kind = legs.count > 1 ? .legacy : .single
    members = legs.map { NexthopReport($0, in: index) }
    let weights = legs.map { leg -> UInt32? in
      let isDown =
        leg.flags.contains(.linkdown)
        && index.state.settings.ignoresLinkdown(
          family, interface: index.link(leg.interface)?.name ?? "", behaviour: index.state.behaviour)
      return leg.flags.contains(.dead) || isDown ? nil : UInt32(leg.weight)
    }
    let settings = index.state.settings
    let looksAtNeighbours = family == .ipv4 && settings.useNeighbours == true
    var shares = NexthopShares.threshold(
      weights: weights, isSkipped: members.map { looksAtNeighbours && $0.hasInvalidNeighbour })
    if family == .ipv6, settings.ipv6ForwardingAll == false {
      // On a host the flows of a leg whose neighbour has failed stay with the first leg that the lookup finds.
      let hasFailed = members.map { $0.neighbour == .failed }
      if let first = shares.indices.first(where: { weights[$0] != nil && !hasFailed[$0] }) {
        for place in shares.indices where hasFailed[place] {
          shares[first] += shares[place]
          shares[place] = 0
        }
      }
    }
    distribute(shares)
    // Without carrier it depends on when the sysctl was written what each leg gets, those with carrier included.
    let isDoubtful = !index.state.interfacesOfStaleBounds(legs, family, link: index.link).isEmpty
    if isDoubtful { for place in members.indices { members[place].share = nil } }
  }

  init(group: NexthopGroup, in index: StateIndex) {
    members = group.members.map { member in
      var report = NexthopReport(object: member.id, in: index)
      report.weight = member.weight
      report.packets = group.statistics.first { $0.id == member.id }?.packets
      return report
    }
    switch group.kind {
    case .hashThreshold:
      kind = .mpath
      distribute(
        NexthopShares.threshold(
          weights: group.members.map(\.weight),
          isSkipped: members.map { !group.isFDB && $0.hasInvalidNeighbour }))
    case .resilient:
      kind = .resilient
      distribute(countBuckets(of: group, in: index))
    default:
      kind = .unknown
      distribute(NexthopShares.ideal(weights: group.members.map(\.weight)))
    }
  }

  private mutating func distribute(_ shares: [Double]) {
    let ideal = NexthopShares.ideal(weights: members.map { $0.weight ?? 0 })
    for place in members.indices {
      members[place].idealShare = ideal[place]
      members[place].share = shares[place]
    }
  }

  /// Fills in the members' buckets. Without the table in the state the shares are those that the weights ask for.
  private mutating func countBuckets(of group: NexthopGroup, in index: StateIndex) -> [Double] {
    let weights = group.members.map(\.weight)
    let wanted = NexthopShares.wantedBuckets(weights: weights, buckets: group.resilient?.buckets ?? 0)
    guard let table = index.bucketTable(group.id) else { return NexthopShares.buckets(counts: wanted) }
    var counts: [UInt32: (all: Int, idle: Int)] = [:]
    let timer = UInt64(group.resilient?.idleTimer ?? 0)
    for bucket in table.buckets {
      counts[bucket.nexthop, default: (0, 0)].all += 1
      if bucket.idleTime >= timer { counts[bucket.nexthop, default: (0, 0)].idle += 1 }
    }
    for place in members.indices {
      let count = counts[group.members[place].id] ?? (0, 0)
      members[place].buckets = .init(count: count.all, wanted: wanted[place], idle: count.idle)
    }
    return NexthopShares.buckets(counts: members.map { $0.buckets?.count ?? 0 })
  }
}
