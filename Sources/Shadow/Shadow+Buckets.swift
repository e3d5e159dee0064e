internal import KernelRouting
internal import Routing
internal import Scratch

extension Shadow {
  /// Brings the tables of the resilient groups to what the state has, and marks the buckets that are in use.
  mutating func shapeBuckets() throws(KernelError) {
    let groups = wanted.groups.filter { $0.kind == .resilient }
    guard !groups.isEmpty else { return }
    let tables = Dictionary(
      wanted.bucketTables.map { ($0.group, $0.buckets) }, uniquingKeysWith: { first, _ in first })
    let found = Dictionary(
      try inside.kernel.bucketTables().map { ($0.group, $0.buckets.map(\.nexthop)) },
      uniquingKeysWith: { first, _ in first })
    for group in groups {
      guard let table = tables[group.id], let parameters = group.resilient, let existing = found[group.id],
        table.count == existing.count
      else { continue }
      let goal = table.map { (member: $0.nexthop, isBusy: isBusy($0, parameters, group)) }
      if goal.map(\.member) == existing, !goal.contains(where: \.isBusy) { continue }
      if goal.map(\.member) == existing, goal.allSatisfy(\.isBusy) {
        try touchAll(group, count: goal.count)
      } else {
        try shape(group, goal)
      }
    }
  }

  private func isBusy(_ bucket: NexthopBucket, _ parameters: ResilientParameters, _ group: NexthopGroup) -> Bool {
    // A group of one is not hashed, and no route uses FDB entries.
    guard group.members.count > 1, !group.isFDB, parameters.idleTimer > 0 else { return false }
    switch buckets {
    case .byIdleTime: return bucket.idleTime < UInt64(parameters.idleTimer)
    case .allIdle: return false
    case .allBusy: return true
    }
  }

  private mutating func shape(
    _ group: NexthopGroup, _ goal: [(member: UInt32, isBusy: Bool)]
  ) throws(KernelError) {
    guard let model = (wanted.nexthops ?? []).first(where: { $0.id == group.members.first?.id }) else { return }
    let plan = BucketPlan(goal, firstID: unusedIDs(goal.count * 3 + 8))
    try perform(
      plan.standIns.map { id in
        var standIn = model
        standIn.id = id
        return (group.place, .add(.nexthop(standIn)))
      })
    try replace(group, plan.untilMarking)
    if goal.contains(where: \.isBusy) { try touchAll(group, count: goal.count) }
    try replace(group, plan.afterMarking)
    try perform([(group.place, .replace(.group(group)))])
    _ = try inside.kernel.perform(
      plan.standIns.map { .delete(.nexthop(Nexthop(id: $0, family: model.family, target: .blackhole))) })
  }

  /// Gives a group one list of members after the other. Whatever the timers are, nothing moves by itself meanwhile.
  private mutating func replace(_ group: NexthopGroup, _ lists: [[NexthopGroup.Member]]) throws(KernelError) {
    let (day, buckets): (UInt32, UInt16) = (86_400 * 100, group.resilient?.buckets ?? 0)
    try perform(
      lists.map { members in
        var step = group
        step.members = members
        step.resilient = ResilientParameters(buckets: buckets, idleTimer: day, unbalancedTimer: 0)
        return (group.place, .replace(.group(step)))
      })
  }

  /// Asks for so many flows over the group that no bucket is left out but once in a thousand million times.
  private mutating func touchAll(_ group: NexthopGroup, count: Int) throws(KernelError) {
    let destination = unusedDestination()
    let route = Route(destination: Prefix(host: destination), nexthops: .object(id: group.id, expansion: .none))
    try perform([(group.place, .add(.route(route)))])
    // Of n buckets, n (ln n + 21) flows leave one out with a chance of e^-21; log2 n is more than ln n.
    let doublings = Int.bitWidth - count.leadingZeroBitCount
    var left = count * (doublings * 7 / 10 + 22)
    var flow: UInt32 = 0
    while left > 0 {
      var queries: [RouteQuery] = []
      for _ in 0..<min(left, 4096) {
        flow += 1
        queries.append(
          RouteQuery(
            destination: destination, ipProtocol: 17, sourcePort: UInt16(1024 + flow % 60_000),
            destinationPort: UInt16(truncatingIfNeeded: 1 + flow / 60_000)))
      }
      _ = try inside.kernel.lookup(queries)
      left -= queries.count
    }
    _ = try inside.kernel.perform([.delete(.route(route))])
  }

  /// An address that nothing of the state is about.
  private func unusedDestination() -> IPAddress {
    let used = Set(wanted.routes.map(\.destination)).union(wanted.addresses.map { Prefix(host: $0.address) })
    let benchmarks: UInt32 = 198 << 24 | 18 << 16
    let offset = (0..<UInt32(1 << 17)).first { !used.contains(Prefix(host: IPAddress(ipv4: benchmarks | $0))) }
    return IPAddress(ipv4: benchmarks | (offset ?? 0))
  }

  /// The first of so many ids that neither nexthops nor groups have.
  private func unusedIDs(_ count: Int) -> UInt32 {
    let used = ((wanted.nexthops ?? []).map(\.id) + wanted.groups.map(\.id)).sorted()
    var first: UInt32 = 1
    for id in used {
      if Int(id) - Int(first) >= count { return first }
      if id < .max { first = max(first, id + 1) }
    }
    return first
  }
}
