import KernelRouting
import MultipathHash
import Routing

/// How RTM_GETROUTE is brought to compute a wanted hash: a setting, and a flow to ask for.
///
/// What counts are the bytes that are hashed. The policy that leads to them need not be that of the traffic: policy 1
/// hashes for IPv4 what policy 3 hashes of a socket.
struct QueryPlan {
  var setting: HashSetting
  var flow: Flow

  /// nil when no query hashes these bytes.
  init?(_ question: HashQuestion) {
    guard let input = question.trace.outerOrOnly else { return nil }
    let isMixed = question.trace.result == .mixed
    for (policy, fields) in Self.candidates(input, isMixed: isMixed, of: question.hasher) {
      setting = HashSetting(family: input.family, policy: policy, fields: fields)
      flow = Self.flow(input, isMixed: isMixed)
      let view: MultipathHasher.View = input.family == .ipv4 ? .packet : .lookupKey
      let asked = setting.hasher(isLittleEndian: question.hasher.isLittleEndian).trace(flow, as: view)
      if Self.isAskable(flow), question.trace.hashesSame(as: asked) { return }
    }
    return nil
  }

  private static func candidates(
    _ input: HashInput, isMixed: Bool, of hasher: MultipathHasher
  ) -> [(HashPolicy, HashFields)] {
    if isMixed { return input.family == .ipv4 ? [(.custom, hasher.fields)] : [] }
    // RTM_GETROUTE makes up a packet for IPv4, which policy 3 would hash twice.
    let all: [(HashPolicy, HashFields)] = [(.layer3, []), (.layer4, [])]
    guard input.family == .ipv6 else { return all }
    return all + [(.custom, .outerMask)] + (hasher.policy == .custom ? [(.custom, hasher.fields)] : [])
  }

  private static func flow(_ input: HashInput, isMixed: Bool) -> Flow {
    let headers = input.headers
    var flow = Flow(
      source: headers.source, destination: headers.destination, ipProtocol: headers.ipProtocol,
      sourcePort: headers.sourcePort, destinationPort: headers.destinationPort, flowLabel: headers.flowLabel,
      origin: input.family == .ipv4 && !headers.source.isUnspecified ? .forwarded : .local)
    // What is not hashed may be anything: a destination that can be looked up, and UDP, which has ports.
    if !input.fields.contains(.destination), flow.destination.isUnspecified {
      flow.destination =
        input.family == .ipv4 ? IPAddress(ipv4: 0xc000_0201) : IPAddress(ipv6High: 0x2001_0db8 << 32, low: 1)
    }
    if flow.ipProtocol == 0, input.family == .ipv4 { flow.ipProtocol = IPProtocol.udp }
    if !isDestination(flow.destination), isDestination(flow.source) { swap(&flow.source, &flow.destination) }
    return flow
  }

  /// Whether the kernel looks up a route for the address instead of refusing it or keeping it to itself.
  private static func isDestination(_ address: IPAddress) -> Bool {
    !address.isUnspecified && !address.isLoopback && !address.isMulticast
      && (address.family == .ipv6 || address.ipv4Value != .max && address.ipv4Value >> 24 != 0)
  }

  private static func isAskable(_ flow: Flow) -> Bool {
    let icmp = flow.family == .ipv4 ? IPProtocol.icmp : IPProtocol.icmpv6
    guard [0, IPProtocol.tcp, IPProtocol.udp, icmp].contains(flow.ipProtocol), isDestination(flow.destination) else {
      return false
    }
    return flow.origin == .local || isDestination(flow.source)
  }

  /// The question for one of the measuring tables, which rules choose by mark.
  func query(mark: UInt32, ingress: UInt32) -> RouteQuery {
    let icmpv4 = flow.family == .ipv4 && flow.ipProtocol == IPProtocol.icmp
    return RouteQuery(
      destination: flow.destination, source: flow.source.isUnspecified ? nil : flow.source,
      inputInterface: flow.origin == .forwarded ? ingress : nil, mark: mark,
      ipProtocol: flow.ipProtocol == 0 ? nil : flow.ipProtocol,
      sourcePort: icmpv4 || flow.sourcePort == 0 ? nil : flow.sourcePort,
      destinationPort: icmpv4 || flow.destinationPort == 0 ? nil : flow.destinationPort,
      flowLabel: flow.flowLabel == 0 ? nil : flow.flowLabel)
  }
}
