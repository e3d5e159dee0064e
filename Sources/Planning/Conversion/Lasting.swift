package import Routing

/// Objects without what the kernel changes by itself, to be compared with what was asked for.
extension Route {
  /// Without flags of hardware and liveness, remaining lifetime, and the legs that only repeat a nexthop object.
  package var lasting: Route {
    var route = self
    route.flags = 0
    switch nexthops {
    case .object(let id, _): route.nexthops = .object(id: id, expansion: .none)
    case .legs(.none): break
    case .legs(.single(let leg)): route.nexthops = .legs(.single(leg.lasting))
    case .legs(.multipath(let legs)): route.nexthops = .legs(.multipath(legs.map(\.lasting)))
    }
    if route.metric == 0 { route.metric = nil }
    route.extras?.expires = nil
    route.extras?.error = nil
    if route.extras == RouteExtras() { route.extras = nil }
    return route
  }
}

extension Rule {
  /// Without what the kernel says of interfaces and targets that are not there now.
  package var lasting: Rule {
    var rule = self
    rule.flags = 0
    return rule
  }
}

extension RouteLeg {
  fileprivate var lasting: RouteLeg {
    var leg = self
    leg.flags = flags.intersection(.onlink)
    return leg
  }
}

extension Nexthop {
  /// Without flags of hardware and liveness, and the scope, which the kernel fills in.
  package var lasting: Nexthop {
    var nexthop = self
    nexthop.flags &= UInt32(NexthopFlags.onlink.rawValue)
    nexthop.scope = 0
    return nexthop
  }
}

extension NexthopGroup {
  /// Without counters, the time that a table has been unbalanced, and flags of hardware.
  package var lasting: NexthopGroup {
    var group = self
    group.statistics = []
    group.flags = 0
    group.scope = 0
    group.resilient?.unbalancedTime = 0
    return group
  }

  /// Whether the other one is this one as the kernel keeps it, which counts time in jiffies and rounds.
  ///
  /// The protocol is not compared: the kernel keeps that of the first request when a group is replaced.
  package func isKept(as other: NexthopGroup) -> Bool {
    guard id == other.id, kind == other.kind, members == other.members, isFDB == other.isFDB else { return false }
    switch (resilient, other.resilient) {
    case (nil, nil): return true
    case (let mine?, let theirs?):
      return mine.buckets == theirs.buckets && Self.isNear(mine.idleTimer, theirs.idleTimer)
        && Self.isNear(mine.unbalancedTimer, theirs.unbalancedTimer)
    default: return false
    }
  }

  /// Ticks of 1/100 s lose up to one where HZ is no multiple of 100.
  private static func isNear(_ left: UInt32, _ right: UInt32) -> Bool {
    max(left, right) - min(left, right) <= 1
  }
}
