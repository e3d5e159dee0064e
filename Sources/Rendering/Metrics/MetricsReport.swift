import MultipathHash
package import Planning
package import Routing

/// What a monitoring system wants to know of a routing state, as metrics.
///
/// There are some for each group, member and nexthop object of a group; of routes there are numbers alone, so that the
/// metrics do not grow with the tables.
package struct MetricsReport: Sendable {
  /// The program that tells.
  package struct Program: Hashable, Sendable {
    package var version: String
    package var libnl: String

    package init(version: String, libnl: String) {
      self.version = version
      self.libnl = libnl
    }
  }

  /// What transactions and the guard have written down of this network namespace.
  package struct Keeping: Hashable, Sendable {
    /// The groups to be kept.
    package var groups: [KeptGroup]
    /// By group: the members that the guard has taken out.
    package var out: [UInt32: Set<UInt32>]
    package var isTransactionOpen: Bool

    package init(groups: [KeptGroup], out: [UInt32: Set<UInt32>], isTransactionOpen: Bool) {
      self.groups = groups
      self.out = out
      self.isTransactionOpen = isTransactionOpen
    }
  }

  /// In the order in which they are told; some have no samples.
  package let families: [MetricFamily]

  /// - Parameters:
  ///   - index: the state, of which the routes are not looked at.
  ///   - routes: its routes, counted to their end.
  ///   - family: that whose settings and routes are told; nil for both.
  ///   - bootSeed: the recovered boot seed of the kernel. It is not told, only that it is known.
  ///   - keeping: nil where it can not be read.
  package init(
    _ index: StateIndex, routes: RouteCounts, family: AddressFamily? = nil, bootSeed: UInt32? = nil, program: Program,
    keeping: Keeping? = nil
  ) {
    let chosen = AddressFamily.allCases.filter { family == nil || $0 == family }
    families =
      Self.about(program, index.state.kernel) + Self.policy(index.state, chosen, bootSeed: bootSeed)
      + Self.routes(routes, chosen)
      + Self.groups(index, routes, chosen) + Self.resilient(index) + Self.members(index) + Self.nexthops(index)
      + (keeping.map { Self.keeping($0, index) } ?? [])
  }

  private static func about(_ program: Program, _ kernel: KernelIdentity) -> [MetricFamily] {
    var build = MetricFamily("ecmpctl_build", .info, "The program that told these metrics.")
    build.add(["version": program.version, "libnl": program.libnl], 1)
    var system = MetricFamily("ecmpctl_kernel", .info, "The kernel that the state is of.")
    system.add(["release": kernel.release, "machine": kernel.machine], 1)
    return [build, system]
  }

  private static func policy(
    _ state: RoutingState, _ chosen: [AddressFamily], bootSeed: UInt32?
  ) -> [MetricFamily] {
    var policy = MetricFamily(
      "ecmpctl_hash_policy", "fib_multipath_hash_policy: 0 layer 3, 1 layer 4, 2 inner layer 3, 3 custom fields.")
    var fields = MetricFamily("ecmpctl_hash_fields", .info, "The fields that the policy hashes.")
    var isKnown = MetricFamily(
      "ecmpctl_hash_key_known", "Whether the key of the hash is known, so that predictions can be exact.")
    var key = MetricFamily(
      "ecmpctl_hash_key", .info, "Where the key comes from: sysctl, recovered, boot (not known), or none to set.")
    for report in PolicyReport.all(in: state, family: chosen.count == 1 ? chosen[0] : nil, bootSeed: bootSeed) {
      policy.add(["family": report.family.rawValue], Int(report.number))
      fields.add(["family": report.family.rawValue, "fields": report.fields.names.joined(separator: " ")], 1)
      isKnown.add(["family": report.family.rawValue], report.key.source.isKnown)
      key.add(["family": report.family.rawValue, "source": report.key.source.name], 1)
    }
    return [policy, fields, isKnown, key]
  }

  private static func routes(_ counts: RouteCounts, _ chosen: [AddressFamily]) -> [MetricFamily] {
    var all = MetricFamily("ecmpctl_routes", "Routes in all tables.")
    var multipath = MetricFamily(
      "ecmpctl_multipath_routes", "Routes with legs of their own (legacy) or over a group, by what decides.")
    var impaired = MetricFamily(
      "ecmpctl_multipath_impaired_routes", "Legacy multipath routes with a leg that is dead or without carrier.")
    var legs = MetricFamily("ecmpctl_multipath_legs", "Legs of legacy multipath routes.")
    var dead = MetricFamily("ecmpctl_multipath_dead_legs", "Those of them that the kernel marks dead.")
    var linkdown = MetricFamily("ecmpctl_multipath_linkdown_legs", "Those of them that have no carrier.")
    for family in chosen {
      let found = counts[family]
      all.add(["family": family.rawValue], found.total)
      for way in RouteCounts.Way.allCases where way != .single {
        multipath.add(["family": family.rawValue, "kind": way.rawValue], found.routes[way] ?? 0)
      }
      impaired.add(["family": family.rawValue], found.impaired)
      legs.add(["family": family.rawValue], found.legs.all)
      dead.add(["family": family.rawValue], found.legs.dead)
      linkdown.add(["family": family.rawValue], found.legs.linkdown)
    }
    var isConsistent = MetricFamily(
      "ecmpctl_routes_consistent",
      "Whether no IPv6 route came or went while they were counted, so that each counts once.")
    isConsistent.add([:], counts.isConsistent)
    return [all, multipath, impaired, legs, dead, linkdown, isConsistent]
  }

  private static func keeping(_ keeping: Keeping, _ index: StateIndex) -> [MetricFamily] {
    var count = MetricFamily("ecmpctl_guard_groups", "Groups that transactions have made, and that the guard keeps.")
    count.add([:], keeping.groups.count)
    var missing = MetricFamily(
      "ecmpctl_guard_missing_members", "Members that a kept group was made with and does not have now.")
    var out = MetricFamily(
      "ecmpctl_guard_out_members", "Those of them that the guard has taken out because of their neighbour.")
    for kept in keeping.groups {
      let now = Set(index.group(kept.group.id)?.members.map(\.id) ?? [])
      // The members of one that follows a daemon are those of the daemon's route.
      if kept.following == nil {
        missing.add(["group": "\(kept.group.id)"], kept.group.members.count { !now.contains($0.id) })
      }
      out.add(["group": "\(kept.group.id)"], (keeping.out[kept.group.id] ?? []).count { !now.contains($0) })
    }
    var isOpen = MetricFamily(
      "ecmpctl_transaction_open", "Whether a transaction is under way, waits for confirmation, or was left half-done.")
    isOpen.add([:], keeping.isTransactionOpen)
    return [count, missing, out, isOpen]
  }
}

extension PolicyReport.Key {
  fileprivate var source: (name: String, isKnown: Bool) {
    switch self {
    case .seed: ("sysctl", true)
    case .recovered: ("recovered", true)
    case .boot: ("boot", false)
    case .noSysctl: ("none", false)
    }
  }
}
