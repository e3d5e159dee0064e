package import Routing

/// Looks for what is wrong or risky about a state, as far as it tells.
///
/// Every finding is a fact of the state, or of the kernel that it is from: what would take guesses is left out. It looks at
/// each route once, and at ways rather than routes after that.
package enum StateCheck {
  /// The findings, the most severe first, at most one a subject and code.
  ///
  /// - Parameter family: both when nil.
  package static func findings(
    in state: RoutingState, family: AddressFamily? = nil, surroundings: CheckSurroundings = CheckSurroundings()
  ) -> [Finding] {
    let context = CheckContext(state, family: family, surroundings: surroundings)
    let findings =
      HashCheck.findings(context) + SeedCheck.findings(context) + NeighbourCheck.findings(context)
      + LinkCheck.findings(context) + GroupCheck.findings(context) + HealingCheck.findings(context)
      + CollateralCheck.findings(context) + FilterCheck.findings(context) + MTUCheck.findings(context)
      + DefaultRouteCheck.findings(context) + HiddenRouteCheck.findings(context) + OwnerCheck.findings(context)
      + UnusedCheck.findings(context)
      + KernelCheck.findings(context)
    return merged(findings).enumerated()
      .sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }.map(\.element)
  }

  /// How many findings of one kind stay apart.
  private static let apart = 3

  /// The findings, with many groups of the same kind in one.
  private static func merged(_ findings: [Finding]) -> [Finding] {
    struct Kind: Hashable {
      var code: Finding.Code
      var severity: Finding.Severity
    }
    func kind(_ finding: Finding) -> Kind? {
      guard let id = finding.groups.first, finding.subject == "group \(id)" else { return nil }
      return Kind(code: finding.code, severity: finding.severity)
    }
    var counts: [Kind: Int] = [:]
    for finding in findings { if let kind = kind(finding) { counts[kind, default: 0] += 1 } }
    var places: [Kind: Int] = [:]
    var result: [Finding] = []
    for finding in findings {
      guard let kind = kind(finding), counts[kind, default: 0] > apart else {
        result.append(finding)
        continue
      }
      if let place = places[kind] {
        result[place].groups += finding.groups
        result[place].routes.add(finding.routes)
        result[place].fix += finding.fix.filter { !result[place].fix.contains($0) }
        if result[place].family != finding.family { result[place].family = nil }
      } else {
        places[kind] = result.count
        result.append(finding)
      }
    }
    for place in places.values {
      let groups = result[place].groups
      let names = groups.prefix(3).map(String.init).joined(separator: ", ")
      result[place].text = "such as \(result[place].subject): \(result[place].text)"
      result[place].subject = "\(groups.count) groups: \(names) and \(groups.count - 3) more"
    }
    return result
  }
}
