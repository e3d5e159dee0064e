import Routing

/// Ways that move more flows than they have to when a nexthop comes or goes.
enum CollateralCheck {
  /// How many lists of weights are reckoned with at the most: what a change moves grows with the square of their length.
  private static let mostWeights = 64
  private static let mostMembers = 256

  /// Whose routes they are, which decides on how they become resilient.
  private struct Kind: Hashable {
    var family: AddressFamily
    var daemon: String?
    var canFollow: Bool
  }

  static func findings(_ context: CheckContext) -> [Finding] {
    guard context.hasResilientGroups else { return [] }
    var kinds: [Kind] = []
    var uses: [Kind: [RouteUse]] = [:]
    for use in context.uses {
      guard isThreshold(context, use), (3...mostMembers).contains(context.members(of: use).count) else {
        continue
      }
      let kind = Kind(
        family: use.family, daemon: use.owner?.name,
        canFollow: use.owner?.kind == .zebra || use.owner?.kind == .bird)
      if uses[kind] == nil { kinds.append(kind) }
      uses[kind, default: []].append(use)
    }
    return kinds.compactMap { kind in uses[kind].flatMap { finding(context, kind, $0) } }
  }

  private static func isThreshold(_ context: CheckContext, _ use: RouteUse) -> Bool {
    switch use.key.way {
    case .legs: true
    case .group(let id): context.groups[id]?.kind == .hashThreshold
    case .object: false
    }
  }

  private static func finding(_ context: CheckContext, _ kind: Kind, _ uses: [RouteUse]) -> Finding? {
    var weights: Set<[UInt32]> = []
    var routes = RouteSample()
    for use in uses {
      routes.add(use.routes)
      if weights.count < mostWeights { weights.insert(context.members(of: use).map(\.weight)) }
    }
    let moves = weights.compactMap(BucketEstimate.movesByMembershipChange)
    guard let worst = moves.max(by: { $0.threshold - $0.resilient < $1.threshold - $1.resilient }),
      worst.threshold - worst.resilient > 0.001
    else { return nil }
    let upTo = weights.count > 1 ? "up to " : ""
    var finding = Finding(
      .collateral, .note, subject: routes.phrase(), family: kind.family,
      text:
        "a nexthop that comes or goes moves \(upTo)\(FixText.percent(worst.threshold)) of the flows on average, of which "
        + "\(FixText.percent(worst.resilient)) had to: a resilient group moves those alone",
      remedy: remedy(kind, routes), fix: fix(kind, uses, routes))
    finding.routes = routes
    if let groups = groups(uses) { finding.groups = groups }
    return finding
  }

  private static func groups(_ uses: [RouteUse]) -> [UInt32]? {
    let groups = uses.map { if case .group(let id) = $0.key.way { id } else { nil as UInt32? } }
    return groups.contains(nil) ? nil : Array(Set(groups.compactMap(\.self))).sorted()
  }

  private static func remedy(_ kind: Kind, _ routes: RouteSample) -> String {
    guard let daemon = kind.daemon else {
      return "make them resilient; ecmpctl resilient plan tells what that moves, once, and what can go wrong"
    }
    return kind.canFollow
      ? "put a resilient group in front of the routes of \(daemon)" + (routes.count > 1 ? ", one by one" : "")
      : "\(daemon) makes the routes: leave them to it"
  }

  private static func fix(_ kind: Kind, _ uses: [RouteUse], _ routes: RouteSample) -> [Finding.Fix] {
    let apply = "ecmpctl resilient apply"
    guard kind.daemon == nil else {
      guard kind.canFollow, routes.isComplete else { return [] }
      return routes.first.map { .command("\(apply) \($0.destination) --follow") }
    }
    if routes.count == 1, let only = routes.first.first { return [.command("\(apply) \(only.destination)")] }
    if let groups = groups(uses), groups.count == 1 { return [.command("\(apply) --group \(groups[0])")] }
    return [.command("\(apply) --all \(kind.family == .ipv4 ? "-4" : "-6")")]
  }
}
