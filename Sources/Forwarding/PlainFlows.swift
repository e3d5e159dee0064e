import MultipathHash
import Routing

/// The flows of one family whose decision depends on nothing but where they come in, the longest known prefix of their
/// destination, and the hash of their header: nearly all flows of a router.
///
/// Known prefixes are those that any step of a decision asks for, so that no step can tell two destinations apart that
/// have the same one.
final class PlainFlows: Sendable {
  /// Whether there are such flows at all.
  let exist: Bool
  let form: MultipathHasher.PlainForm
  let key: HashKey
  /// Every prefix that a decision may hold a destination against.
  let destinations: PrefixIndex
  /// Every prefix that a decision may hold a source against, where the way back is not looked up.
  let sources: PrefixIndex
  /// Whether the route of a flow depends on its TOS.
  let heedsTOS: Bool
  /// Whether the hash depends on an inner header.
  let looksInside: Bool
  private let hashesPorts: Bool

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
    looksInside =
      hasher.policy == .layer3Inner || (hasher.policy == .custom && !hasher.fields.isDisjoint(with: .innerMask))
    hashesPorts =
      hasher.policy == .layer4
      || (hasher.policy == .custom && !hasher.fields.isDisjoint(with: [.sourcePort, .destinationPort]))

    let special = Self.special(family)
    let own = table.ownAddresses.filter { $0.family == family }.map(Prefix.init(host:))
    guard exist else {
      destinations = PrefixIndex(sorted: [], family: family)
      sources = destinations
      return
    }
    let routes = table.state.routes.lazy.filter { $0.family == family && $0.flags & RouteFlags.cloned == 0 }
    var asked = special + own + rules.compactMap(\.rule.destination)
    asked.reserveCapacity(asked.count + table.state.routes.count)
    for route in routes { asked.append(route.destination) }
    destinations = PrefixIndex(asked, family: family)
    // IPv6 forwards what comes from the machine's own addresses.
    let local = routes.filter {
      family == .ipv4 && ($0.table == RouteTable.local && $0.type == .local || $0.type == .broadcast)
    }
    sources = PrefixIndex(special + (family == .ipv4 ? own : []) + local.map(\.destination), family: family)
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

  /// Whether a forwarded flow of the family is a plain one, its source aside.
  @inline(__always)
  func contain(_ flow: Flow) -> Bool {
    guard flow.origin == .forwarded, flow.outputInterface == 0, flow.unknown.isEmpty,
      flow.source.family == flow.destination.family, flow.inner == nil, flow.icmp == nil,
      flow.tos == 0 || !heedsTOS
    else { return false }
    if case .value = flow.layer4Hash { return false }
    if looksInside, IPProtocol.isEncapsulation(flow.ipProtocol) { return false }
    guard hashesPorts else { return true }
    if flow.sourcePort != 0 && flow.destinationPort != 0 { return flow.ipProtocol != 0 }
    return flow.ipProtocol != 0 && IPProtocol.portsOffset(flow.ipProtocol) == nil
  }
}

extension CompiledRule {
  /// Whether all that the rule asks a forwarded flow for are its destination and its ingress interface.
  fileprivate var asksForPlaceAlone: Bool {
    (rule.source?.length ?? 0) == 0 && rule.markMask == 0 && rule.mark == 0 && rule.tos == 0 && rule.dscp == nil
      && !needsPorts && rule.flowLabel == nil
  }
}
