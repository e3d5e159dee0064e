import Routing

/// Groups and legs that do not share flows as their weights say.
enum GroupCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    var found: [Finding] = []
    var seen: Set<UInt32> = []
    for use in context.uses {
      switch use.key.way {
      case .group(let id):
        guard seen.insert(id).inserted, let group = context.groups[id], !group.isFDB else { continue }
        found += [duplicates(context, group), single(group)].compactMap(\.self) + buckets(context, group)
      case .legs: found += [duplicates(context, use)].compactMap(\.self)
      case .object: break
      }
    }
    for index in found.indices where found[index].groups.count == 1 {
      found[index].routes = context.routes(over: found[index].groups[0])
    }
    return found
  }

  private static func finding(
    _ code: Finding.Code, _ severity: Finding.Severity, _ group: NexthopGroup, _ text: String, _ remedy: String,
    _ fix: [Finding.Fix]
  ) -> Finding {
    let owner = RouteOwner(protocol: group.protocol)
    var finding = Finding(
      code, severity, subject: "group \(group.id)", text: text, remedy: owner?.remedy ?? remedy,
      fix: owner == nil ? fix : [])
    finding.groups = [group.id]
    return finding
  }

  // MARK: Members

  private static func single(_ group: NexthopGroup) -> Finding? {
    guard group.members.count == 1 else { return nil }
    return finding(
      .singleMember, .note, group,
      "it has a single member left: when that goes, so do the group and its routes",
      "give it another member with ip nexthop replace", [])
  }

  /// Members of a group that are the same way.
  private static func duplicates(_ context: CheckContext, _ group: NexthopGroup) -> Finding? {
    var first: [NexthopKey: Int] = [:]
    var members: [NexthopGroup.Member] = []
    var example: (UInt32, UInt32)?
    for member in group.members {
      guard let key = context.singles[member.id].flatMap(NexthopKey.init) else {
        members.append(member)
        continue
      }
      if let place = first[key] {
        // The largest weight that there is.
        members[place].weight = UInt32(clamping: min(UInt64(members[place].weight) + UInt64(member.weight), 65_535))
        example = example ?? (members[place].id, member.id)
      } else {
        first[key] = members.count
        members.append(member)
      }
    }
    guard let example else { return nil }
    var new = group
    new.members = members
    new.statistics = []
    let ways =
      members.count == 1
      ? "there is no other way"
      : "there are \(members.count) ways for "
        + "\(group.members.count) members"
    return finding(
      .duplicateMember, .warning, group,
      "nexthops \(example.0) and \(example.1) are the same way, and fail together: \(ways)",
      "give one of them the weight of both", [.change(.replaceGroup(from: group, to: new))])
  }

  /// Legs that are the same way.
  private static func duplicates(_ context: CheckContext, _ use: RouteUse) -> Finding? {
    var first: [NexthopKey: Int] = [:]
    var legs: [RouteLeg] = []
    var example: RouteLeg?
    for leg in use.legs {
      let key = NexthopKey(leg, family: use.family)
      if let place = first[key] {
        example = example ?? leg
        legs[place].weight += min(leg.weight, 256 - min(legs[place].weight, 256))
      } else {
        first[key] = legs.count
        legs.append(leg)
      }
    }
    guard let example, let only = legs.first else { return nil }
    let name = (example.gateway.map { "via \($0) " } ?? "") + "dev \(context.name(example.interface))"
    let nexthops = RouteNexthops.legs(legs.count == 1 ? .single(only) : .multipath(legs))
    var finding = Finding(
      .duplicateMember, .warning, subject: use.routes.phrase(), family: use.family,
      text: "\(name) is there more than once: there \(legs.count == 1 ? "is 1 way" : "are \(legs.count) ways") for "
        + "\(use.legs.count) legs",
      remedy: use.owner?.remedy ?? "give one of them the weight of both",
      fix: use.owner == nil && use.routes.isComplete
        ? use.routes.first.map { .change(.replaceRoute(from: $0, to: $0.over(nexthops))) } : [])
    finding.routes = use.routes
    return finding
  }

  // MARK: Buckets

  private static func buckets(_ context: CheckContext, _ group: NexthopGroup) -> [Finding] {
    guard group.kind == .resilient, let parameters = group.resilient, parameters.buckets > 0 else { return [] }
    let weights = group.members.map(\.weight)
    let estimate = BucketEstimate(weights: weights, buckets: Int(parameters.buckets))
    var found: [Finding] = []
    var text: String?
    if let starved = estimate.starved.first {
      let more = estimate.starved.count > 1 ? ", and neither do \(estimate.starved.count - 1) others" : ""
      text = HazardWords.starved(group.members[starved], parameters.buckets) + more
    } else {
      text = HazardWords.shareError(estimate, parameters.buckets)
    }
    if let text {
      let advised = BucketEstimate.advisedBuckets(weights: weights)
      found.append(
        finding(
          estimate.starved.isEmpty ? .shareError : .starvedMember, estimate.starved.isEmpty ? .warning : .refusal,
          group, text, "move its routes to a group of \(advised) buckets; what that moves is told first",
          [.command("ecmpctl resilient apply --group \(group.id) --buckets \(advised)")]))
    }
    return found + [timers(context, group, parameters, estimate)].compactMap(\.self)
  }

  /// What comes of a table whose busy buckets never move.
  private static func timers(
    _ context: CheckContext, _ group: NexthopGroup, _ parameters: ResilientParameters, _ estimate: BucketEstimate
  ) -> Finding? {
    guard HazardWords.hasBusyBuckets(group) else { return nil }
    let seconds = TimerAdvice(nil).unbalancedTimer / 100
    let remedy = "set the seconds after which busy buckets move"
    let fix = [Finding.Fix.command("ecmpctl resilient tune --group \(group.id) --unbalanced-timer \(seconds)")]
    if parameters.unbalancedTime > 0, let table = context.bucketTables[group.id] {
      let counts = Dictionary(grouping: table.buckets, by: \.nexthop).mapValues(\.count)
      let missing = group.members.indices.map { estimate.wants[$0] - (counts[group.members[$0].id] ?? 0) }
      if let worst = group.members.indices.max(by: { missing[$0] < missing[$1] }), missing[worst] > 0 {
        let id = group.members[worst].id
        let count = counts[id] ?? 0
        return finding(
          .unbalanced, count == 0 ? .refusal : .warning, group,
          "nexthop \(id) has \(count) of the \(estimate.wants[worst]) buckets that its weight asks for, for "
            + "\(parameters.unbalancedTime / 100) s now, and gets no more while the others are in use: the unbalanced "
            + "timer is off",
          remedy, fix)
      }
    }
    return finding(.busyBuckets, .warning, group, HazardWords.busyBuckets(parameters), remedy, fix)
  }
}
