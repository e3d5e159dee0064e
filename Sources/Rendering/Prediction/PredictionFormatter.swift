package import Forwarding
package import Routing

/// Writes predictions: as a line in the words of `ip route get`, as JSON, and as CSV.
package struct PredictionFormatter: Sendable {
  let state: RoutingState
  let names: NameTables
  private let linkNames: [UInt32: String]
  private let groups: [UInt32: NexthopGroup]
  private let encapsulations: Encapsulations

  package init(state: RoutingState, names: NameTables) {
    self.state = state
    self.names = names
    linkNames = Dictionary(state.links.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
    encapsulations = Encapsulations(state.nexthops ?? [])
    groups = Dictionary(state.groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The interface's name; `ifN` for one that the state does not have, as `ip` prints it.
  func linkName(_ index: UInt32) -> String { linkNames[index] ?? "if\(index)" }

  func group(_ id: UInt32) -> NexthopGroup? { groups[id] }

  /// The group that the route of a decision uses, whether or not a member could be chosen.
  func group(of decision: Decision) -> NexthopGroup? {
    decision.route.flatMap { state.routes[$0].nexthopID }.flatMap { groups[$0] }
  }

  /// Whether the route of a decision is a legacy multipath route.
  func isLegacyMultipath(_ decision: Decision) -> Bool {
    guard let route = decision.route, case .legs(.multipath(let legs)) = state.routes[route].nexthops else {
      return false
    }
    return legs.count > 1
  }

  /// The words of the encapsulation that the chosen nexthop applies; nil for none.
  func encapsulation(of decision: Decision) -> String? {
    encapsulations.encapsulation(of: decision, state.routes).map {
      IPRoute2Printer(state: state, names: names).words(of: $0)
    }
  }

  /// The word for what becomes of a flow that is not sent through a nexthop: a route type, or `dropped`.
  func typeWord(_ decision: Decision) -> String? {
    switch decision.outcome {
    case .sent, .undetermined: nil
    case .local: "local"
    case .broadcast: decision.route.map { state.routes[$0].type.name } ?? "broadcast"
    case .refused(let type): type.name
    case .dropped: "dropped"
    }
  }

  // MARK: One line

  /// One line in the words of `ip route get`, without a line end.
  ///
  /// - Parameter flow: nil for a frame that carries none.
  package func line(_ flow: Flow?, _ decision: Decision) -> String {
    var words: [String] = []
    if let type = typeWord(decision) { words.append(type) }
    if let flow {
      words.append(flow.destination.description)
      if !flow.source.isUnspecified { words += ["from", flow.source.description] }
    } else {
      words.append("frame")
    }
    if let nexthop = decision.nexthop {
      if let encapsulation = encapsulation(of: decision) { words.append(encapsulation) }
      if let id = nexthop.id { words += ["nhid", String(id)] }
      if let gateway = nexthop.gateway {
        words += gateway.family == flow?.family ? ["via", gateway.description] : ["via", "inet6", gateway.description]
      }
      words += ["dev", linkName(nexthop.interface)]
    }
    if let route = decision.route {
      words += ["table", names.tableName(state.routes[route].table)]
    }
    if let source = decision.selectedSource { words += ["src", source.description] }
    if let flow { words += flowWords(flow) }
    words += selectionWords(decision)
    if case .dropped(let reason) = decision.outcome { words.append("(\(reason.text))") }
    if decision.isExact {
      words.append("exact")
    } else {
      words.append("uncertain: " + decision.caveats.list.map(\.code).joined(separator: ","))
    }
    return words.joined(separator: " ")
  }

  func flowWords(_ flow: Flow) -> [String] {
    var words: [String] = []
    if flow.inputInterface != 0 { words += ["iif", linkName(flow.inputInterface)] }
    if flow.outputInterface != 0 { words += ["oif", linkName(flow.outputInterface)] }
    if flow.mark != 0 { words += ["mark", String(flow.mark)] }
    if flow.tos != 0 { words += ["tos", "0x" + String(flow.tos, radix: 16)] }
    if let userID = flow.userID { words += ["uid", String(userID)] }
    if flow.ipProtocol != 0 {
      let name = IPProtocolName.name(of: flow.ipProtocol)
      words += ["ipproto", name ?? String(flow.ipProtocol)]
    }
    if flow.sourcePort != 0 { words += ["sport", String(flow.sourcePort)] }
    if flow.destinationPort != 0 { words += ["dport", String(flow.destinationPort)] }
    if let icmp = flow.icmp {
      words += ["icmp-type", ICMPTypeName.name(of: icmp.type, family: flow.family) ?? String(icmp.type)]
      if icmp.code != 0 { words += ["icmp-code", String(icmp.code)] }
    }
    if let socket = flow.socket { words += ["socket", socket.rawValue] }
    return words
  }

  func selectionWords(_ decision: Decision) -> [String] {
    var words: [String] = []
    switch decision.selection {
    case .resilient(let group, let bucket): words += ["group", String(group), "bucket", String(bucket)]
    case .threshold(let group, _): words += ["group", String(group)]
    case .single, .legacy, nil: break
    }
    if let hash = decision.hash { words += ["hash", String(hash)] }
    return words
  }
}
