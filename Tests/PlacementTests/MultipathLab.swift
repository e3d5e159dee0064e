import Forwarding
import MultipathHash
import Placement
import Routing
import TestSupport

/// Routers with one multipath route to 198.51.100.0/24 or 2001:db8:64::/48, in every kind of multipath.
struct MultipathLab: Sendable {
  enum Kind: String, Sendable, CaseIterable {
    case legacy, threshold, resilient
  }

  /// A nexthop: the host behind interface `host` + 1, which is also its id.
  struct Member: Sendable {
    var host: UInt32
    var weight: UInt32 = 1
    var isDead = false
    var neighbour: Neighbour.State?
  }

  var kind: Kind
  var members: [Member]
  var family = AddressFamily.ipv4
  var policy: UInt8 = 1
  var seed: UInt32 = 12345
  var buckets: UInt16 = 256
  var release = "6.18.44"
  /// Whether selection looks at neighbours where that depends: by the sysctl for IPv4 legs, on a host for IPv6 ones.
  var looksAtNeighbours = false
  /// The owners of the buckets by host; nil for those of a new group.
  var owners: [UInt32]?

  static let ingress: UInt32 = 200

  static func equal(_ count: Int, _ kind: Kind = .threshold) -> MultipathLab {
    MultipathLab(kind: kind, members: (1...UInt32(count)).map { Member(host: $0) })
  }

  /// The same router without some of the members.
  func without(_ hosts: UInt32...) -> MultipathLab {
    var lab = self
    lab.members.removeAll { hosts.contains($0.host) }
    if kind == .resilient, owners == nil {
      var table = ResilientTable(
        members: members.map { NexthopGroup.Member(id: $0.host, weight: $0.weight) }, buckets: Int(buckets))
      for bucket in table.buckets.indices { table.use(bucket, at: 0) }
      table.replace(members: lab.members.map { .init(id: $0.host, weight: $0.weight) }, now: 0)
      lab.owners = table.owners
    }
    return lab
  }

  static func gateway(_ host: UInt32, _ family: AddressFamily = .ipv4) -> IPAddress {
    family == .ipv4
      ? IPAddress(ipv4: 0x0a01_0001 + host << 8) : IPAddress(ipv6High: 0x2001_0db8_0001_0000, low: UInt64(host))
  }

  static func way(_ host: UInt32) -> Way { .sent(gateway: gateway(host), interface: host + 1) }

  var prefix: Prefix {
    switch family {
    case .ipv4: Prefix(containing: IPAddress(ipv4: 0xc633_6400), length: 24)
    case .ipv6: Prefix(containing: IPAddress(ipv6High: 0x2001_0db8_0064_0000, low: 0), length: 48)
    }
  }

  var state: RoutingState {
    let up: UInt32 = 0x1_0043
    var state = RoutingState(
      kernel: KernelIdentity(release: release, machine: "x86_64"),
      links: [Link(index: Self.ingress, name: "in0", flags: up)]
        + members.map { Link(index: $0.host + 1, name: "o\($0.host)", flags: up) },
      neighbours: members.compactMap { member in
        member.neighbour.map {
          Neighbour(address: Self.gateway(member.host, family), interface: member.host + 1, state: $0)
        }
      },
      rules: Rule.defaults(family))
    state.settings.hashSeed = seed
    state.settings.ipv4Hash.policy = policy
    state.settings.ipv6Hash.policy = policy
    state.settings.useNeighbours = looksAtNeighbours
    state.settings.ipv6ForwardingAll = !looksAtNeighbours
    let legs = members.map {
      RouteLeg(
        gateway: Self.gateway($0.host, family), interface: $0.host + 1, weight: UInt16($0.weight),
        flags: $0.isDead ? .dead : [])
    }
    guard kind != .legacy else {
      state.routes = [Route(destination: prefix, nexthops: .legs(.multipath(legs)))]
      return state
    }
    state.nexthops = members.map {
      Nexthop(
        id: $0.host, family: family,
        target: .device(interface: $0.host + 1, gateway: Self.gateway($0.host, family), encapsulation: nil))
    }
    let list = members.map { NexthopGroup.Member(id: $0.host, weight: $0.weight) }
    var group = NexthopGroup(id: 500, members: list)
    if kind == .resilient {
      group.kind = .resilient
      group.resilient = ResilientParameters(buckets: buckets, idleTimer: 12000, unbalancedTimer: 0)
      let owners = owners ?? ResilientTable(members: list, buckets: Int(buckets)).owners
      state.bucketTables = [
        BucketTable(group: 500, buckets: owners.map { NexthopBucket(nexthop: $0, idleTime: 0) })
      ]
    }
    state.groups = [group]
    state.routes = [Route(destination: prefix, nexthops: .object(id: 500, expansion: .none))]
    return state
  }

  /// Forwarded UDP flows to the prefix.
  func flows(_ count: Int, seed: UInt64 = 1) -> [Flow] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let (source, destination): (IPAddress, IPAddress) =
        switch family {
        case .ipv4:
          (
            IPAddress(ipv4: 0x0b00_0000 | generator.number() >> 8),
            IPAddress(ipv4: 0xc633_6400 | generator.number() >> 24)
          )
        case .ipv6:
          (
            IPAddress(ipv6High: 0x2001_0db8_000f_0000, low: generator.number()),
            IPAddress(ipv6High: prefix.address.high, low: generator.number())
          )
        }
      return Flow(
        source: source, destination: destination, ipProtocol: 17, sourcePort: generator.number() | 1,
        destinationPort: generator.number() | 1, inputInterface: Self.ingress, origin: .forwarded, layer4Hash: .absent)
    }
  }

  /// The disruption of a change from this router to another, and what became of each flow.
  func change(
    to other: MultipathLab, _ flows: [Flow], comparesSchemes: Bool = false, weight: (Int) -> UInt64 = { _ in 1 }
  ) -> (disruption: Disruption, movements: [Movement]) {
    Self.change(from: state, to: other.state, flows, comparesSchemes: comparesSchemes, weight: weight)
  }

  static func change(
    from before: RoutingState, to after: RoutingState, _ flows: [Flow], comparesSchemes: Bool = false,
    weight: (Int) -> UInt64 = { _ in 1 }
  ) -> (disruption: Disruption, movements: [Movement]) {
    let (old, new) = (ForwardingTable(before), ForwardingTable(after))
    var disruption = Disruption(before: old, after: new, comparesSchemes: comparesSchemes)
    let movements = flows.enumerated().map { index, flow in
      disruption.add(flow, before: old.decide(flow), after: new.decide(flow), weight: weight(index))
    }
    return (disruption, movements)
  }
}
