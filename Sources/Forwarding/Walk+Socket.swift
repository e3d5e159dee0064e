import MultipathHash
import Routing

/// What sockets of this machine put into the lookup, and how often they look up.
extension Walk {
  private var isICMP: Bool { flow.ipProtocol == flow.family.icmpProtocol }

  /// Whether the lookup of a UDP or TCP socket is meant, which `connect()` makes with the ports of the flow.
  private var connectsWithPorts: Bool {
    [IPProtocol.tcp, IPProtocol.udp, IPProtocol.udpLite].contains(flow.ipProtocol)
  }

  /// Whether the protocol chooses its source address in ways of its own (`sctp_v4_get_dst()`).
  private var choosesSourceItself: Bool { [IPProtocol.sctp, IPProtocol.dccp].contains(flow.ipProtocol) }

  /// Puts the ports into the lookup key as a socket of the protocol does.
  ///
  /// ICMP and ICMPv6 sockets put type and code where the destination port is (`fl4_icmp_type`); other raw sockets have
  /// no ports.
  private mutating func fillPorts() {
    guard flow.ipProtocol != 0, !connectsWithPorts, !choosesSourceItself else { return }
    flow.sourcePort = 0
    flow.destinationPort = 0
    guard isICMP else { return }
    let message = flow.icmp ?? Flow.ICMPMessage(type: flow.family == .ipv4 ? 8 : 128)
    flow.destinationPort = UInt16(message.type) << 8 | UInt16(message.code)
  }

  /// Whether `connect()` selects the source in a first lookup of its own.
  private var connectsWithoutSource: Bool {
    flow.family == .ipv4 && flow.source.isUnspecified
      && (flow.socket == .connected || flow.ipProtocol == IPProtocol.tcp)
  }

  /// The decision for a flow of this machine, in as many lookups as its socket makes.
  mutating func lookUpForSocket() -> Decision {
    fillPorts()
    // To sockets of IPv6 the unspecified address is this machine (`udpv6_sendmsg()`, `tcp_v6_connect()`).
    if flow.family == .ipv6, flow.destination.isUnspecified { flow.destination = IPAddress(ipv6High: 0, low: 1) }
    guard isAnswerOfKernel6 else { return lookUpAsSocket() }
    let before = self
    var decision = lookUpAsSocket()
    if before.dependsOnIngress(decision) { decision.caveats.insert(.icmpError) }
    return decision
  }

  /// Whether it is an answer to an ICMPv6 echo, which the kernel makes where nobody says that a socket does.
  private var isAnswerOfKernel6: Bool {
    let echoReply: UInt8 = 129
    return flow.family == .ipv6 && isICMP && flow.icmp?.type == echoReply && flow.socket == nil
      && flow.outputInterface == 0
  }

  /// Whether an answer of the kernel takes another way for some interface that the question came in by: that is the
  /// output interface of its lookup, without being bound to it (`icmpv6_echo_reply()`).
  private func dependsOnIngress(_ decision: Decision) -> Bool {
    guard decision.outcome != .undetermined else { return false }
    return table.state.links.contains { link in
      guard link.isUp, !link.isLoopback else { return false }
      var other = self
      other.trace = nil
      other.interfaces = LookupInterfaces(
        ingress: nil, output: link.index, links: table.links, behaviour: table.behaviour)
      let answer = other.lookUpAsSocket()
      return answer.outcome != decision.outcome || answer.nexthop != decision.nexthop
    }
  }

  private mutating func lookUpAsSocket() -> Decision {
    guard flow.source.isUnspecified else { return lookUpOnce() }
    guard flow.family == .ipv4 else { return lookUpWithoutSource6() }
    if choosesSourceItself { caveats.insert(.unboundSource) }
    if connectsWithoutSource { return connect() }
    guard flow.socket == nil else { return lookUpOnce() }

    var connecting = self
    connecting.trace = nil
    let connected = connecting.connect()
    needs = connecting.needs
    var decision = lookUpOnce()
    if connected.outcome != decision.outcome || connected.nexthop != decision.nexthop
      || !connected.caveats.isSubset(of: decision.caveats)
    {
      decision.caveats.insert(.unboundSource)
    }
    return decision
  }

  /// IPv6 looks up without a source, and only where that fails once more with one (`ip6_dst_lookup_tail()`).
  private mutating func lookUpWithoutSource6() -> Decision {
    var decision = lookUpOnce()
    // A connected raw or ping socket looks up with each message, with the source of its connect().
    let looksUpAgain = choosesSourceItself || (!connectsWithPorts && flow.socket != .unconnected && decision.isHashed)
    var dependsOnSource = false
    if case .refused = decision.outcome { dependsOnSource = table.asksForSource6 }
    if looksUpAgain || dependsOnSource || leavesItsDevice(decision) { decision.caveats.insert(.unboundSource) }
    return decision
  }

  /// Whether a connected datagram socket finds its route through another device than its own, and therefore looks up
  /// with each message, with the source of its connect() (`ip6_sk_dst_check()`).
  private func leavesItsDevice(_ decision: Decision) -> Bool {
    flow.outputInterface != 0 && flow.socket != .unconnected && flow.ipProtocol != IPProtocol.tcp
      && decision.nexthop.map { $0.interface != flow.outputInterface } ?? (decision.outcome == .undetermined)
  }

  /// A connecting IPv4 socket without a source: the first lookup selects the source, the second one counts
  /// (`ip_route_connect()`).
  private mutating func connect() -> Decision {
    var first = self
    var decision = first.lookUpOnce()
    trace = first.trace
    needs = first.needs
    guard decision.outcome == .sent || decision.outcome == .undetermined else { return decision }
    let common = commonSource(of: decision.route)
    guard let source = common ?? decision.nexthop.flatMap({ selectedSource(decision.route, $0) }) else {
      decision.caveats.insert(.unboundSource)
      return decision
    }
    caveats = decision.caveats
    noteLeakedSource(decision)
    if common != nil {
      caveats.subtract(.ofSelection)
    } else if !connectsWithPorts, hashesPorts, decision.isHashed {
      // Raw and ping sockets connect with other numbers in the place of the ports than they send with.
      caveats.insert(.unboundSource)
    }
    record(.source(source))
    flow.source = source
    firstChoice = decision.nexthop
    var second = lookUpOnce()
    second.selectedSource = source
    return second
  }

  /// The source that the kernel selects for a nexthop (`fib_result_prefsrc()`).
  ///
  /// - Parameter route: nil for a destination that is taken as directly connected.
  private func selectedSource(_ route: Int?, _ choice: Decision.Choice) -> IPAddress? {
    let linkScope: UInt8 = 253
    if table.behaviour.takesSourceOfVRF != false, leavesVRF(choice), let vrf = interfaces.vrf {
      return table.sources.preferred(interface: vrf, gateway: nil, scope: linkScope).address
    }
    let route = route.map { table.state.routes[$0] }
    return route?.preferredSource
      ?? table.sources.preferred(
        interface: choice.interface, gateway: choice.gateway, scope: route?.scope ?? linkScope
      ).address
  }

  /// Whether a nexthop leads out of the VRF that the socket is bound to.
  private func leavesVRF(_ choice: Decision.Choice) -> Bool {
    interfaces.vrf.map { table.links.vrf(of: choice.interface) != $0 } ?? false
  }

  /// Notes that it is not known whether a socket takes an address of its VRF where a nexthop leads out of that.
  private mutating func noteLeakedSource(_ decision: Decision) {
    guard table.behaviour.takesSourceOfVRF == nil, interfaces.vrf != nil else { return }
    let choices = decision.route.map { entries(of: $0).map(\.choice) } ?? []
    if choices.contains(where: leavesVRF) { caveats.insert(.kernelBehaviour) }
  }

  /// The source that is selected whichever nexthop of the route is taken.
  private func commonSource(of route: Int?) -> IPAddress? {
    guard let route else { return nil }
    let entries = entries(of: route)
    guard let first = entries.first.flatMap({ selectedSource(route, $0.choice) }),
      entries.allSatisfy({ selectedSource(route, $0.choice) == first })
    else { return nil }
    return first
  }

  // MARK: Earlier lookups

  /// Whether the flow may have kept a route that rules gave to another lookup than the one decided.
  func mayKeepAnother(than decision: Decision) -> Bool {
    earlierFlows.contains { earlier in
      var walk = Walk(table: table, flow: earlier, question: .traffic, trace: nil)
      let other = walk.lookUpOnce()
      return other.isHashed || other.outcome != decision.outcome || other.nexthop != decision.nexthop
    }
  }

  /// What else may have been looked up for the flow: IPv6 connects without a source where none is bound, and TCP without a
  /// port; and where netfilter changes what this machine sends, the kernel looks up again without protocol and ports
  /// (`ip_route_me_harder()`), which is told of no socket. Only what rules or routes of the state ask for counts.
  private var earlierFlows: [Flow] {
    guard !isForwarded else { return [] }
    let asksForPorts = table.hasher(flow.family).hasPortRules
    var ports = [flow.sourcePort]
    if flow.family == .ipv6, flow.ipProtocol == IPProtocol.tcp, asksForPorts { ports.append(0) }
    var sources = [flow.source]
    if flow.family == .ipv6, table.asksForSource6 { sources.append(.unspecified(.ipv6)) }
    var flows: [Flow] = []
    for port in ports {
      for source in sources where port != flow.sourcePort || source != flow.source {
        var earlier = flow
        (earlier.source, earlier.sourcePort) = (source, port)
        flows.append(earlier)
      }
    }
    if flow.socket == nil, asksForPorts {
      var changed = flow
      (changed.ipProtocol, changed.sourcePort, changed.destinationPort) = (0, 0, 0)
      flows.append(changed)
    }
    return flows
  }

  // MARK: Caveats

  /// Of a raw socket for mobility headers the kernel hashes their type, where other protocols have a port
  /// (`rawv6_probe_proto_opt()`).
  private static let mobility: UInt8 = 135

  mutating func noteSocketCaveats(_ hasher: MultipathHasher) {
    if isICMP {
      noteICMPCaveats()
    } else if flow.ipProtocol == IPProtocol.tcp {
      noteTCPCaveats(hasher)
    } else if hashesPorts, flow.family == .ipv6, flow.ipProtocol == Self.mobility {
      caveats.insert(.portsUnknown)
    } else if hashesPorts, flow.ipProtocol == 0 || connectsWithPorts || choosesSourceItself,
      flow.sourcePort == 0 || flow.destinationPort == 0
    {
      caveats.insert(.portsUnknown)
    }
  }

  /// The kernel answers these by a lookup without a type (`icmp_reply()`): the type of the answer to an echo is 0 anyway,
  /// those to a timestamp and to an extended echo (RFC 8335) are not.
  private static let answers4: Set<UInt8> = [14, 43]

  private mutating func noteICMPCaveats() {
    if hashesPorts, flow.family == .ipv6, flow.socket == .connected { caveats.insert(.connectedPing) }
    guard let message = flow.icmp else {
      if hashesPorts { caveats.insert(.icmpTypeUnknown) }
      return
    }
    if IPProtocol.isICMPError(message.type, family: flow.family) { caveats.insert(.icmpError) }
    if hashesPorts, flow.family == .ipv4, flow.socket == nil, Self.answers4.contains(message.type) {
      caveats.insert(.icmpError)
    }
  }

  private mutating func noteTCPCaveats(_ hasher: MultipathHasher) {
    if hashesPorts, flow.destinationPort == 0 { caveats.insert(.portsUnknown) }
    if flow.sourcePort == 0, hashesSourcePort {
      switch table.behaviour.randomisesUnboundPort {
      case true?: caveats.insert(.randomSourcePort)
      // IPv4 looks up once more with the port that it then finds; IPv6 keeps the route of port 0.
      case false?: if flow.family == .ipv4 { caveats.insert(.portsUnknown) }
      case nil: caveats.insert(.kernelBehaviour)
      }
    }
    if flow.family == .ipv6, hasher.policy == .layer3, table.behaviour.usesTransmitHashForIPv6TCP != false {
      caveats.insert(.transmitHash)
    }
  }
}

extension Caveats {
  /// Doubts about which nexthop of a route is selected, and not about the route.
  fileprivate static let ofSelection: Caveats = [
    .seedUnknown, .randomSourcePort, .unboundSource, .bucketsUnknown, .nexthopSource, .portsUnknown,
    .icmpTypeUnknown, .icmpError, .offloaded,
    .staleBounds,
  ]
}
