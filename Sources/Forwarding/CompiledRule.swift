import Routing

/// A rule with its interface names resolved.
struct CompiledRule: Sendable {
  /// Index into `RoutingState.rules`.
  let index: Int
  let rule: Rule
  /// nil when the rule names an interface that does not exist, which never matches.
  let inputInterface: UInt32?
  let outputInterface: UInt32?
  /// The bits of the TOS byte that `tos` selectors see.
  let visibleTOS: UInt8

  /// Whether the kernel dissects packets before the lookup because of this rule (`fib_rule_requires_fldissect()`).
  var needsPorts: Bool {
    rule.ipProtocol != nil || rule.sourcePorts != nil || rule.destinationPorts != nil
  }

  static func compile(
    _ rules: [Rule], family: AddressFamily, links: LinkTable, behaviour: KernelBehaviour
  ) -> [CompiledRule] {
    // IPv4 sees the bits of RFC 1349 only (INET_DSCP_LEGACY_TOS_MASK); `dscp` sees all six.
    let visibleTOS: UInt8 = family == .ipv4 ? 0x1c : behaviour.ipv6RulesIgnoreECN == false ? 0xff : 0xfc
    let own = rules.enumerated().filter { $0.element.family == family }
    // The kernel keeps the order of insertion among equal priorities, and so does a stable sort of its dump.
    let ordered = own.sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
    return ordered.map { index, rule in
      CompiledRule(
        index: index, rule: rule, inputInterface: rule.inputInterface.flatMap(links.index(named:)),
        outputInterface: rule.outputInterface.flatMap(links.index(named:)),
        visibleTOS: visibleTOS)
    }
  }
}

/// The result of holding a flow against the selectors of one rule.
struct RuleMatch {
  var matches: Bool
  /// What the flow does not tell although the answer depends on it.
  var caveats: Caveats = []
}

extension CompiledRule {
  /// `FR_ACT_*`-independent part of `fib_rule_match()`, `fib4_rule_match()` and `fib6_rule_match()`.
  ///
  /// - Parameter key: the flow as the rules see it.
  func match(_ key: RuleKey) -> RuleMatch {
    var caveats: Caveats = []
    let all = matchesAll(key, caveats: &caveats)
    if asks(for: key.unknown) {
      var ignored: Caveats = []
      if blind(to: key.unknown).matchesAll(key, caveats: &ignored) { caveats.insert(.fieldUnknown) }
    }
    return RuleMatch(matches: all != rule.isInverted, caveats: caveats)
  }

  private func matchesAll(_ key: RuleKey, caveats: inout Caveats) -> Bool {
    matchesCommonSelectors(key, caveats: &caveats) && matchesAddresses(key) && matchesHeader(key)
  }

  /// Whether a selector compares a field that is not known.
  private func asks(for unknown: Flow.Unknown) -> Bool {
    guard !unknown.isEmpty else { return false }
    return (unknown.contains(.mark) && rule.markMask != 0)
      || (unknown.contains(.tos) && (rule.tos != 0 || rule.dscp != nil))
      || (unknown.contains(.flowLabel) && rule.flowLabel != nil)
  }

  /// The rule without the selectors of fields that are not known.
  private func blind(to unknown: Flow.Unknown) -> CompiledRule {
    var rule = rule
    if unknown.contains(.mark) { rule.markMask = 0 }
    if unknown.contains(.tos) {
      rule.tos = 0
      rule.dscp = nil
    }
    if unknown.contains(.flowLabel) { rule.flowLabel = nil }
    return CompiledRule(
      index: index, rule: rule, inputInterface: inputInterface, outputInterface: outputInterface, visibleTOS: visibleTOS
    )
  }

  private func matchesCommonSelectors(_ key: RuleKey, caveats: inout Caveats) -> Bool {
    if let name = rule.inputInterface {
      let loopback: UInt32 = 1
      if key.inputInterface == 0, key.isForwarded {
        if name != "lo" { caveats.insert(.ingressUnknown) }
        return false
      }
      guard let wanted = inputInterface, wanted == (key.isForwarded ? key.inputInterface : loopback) else {
        return false
      }
    }
    if rule.outputInterface != nil {
      guard let outputInterface, outputInterface == key.outputInterface else { return false }
    }
    if (rule.mark ^ key.mark) & rule.markMask != 0 { return false }
    if let tunnelID = rule.tunnelID, tunnelID != 0 { return false }
    if rule.isL3MasterDevice && key.vrfTable == nil { return false }
    if let range = rule.userIDs {
      guard let userID = key.userID else {
        caveats.insert(.userUnknown)
        return false
      }
      if !range.contains(userID) { return false }
    }
    return true
  }

  private func matchesAddresses(_ key: RuleKey) -> Bool {
    if let destination = rule.destination, destination.length > 0, !destination.contains(key.destination) {
      return false
    }
    if let source = rule.source, source.length > 0 {
      // An unbound IPv6 socket has no source to compare (RT6_LOOKUP_F_HAS_SADDR); for IPv4 it is 0.0.0.0.
      if rule.family == .ipv6, key.source.isUnspecified { return false }
      if !source.contains(key.source) { return false }
    }
    return true
  }

  private func matchesHeader(_ key: RuleKey) -> Bool {
    if rule.tos != 0, rule.tos & (visibleTOS | 0xfc) != key.tos & visibleTOS { return false }
    if let dscp = rule.dscp, (dscp ^ key.tos >> 2) & rule.dscpMask != 0 { return false }
    if let wanted = rule.ipProtocol, wanted != 0, wanted != key.ipProtocol { return false }
    if let ports = rule.sourcePorts,
      !Self.covers(ports, mask: rule.sourcePortMask, port: key.sourcePort)
    {
      return false
    }
    if let ports = rule.destinationPorts,
      !Self.covers(ports, mask: rule.destinationPortMask, port: key.destinationPort)
    {
      return false
    }
    if let label = rule.flowLabel {
      let mask = rule.flowLabelMask ?? 0xfffff
      if (label ^ key.flowLabel) & mask != 0 { return false }
    }
    return true
  }

  private static func covers(_ range: Rule.Range, mask: UInt16?, port: UInt16) -> Bool {
    if let mask, mask != 0, mask != 0xffff { return (UInt32(port) ^ range.first) & UInt32(mask) == 0 }
    return range.contains(UInt32(port))
  }
}

/// A flow as the rules see it.
struct RuleKey {
  var isForwarded: Bool
  var inputInterface: UInt32
  var outputInterface: UInt32
  var source: IPAddress
  var destination: IPAddress
  var mark: UInt32
  var tos: UInt8
  var ipProtocol: UInt8
  var sourcePort: UInt16
  var destinationPort: UInt16
  var flowLabel: UInt32
  var userID: UInt32?
  /// Fields whose value may not be the true one.
  var unknown: Flow.Unknown
  /// The table of the VRF that the flow belongs to.
  var vrfTable: UInt32?
}
