package import Routing

/// What a guard sees of the machine at one moment.
package struct GuardObservation: Hashable, Sendable {
  package var links: [Link]
  package var nexthops: [UInt32: Nexthop]
  package var groups: [UInt32: NexthopGroup]
  package var neighbours: [Place: Neighbour.State]
  /// Nexthops and groups that somebody else has changed since the last observation.
  package var foreign: Set<UInt32>

  /// Nexthops and groups that were made or changed by a message since the last observation, by whomever.
  package var announced: Set<UInt32> = []
  /// To the prefixes that are followed.
  package var routes: [Route] = []
  package var rules: [Rule] = []
  /// The processes of routing daemons, as far as they are to be seen.
  package var daemons: Set<Int32> = []
  /// Since the boot, in nanoseconds.
  package var time: UInt64 = 0

  /// A neighbour's address on an interface index.
  package struct Place: Hashable, Sendable {
    package var address: IPAddress
    package var interface: UInt32

    package init(_ address: IPAddress, on interface: UInt32) {
      self.address = address
      self.interface = interface
    }
  }

  package init(
    links: [Link], nexthops: [Nexthop], groups: [NexthopGroup], neighbours: [Neighbour], foreign: Set<UInt32> = []
  ) {
    self.links = links
    self.nexthops = Dictionary(nexthops.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.groups = Dictionary(groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.neighbours = Dictionary(
      neighbours.map { (Place($0.address, on: $0.interface), $0.state) }, uniquingKeysWith: { first, _ in first })
    self.foreign = foreign
  }
}
