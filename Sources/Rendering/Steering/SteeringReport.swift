import Forwarding
import MultipathHash
package import Placement
package import Routing

/// Which values of an open field of a flow take which path, for text and JSON.
package struct SteeringReport: Sendable {
  /// Why not every path that was asked for has its values.
  package struct Problem: Hashable, Sendable {
    /// Stable; documented in the manual page.
    package let code: Code
    package let text: String
  }

  package enum Code: String, Hashable, Sendable, CaseIterable {
    /// The hash does not depend on the field.
    case notHashed = "not-hashed"
    /// No value takes a nexthop.
    case noPath = "no-path"
    /// The nexthop that was named is none of the route.
    case noSuchPath = "no-such-path"
    /// The nexthop is dead, or its link is down.
    case down
    case neighbourFailed = "neighbour-failed"
    case noBuckets = "no-buckets"
    /// Which nexthop values take can not be told.
    case undetermined
    /// Fewer values than asked for take the path.
    case tooFew = "too-few"

    /// Whether a table of the paths would add nothing.
    var saysItAll: Bool {
      switch self {
      case .notHashed, .noPath, .noSuchPath, .undetermined: true
      case .down, .neighbourFailed, .noBuckets, .tooFew: false
      }
    }
  }

  let open: OpenFlow
  let finding: PathFinding
  let formatter: PredictionFormatter
  package let problems: [Problem]

  /// - Parameter asked: the nexthops that were named, as the user named them.
  package init(_ finding: PathFinding, of open: OpenFlow, asked: [String], formatter: PredictionFormatter) {
    self.open = open
    self.finding = finding
    self.formatter = formatter
    problems = Diagnosis(finding: finding, open: open, asked: asked, formatter: formatter).problems
  }

  /// The flows of the values that were found: path by path, each in the order of the values.
  package var flows: [Flow] { finding.paths.flatMap(\.picks).map { open.flow($0.value) } }

  /// The resilient groups whose buckets the values fall into.
  var groups: [NexthopGroup] { finding.resilientGroups.compactMap(formatter.group) }
}

/// Finds out why paths lack values.
private struct Diagnosis {
  let finding: PathFinding
  let open: OpenFlow
  let asked: [String]
  let formatter: PredictionFormatter

  private typealias Problem = SteeringReport.Problem

  private var field: String { open.field.rawValue }

  var problems: [SteeringReport.Problem] {
    guard !finding.isComplete else { return [] }
    if let blindness = finding.blindness, let problem = notHashed(blindness) { return [problem] }
    guard !finding.paths.isEmpty else { return [noPath] }
    let wanted = finding.paths.filter(\.isWanted)
    guard !wanted.isEmpty else { return [noSuchPath] }
    if let undetermined = finding.elsewhere.first(where: { $0.way == .undetermined }),
      finding.paths.allSatisfy({ $0.count == 0 })
    {
      let codes = undetermined.caveats.list.map(\.code).joined(separator: ", ")
      return [
        Problem(
          code: .undetermined,
          text: "which of \(finding.paths.count) nexthops a value takes can not be told: uncertain: \(codes)")
      ]
    }
    return wanted.filter { $0.picks.count < finding.wanted }.map(lack)
  }

  private func lack(_ path: PathFinding.Path) -> SteeringReport.Problem {
    let name = formatter.pathName(path.nexthop)
    // A neighbour may have failed, and all others with it, so that the kernel takes it all the same.
    switch path.picks.isEmpty ? path.condition : .usable {
    case .down: return Problem(code: .down, text: "no value takes \(name), which is dead, or its link is down")
    case .neighbourFailed:
      return Problem(code: .neighbourFailed, text: "no value takes \(name), whose neighbour has failed")
    case .noBuckets: return Problem(code: .noBuckets, text: "no value takes \(name), which has no bucket")
    case .usable:
      let found = path.picks.isEmpty ? "none" : "only \(path.picks.count)"
      let wanted = finding.wanted > 1 ? ", not \(finding.wanted)" : ""
      return Problem(
        code: .tooFew,
        text: "\(found) of the \(finding.examined) values of \(field) that were tried take \(name)\(wanted): try others"
      )
    }
  }

  private var noPath: SteeringReport.Problem {
    let ways = finding.elsewhere.map { "\(formatter.text($0.way)) (\($0.count))" }.joined(separator: ", ")
    return Problem(code: .noPath, text: "no value of \(field) takes a nexthop: \(ways)")
  }

  private var noSuchPath: SteeringReport.Problem {
    let all = finding.paths.map { formatter.pathName($0.nexthop) }
    let some = all.prefix(8).joined(separator: ", ") + (all.count > 8 ? ", and \(all.count - 8) more" : "")
    let name = asked.joined(separator: " or ")
    return Problem(code: .noSuchPath, text: "none of these nexthops is \(name): \(some)")
  }

  // MARK: A field that is not hashed

  /// nil where the values differ all the same: rules tell them apart.
  private func notHashed(_ blindness: PathFinding.Blindness) -> SteeringReport.Problem? {
    let taken = finding.paths.filter { $0.count > 0 }
    guard taken.count <= 1, finding.routes.count == 1 else { return nil }
    let hash = formatter.state.settings.hash(open.family)
    let policy = HashPolicy(sysctl: hash.policy)
    var text: String
    if case .value = open.flow(open.values.first).layer4Hash, policy == .layer4 {
      text = "the layer-4 hash of the packet stands for all fields, \(field) too"
    } else {
      text = "policy \(hash.policy ?? 0) does not hash \(field)"
    }
    if let path = taken.first { text += ": every value takes \(formatter.pathName(path.nexthop))" }
    var remedies: [String] = []
    if !blindness.hashed.isEmpty { remedies.append("vary " + Self.or(blindness.hashed.map(\.rawValue))) }
    if let setting = setting(policy, hash) { remedies.append("set \(setting), which moves other flows, too") }
    if !remedies.isEmpty { text += "; " + remedies.joined(separator: ", or ") }
    return Problem(code: .notHashed, text: text)
  }

  /// The setting that lets the hash depend on the field, of which a smaller change comes first; nil where none does.
  private func setting(_ policy: HashPolicy?, _ hash: HashSettings) -> String? {
    guard let bit = open.field.hashField else { return nil }
    let name = "net.\(open.family == .ipv4 ? "ipv4" : "ipv6").fib_multipath_hash_"
    if policy == .custom {
      let fields = HashFields(rawValue: hash.fields ?? HashSettings.defaultFields).union(bit)
      return depends(.custom, fields) ? "\(name)fields=0x\(String(fields.rawValue, radix: 16))" : nil
    }
    if let other = [HashPolicy.layer4, .layer3, .layer3Inner].first(where: { depends($0, []) }) {
      return "\(name)policy=\(other.rawValue)"
    }
    // The five fields of policy 1, and this one.
    let fields = HashFields(rawValue: 0x37).union(bit)
    guard depends(.custom, fields) else { return nil }
    return "\(name)fields=0x\(String(fields.rawValue, radix: 16)) and \(name)policy=3"
  }

  /// Whether the hash of the flow would depend on the field.
  private func depends(_ policy: HashPolicy, _ fields: HashFields) -> Bool {
    let hasher = MultipathHasher(
      family: open.family, policy: policy, fields: fields, key: HashKey(seed: 0),
      isLittleEndian: formatter.state.kernel.isLittleEndian)
    let traces = [open.values.first, open.values.last].map { value in
      let flow = open.flow(value)
      return hasher.trace(flow, as: flow.origin == .forwarded ? .packet : .lookupKey)
    }
    return !traces[0].hashesSame(as: traces[1])
  }

  private static func or(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}

extension PredictionFormatter {
  /// `id 1 via 10.0.0.1 dev eth0`.
  func pathName(_ nexthop: Decision.Choice) -> String {
    (nexthop.id.map { "id \($0) " } ?? "") + (nexthop.gateway.map { "via \($0) " } ?? "")
      + "dev \(linkName(nexthop.interface))"
  }

  /// What becomes of flows that take no nexthop.
  func text(_ way: Way) -> String {
    if case .dropped(let reason) = way { return "dropped: \(reason.text)" }
    return WayNames.word(way)
  }
}
