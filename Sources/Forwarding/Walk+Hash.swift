import MultipathHash
import Routing

extension Walk {
  /// A value that is selected by as the 31-bit hash of the flow is; nil when the key is unknown. Collects what makes it
  /// uncertain.
  mutating func hash31() -> UInt32? {
    let hasher = table.hasher(flow.family)
    noteHashCaveats(hasher)
    noteUnread(.release)
    noteUnread(.machine)
    hasAskedForHash = true
    if let assumedHash {
      exactHash = assumedHash
      if asksForInput { needs.append(HashNeed(trace: hashResult(hasher), route: route)) }
      return assumedHash
    }
    let result = hashResult(hasher)
    let key = table.keyOrigin
    // What hashes no header needs no key.
    if table.keyIsKnown || (result.outer == nil && result.inner == nil) {
      record(.hash(result, key: key))
      exactHash = result.hash31
      return exactHash
    }
    guard let found = measured.first(where: { $0.answers(result, route: route) })?.hash else {
      record(.hash(result, key: .unknown))
      caveats.insert(.seedUnknown)
      needs.append(HashNeed(trace: result, route: route))
      return nil
    }
    record(.hash(result, key: .measured(found)))
    exactHash = found.exact
    return found.range.upperBound
  }

  private func hashResult(_ hasher: MultipathHasher) -> HashTrace {
    if var packet, question == .traffic, isForwarded {
      packet.layer4Hash = flow.layer4Hash.value
      return hasher.trace(packet)
    }
    let (subject, view) = hashedFlow()
    return hasher.trace(subject, as: view)
  }

  /// The flow as the hash sees it: a packet taken apart, or a lookup key.
  private func hashedFlow() -> (Flow, MultipathHasher.View) {
    switch (question, flow.family) {
    case (.traffic, _):
      return (flow, isForwarded ? .packet : .lookupKey)
    case (.query, .ipv4):
      // RTM_GETROUTE builds a packet for IPv4, UDP unless told otherwise (inet_rtm_getroute_build_skb()).
      var packet = flow
      if packet.ipProtocol == 0 { packet.ipProtocol = 17 }
      packet.layer4Hash = .absent
      return (packet, .packet)
    case (.query, .ipv6):
      return (flow, .lookupKey)
    }
  }

  private mutating func noteHashCaveats(_ hasher: MultipathHasher) {
    guard question == .traffic else { return }
    if table.behaviour.isNewerThanKnown { caveats.insert(.kernelBehaviour) }
    if flow.ipProtocol == 0, packet == nil, hashedFields.contains(.ipProtocol) { caveats.insert(.portsUnknown) }
    if isForwarded { noteForwardedCaveats(hasher) } else { noteSocketCaveats(hasher) }
  }

  /// Whether the outer ports enter the hash of the flow's family.
  var hashesPorts: Bool { !hashedFields.isDisjoint(with: [.sourcePort, .destinationPort]) }

  var hashesSourcePort: Bool { hashedFields.contains(.sourcePort) }

  /// What of the outer header enters the hash of the flow's family.
  private var hashedFields: HashFields { table.hasher(flow.family).outerFields }

  private mutating func noteForwardedCaveats(_ hasher: MultipathHasher) {
    if hasher.policy == .layer4, flow.layer4Hash == .unknown {
      if flow.inputInterface == 0 {
        caveats.insert(.ingressUnknown)
      } else {
        let evidence = table.links.hashEvidence(flow.inputInterface)
        record(.evidence(evidence))
        if evidence != .nothing { caveats.insert(.layer4Hash) }
      }
    }
    if unknown.contains(.flowLabel), flow.family == .ipv6, hashedFields.contains(.flowLabel) { caveats.insert(.fieldUnknown) }
    let looksInside = hasher.looksInside
    // A packet shows all that there is to hash, unless its capture was cut short.
    if var packet {
      packet.layer4Hash = flow.layer4Hash.value
      if hasher.misses(packet) { caveats.insert(.captureCut) }
      if looksInside, table.behaviour.readsLinkTags == nil,
        !hasher.trace(packet).hashesSame(as: hasher.trace(packet.dissected(readingLinkTags: false)))
      {
        caveats.insert(.kernelBehaviour)
      }
      return
    }
    if hashesPorts, flow.layer4Hash.value == nil || hasher.policy != .layer4 { notePortCaveats() }
    if hasher.policy == .layer3, flow.inner == nil, let icmp = flow.icmp,
      IPProtocol.isICMPError(icmp.type, family: flow.family)
    {
      caveats.insert(.innerUnknown)
    }
    if looksInside, flow.inner == nil, IPProtocol.isEncapsulation(flow.ipProtocol) { caveats.insert(.innerUnknown) }
  }

  private mutating func notePortCaveats() {
    if flow.ipProtocol == 0
      || (IPProtocol.portsOffset(flow.ipProtocol) != nil && (flow.sourcePort == 0 || flow.destinationPort == 0))
    {
      caveats.insert(.portsUnknown)
    }
  }
}
