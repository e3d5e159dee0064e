package import Forwarding
import MultipathHash
package import Routing

/// Whether two routers make the same hash of a flow, and one hash of both of its directions: what a pair of them needs that
/// has stateful firewalls in between.
package struct HashLikeness: Hashable, Sendable {
  /// What stands in the way.
  package enum Obstacle: Hashable, Sendable {
    /// `fib_multipath_hash_policy`, here and there.
    case policy(AddressFamily, here: UInt8, there: UInt8)
    /// `fib_multipath_hash_fields` under policy 3, here and there.
    case fields(AddressFamily, here: UInt32, there: UInt32)
    /// The seeds in force, here and there.
    case seed(here: UInt32, there: UInt32)
    /// A boot seed that nobody knows, or a key without seed.
    case seedUnknown(isHere: Bool, isThere: Bool)
    /// Before 6.11 the key is random and can not be set.
    case noSeed(isHere: Bool, isThere: Bool)
    /// Addresses and ports are ordered as numbers of the machine: the two store them the other way around.
    case byteOrder
    /// The fields under policy 3 have one end of the flow and not the other.
    case oneEnd(AddressFamily, fields: UInt32)
    /// The flow label is hashed, which each direction of an IPv6 flow has its own of.
    case flowLabel(policy: UInt8)
  }

  /// Ways of dividing hashes among nexthops.
  package struct Divisions: Hashable, Sendable {
    /// Of those here how many there are, and how many have their equal there.
    package var count = 0
    package var equal = 0
  }

  /// What was judged.
  package let families: [AddressFamily]
  package private(set) var obstacles: [Obstacle] = []
  /// How the multipath routes here divide their hashes, held against those there.
  package private(set) var divisions = Divisions()
  /// Families in which a hash that the packet brings along may take the place of the header's (policy 1).
  package private(set) var layer4: [AddressFamily] = []

  /// Whether nothing stands in the way.
  package var isAlike: Bool { obstacles.isEmpty }

  /// One of the two routers.
  package struct Router: Sendable {
    let state: RoutingState
    let table: ForwardingTable
    let seed: UInt32?

    /// - Parameter seed: in force; nil where nobody knows it.
    package init(_ state: RoutingState, _ table: ForwardingTable, seed: UInt32?) {
      self.state = state
      self.table = table
      self.seed = seed
    }

    /// Whether both run on one machine since one boot, so that a boot seed is one for both.
    fileprivate func shares(bootOf other: Router) -> Bool {
      state.kernel.bootID != nil && state.kernel.bootID == other.state.kernel.bootID
        && state.settings.hashSeed == 0 && other.state.settings.hashSeed == 0
    }
  }

  /// - Parameter families: that count; nil for those in which routes here spread flows, or both where none does.
  package init(here: Router, there: Router, families asked: [AddressFamily]? = nil) {
    let divided = Self.divisions(here, asked ?? AddressFamily.allCases)
    let used = AddressFamily.allCases.filter { family in divided.contains { $0.family == family } }
    families = asked ?? (used.isEmpty ? AddressFamily.allCases : used)
    addSeed(here, there)
    if here.state.kernel.isLittleEndian != there.state.kernel.isLittleEndian { obstacles.append(.byteOrder) }
    for family in families {
      addPolicy(family, here.state.settings.hash(family), there.state.settings.hash(family))
    }
    let known = Set(Self.divisions(there, families))
    let own = Set(divided)
    divisions = Divisions(count: own.count, equal: own.count { known.contains($0) })
  }

  private mutating func addSeed(_ here: Router, _ there: Router) {
    let (hereLacks, thereLacks) = (here.state.settings.hashSeed == nil, there.state.settings.hashSeed == nil)
    if hereLacks || thereLacks {
      obstacles.append(.noSeed(isHere: hereLacks, isThere: thereLacks))
    } else if let own = here.seed, let other = there.seed {
      if own != other { obstacles.append(.seed(here: own, there: other)) }
    } else if !here.shares(bootOf: there) {
      obstacles.append(.seedUnknown(isHere: here.seed == nil, isThere: there.seed == nil))
    }
  }

  private mutating func addPolicy(_ family: AddressFamily, _ here: HashSettings, _ there: HashSettings) {
    let policy = here.policy ?? 0
    guard policy == there.policy ?? 0 else {
      obstacles.append(.policy(family, here: policy, there: there.policy ?? 0))
      return
    }
    switch HashPolicy(rawValue: policy) {
    case .custom?:
      let fields = here.fields ?? HashSettings.defaultFields
      let other = there.fields ?? HashSettings.defaultFields
      if fields != other { obstacles.append(.fields(family, here: fields, there: other)) }
      addEnds(family, fields)
    case .layer3?, .layer3Inner?:
      if family == .ipv6 { obstacles.append(.flowLabel(policy: policy)) }
    case .layer4?: layer4.append(family)
    case nil: break
    }
  }

  private mutating func addEnds(_ family: AddressFamily, _ raw: UInt32) {
    let fields = HashFields(rawValue: raw)
    let pairs: [(HashFields, HashFields)] = [
      (.source, .destination), (.sourcePort, .destinationPort), (.innerSource, .innerDestination),
      (.innerSourcePort, .innerDestinationPort),
    ]
    if pairs.contains(where: { fields.contains($0) != fields.contains($1) }) {
      obstacles.append(.oneEnd(family, fields: raw))
    }
    if family == .ipv6, !fields.isDisjoint(with: [.flowLabel, .innerFlowLabel]) {
      obstacles.append(.flowLabel(policy: HashPolicy.custom.rawValue))
    }
  }

  /// A way of dividing hashes, whatever the nexthops are.
  private struct Division: Hashable {
    var family: AddressFamily
    /// Where hashes are divided by size: the last of each range, and the position of its nexthop.
    var ends: [UInt32]
    /// The position of the nexthop of each range, or of each bucket.
    var members: [Int]
  }

  private static func divisions(_ router: Router, _ families: [AddressFamily]) -> [Division] {
    let table = SpreadTable(router.table)
    var seen: Set<Int> = []
    var divisions: [Division] = []
    for (index, route) in router.state.routes.enumerated() where families.contains(route.family) {
      guard let position = table.position(ofRoute: index), seen.insert(position).inserted else { continue }
      let spread = table.spreads[position]
      switch spread.kind {
      case .single: continue
      case .resilient:
        guard let owners = spread.owners else { continue }
        divisions.append(Division(family: route.family, ends: [], members: owners.map(Int.init)))
      case .legacy, .threshold:
        divisions.append(
          Division(family: route.family, ends: spread.ranges.map(\.last), members: spread.ranges.map(\.member)))
      }
    }
    return divisions
  }
}
