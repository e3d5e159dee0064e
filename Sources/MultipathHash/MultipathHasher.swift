package import Routing

/// The kernel's multipath hash for the routes of one family under one setting.
///
/// Mirrors fib_multipath_hash(), net/ipv4/route.c, and rt6_multipath_hash(), net/ipv6/route.c, Linux 6.12.
package struct MultipathHasher: Hashable, Sendable {
  /// Which of the kernel's two ways to a hash is meant.
  package enum View: Hashable, Sendable {
    /// A packet taken apart: forwarded traffic, and what RTM_GETROUTE makes up for IPv4.
    case packet
    /// The lookup key as it is: sockets, and RTM_GETROUTE for IPv6.
    case lookupKey
  }

  /// The family of the route, which may differ from that of an inner header.
  package let family: AddressFamily
  package let policy: HashPolicy
  /// `fib_multipath_hash_fields`; only policy 3 reads it.
  package let fields: HashFields
  package let key: HashKey
  /// Whether the machine stores integers with the least significant byte first.
  package let isLittleEndian: Bool
  /// Whether an IPv6 rule needs ports or protocol; ICMPv6 packets are then taken apart before the lookup.
  package let hasPortRules: Bool

  package init(
    family: AddressFamily, policy: HashPolicy, fields: HashFields, key: HashKey, isLittleEndian: Bool = true,
    hasPortRules: Bool = false
  ) {
    self.family = family
    self.policy = policy
    self.fields = fields
    self.key = key
    self.isLittleEndian = isLittleEndian
    self.hasPortRules = hasPortRules
  }

  /// The 32-bit hash of the flow, before the shift to 31 bits.
  package func hash(_ flow: Flow, as view: View) -> UInt32 {
    trace(flow, as: view).hash
  }

  /// The 32-bit hash of the packet, before the shift to 31 bits.
  package func hash(_ packet: DissectedPacket) -> UInt32 {
    trace(packet).hash
  }

  /// The hash of the flow with everything that went into it.
  package func trace(_ flow: Flow, as view: View) -> HashTrace {
    switch view {
    case .packet: trace(DissectedPacket(describedBy: flow))
    case .lookupKey: lookupKeyTrace(flow)
    }
  }

  /// The hash of the packet with everything that went into it.
  package func trace(_ packet: DissectedPacket) -> HashTrace {
    switch policy {
    case .layer3:
      return layer3(packet)
    case .layer4:
      if let hash = packet.layer4Hash { return HashTrace(result: .layer4Hash, hash: hash) }
      return single(input(Self.layer4Fields, packet.outer, label: .host))
    case .layer3Inner:
      return innermost(packet)
    case .custom:
      return custom(packet)
    }
  }

  /// The fields of policy 0, and of policy 2 for a header of the family.
  private static func layer3Fields(_ family: AddressFamily) -> HashFields {
    family == .ipv4 ? [.source, .destination] : [.source, .destination, .flowLabel, .ipProtocol]
  }

  private static let layer4Fields: HashFields = [
    .source, .destination, .ipProtocol, .sourcePort, .destinationPort,
  ]
}

extension MultipathHasher {
  /// How a packet is hashed that is neither a tunnel's nor an ICMP error, and that brings no hash along.
  package struct PlainForm: Hashable, Sendable {
    /// What is hashed of its header.
    package var fields: HashFields
    package var flowLabelOrder: HashInput.FlowLabelOrder
    /// Whether the hash is mixed with that of an inner header, which is 0.
    package var isMixed: Bool

    package init(fields: HashFields, flowLabelOrder: HashInput.FlowLabelOrder, isMixed: Bool) {
      self.fields = fields
      self.flowLabelOrder = flowLabelOrder
      self.isMixed = isMixed
    }
  }

  /// The fields of the outer header that are hashed of a packet that carries no other one, and of a lookup key.
  package var outerFields: HashFields {
    switch policy {
    case .layer3, .layer3Inner: Self.layer3Fields(family)
    case .layer4: Self.layer4Fields
    case .custom: fields.intersection(.outerMask)
    }
  }

  /// Whether the header inside a tunnel is hashed where there is one.
  package var looksInside: Bool {
    policy == .layer3Inner || (policy == .custom && !fields.isDisjoint(with: .innerMask))
  }

  /// nil where nothing is hashed.
  package var plainForm: PlainForm? {
    switch policy {
    case .layer3:
      return PlainForm(fields: Self.layer3Fields(family), flowLabelOrder: .network, isMixed: false)
    case .layer4:
      return PlainForm(fields: Self.layer4Fields, flowLabelOrder: .host, isMixed: false)
    case .layer3Inner:
      return PlainForm(fields: Self.layer3Fields(family), flowLabelOrder: .host, isMixed: false)
    case .custom:
      let outer = fields.intersection(.outerMask)
      return outer.isEmpty ? nil : PlainForm(fields: outer.applicable(to: family), flowLabelOrder: .host, isMixed: true)
    }
  }
}

extension MultipathHasher {
  private func lookupKeyTrace(_ flow: Flow) -> HashTrace {
    let headers = PacketHeaders(
      source: flow.source, destination: flow.destination, ipProtocol: flow.ipProtocol,
      sourcePort: flow.sourcePort, destinationPort: flow.destinationPort, flowLabel: flow.flowLabel)
    let read = outerFields
    guard !read.isEmpty else { return HashTrace(result: .nothing, hash: 0) }
    return single(input(read, headers, label: .network))
  }

  private func layer3(_ packet: DissectedPacket) -> HashTrace {
    let fields = Self.layer3Fields(family)
    if let quoted = packet.quoted {
      var trace = single(input(fields, quoted, label: .network))
      trace.isQuoted = true
      return trace
    }
    if family == .ipv6, hasPortRules, packet.outer.ipProtocol == IPProtocol.icmpv6 {
      let trace = single(input(fields, packet.outer, label: .host))
      // This hash is computed before the lookup; 0 looks like none, and then it is computed in the usual way.
      if trace.hash31 != 0 { return trace }
    }
    return single(input(fields, packet.network, label: .network))
  }

  private func innermost(_ packet: DissectedPacket) -> HashTrace {
    let headers = packet.innermost
    let level: HashInput.Level = headers.isEncapsulated ? .inner : .outer
    let hashed = HashInput(
      Self.layer3Fields(headers.family), of: headers, family: headers.family, level: level, flowLabelOrder: .host,
      isLittleEndian: isLittleEndian)
    var trace = single(hashed)
    trace.isInnerUnknown = packet.isInnerUnknown
    return trace
  }

  private func custom(_ packet: DissectedPacket) -> HashTrace {
    var trace = HashTrace(result: .mixed, hash: 0)
    let outerFields = fields.intersection(.outerMask)
    if !outerFields.isEmpty {
      let outer = input(outerFields, packet.outer, label: .host)
      trace.outer = outer
      trace.outerHash = outer.hash(key: key)
    }
    let innerFields = fields.innerAsOuter
    if !innerFields.isEmpty, packet.innermost.isEncapsulated, outerFields.isEmpty || packet.outer.isEncapsulated {
      let inner = HashInput(
        innerFields.applicable(to: packet.innermost.family), of: packet.innermost, family: packet.innermost.family,
        level: .inner, flowLabelOrder: .host, isLittleEndian: isLittleEndian)
      trace.inner = inner
      trace.innerHash = inner.hash(key: key)
      trace.isInnerUnknown = packet.isInnerUnknown
    }
    trace.hash = JenkinsHash.mix(trace.outerHash, trace.innerHash)
    return trace
  }

  private func input(
    _ fields: HashFields, _ headers: PacketHeaders, label: HashInput.FlowLabelOrder
  ) -> HashInput {
    HashInput(
      fields.applicable(to: family), of: headers, family: family, flowLabelOrder: label,
      isLittleEndian: isLittleEndian)
  }

  private func single(_ input: HashInput) -> HashTrace {
    let hash = input.hash(key: key)
    var trace = HashTrace(result: .sipHash, hash: hash)
    switch input.level {
    case .outer: (trace.outer, trace.outerHash) = (input, hash)
    case .inner: (trace.inner, trace.innerHash) = (input, hash)
    }
    return trace
  }
}

extension HashFields {
  /// The outer fields without the flow label where the header has none.
  fileprivate func applicable(to family: AddressFamily) -> HashFields {
    family == .ipv4 ? subtracting(.flowLabel) : self
  }
}
