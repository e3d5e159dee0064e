package import Forwarding
package import JSON
package import MultipathHash
package import Routing

/// The steps of a decision, for people and for programs.
extension PredictionFormatter {
  /// Every step as indented lines, without a final line end.
  ///
  /// - Parameter packet: what the flow was made of; its headers come first.
  package func explanation(
    _ decision: Decision, _ trace: DecisionTrace, packet: DissectedPacket? = nil
  ) -> String {
    var lines = packet.map { headerLines($0).map { "  " + $0 } } ?? []
    for step in trace.steps { lines += describe(step).map { "  " + $0 } }
    return lines.joined(separator: "\n")
  }

  /// One prediction as JSON, with a member `steps` when there is a trace.
  package func write(
    _ flow: Flow?, _ decision: Decision, trace: DecisionTrace?, packet: DissectedPacket? = nil,
    to json: inout JSONWriter
  ) {
    write(flow, decision, to: &json) { json in
      guard let trace else { return }
      json.key("steps")
      json.array { json in
        for line in packet.map(headerLines) ?? [] { json.string(line) }
        for step in trace.steps {
          for line in describe(step) { json.string(line) }
        }
      }
    }
  }

  private func describe(_ step: DecisionTrace.Step) -> [String] {
    switch step {
    case .rule(let rule, let matched):
      return ["rule \(rule.priority), \(words(of: rule)): \(matched ? "matches" : "does not match")"]
    case .lookup(let table, let route):
      let name = names.tableName(table)
      return [route.map { "table \(name): \(prefix(of: $0))" } ?? "table \(name): no route"]
    case .skipped(let route, let reason):
      return ["  \(prefix(of: route)) passed over: \(reason.rawValue)"]
    case .suppressed(let priority, let route):
      return ["  \(prefix(of: route)) suppressed by rule \(priority)"]
    case .source(let address):
      return ["source \(address) is selected, and connect() looks up again with it"]
    case .evidence(let evidence):
      return [describe(evidence)]
    case .hash(let trace, let key):
      return describe(trace, key: key)
    case .candidate(let position, let choice, let upperBound, let verdict):
      let bound = upperBound.map { "upper bound \($0)" } ?? "no range"
      let neighbour = choice.gateway.map { ", neighbour \(neighbourState($0, choice.interface))" } ?? ""
      let place = choice.id == nil ? "leg \(position + 1): " : ""
      let nexthop = "\(place)\(describe(choice)) weight \(choice.weight)"
      return ["\(nexthop), \(bound)\(neighbour): \(verdict.rawValue)"]
    case .bucket(let group, let bucket, let count, let nexthop):
      return ["group \(group): bucket \(bucket) of \(count) sends to id \(nexthop)"]
    }
  }

  private func describe(_ evidence: HashEvidence) -> String {
    switch evidence {
    case .nothing: "no layer-4 hash: the NIC puts none on packets, and nothing steers them"
    case .steering(let interface): "a layer-4 hash: receive packet steering is on, on \(linkName(interface))"
    case .hashingDevice(let interface):
      "perhaps a layer-4 hash: rx-hashing is on, on \(linkName(interface))"
        + (state.settings.interfaces[linkName(interface)]?.driver.map { " (driver \($0))" } ?? "")
    case .handedOn(let interface):
      "perhaps a layer-4 hash: \(linkName(interface)) hands on what the sender has put on the packet"
    case .unread(let interface):
      "perhaps a layer-4 hash: steering or rx-hashing of \(linkName(interface)) is not known"
    }
  }

  private func prefix(of route: Int) -> String {
    let route = state.routes[route]
    let prefix = route.destination.length == 0 ? "default" : route.destination.description
    let kind: String
    switch route.nexthops {
    case .object(let id, _):
      let word = group(id).map { $0.kind == .resilient ? "resilient group" : "hash-threshold group" }
      kind = "\(word ?? "nexthop") \(id)"
    case .legs(.multipath(let legs)): kind = "legacy multipath of \(legs.count) legs"
    case .legs: kind = route.type == .unicast ? "single path" : route.type.name
    }
    return "\(prefix) metric \(route.metric ?? 0), \(kind)"
  }

  private func describe(_ choice: Decision.Choice) -> String {
    (choice.id.map { "id \($0) " } ?? "") + (choice.gateway.map { "via \($0) " } ?? "")
      + "dev \(linkName(choice.interface))"
  }

  private func neighbourState(_ gateway: IPAddress, _ interface: UInt32) -> String {
    state.neighbours.first { $0.address == gateway && $0.interface == interface }?.state.name ?? "absent"
  }

  private func describe(_ trace: HashTrace, key: DecisionTrace.KeyOrigin) -> [String] {
    var lines: [String] = []
    switch key {
    case .sysctl(let seed): lines.append("key: seed \(seed) from net.ipv4.fib_multipath_hash_seed")
    case .recovered(let seed): lines.append("key: boot seed \(seed), recovered")
    case .given: lines.append("key: given on the command line")
    case .measured: lines.append("key: unknown, but the kernel was asked for its hash")
    case .unknown: lines.append("key: unknown")
    }
    for (name, input, hash) in [("outer", trace.outer, trace.outerHash), ("inner", trace.inner, trace.innerHash)] {
      guard let input else { continue }
      lines.append("hash input, \(name) header, \(input.wordCount * 8) bytes:")
      for field in input.namedFields {
        let bytes = input.bytes[field.offset..<(field.offset + field.length)].map(Self.hex).joined()
        let place = "\(field.offset)-\(field.offset + field.length - 1)"
        lines.append("  bytes \(place) \(field.name) \(field.value) = \(bytes)")
      }
      // Both directions of a flow hash alike because of this order; without a word it looks like a mistake.
      if input.areAddressesSwapped { lines.append("  the kernel sorts addresses: src and dst stand exchanged") }
      if input.arePortsSwapped { lines.append("  the kernel sorts ports: sport and dport stand exchanged") }
      lines.append("  all: " + input.bytes.map(Self.hex).joined())
      guard key.isKnown else { continue }
      lines.append("  siphash-2-4, low 32 bits: 0x" + String(hash, radix: 16))
    }
    switch trace.result {
    case .sipHash: break
    case .mixed: lines.append("both are mixed by jhash")
    case .layer4Hash: lines.append("the packet brings a layer-4 hash along, which replaces all of this")
    case .nothing: lines.append("no field that the policy reads is there: the hash is 0")
    }
    if case .measured(let hash) = key {
      let value = hash.exact.map(String.init) ?? "from \(hash.range.lowerBound) to \(hash.range.upperBound)"
      return lines + ["hash for selection, as measured: \(value)"]
    }
    if case .unknown = key { return lines }
    return lines + ["hash \(trace.hash) (0x\(String(trace.hash, radix: 16))), for selection \(trace.hash31)"]
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }
}

extension DecisionTrace.KeyOrigin {
  /// Whether hashes can be computed with it.
  fileprivate var isKnown: Bool {
    switch self {
    case .sysctl, .recovered, .given: true
    case .measured, .unknown: false
    }
  }
}
