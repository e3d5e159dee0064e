package import Planning
package import Routing

/// Something that has happened to a group that is watched, or how it is now.
package enum WatchEvent: Hashable, Sendable {
  /// What a member gets, before and after.
  package struct ShareChange: Hashable, Sendable {
    package var member: UInt32
    /// 0 to 1; 0 for one that was no member.
    package var before: Double
    /// 0 to 1; 0 for one that is no member any more.
    package var after: Double
  }

  /// The state of an interface.
  package enum LinkState: String, Hashable, Sendable {
    case up
    case noCarrier = "no carrier"
    case down
    /// There is no such interface.
    case gone

    init(_ link: Link?) {
      self = link.map { !$0.isUp ? .down : $0.hasCarrier ? .up : .noCarrier } ?? .gone
    }
  }

  /// How a group is now: told at the beginning, and when its buckets have become idle or busy.
  case state(GroupReport)
  /// A group has come (nothing before), gone (nothing after), or has other members or parameters.
  case group(before: GroupReport?, after: GroupReport?)
  /// Buckets, in the order of their numbers, lead to another member.
  case moved(group: UInt32, from: NexthopReport, to: NexthopReport, buckets: [Int])
  case shares(group: UInt32, [ShareChange])
  /// The table of a resilient group is as its weights ask for, or no longer.
  case balance(group: UInt32, isBalanced: Bool)
  /// A member's object leads elsewhere.
  case nexthop(before: NexthopReport, after: NexthopReport)
  /// The neighbour entry of a member's gateway has another state; nil is none.
  case neighbour(NexthopReport, before: Neighbour.State?, after: Neighbour.State?)
  case link(name: String, before: LinkState, after: LinkState)
  /// A route uses a group from now on, or does no more.
  case route(RouteKey, group: UInt32, isUser: Bool)
  /// The kernel has told more than there was room for: what follows was found by reading everything again.
  case lost
}
