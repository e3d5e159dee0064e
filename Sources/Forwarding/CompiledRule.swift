import MultipathHash
import Routing

/// A rule with its interface names resolved.
struct CompiledRule: Sendable {
  /// Index into `RoutingState.rules`; nil for one that only stands in for what the kernel has.
  let index: Int?
  let rule: Rule
  /// nil when the rule names an interface that it is not attached to, which never matches.
  let inputInterface: UInt32?
  let outputInterface: UInt32?
  /// Whether the rule is attached to an interface that is not known, since no interface has its name any more: an
  /// alternative name that is gone.
  let hasLostInput: Bool
  let hasLostOutput: Bool
  /// Whether the interfaces are VRF devices.
  let namesInputVRF: Bool
  let namesOutputVRF: Bool
  /// `KernelBehaviour.rulesMatchVRFs`.
  let rulesMatchVRFs: Bool?
  /// The bits of the TOS byte that `tos` selectors see.
  let visibleTOS: UInt8

  /// Whether the kernel dissects packets before the lookup because of this rule (`fib_rule_requires_fldissect()`).
  var needsPorts: Bool {
    rule.ipProtocol != nil || rule.sourcePorts != nil || rule.destinationPorts != nil
  }

  static func compile(
    _ rules: [Rule], areOfState: Bool = true, family: AddressFamily, links: LinkTable, behaviour: KernelBehaviour
  ) -> [CompiledRule] {
    // IPv4 sees the bits of RFC 1349 only (INET_DSCP_LEGACY_TOS_MASK); `dscp` sees all six.
    let visibleTOS: UInt8 = family == .ipv4 ? 0x1c : behaviour.ipv6RulesIgnoreECN == false ? 0xff : 0xfc
    let own = rules.enumerated().filter { $0.element.family == family }
    // The kernel keeps the order of insertion among equal priorities, and so does a stable sort of its dump.
    let ordered = own.sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
    return ordered.map { index, rule in
      let input = rule.isInputDetached ? nil : rule.inputInterface.flatMap(links.index(named:))
      let output = rule.isOutputDetached ? nil : rule.outputInterface.flatMap(links.index(named:))
      return CompiledRule(
        index: areOfState ? index : nil, rule: rule, inputInterface: input, outputInterface: output,
        hasLostInput: rule.inputInterface != nil && input == nil && !rule.isInputDetached,
        hasLostOutput: rule.outputInterface != nil && output == nil && !rule.isOutputDetached,
        namesInputVRF: input.map(links.isVRF) ?? false, namesOutputVRF: output.map(links.isVRF) ?? false,
        rulesMatchVRFs: behaviour.rulesMatchVRFs, visibleTOS: visibleTOS)
    }
  }
}

/// The result of holding a flow against the selectors of one rule.
struct RuleMatch {
  var matches = false
  /// What the flow does not tell although the answer depends on it.
  var caveats: Caveats = []
  /// Whether the flow passed an `l3mdev` selector, whatever others say: from then on `l3mdev` rules look in the table of
  /// its VRF.
  var isInVRF = false
}

extension CompiledRule {
  /// `FR_ACT_*`-independent part of `fib_rule_match()`, `fib4_rule_match()` and `fib6_rule_match()`.
  ///
  /// - Parameter key: the flow as the rules see it.
  func match(_ key: RuleKey) -> RuleMatch {
    var result = RuleMatch()
    let all = matchesAll(key, &result)
    if asks(for: key.unknown) {
      var ignored = RuleMatch()
      if blind(to: key.unknown).matchesAll(key, &ignored) { result.caveats.insert(.fieldUnknown) }
    }
    if needsPorts, !key.untold.isEmpty, let rule = blind(to: key.untold) {
      var ignored = RuleMatch()
      if rule.matchesAll(key, &ignored) { result.caveats.insert(.portsUnknown) }
    }
    if hasLostInput || hasLostOutput || (rule.tunnelID ?? 0) != 0, let rule = withoutUnseen(key) {
      var ignored = RuleMatch()
      if rule.matchesAll(key, &ignored) { result.caveats.insert(.unknownSelector) }
    }
    result.matches = all != rule.isInverted
    return result
  }

  private func matchesAll(_ key: RuleKey, _ result: inout RuleMatch) -> Bool {
    matchesCommonSelectors(key, &result) && matchesAddresses(key) && matchesHeader(key)
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
    return with(rule)
  }

  /// The rule without the selectors of what the flow does not tell; nil where it has none of these.
  private func blind(to untold: HashFields) -> CompiledRule? {
    var rule = rule
    if untold.contains(.ipProtocol) { rule.ipProtocol = nil }
    if untold.contains(.sourcePort) { rule.sourcePorts = nil }
    if untold.contains(.destinationPort) { rule.destinationPorts = nil }
    guard rule != self.rule else { return nil }
    return with(rule)
  }

  /// The rule without the selectors that the flow may pass although nobody can tell; nil where it has none of these.
  private func withoutUnseen(_ key: RuleKey) -> CompiledRule? {
    var rule = rule
    // Where nobody told of an ingress interface, that is what is not known.
    if hasLostInput, key.interfaces.input > LookupInterfaces.loopback { rule.inputInterface = nil }
    if hasLostOutput, key.interfaces.output != 0 { rule.outputInterface = nil }
    if key.mayHaveTunnelID { rule.tunnelID = nil }
    guard rule != self.rule else { return nil }
    return with(rule)
  }

  private func with(_ rule: Rule) -> CompiledRule {
    CompiledRule(
      index: index, rule: rule, inputInterface: inputInterface, outputInterface: outputInterface,
      hasLostInput: hasLostInput, hasLostOutput: hasLostOutput,
      namesInputVRF: namesInputVRF, namesOutputVRF: namesOutputVRF, rulesMatchVRFs: rulesMatchVRFs,
      visibleTOS: visibleTOS)
  }

  /// Whether the flow comes in by the interface of the rule (`fib_rule_iif_match()`).
  private func matchesInput(_ key: RuleKey, _ result: inout RuleMatch) -> Bool {
    guard let name = rule.inputInterface else { return true }
    let interfaces = key.interfaces
    if interfaces.input == 0 {
      if name != "lo" { result.caveats.insert(.ingressUnknown) }
      return false
    }
    guard let wanted = inputInterface else { return false }
    let isSame = wanted == interfaces.input
    guard namesInputVRF else { return isSame }
    return chooses(isSame, inVRF: wanted == interfaces.vrf && !interfaces.isOfOutput, &result)
  }

  /// Whether the flow is bound to the interface of the rule (`fib_rule_oif_match()`).
  private func matchesOutput(_ key: RuleKey, _ result: inout RuleMatch) -> Bool {
    guard rule.outputInterface != nil else { return true }
    guard let wanted = outputInterface else { return false }
    let isSame = wanted == key.interfaces.output
    guard namesOutputVRF else { return isSame }
    return chooses(isSame, inVRF: wanted == key.interfaces.vrf && key.interfaces.isOfOutput, &result)
  }

  /// What a rule that names a VRF makes of a flow.
  private func chooses(_ isSame: Bool, inVRF: Bool, _ result: inout RuleMatch) -> Bool {
    if rulesMatchVRFs == nil, isSame != inVRF { result.caveats.insert(.kernelBehaviour) }
    return rulesMatchVRFs == false ? isSame : inVRF
  }

  private func matchesCommonSelectors(_ key: RuleKey, _ result: inout RuleMatch) -> Bool {
    guard matchesInput(key, &result), matchesOutput(key, &result) else { return false }
    if (rule.mark ^ key.mark) & rule.markMask != 0 { return false }
    if let tunnelID = rule.tunnelID, tunnelID != 0 { return false }
    if rule.isL3MasterDevice {
      guard key.interfaces.vrf != nil else { return false }
      result.isInVRF = true
    }
    if let range = rule.userIDs {
      guard let userID = key.userID else {
        result.caveats.insert(.userUnknown)
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
  var interfaces: LookupInterfaces
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
  /// The protocol and the ports, where the flow does not tell them.
  var untold: HashFields = []
  /// Whether the packet may have come out of a tunnel whose id `tun_id` selectors compare.
  var mayHaveTunnelID = false
}
