import Forwarding
import KernelRouting
import Netlink
import Routing
import Scratch

extension HashMeasurer {
  /// Adds the three groups with their tables and rules, and reads their bucket tables: `[group][member]` is a bucket.
  ///
  /// - Returns: nil on a kernel without resilient groups.
  static func addResilientGroups(
    _ bench: MeasuringBench, _ kernel: inout Kernel
  ) throws(KernelError) -> [[UInt32]]? {
    var buckets: [[UInt32]] = []
    for (index, modulus) in Remainders.moduli.enumerated() {
      let group = UInt32(index + 1)
      do throws(KernelError) {
        try kernel.add(
          .group(
            NexthopGroup(
              id: group, kind: .resilient,
              members: (0..<Int(modulus)).map { NexthopGroup.Member(id: MeasuringBench.id($0)) },
              resilient: ResilientParameters(buckets: UInt16(modulus), idleTimer: 12_000, unbalancedTimer: 0))))
      } catch {
        guard index == 0, error.errno == .invalid || error.errno == .notSupported else { throw error }
        return nil
      }
      try bench.addTable(group, ingress: MeasuringBench.ingressName(index), &kernel)
      buckets.append(Self.bucketOfMember(try kernel.buckets(of: group), count: Int(modulus)))
    }
    return buckets
  }

  /// With as many buckets as members of weight 1 every member has exactly one.
  private static func bucketOfMember(_ table: [NexthopBucket], count: Int) -> [UInt32] {
    var buckets = [UInt32](repeating: .max, count: count)
    let first = MeasuringBench.id(0)
    for (index, bucket) in table.enumerated() where bucket.nexthop >= first {
      let member = Int(bucket.nexthop - first)
      if member < count { buckets[member] = UInt32(index) }
    }
    return buckets
  }

  mutating func askRemainders(
    _ plans: [QueryPlan], _ buckets: [[UInt32]]
  ) throws(KernelError) -> [MeasuredHash?] {
    var remainders = [[UInt32]](repeating: [], count: plans.count)
    for (table, buckets) in buckets.enumerated() {
      let queries = plans.map { $0.query(mark: UInt32(table + 1), ingress: MeasuringBench.ingress[table]) }
      for (index, answer) in try scratch.kernel.lookup(queries).enumerated() {
        guard let member = bench.member(answer.leg), member < buckets.count else { continue }
        remainders[index].append(buckets[member])
      }
    }
    return remainders.map { Remainders.number($0).map { MeasuredHash($0) } }
  }
}
