import Planning
import Routing

extension ConversionReport {
  private static let width = 100

  /// The plan as lines for a shell: what is no command is a comment.
  ///
  /// The commands of a refused plan are comments, too, so that running it changes nothing, and so are those of one that
  /// `ip` can not be told whole, as half of a plan is worse than none.
  package func appendText(to output: inout [UInt8]) {
    var text = (namespaceName.map { comment(Self.place($0)) } ?? "") + comment(headline)
    for fate in fates { text += fateText(fate) }
    if let flowSentence { text += comment(flowSentence) }
    for (index, line) in lines.enumerated() { text += stepText(index + 1, line) }
    for (index, proposal) in plan.proposals.enumerated() { text += proposalText(index + 1, proposal) }
    if !plan.hazards.isEmpty { text += "#\n" }
    for hazard in plan.hazards { text += hazardText(hazard) }
    output += text.utf8
  }

  /// What the plan does and what it costs, in a few lines.
  package func appendPrice(to output: inout [UInt8]) {
    var text = headline + (namespaceName.map { ", in the network namespace \($0)" } ?? "") + "\n"
    for fate in fates {
      let routes = fate.conversion.routes
      let more = routes.count > 1 ? " and \(routes.count - 1) more" : ""
      text += "  \(routes.first.map { "\(RouteKey($0))" } ?? "no route")\(more) \(priceSentence(fate))\n"
    }
    if let flowSentence { text += "  \(flowSentence)\n" }
    output += text.utf8
  }

  private var flowSentence: String? {
    guard let flows else { return nil }
    return "of \(flows.all) flows, \(flows.concerned) take these routes, and \(flows.moved) of them move"
      + (flows.undetermined > 0 ? "; where \(flows.undetermined) go can not be computed" : "")
  }

  private var headline: String {
    if plan.isRefused { return "the plan is refused; its commands are commented out" }
    guard !lines.isEmpty else { return "nothing is to be changed" }
    return "\(plan.description), in \(Text.count(lines.count, "step"))"
      + (isForIP ? "" : "; ip can not be told all of them, and they are commented out: use ecmpctl resilient apply")
  }

  /// Where the commands are to be run: they name no namespace themselves, so that they are what `whatif --batch` and
  /// `ip -batch` read, too.
  private static func place(_ namespace: String) -> String {
    let isPlain = namespace.utf8.allSatisfy { byte in
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        || "/._-".utf8.contains(byte)
    }
    // A number may be a name or a process.
    let isNumber = namespace.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    let way =
      switch (isPlain && !isNumber, namespace.contains("/")) {
      case (false, _): ""
      case (true, false): ", as with ip netns exec \(namespace) sh -e"
      case (true, true): ", as with nsenter --net=\(namespace) sh -e"
      }
    return "for the network namespace \(namespace): commands are to be run inside it\(way)"
  }

  private var isForIP: Bool { lines.allSatisfy { $0.command != nil } }

  private func comment(_ sentence: String, indent: String = "") -> String {
    let wrapped = Text.wrapped(sentence, width: Self.width - 2 - indent.count)
    return wrapped.split(separator: "\n").map { "# \(indent)\($0)\n" }.joined()
  }

  // MARK: Routes

  private func fateText(_ fate: Fate) -> String {
    let conversion = fate.conversion
    var text = "#\n"
    let routes = conversion.routes.prefix(4).map { "\(RouteKey($0))" }.joined(separator: ", ")
    let more = conversion.routes.count > 4 ? " and \(conversion.routes.count - 4) more" : ""
    text += comment((routes.isEmpty ? "no route" : routes) + more)
    text += comment("\(place(conversion.from, fate)) -> \(target(conversion))", indent: "  ")
    if let following = conversion.following {
      text += comment(
        "the daemon's route stays as it is; in front of it \(plan.kind == .revert ? "was" : "comes") "
          + "\(RouteKey(following.route))", indent: "  ")
    }
    text += comment(priceSentence(fate), indent: "  ")
    if let estimate = fate.estimate, let group = conversion.group, let parameters = group.resilient {
      let (least, most) = (percent(estimate.undersubscription), percent(estimate.oversubscription))
      var sentence =
        "\(parameters.buckets) buckets: a member has \(least == most ? least : "\(least) to \(most)") of what its weight says"
      if let advised = fate.advisedBuckets, advised != parameters.buckets { sentence += "; \(advised) are advised" }
      text += comment(sentence, indent: "  ")
      text += comment(
        "idle timer \(Text.seconds(UInt64(parameters.idleTimer))), unbalanced timer "
          + (parameters.unbalancedTimer == 0 ? "off" : Text.seconds(UInt64(parameters.unbalancedTimer))), indent: "  ")
    }
    return text
  }

  private func percent(_ ratio: Double) -> String {
    let tenths = Int((ratio * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)%"
  }

  private func place(_ place: Conversion.Place, _ fate: Fate) -> String {
    switch place {
    case .legs: "legacy multipath of \(Text.count(fate.nexthops, "nexthop"))"
    case .object(let id):
      "\(fate.conversion.replaced?.kind == .resilient ? "resilient" : "hash-threshold") group \(id) of "
        + Text.count(fate.nexthops, "member")
    }
  }

  private func target(_ conversion: Conversion) -> String {
    switch conversion.to {
    case .legs: return "legacy multipath"
    case .object(let id):
      return "\(conversion.group?.kind == .resilient ? "resilient" : "hash-threshold") group \(id)"
    }
  }

  private func priceSentence(_ fate: Fate) -> String {
    guard !fate.shares.isEmpty else { return "moves nothing, as no route is moved" }
    let steps = fate.shares.count > 1 ? " (" + fate.shares.map(Text.percent).joined(separator: ", then ") + ")" : ""
    var sentence = "moves \(Text.percent(fate.share)) of its forwarded flows, once\(steps)"
    guard fate.share > 0, let moves = fate.moves, fate.conversion.replaced?.kind != .resilient else { return sentence }
    if let changes = fate.breakEven {
      sentence +=
        "; paid back after \(Text.count(changes, "membership change")), each of which moves "
        + "\(Text.percent(moves.resilient)) in place of \(Text.percent(moves.threshold)) on average"
    } else {
      sentence += "; never paid back, as membership changes move \(Text.percent(moves.resilient)) either way"
    }
    return sentence
  }

  // MARK: Steps

  private func stepText(_ number: Int, _ line: Line) -> String {
    var sentence = "\(number) \(line.step.phrase)"
    if let price = line.step.price {
      sentence += ": \(Text.percent(price.share)) of its forwarded flows move"
      if let flows = price.flows {
        sentence += ", \(flows.moved) of \(flows.total) given"
        if flows.undetermined > 0 { sentence += " (\(flows.undetermined) can not be computed)" }
      }
    }
    let text = "#\n" + comment(sentence)
    guard let command = line.command else { return text + comment("ip can not be told this") }
    return text + (plan.isRefused || !isForIP ? "# " : "") + "ip " + command + "\n"
  }

  private func proposalText(_ number: Int, _ proposal: DaemonProposal) -> String {
    let way =
      switch proposal.kind {
      case .setting: "its own setting"
      case .following: "a resilient group in front of it"
      }
    var text = "#\n" + comment("way \(number) for \(proposal.subject) of \(proposal.daemon): \(way)")
    text += comment(proposal.condition, indent: "    ")
    if proposal.availability != .unavailable {
      for line in proposal.lines { text += "#       \(line)\n" }
      text += comment("redistribution: \(proposal.redistribution)", indent: "    ")
      text += comment("after a restart of the daemon: \(proposal.restart)", indent: "    ")
    }
    return text
  }

  private func hazardText(_ hazard: ConversionHazard) -> String {
    let subject = hazard.subject.isEmpty ? "" : "\(hazard.subject): "
    let word = hazard.isAccepted ? "accepted" : hazard.severity.name
    var text = comment("\(word) [\(hazard.code.rawValue)] \(subject)\(hazard.text)")
    let way = hazard.refuses ? hazard.override.map { ", or accept it with \($0)" } ?? "" : ""
    text += comment(hazard.remedy + way, indent: "    ")
    return text
  }
}
