import Routing

/// One leg or group member with everything that selection asks about it, worked out once from the state.
struct NexthopEntry: Hashable, Sendable {
  var choice: Decision.Choice
  /// Neither dead nor without carrier where the sysctl says to ignore such nexthops (`fib_lookup_good_nhc()`).
  var isUsable: Bool
  /// The highest hash that selects this entry; -1 excludes it (`fib_rebalance()`).
  var upperBound: Int32 = -1
  /// NUD_VALID, or no neighbour entry (`fib_good_nh()`, `ipv4_good_nh()`, `ipv6_good_nh()`).
  var neighbourIsGood: Bool
  /// A gateway whose neighbour entry is in state FAILED (`rt6_check_neigh()` with CONFIG_IPV6_ROUTER_PREF).
  var neighbourHasFailed: Bool
  var isOffloaded: Bool
  /// IPv4 legs only: the address that the kernel would select as source on this leg.
  var preferredSource: IPAddress?
  /// Whether other addresses of the device could have been cached as preferred source instead.
  var hasSourceAlternatives = false
}

/// A nexthop object that routes use.
enum NexthopTarget: Sendable {
  case single(NexthopEntry)
  case blackhole
  /// An object that no route can use, or that is absent from the state.
  case unusable
  case threshold(group: UInt32, members: [NexthopEntry])
  /// `table[i]` is the position in `members` of the nexthop that bucket i sends to; nil when the state lacks the table.
  case resilient(group: UInt32, members: [NexthopEntry], buckets: Int, table: [UInt16]?)
}
