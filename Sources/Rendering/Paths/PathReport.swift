package import Forwarding
package import JSON
package import Paths
package import Routing

/// The way of a packet through several routers, and the way of its answer.
package struct PathReport: Sendable {
  let network: Network
  let path: Path
  /// nil when it was not asked for; a value that holds nil where nobody answers.
  let answer: Path??
  /// Of each router.
  private let formatters: [PredictionFormatter]
  /// Whether every step of every router is told.
  private let explains: Bool

  /// - Parameter names: of tables and protocols.
  package init(_ path: Path, answer: Path??, in network: Network, names: NameTables, explains: Bool) {
    self.path = path
    self.answer = answer
    self.network = network
    self.explains = explains
    formatters = network.routers.map { PredictionFormatter(state: $0.state, names: names) }
  }

  private func name(_ router: Int) -> String { network.routers[router].name }

  /// Whether the packet, and the answer where there is one, get where they are meant to be.
  package var arrives: Bool { path.end.arrives && (answer.map { $0?.end.arrives ?? false } ?? true) }

  // MARK: Text

  package var lines: [String] {
    var lines = text(of: path)
    guard let answer else { return lines }
    lines.append("")
    guard let answer else { return lines + ["nobody answers"] }
    lines += text(of: answer)
    lines.append(
      path.isMirrored(by: answer) ? "there and back by the same routers" : "there and back by different routers")
    return lines
  }

  private func text(of path: Path) -> [String] {
    guard let first = path.hops.first else { return [] }
    let rows = path.hops.enumerated().map { number, hop in row(hop, number: number + 1) }
    var lines = [title(first.flow)]
    let aligned = Text.aligned(rows, indent: "  ").split(separator: "\n").map(String.init)
    for (hop, line) in zip(path.hops, aligned) {
      lines.append(line)
      if explains {
        let (decision, trace) = network.routers[hop.router].table.explain(hop.flow)
        lines += formatters[hop.router].explanation(decision, trace).split(separator: "\n").map { "    " + $0 }
      }
    }
    lines.append(ending(path))
    return lines
  }

  /// The packet, in the words of `ip route get`.
  private func title(_ flow: Flow) -> String {
    var words = [flow.destination.description]
    if !flow.source.isUnspecified { words += ["from", flow.source.description] }
    var flow = flow
    flow.inputInterface = 0
    flow.outputInterface = 0
    return (words + (formatters.first?.flowWords(flow) ?? [])).joined(separator: " ")
  }

  private func row(_ hop: Path.Hop, number: Int) -> [String] {
    let formatter = formatters[hop.router]
    let incoming = hop.flow.inputInterface == 0 ? "" : "in \(formatter.linkName(hop.flow.inputInterface))"
    return [
      String(number), name(hop.router), incoming, outgoing(hop, formatter),
      formatter.selectionWords(hop.decision).joined(separator: " "), certainty(hop.decision.caveats),
    ]
  }

  private func outgoing(_ hop: Path.Hop, _ formatter: PredictionFormatter) -> String {
    if let nexthop = hop.decision.nexthop {
      let gateway = nexthop.gateway.map { " via \($0)" } ?? ""
      return "out \(formatter.linkName(nexthop.interface))\(gateway)"
    }
    return formatter.typeWord(hop.decision) ?? "?"
  }

  private func certainty(_ caveats: Caveats) -> String {
    caveats.isEmpty ? "exact" : "uncertain: " + caveats.list.map(\.code).joined(separator: ",")
  }

  /// How the way ends, in a sentence.
  private func ending(_ path: Path) -> String {
    guard let last = path.hops.last else { return "" }
    let router = name(last.router)
    let device = last.decision.nexthop.map { formatters[last.router].linkName($0.interface) } ?? ""
    let sentence =
      switch path.end {
      case .delivered: "delivered to \(router)"
      case .onLink: "handed to \(last.flow.destination) on \(device) of \(router), which is no router of the topology"
      case .left:
        "leaves the topology at \(router) for \(last.decision.nexthop?.gateway?.description ?? "nobody") on \(device)"
      case .ambiguous(let routers):
        "ends at \(router): \(routers.map(name).joined(separator: ", ")) may be meant on \(device): name the cable"
      case .tunnel: "goes into a tunnel at \(router), which is not followed"
      case .broadcast: "goes to every machine of a network at \(router)"
      case .refused: "ends at \(router): \(refusal(last.decision))"
      case .undetermined: "ends at \(router): which nexthop it takes is not known"
      case .loop(let hop): "goes in a loop: it comes to hop \(hop + 1), \(name(path.hops[hop].router)), again"
      case .sourceUnknown: "ends at \(router): the source address is not known: give it with -s"
      }
    return "\(sentence); \(Text.count(path.hops.count, "router")), \(certainty(path.caveats))"
  }

  private func refusal(_ decision: Decision) -> String {
    switch decision.outcome {
    case .dropped(let reason): "dropped, \(reason.text)"
    case .refused(let type): decision.route == nil ? "no route" : "a route of type \(type.name)"
    default: "refused"
    }
  }
}

extension PathReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      write(path, to: &json)
      guard let answer else { return }
      json.key("return")
      guard let answer else { return json.null() }
      json.object { json in write(answer, to: &json) }
      json.key("symmetric")
      json.bool(path.isMirrored(by: answer))
    }
  }

  /// The members of a way.
  private func write(_ path: Path, to json: inout JSONWriter) {
    json.key("hops")
    json.array { json in
      for hop in path.hops {
        let router = network.routers[hop.router]
        json.object { json in
          json.key("router")
          json.string(router.name)
          json.key("prediction")
          formatters[hop.router].write(
            hop.flow, hop.decision, trace: explains ? router.table.explain(hop.flow).1 : nil, to: &json)
        }
      }
    }
    json.key("end")
    json.object { json in
      json.key("result")
      json.string(path.end.word)
      if let last = path.hops.last {
        json.key("router")
        json.string(name(last.router))
      }
      json.key("arrives")
      json.bool(path.end.arrives)
      if case .ambiguous(let routers) = path.end {
        json.key("candidates")
        json.array { json in for router in routers { json.string(name(router)) } }
      }
      json.key("text")
      json.string(ending(path))
    }
    json.key("certainty")
    json.string(path.isExact ? "exact" : "uncertain")
    json.key("caveats")
    PredictionFormatter.write(path.caveats, to: &json)
  }
}

extension Path.End {
  /// A word for programs.
  fileprivate var word: String {
    switch self {
    case .delivered: "delivered"
    case .onLink: "on-link"
    case .left: "left"
    case .ambiguous: "ambiguous"
    case .tunnel: "tunnel"
    case .broadcast: "broadcast"
    case .refused: "refused"
    case .undetermined: "undetermined"
    case .loop: "loop"
    case .sourceUnknown: "source-unknown"
    }
  }
}
