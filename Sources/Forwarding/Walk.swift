import MultipathHash
import Routing

/// One decision in the making: the flow, what is known about it so far, and the steps taken when they are recorded.
struct Walk {
  let table: ForwardingTable
  var flow: Flow
  /// What `flow` was made of, where it was made of a packet.
  let packet: DissectedPacket?
  /// Hashes that the kernel was seen to use, which stand in for an unknown key.
  let measured: [HashMeasurement]
  let question: ForwardingTable.Question
  var trace: DecisionTrace?
  var caveats: Caveats = []
  /// The 31-bit hash of the flow once it is known, and not just a range that it lies in.
  var exactHash: UInt32?
  /// The route that was found: an index into the state's routes.
  private(set) var route: Int?
  /// The hashes that were wanted and are not known.
  var needs: [HashNeed] = []
  /// A 31-bit hash to decide by, whatever the flow's is: to find out how the hashes are divided.
  var assumedHash: UInt32?
  /// Whether to tell in `needs` what is hashed, although a hash is assumed.
  var asksForInput = false
  /// Whether the decision depends on the hash.
  var hasAskedForHash = false
  /// The nexthop that a first lookup chose, whose cached source address is fresh in the second.
  var firstChoice: Decision.Choice?
  /// The interface that the kernel takes a forwarded packet to come in by; 0 where there is none, or it is not known.
  let ingress: UInt32
  /// The interfaces that the lookup compares.
  var interfaces: LookupInterfaces

  init(
    table: ForwardingTable, flow: Flow, packet: DissectedPacket? = nil, measured: [HashMeasurement] = [],
    question: ForwardingTable.Question, trace: DecisionTrace?
  ) {
    self.table = table
    self.flow = flow
    if question == .traffic, flow.origin == .forwarded {
      self.flow.inputInterface = table.links.receiver(of: flow.inputInterface)
    }
    self.packet = packet?.dissected(readingLinkTags: table.behaviour.readsLinkTags)
    self.measured = measured
    self.question = question
    self.trace = trace
    ingress = Self.ingress(of: self.flow, in: table, question: question) ?? 0
    interfaces = LookupInterfaces(
      ingress: flow.origin == .forwarded ? ingress : nil, output: flow.origin == .forwarded ? 0 : flow.outputInterface,
      links: table.links, behaviour: table.behaviour)
  }

  /// What a table says about a destination.
  enum TableAnswer {
    /// Nothing, or a throw route: the next rule decides.
    case nothing
    /// A route of an error type: index into the state's routes.
    case refused(RouteType, route: Int)
    /// A route with a usable nexthop; `provisional` is the nexthop that counts where none is selected by hash.
    case found(route: Int, provisional: Provisional)
    /// A route whose nexthop object is not part of the state, so that nobody can tell whether it is usable.
    case unread(route: Int)

    /// Index into the state's routes.
    var route: Int? {
      switch self {
      case .nothing: nil
      case .refused(_, let route), .found(let route, _), .unread(let route): route
      }
    }
  }

  /// The nexthop that the table lookup itself hit upon.
  enum Provisional {
    /// Position in the legs of the route.
    case leg(Int)
    /// A member of the route's nexthop object.
    case entry(NexthopEntry)
    /// The route needs none (a local route without device, for one).
    case none
  }

  var isForwarded: Bool { flow.origin == .forwarded }

  mutating func record(_ step: @autoclosure () -> DecisionTrace.Step) {
    if trace != nil { trace?.steps.append(step()) }
  }

  mutating func run() -> Decision {
    guard flow.source.family == flow.destination.family || flow.source.isUnspecified else {
      return Decision(outcome: .dropped(.noFamily))
    }
    var decision = isForwarded || question == .query ? lookUpOnce() : lookUpForSocket()
    if unknown.contains(.lookup), decision.isHashed || mayKeepAnother(than: decision) {
      decision.caveats.insert(.cachedRoute)
    }
    if question == .traffic, !isForwarded, decision.nexthop.map({ table.links.sendsThroughVRF($0.interface) }) ?? false
    {
      decision.caveats.insert(.vrfQueue)
    }
    if table.heedsRedirects { decision.caveats.formUnion(redirectDoubts(decision)) }
    if question == .traffic, table.encapsulation(of: decision)?.looksUpAgain ?? false {
      decision.caveats.insert(.encapsulation)
    }
    return decision
  }

  /// What of the flow is not known; a query is made with the values that there are.
  var unknown: Flow.Unknown { question == .traffic ? flow.unknown : [] }

  /// One lookup, from the checks of the addresses to the nexthop.
  mutating func lookUpOnce() -> Decision {
    var decision: Decision
    if let fault = faultBeforeLookup { return Decision(fault: fault) }
    notePacketCaveats()
    noteUnread()
    if interfaces.isDoubtful { caveats.insert(.kernelBehaviour) }
    if let reason = refusalBeforeLookup() {
      decision = Decision(outcome: .dropped(reason))
    } else if isLimitedBroadcast {
      decision = broadcast4()
    } else if let early = decisionWithoutLookup4() ?? linkScopeDecision() {
      decision = early
    } else {
      decision = walkRules()
      if case .refused = decision.outcome, let onLink = onLinkFallback() { decision = onLink }
    }
    if let reason = loopbackRefusal4(decision) { decision = Decision(outcome: .dropped(reason)) }
    decision.caveats.formUnion(caveats)
    return withoutGateway4(decision)
  }

  // MARK: Rules

  /// The user id of a forwarded packet: that of root, but INVALID_UID where RTM_GETROUTE sets up the IPv6 lookup itself.
  private var nobody: UInt32 { question == .query && flow.family == .ipv6 ? .max : table.state.settings.rootUserID }

  private func ruleKey() -> RuleKey {
    // A forwarded packet is taken apart before the rules: protocols without ports then have none.
    let hidesPorts = isForwarded && question == .traffic && IPProtocol.portsOffset(flow.ipProtocol) == nil
    return RuleKey(
      interfaces: interfaces, source: flow.source, destination: flow.destination, mark: flow.mark, tos: flow.tos,
      ipProtocol: flow.ipProtocol, sourcePort: hidesPorts ? 0 : flow.sourcePort,
      destinationPort: hidesPorts ? 0 : flow.destinationPort, flowLabel: flow.flowLabel,
      userID: isForwarded ? nobody : flow.userID, unknown: unknown, untold: untold,
      mayHaveTunnelID: isForwarded && question == .traffic && table.links.mayTellTunnels(ingress))
  }

  /// What of the protocol and the ports decides for a real packet of the flow, and is not told.
  private var untold: HashFields {
    guard question == .traffic, packet == nil else { return [] }
    guard flow.ipProtocol != 0 else { return [.ipProtocol, .sourcePort, .destinationPort] }
    guard IPProtocol.portsOffset(flow.ipProtocol) != nil else { return [] }
    var fields: HashFields = flow.destinationPort == 0 ? .destinationPort : []
    // A TCP socket of IPv6 without a port looks up without one.
    let isWithoutPort = !isForwarded && flow.family == .ipv6 && flow.ipProtocol == IPProtocol.tcp
    if flow.sourcePort == 0, !isWithoutPort { fields.insert(.sourcePort) }
    return fields
  }

  mutating func walkRules() -> Decision {
    let rules = flow.family == .ipv4 ? table.rules4 : table.rules6
    if flow.family == .ipv6, table.lacksRules6 { caveats.insert(.ruleHistory) }
    let key = ruleKey()
    // What `l3mdev` rules look in; one that is inverted may have none, which stands for the main table.
    var vrfTable = RouteTable.main
    var position = 0
    while position < rules.count {
      let rule = rules[position]
      position += 1
      let match = rule.match(key)
      caveats.formUnion(match.caveats)
      if match.isInVRF { vrfTable = interfaces.vrf.flatMap(table.links.table(ofVRF:)) ?? vrfTable }
      record(.rule(rule.rule, matched: match.matches))
      guard match.matches else { continue }
      switch rule.rule.action {
      case .goto(let priority):
        // A target that does not exist is skipped; the kernel only jumps forward.
        let target = rules.dropFirst(position).firstIndex { $0.rule.priority >= priority }
        if let target, rules[target].rule.priority == priority { position = target }
      case .nop: continue
      case .blackhole: return refusal(.blackhole, rule: rule.index)
      case .unreachable: return refusal(.unreachable, rule: rule.index)
      case .prohibit: return refusal(.prohibit, rule: rule.index)
      case .other:
        caveats.insert(.unknownSelector)
        continue
      case .lookup(let id):
        if let decision = lookUp(rule.rule.isL3MasterDevice ? vrfTable : id, rule: rule) { return decision }
      }
    }
    return Decision(outcome: .refused(.unreachable))
  }

  private func refusal(_ type: RouteType, rule: Int?) -> Decision {
    var decision = Decision(outcome: .refused(type))
    decision.rule = rule
    return decision
  }

  /// The decision of one table, or nil when the next rule has to decide.
  ///
  /// - Parameter rule: nil where the kernel looks in a table without any.
  mutating func lookUp(_ id: UInt32, rule: CompiledRule?) -> Decision? {
    let answer = flow.family == .ipv4 ? lookUp4(id) : lookUp6(id)
    switch answer {
    case .nothing:
      record(.lookup(table: id, route: nil))
      return nil
    case .refused(let type, let route):
      record(.lookup(table: id, route: route))
      noteOneTrie(route, table: id)
      var decision = refusal(type, rule: rule?.index)
      decision.route = route
      return decision
    case .unread(let route):
      record(.lookup(table: id, route: route))
      noteUnread(.nexthops)
      var decision = Decision(outcome: .undetermined)
      decision.rule = rule?.index
      decision.route = route
      return decision
    case .found(let route, let provisional):
      record(.lookup(table: id, route: route))
      noteOneTrie(route, table: id)
      if let rule, isSuppressed(route, provisional: provisional, by: rule.rule) {
        record(.suppressed(priority: rule.rule.priority, route: route))
        return nil
      }
      self.route = route
      let settledCaveats = caveats
      var decision =
        flow.family == .ipv4
        ? finish4(route, provisional: provisional, table: id) : finish6(route, provisional: provisional)
      if let reason = refusalOnLeaving6(decision) { decision = Decision(outcome: .dropped(reason)) }
      if let refusal = refusalAfterLookup(decision) {
        // Which nexthop it would have taken does not matter any more.
        caveats = settledCaveats
        decision = refusal
      } else {
        noteMTU(decision, route: route)
      }
      decision.rule = rule?.index
      decision.route = route
      return decision
    }
  }

  /// Notes that a longer prefix of the main table would be found in place of the local table's: until a rule is added for
  /// the first time, the two are one trie (`fib_unmerge()`, net/ipv4/fib_frontend.c).
  private mutating func noteOneTrie(_ route: Int, table id: UInt32) {
    guard id == RouteTable.local, flow.family == .ipv4,
      table.mayBeInMain4(flow.destination, beyond: table.state.routes[route].destination.length)
    else { return }
    caveats.insert(.ruleHistory)
  }

  /// `fib4_rule_suppress()`, which looks at the first nexthop, and `fib6_rule_suppress()`, which looks at the chosen one.
  private mutating func isSuppressed(_ route: Int, provisional: Provisional, by rule: Rule) -> Bool {
    if let limit = rule.suppressPrefixLength, UInt32(table.state.routes[route].destination.length) <= limit {
      return true
    }
    guard let group = rule.suppressInterfaceGroup else { return false }
    let areSuppressed = entries(of: route).map { table.links.link($0.choice.interface)?.group == group }
    guard let first = areSuppressed.first else { return false }
    if flow.family == .ipv4 || areSuppressed.allSatisfy({ $0 == first }) { return first }
    // The hash decides on the rule, too: too rare to be followed further.
    caveats.insert(.unknownSelector)
    switch provisional {
    case .leg(let position): return areSuppressed[position]
    case .entry(let entry): return table.links.link(entry.choice.interface)?.group == group
    case .none: return false
    }
  }

  // MARK: Endings

  /// A decision for a route whose nexthop is already settled.
  func settled(_ entry: NexthopEntry, selection: Decision.Selection = .single) -> Decision {
    var decision = Decision(outcome: .sent)
    decision.nexthop = entry.choice
    decision.selection = selection
    return decision
  }

  /// Notes that hardware may forward this route by a hash of its own.
  mutating func noteOffload(_ route: Route, entries: [NexthopEntry]) {
    if route.flags & (RouteFlags.offload) != 0 || entries.contains(where: \.isOffloaded) {
      caveats.insert(.offloaded)
    }
  }
}
