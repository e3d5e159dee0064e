import Forwarding
package import JSON
package import Placement
package import Routing

/// What setting the hash seed costs, and what has become of it: the one value behind text and JSON.
package struct SeedChangeReport: Sendable {
  package static let key = "net.ipv4.fib_multipath_hash_seed"

  /// How far it has come.
  package enum Outcome: String, Hashable, Sendable {
    /// Nothing is written yet, or never will.
    case planned
    /// The kernel has had this value already.
    case unchanged
    /// Written, and read back.
    case done
  }

  /// The value of the sysctl before.
  package var from: UInt32
  package var to: UInt32
  /// The seeds that the kernel hashes by before and after; nil for a boot seed that nobody knows.
  package var seeds: (before: UInt32?, after: UInt32?)
  package var price: SeedPrice
  /// What the change does to flows that were given.
  package var disruption: DisruptionReport?
  package var outcome = Outcome.planned
  /// The file that sets it at the next boot; nil when none was written.
  package var persisted: String?
  /// The namespace, where it is not that of the caller.
  package var namespace: String?

  private let state: RoutingState

  package init(
    from: UInt32, to: UInt32, seeds: (before: UInt32?, after: UInt32?), price: SeedPrice, disruption: DisruptionReport?,
    state: RoutingState, namespace: String?
  ) {
    self.from = from
    self.to = to
    self.seeds = seeds
    self.price = price
    self.disruption = disruption
    self.state = state
    self.namespace = namespace
  }

  /// Whether the kernel goes on hashing by the same seed, so that nothing moves; nil where that is not known.
  package var keepsSeed: Bool? {
    if from == to { return true }
    guard let before = seeds.before, let after = seeds.after else { return nil }
    return before == after
  }

  /// The line for a file of /etc/sysctl.d.
  package var line: String { "\(Self.key) = \(to)" }
}

extension SeedChangeReport {
  private static let width = 80
  private static let mostLines = 16

  /// What is about to happen, and what it costs.
  ///
  /// - Parameter details: all that is known of the flows that were given.
  package func appendPlan(to output: inout [UInt8], details: Bool = false) {
    var text = "\(Self.key): \(Self.text(ofValue: from)) -> \(Self.text(ofValue: to))\n"
    func add(_ sentence: String) { text += Text.wrapped(sentence, width: Self.width, indent: "  ") }
    if to == 0 { add("0 stands for the boot seed, which the kernel makes up anew at each boot" + known(seeds.after)) }
    if from == 0 { add("the kernel hashes by its boot seed" + known(seeds.before)) }
    if from == to {
      add("nothing is to be changed")
    } else if keepsSeed == true {
      add("no flow moves: it is the seed that the kernel hashes by already")
    } else {
      text += priceText()
    }
    output.append(contentsOf: text.utf8)
    guard let disruption else { return }
    if details {
      output.append(UInt8(ascii: "\n"))
      disruption.appendText(to: &output, details: true)
    } else {
      output.append(contentsOf: disruption.summary.utf8)
    }
  }

  /// What has become of it, and what is still to be done.
  package func appendResult(to output: inout [UInt8]) {
    var text = ""
    func add(_ sentence: String) { text += Text.wrapped(sentence, width: Self.width) }
    if outcome == .done {
      add("done: the kernel has it")
      add("back: ecmpctl seed set \(from)\(namespace.map { " --netns \($0)" } ?? "")")
    }
    if let persisted {
      add("kept in \(persisted) for the next boot")
    } else if to == 0 {
      add("0 is what the kernel starts with, unless a file of /etc/sysctl.d sets a seed")
    } else if namespace != nil {
      add("it ends with the network namespace; set it where that is made")
    } else {
      add("it ends with this boot; to keep it, add --persist /etc/sysctl.d/90-ecmp-seed.conf, or write there:")
      text += line + "\n"
    }
    output.append(contentsOf: text.utf8)
  }

  private static func text(ofValue value: UInt32) -> String { value == 0 ? "0" : SeedReport.text(ofSeed: value) }

  private func known(_ seed: UInt32?) -> String {
    seed.map { ": \(SeedReport.text(ofSeed: $0))" } ?? ", which is not known: ecmpctl seed recover finds it"
  }

  private func priceText() -> String {
    guard !price.lines.isEmpty else { return "  no route hashes: no flow moves\n" }
    let chance = keepsSeed == nil ? ", unless it is the same seed by chance" : ""
    var text = Text.wrapped(
      "every hashed flow is placed anew, once\(chance); of the flows of \(Text.count(price.routes, "route")) move",
      width: Self.width, indent: "  ")
    for line in price.lines.prefix(Self.mostLines) {
      let more = line.routes > 1 ? " and \(line.routes - 1) more" : ""
      text += "    \(Text.percent(line.movedShare))  \(state.routes[line.route].destination)\(more) \(kind(line))\n"
    }
    if price.lines.count > Self.mostLines {
      text += "    … and of \(price.lines.count - Self.mostLines) other sets of nexthops\n"
    }
    let policies = [state.settings.ipv4Hash.policy, state.settings.ipv6Hash.policy]
    return text
      + Text.wrapped(
        "connected sockets of this machine keep their route until routes change"
          + (policies.contains(1) ? "; packets that bring a hash along stay (policy 1)" : ""),
        width: Self.width, indent: "  ")
  }

  private func kind(_ line: SeedPrice.Line) -> String {
    let ways = Text.count(line.ways, "way")
    return switch line.kind {
    case .single: ways
    case .legacy: "legacy multipath, \(ways)"
    case .threshold(let id): "hash-threshold group \(id), \(ways)"
    case .resilient(let id, let buckets): "resilient group \(id), \(ways), \(buckets) buckets"
    }
  }
}

extension SeedChangeReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("setting", Self.key)
      json.member("from", from)
      json.member("to", to)
      json.member("seed_before", seeds.before)
      json.member("seed_after", seeds.after)
      json.member("keeps_seed", keepsSeed)
      json.member("outcome", outcome.rawValue)
      json.member("line", line)
      json.member("persisted", persisted)
      json.member("netns", namespace)
      json.key("routes")
      json.array { json in
        guard keepsSeed != true else { return }
        for line in price.lines { write(line, to: &json) }
      }
      if let disruption {
        json.key("flows")
        disruption.write(to: &json)
      }
    }
  }

  private func write(_ line: SeedPrice.Line, to json: inout JSONWriter) {
    json.object { json in
      json.member("route", state.routes[line.route].destination.description)
      json.member("routes", line.routes)
      switch line.kind {
      case .single: json.member("type", "single")
      case .legacy: json.member("type", "legacy")
      case .threshold(let id):
        json.member("type", "mpath")
        json.member("group", id)
      case .resilient(let id, _):
        json.member("type", "resilient")
        json.member("group", id)
      }
      json.member("ways", line.ways)
      json.key("moved_share")
      json.share(line.movedShare)
    }
  }
}
