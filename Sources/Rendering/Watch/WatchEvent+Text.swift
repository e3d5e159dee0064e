import Planning
import Routing

extension WatchEvent {
  /// Runs of bucket numbers that are shown.
  private static let shownRuns = 16

  /// What has happened, as one line without an end.
  package var text: String { Text.printable(sentence) }

  private var sentence: String {
    switch self {
    case .state(let report): "group \(report.group.id) \(Self.stateText(report))"
    case .group(nil, let after?): "group \(after.group.id): new, \(Self.parameters(after))"
    case .group(let before?, let after?): "group \(after.group.id): \(Self.difference(before, after))"
    case .group(let before, nil): "group \(before?.group.id ?? 0): gone"
    case .moved(let group, let from, let to, let buckets):
      "group \(group): \(Text.count(buckets.count, "bucket")) moved (\(Self.runs(buckets))): "
        + "\(from.identity) -> \(to.identity)"
    case .shares(let group, let changes):
      "group \(group): shares "
        + changes.map { "id \($0.member) \(Text.percent($0.before)) -> \(Text.percent($0.after))" }.joined(
          separator: ", ")
    case .balance(let group, let isBalanced): "group \(group): \(isBalanced ? "balanced" : "unbalanced")"
    case .nexthop(let before, let after): "nexthop \(before.identity) -> \(after.identity)"
    case .neighbour(let nexthop, let before, let after):
      "nexthop \(nexthop.identity): neighbour \(Self.word(before)) -> \(Self.word(after))"
    case .link(let name, let before, let after): "link \(name): \(before.rawValue) -> \(after.rawValue)"
    case .route(let route, let group, let isUser):
      "group \(group): route \(route) \(isUser ? "uses it now" : "uses it no more")"
    case .lost: "events were lost; everything was read again"
    }
  }

  private static func word(_ state: Neighbour.State?) -> String { state?.name.lowercased() ?? "none" }

  private static func stateText(_ report: GroupReport) -> String {
    let members = report.multipath.members.map { member in
      let id = "id \(member.id ?? 0)"
      guard let buckets = member.buckets else { return "\(id) \(member.shareText)" }
      return "\(id) \(buckets.count) (\(buckets.count - buckets.idle) busy)"
    }.joined(separator: ", ")
    guard let counts = report.bucketCounts else { return "\(report.kindName): \(members)" }
    let time = report.group.resilient?.unbalancedTime ?? 0
    return "resilient, \(counts.all - counts.idle) of \(Text.count(counts.all, "bucket")) busy, "
      + (time == 0 ? "balanced" : "unbalanced for \(Text.seconds(time))") + ": \(members)"
  }

  private static func members(_ group: NexthopGroup) -> String {
    group.members.map { $0.weight == 1 ? "\($0.id)" : "\($0.id),\($0.weight)" }.joined(separator: "/")
  }

  private static func timers(_ parameters: ResilientParameters) -> String {
    "buckets \(parameters.buckets) idle timer \(Text.seconds(UInt64(parameters.idleTimer))) unbalanced timer "
      + (parameters.unbalancedTimer == 0 ? "off" : Text.seconds(UInt64(parameters.unbalancedTimer)))
  }

  private static func parameters(_ report: GroupReport) -> String {
    "\(report.kindName) \(members(report.group))" + (report.group.resilient.map { " \(timers($0))" } ?? "")
  }

  private static func difference(_ before: GroupReport, _ after: GroupReport) -> String {
    var parts: [String] = []
    if before.kindName != after.kindName { parts.append("\(before.kindName) -> \(after.kindName)") }
    if before.group.members != after.group.members {
      parts.append("members \(members(before.group)) -> \(members(after.group))")
    }
    if let old = before.group.resilient, let new = after.group.resilient, timers(old) != timers(new) {
      parts.append("\(timers(old)) -> \(timers(new))")
    }
    return parts.joined(separator: ", ")
  }

  /// `1-3 7`; a long list is cut.
  static func runs(_ numbers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    let shown = runs.prefix(shownRuns).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    return shown.joined(separator: " ") + (runs.count > shownRuns ? " …" : "")
  }
}
