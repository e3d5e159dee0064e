import Routing

/// What plans and checks say alike of the same facts: sentences without a full stop.
enum HazardWords {
  // MARK: Buckets

  static func starved(_ member: NexthopGroup.Member, _ buckets: UInt16) -> String {
    "nexthop \(member.id) of weight \(member.weight) gets none of \(buckets) buckets"
  }

  /// nil where no member has more than 10 % above its weight.
  static func shareError(_ estimate: BucketEstimate, _ buckets: UInt16) -> String? {
    guard estimate.starved.isEmpty, estimate.oversubscription > 1.1 else { return nil }
    let tenths = Int(((estimate.oversubscription - 1) * 1000).rounded())
    return "\(buckets) buckets give a member \(tenths / 10).\(tenths % 10)% more than its weight says"
  }

  /// Whether members that return get nothing while the buckets are in use.
  static func hasBusyBuckets(_ group: NexthopGroup) -> Bool {
    guard let parameters = group.resilient else { return false }
    return parameters.unbalancedTimer == 0 && parameters.idleTimer > 0 && group.members.count > 1
  }

  static func busyBuckets(_ parameters: ResilientParameters) -> String {
    "the unbalanced timer is off: a member that returns gets only buckets that were idle for "
      + "\(parameters.idleTimer / 100) s, and none under steady traffic"
  }

  // MARK: Nexthops

  static let finalLoss = "one that loses its carrier is gone for good"

  static let neighbourIgnored = "a resilient group sends to a neighbour that has failed as long as it is a member"

  static func foreignMembers(_ owner: RouteOwner) -> String {
    "\(owner.name) made nexthops that are members, and may take them away"
  }

  static let boundTraffic =
    "traffic of this machine itself that is bound to the address of a nexthop's interface keeps to that "
    + "interface with legs, and is spread by the hash with a group"

  static let boundTrafficRemedy = "bind such sockets to the interface, or give them a rule and a table"

  // MARK: Programs

  static func name(_ manager: RouteManager) -> String { "\(manager.kind.rawValue) (process \(manager.processID))" }

  static func removesNexthops(_ manager: RouteManager) -> String {
    "\(name(manager)) removes nexthop objects of others when it starts or reloads"
  }

  static let keepNexthops = "set ManageForeignNextHops=no and ManageForeignRoutes=no in networkd.conf"
}
