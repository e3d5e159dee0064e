import MultipathHash
import Routing

/// The flows of one family whose decision depends on nothing but where they come in, the kind of their destination, and
/// the hash of their header: nearly all flows of a router.
///
/// Known prefixes are those that any step of a decision asks for, so that no step can tell two destinations apart that
/// have the same one.
final class PlainFlows: Sendable {
  /// Whether there are such flows at all.
  let exist: Bool
  let form: MultipathHasher.PlainForm
  let key: HashKey
  let destinations: DestinationKinds
  /// Every prefix that a decision may hold a source against, where the way back is not looked up.
  let sources: SourceFilter
  /// Whether the route of a flow depends on its TOS.
  let heedsTOS: Bool
  /// For each IP protocol whether its flows are plain ones.
  let admissions: [Admission]
  /// For each IP protocol whether its packets have ports.
  let hasPorts: [Bool]

  /// Which flows of an IP protocol are plain ones.
  struct Admission: BitwiseCopyable, Sendable {
    // Each half of the ports, with the bits of one added and those of the other left, is 0 for what is not admitted.
    private let added: UInt32
    private let left: UInt32

    static let never = Admission(added: 0, left: 0)
    static let always = Admission(added: .max, left: .max)
    /// Where both ports are known.
    static let withPorts = Admission(added: 0, left: .max)

    /// Nothing is jumped to on account of the protocol, which is anybody's guess.
    @inline(__always)
    func admits(ports: UInt32) -> Bool {
      let halves = (ports | added) & left
      return (halves &- 0x0001_0001) & ~halves & 0x8000_8000 == 0
    }
  }

  init(_ family: AddressFamily, _ table: ForwardingTable) {
    let hasher = table.hasher(family)
    let rules = family == .ipv4 ? table.rules4 : table.rules6
    let plain = hasher.plainForm
    form = plain ?? MultipathHasher.PlainForm(fields: [], flowLabelOrder: .host, isMixed: false)
    key = hasher.key
    exist =
      plain != nil && table.keyIsKnown && hasher.isLittleEndian && !hasher.hasPortRules
      && rules.allSatisfy(\.asksForPlaceAlone) && !(family == .ipv6 && table.asksForSource6)
    heedsTOS = family == .ipv4 && table.state.routes.contains { $0.tos != 0 && $0.family == .ipv4 }
    let hashed = hasher.outerFields
    let hashesPorts = !hashed.isDisjoint(with: [.sourcePort, .destinationPort])
    hasPorts = (0...255 as ClosedRange<UInt8>).map { IPProtocol.portsOffset($0) != nil }
    admissions = (0...255 as ClosedRange<UInt8>).map { ipProtocol in
      if hasher.looksInside, IPProtocol.isEncapsulation(ipProtocol) { return .never }
      guard ipProtocol != 0 || !(hashesPorts || hashed.contains(.ipProtocol)) else { return .never }
      guard hashesPorts else { return .always }
      return IPProtocol.portsOffset(ipProtocol) == nil ? .always : .withPorts
    }
    let special = Self.special(family)
    let own = table.ownAddresses.filter { $0.family == family }.map(Prefix.init(host:))
    guard exist else {
      destinations = DestinationKinds(family)
      sources = SourceFilter([], family: family)
      return
    }
    let redirected = table.redirected.keys.filter { $0.family == family }.map(Prefix.init(host:))
    let hidden = table.state.hiddenRoutes.places.map(\.destination).filter { $0.family == family }
    destinations = DestinationKinds(
      family, special: special + own + redirected + hidden + rules.compactMap(\.rule.destination),
      routes: table.state.routes)
    // IPv6 forwards what comes from the machine's own addresses.
    let local =
      family == .ipv6
      ? []
      : table.state.routes.filter {
        $0.family == .ipv4 && $0.flags & RouteFlags.cloned == 0
          && ($0.table == RouteTable.local && $0.type == .local || $0.type == .broadcast)
      }
    sources = SourceFilter(special + (family == .ipv4 ? own : []) + local.map(\.destination), family: family)
  }

  /// The prefixes that `Walk+Admission.swift` and the choice of IPv6 nexthops know by heart.
  private static func special(_ family: AddressFamily) -> [Prefix] {
    switch family {
    case .ipv4:
      [
        Prefix(containing: IPAddress(ipv4: 224 << 24), length: 4),
        Prefix(containing: IPAddress(ipv4: 127 << 24), length: 8),
        Prefix(host: IPAddress(ipv4: 0)), Prefix(host: IPAddress(ipv4: .max)),
      ]
    case .ipv6:
      [
        Prefix(containing: IPAddress(ipv6High: 0xff << 56, low: 0), length: 8),
        Prefix(containing: IPAddress(ipv6High: 0xfe80 << 48, low: 0), length: 10),
        Prefix(host: IPAddress(ipv6High: 0, low: 0)), Prefix(host: IPAddress(ipv6High: 0, low: 1)),
      ]
    }
  }
}

extension CompiledRule {
  /// Whether all that the rule asks a forwarded flow for are its destination and its ingress interface.
  fileprivate var asksForPlaceAlone: Bool {
    (rule.source?.length ?? 0) == 0 && rule.markMask == 0 && rule.mark == 0 && rule.tos == 0 && rule.dscp == nil
      && !needsPorts && rule.flowLabel == nil
  }
}
