import Forwarding
import Routing

/// A state with its parts by key, and its routes by their ways.
struct CheckContext {
  struct Place: Hashable {
    var interface: UInt32
    var address: IPAddress
  }

  /// A member of a multipath, whichever way it is written down.
  struct Member: Hashable {
    var gateway: IPAddress?
    var interface: UInt32
    var weight: UInt32
  }

  let state: RoutingState
  let surroundings: CheckSurroundings
  /// nil for both.
  let family: AddressFamily?
  let uses: [RouteUse]
  /// What lookups ask about interfaces.
  let table: LinkTable
  let links: [UInt32: Link]
  let singles: [UInt32: Nexthop]
  let groups: [UInt32: NexthopGroup]
  let bucketTables: [UInt32: BucketTable]
  let neighbours: [Place: Neighbour.State]
  /// The routes over each group and each single object.
  private let routesOfObject: [UInt32: RouteSample]

  init(_ state: RoutingState, family: AddressFamily?, surroundings: CheckSurroundings) {
    self.state = state
    self.family = family
    self.surroundings = surroundings
    table = LinkTable(state)
    links = Dictionary(state.links.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    singles = Dictionary((state.nexthops ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    groups = Dictionary(state.groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    bucketTables = Dictionary(state.bucketTables.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first })
    neighbours = Dictionary(
      state.neighbours.map { (Place(interface: $0.interface, address: $0.address), $0.state) },
      uniquingKeysWith: { first, _ in first })
    uses = RouteUses(state, groups: groups, family: family).all
    var routes: [UInt32: RouteSample] = [:]
    for use in uses {
      switch use.key.way {
      case .group(let id), .object(let id): routes[id, default: RouteSample()].add(use.routes)
      case .legs: break
      }
    }
    routesOfObject = routes
  }

  /// The families that are looked at.
  var families: [AddressFamily] { AddressFamily.allCases.filter { family == nil || $0 == family } }

  func name(_ interface: UInt32) -> String { links[interface]?.name ?? "if\(interface)" }

  func routes(over object: UInt32) -> RouteSample { routesOfObject[object] ?? RouteSample() }

  /// The members between which the routes choose; fewer than two where there is no choice.
  func members(of use: RouteUse) -> [Member] {
    switch use.key.way {
    case .legs(let legs):
      legs.map { Member(gateway: $0.gateway, interface: $0.interface, weight: UInt32($0.weight)) }
    case .group(let id): groups[id].map(members) ?? []
    case .object: []
    }
  }

  func members(of group: NexthopGroup) -> [Member] {
    group.members.compactMap { member in
      singles[member.id].flatMap { single in
        single.interface.map { Member(gateway: single.gateway, interface: $0, weight: member.weight) }
      }
    }
  }

  /// The ways of a family that the hash chooses between.
  func multipaths(_ family: AddressFamily) -> [RouteUse] {
    uses.filter { $0.family == family && members(of: $0).count > 1 }
  }

  /// The routes of a family that the hash decides.
  func multipathRoutes(_ family: AddressFamily) -> RouteSample {
    multipaths(family).reduce(into: RouteSample()) { $0.add($1.routes) }
  }

  /// Whether packets for others are forwarded in the family.
  func forwards(_ family: AddressFamily) -> Bool {
    state.links.contains { !$0.isLoopback && $0.isUp && table.forwards(family, from: $0.index) }
  }

  /// Whether the neighbour of that address does not answer; false for one that nobody asked for.
  func hasFailed(_ address: IPAddress, on interface: UInt32) -> Bool {
    let state = neighbours[Place(interface: interface, address: address)]
    return state == .failed || state == .incomplete
  }

  /// Whether the kernel has resilient groups.
  var hasResilientGroups: Bool {
    state.nexthops != nil && state.kernel.version.map { $0 >= KernelVersion(5, 13) } != false
  }
}

/// Words of commands in fixes.
package enum FixText {
  /// A word as a shell takes it.
  package static func word(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "._-:@/=".utf8.contains(byte)
    }
    guard !plain || text.isEmpty else { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// A command that sets sysctls.
  static func sysctl(_ settings: [String]) -> String { "sysctl -w " + settings.map(word).joined(separator: " ") }

  /// The setting of an interface, whose name may have a point in it.
  static func setting(_ family: AddressFamily, _ interface: String, _ key: String, _ value: Int) -> String {
    let net = family == .ipv4 ? "ipv4" : "ipv6"
    return interface.contains(".")
      ? "net/\(net)/conf/\(interface)/\(key)=\(value)" : "net.\(net).conf.\(interface).\(key)=\(value)"
  }

  /// Such as "o1, o2 and 3 more".
  static func list(_ names: [String], shown: Int = 4) -> String {
    names.prefix(shown).joined(separator: ", ") + (names.count > shown ? " and \(names.count - shown) more" : "")
  }

  /// A part of 1 as a percentage with one decimal.
  static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)%"
  }

  static func name(_ family: AddressFamily) -> String { family == .ipv4 ? "IPv4" : "IPv6" }

  /// `net.ipv4` or `net.ipv6`.
  static func net(_ family: AddressFamily) -> String { family == .ipv4 ? "net.ipv4" : "net.ipv6" }
}
