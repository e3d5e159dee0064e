import Routing

/// Groups whose members nobody puts back.
enum HealingCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    var seen: Set<UInt32> = []
    return context.uses.compactMap { use in
      guard case .group(let id) = use.key.way, seen.insert(id).inserted, let group = context.groups[id] else {
        return nil
      }
      return finding(context, group)
    }
  }

  private static func finding(_ context: CheckContext, _ group: NexthopGroup) -> Finding? {
    guard RouteOwner(protocol: group.protocol) == nil, !group.isFDB else { return nil }
    let lost = group.members.filter { member in
      guard let single = context.singles[member.id], let interface = single.interface else { return false }
      return RouteOwner(protocol: single.protocol) == nil && context.links[interface]?.isLoopback != true
    }
    guard !lost.isEmpty else { return nil }
    let isUnguarded = context.surroundings.isUnguarded(group.id)
    guard isUnguarded != false else { return nil }
    let isKept = context.surroundings.isKept(group.id)
    let subject = "its members do not come back with their link: \(HazardWords.finalLoss)"
    let neighbours = group.kind == .resilient ? ", and one whose neighbour fails keeps its flows" : ""
    var finding = Finding(
      .noSelfHealing, isUnguarded == nil ? .note : .warning, subject: "group \(group.id)",
      text: subject + neighbours + (isUnguarded == nil ? ", unless ecmpctl resilient guard keeps it" : ""),
      remedy: isKept
        ? "run ecmpctl resilient guard, which keeps it"
        : "have ecmpctl make it resilient, or change a timer of it, and run the guard, which keeps it from then on",
      fix: fix(group, isKept: isKept))
    finding.groups = [group.id]
    finding.routes = context.routes(over: group.id)
    return finding
  }

  private static func fix(_ group: NexthopGroup, isKept: Bool) -> [Finding.Fix] {
    let start = Finding.Fix.command("systemctl enable --now ecmpctl-guard")
    if isKept { return [start] }
    guard let parameters = group.resilient else {
      return [.command("ecmpctl resilient apply --group \(group.id)"), start]
    }
    // A guard keeps what a transaction has left behind, and there is none without a change.
    let seconds =
      (parameters.unbalancedTimer == 0 ? TimerAdvice(nil).unbalancedTimer : parameters.unbalancedTimer) / 100
    let other = parameters.unbalancedTimer == 0 ? seconds : seconds + 1
    return [.command("ecmpctl resilient tune --group \(group.id) --unbalanced-timer \(other)"), start]
  }
}
