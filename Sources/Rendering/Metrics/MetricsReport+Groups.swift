import Routing

extension MetricsReport {
  static func groups(
    _ index: StateIndex, _ routes: RouteCounts, _ chosen: [AddressFamily]
  ) -> [MetricFamily] {
    var information = MetricFamily("ecmpctl_group", .info, "Nexthop groups, by id.")
    var members = MetricFamily("ecmpctl_group_members", "Members of the group.")
    var users = MetricFamily("ecmpctl_group_routes", "Routes that use the group.")
    for group in index.state.groups {
      let id = "\(group.id)"
      let report = GroupReport(group, users: [], in: index)
      information.add(["group": id, "type": report.typeName, "protocol": report.protocol], 1)
      members.add(["group": id], group.members.count)
      for family in chosen {
        users.add(["group": id, "family": family.rawValue], routes.users(of: group.id, family))
      }
    }
    return [information, members, users]
  }

  /// The parameters of resilient groups, and the state of their tables.
  static func resilient(_ index: StateIndex) -> [MetricFamily] {
    var buckets = MetricFamily("ecmpctl_group_buckets", "Buckets of the resilient group.")
    var busy = MetricFamily("ecmpctl_group_busy_buckets", "Buckets that were used within the idle timer.")
    var idle = MetricFamily("ecmpctl_group_idle_buckets", "Buckets that were not used within the idle timer.")
    var idleTimer = MetricFamily(
      "ecmpctl_group_idle_timer", unit: .seconds, "How long a bucket must be unused before it may move.")
    var unbalancedTimer = MetricFamily(
      "ecmpctl_group_unbalanced_timer", unit: .seconds,
      "How long the table may be unbalanced before busy buckets move; 0 is for ever.")
    var unbalanced = MetricFamily(
      "ecmpctl_group_unbalanced", unit: .seconds, "How long the table has been unbalanced; 0 when it is balanced.")
    for group in index.state.groups {
      guard let parameters = group.resilient else { continue }
      let id = "\(group.id)"
      buckets.add(["group": id], Int(parameters.buckets))
      if let counts = GroupReport(group, users: [], in: index).bucketCounts {
        busy.add(["group": id], counts.all - counts.idle)
        idle.add(["group": id], counts.idle)
      }
      idleTimer.add(["group": id], hundredths: UInt64(parameters.idleTimer))
      unbalancedTimer.add(["group": id], hundredths: UInt64(parameters.unbalancedTimer))
      unbalanced.add(["group": id], hundredths: parameters.unbalancedTime)
    }
    return [buckets, busy, idle, idleTimer, unbalancedTimer, unbalanced]
  }

  static func members(_ index: StateIndex) -> [MetricFamily] {
    var weight = MetricFamily("ecmpctl_member_weight", "The weight of the member.")
    var ideal = MetricFamily(
      "ecmpctl_member_ideal_share", unit: .ratio, "The part of all flows that the weights ask for.")
    var share = MetricFamily(
      "ecmpctl_member_share", unit: .ratio, "The part of all hashes that the upper bounds or the buckets give it now.")
    var buckets = MetricFamily("ecmpctl_member_buckets", "Buckets that lead to the member.")
    var wanted = MetricFamily("ecmpctl_member_wanted_buckets", "Buckets that its weight asks for.")
    var busy = MetricFamily("ecmpctl_member_busy_buckets", "Its buckets that were used within the idle timer.")
    var idle = MetricFamily("ecmpctl_member_idle_buckets", "Its buckets that were not used within the idle timer.")
    var packets = MetricFamily(
      "ecmpctl_member_packets", .counter,
      "Packets and lookups that the group has sent here since it was made or replaced, in software and hardware.")
    var hardware = MetricFamily("ecmpctl_member_hardware_packets", .counter, "Those of them that hardware has counted.")
    for group in index.state.groups {
      let statistics = Dictionary(group.statistics.map { ($0.id, $0) }) { first, _ in first }
      for (place, report) in MultipathReport(group: group, in: index).members.enumerated() {
        let id = group.members[place].id
        let labels: KeyValuePairs = ["group": "\(group.id)", "nexthop": "\(id)"]
        weight.add(labels, Int(group.members[place].weight))
        ideal.add(labels, .real(report.idealShare))
        if let actual = report.share { share.add(labels, .real(actual)) }
        if let counts = report.buckets {
          buckets.add(labels, counts.count)
          wanted.add(labels, counts.wanted)
          busy.add(labels, counts.count - counts.idle)
          idle.add(labels, counts.idle)
        }
        guard let counted = statistics[id] else { continue }
        packets.add(labels, .whole(counted.packets))
        if let number = counted.hardwarePackets { hardware.add(labels, .whole(number)) }
      }
    }
    return [weight, ideal, share, buckets, wanted, busy, idle, packets, hardware]
  }

  /// The words for a neighbour; a state that has none of them is none of these.
  private static let neighbourStates = [
    "absent", "none", "incomplete", "reachable", "stale", "delay", "probe", "failed", "noarp", "permanent",
  ]

  /// The nexthop objects that are members of groups, each once however many groups it is in.
  static func nexthops(_ index: StateIndex) -> [MetricFamily] {
    var information = MetricFamily("ecmpctl_nexthop", .info, "Nexthop objects that are members of groups, by id.")
    var isAlive = MetricFamily(
      "ecmpctl_nexthop_alive", "Whether its link is up with carrier, and its neighbour is not known to be invalid.")
    var isUp = MetricFamily("ecmpctl_nexthop_link_up", "Whether its interface is up.")
    var hasCarrier = MetricFamily("ecmpctl_nexthop_link_carrier", "Whether its interface has carrier.")
    var isValid = MetricFamily(
      "ecmpctl_nexthop_neighbour_valid", "Whether there is a neighbour entry for its gateway that can be used.")
    var neighbour = MetricFamily(
      "ecmpctl_nexthop_neighbour_state", .stateset, "The state of the neighbour entry of its gateway.")
    var seen: Set<UInt32> = []
    for member in index.state.groups.flatMap(\.members) where seen.insert(member.id).inserted {
      let report = NexthopReport(object: member.id, in: index)
      guard index.nexthop(member.id) != nil else { continue }
      let labels: KeyValuePairs = ["nexthop": "\(member.id)"]
      information.add(
        [
          "nexthop": "\(member.id)", "gateway": report.gateway?.description ?? "", "device": report.interface ?? "",
          "kind": report.isBlackhole ? "blackhole" : report.isFDB ? "fdb" : "device",
        ], 1)
      guard report.interface != nil else { continue }
      if let up = report.isUp { isUp.add(labels, up) }
      if let carrier = report.hasCarrier { hasCarrier.add(labels, carrier) }
      isAlive.add(
        labels, report.isUp == true && report.hasCarrier == true && !report.hasInvalidNeighbour)
      guard report.gateway != nil else { continue }
      isValid.add(labels, report.neighbour?.isValid ?? false)
      neighbour.add(
        labels, states: neighbourStates, current: report.neighbour.map { $0.name.lowercased() } ?? "absent")
    }
    return [information, isAlive, isUp, hasCarrier, isValid, neighbour]
  }
}

extension MetricFamily {
  fileprivate mutating func add(_ labels: KeyValuePairs<String, String>, hundredths: UInt64) {
    add(labels, .real(Double(hundredths) / 100))
  }
}
