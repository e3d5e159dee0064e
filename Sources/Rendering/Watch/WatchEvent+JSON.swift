package import JSON
import Planning
import Routing

extension WatchEvent {
  /// The word that JSON has for it.
  package var name: String {
    switch self {
    case .state: "state"
    case .group(nil, _): "group-new"
    case .group(_, nil): "group-gone"
    case .group: "group-changed"
    case .moved: "moved"
    case .shares: "shares"
    case .balance: "balance"
    case .nexthop: "nexthop"
    case .neighbour: "neighbour"
    case .link: "link"
    case .route: "route"
    case .lost: "lost"
    }
  }

  /// An object on a line of its own.
  ///
  /// - Parameter time: when it was told, in UTC.
  package func write(to writer: inout JSONWriter, time: String) {
    writer.object { writer in
      writer.member("time", time)
      writer.member("event", name)
      writeMembers(to: &writer)
    }
    writer.endLine()
  }

  private func writeMembers(to writer: inout JSONWriter) {
    switch self {
    case .state(let report):
      writer.member("group", report.group.id)
      report.writeState(to: &writer)
    case .group(let before, let after):
      writer.member("group", (after ?? before)?.group.id)
      if let before, after != nil {
        writer.key("before")
        writer.object { before.writeParameters(to: &$0) }
      }
      if let after {
        writer.key("after")
        writer.object { after.writeParameters(to: &$0) }
      }
    case .moved(let group, let from, let to, let buckets):
      writer.member("group", group)
      writer.member("from", from.id)
      writer.member("to", to.id)
      writer.member("buckets", buckets)
    case .shares(let group, let changes):
      writer.member("group", group)
      writer.key("members")
      writer.array { writer in for change in changes { change.write(to: &writer) } }
    case .balance(let group, let isBalanced):
      writer.member("group", group)
      writer.member("balanced", isBalanced)
    case .nexthop(let before, let after):
      writer.member("nexthop", before.id)
      writer.member("before", before)
      writer.member("after", after)
    case .neighbour(let nexthop, let before, let after):
      writer.member("nexthop", nexthop.id)
      writer.member("gateway", nexthop.gateway?.description)
      writer.member("dev", nexthop.interface)
      writer.member("before", before?.name)
      writer.member("after", after?.name)
    case .link(let name, let before, let after):
      writer.member("dev", name)
      writer.member("before", before.rawValue)
      writer.member("after", after.rawValue)
    case .route(let route, let group, let isUser):
      writer.member("group", group)
      writer.member("dst", route.destination.length == 0 ? "default" : route.destination.description)
      writer.member("table", route.table)
      writer.member("metric", route.metric)
      writer.member("user", isUser)
    case .lost: break
    }
  }
}

extension WatchEvent.ShareChange {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", member)
      writer.key("before")
      writer.share(before)
      writer.key("after")
      writer.share(after)
    }
  }
}

extension GroupReport {
  fileprivate func writeState(to writer: inout JSONWriter) {
    writer.member("type", typeName)
    if let resilient = group.resilient {
      writer.member("buckets", resilient.buckets)
      if let counts = bucketCounts {
        writer.member("idle_buckets", counts.idle)
        writer.member("busy_buckets", counts.all - counts.idle)
      }
      writer.key("unbalanced_time")
      writer.seconds(resilient.unbalancedTime)
    }
    writer.member("members", multipath.members)
  }

  fileprivate func writeParameters(to writer: inout JSONWriter) {
    writer.member("type", typeName)
    if let resilient = group.resilient {
      writer.member("buckets", resilient.buckets)
      writer.key("idle_timer")
      writer.seconds(UInt64(resilient.idleTimer))
      writer.key("unbalanced_timer")
      writer.seconds(UInt64(resilient.unbalancedTimer))
    }
    writer.key("members")
    writer.array { writer in
      for member in group.members {
        writer.object { writer in
          writer.member("id", member.id)
          writer.member("weight", member.weight)
        }
      }
    }
  }
}
