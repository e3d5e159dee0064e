import Forwarding
import KernelRouting
import MultipathHash
import Netlink
import Routing
import Scratch

extension HashMeasurer {
  /// The largest weight that kernels without resilient groups take.
  private static let largestWeight: UInt32 = 255
  /// Groups, which are tables and priorities too, start above the kernel's own tables (253 to 255), and stay below the
  /// nexthop objects and the last rules.
  private static let firstGroup: UInt32 = 1000
  private static let mostGroups = 8_000

  mutating func askRanges(
    _ plans: [QueryPlan], weights: [[UInt32?]?]
  ) throws(KernelError) -> [MeasuredHash?] {
    var answers = [MeasuredHash?](repeating: nil, count: plans.count)
    var asked: [(index: Int, weights: [UInt32])] = []
    var queries: [RouteQuery] = []
    for (index, plan) in plans.enumerated() {
      // Who takes no hash takes no place in the division either.
      let eligible = weights[index]?.compactMap { $0 } ?? []
      if eligible.count == 1 { answers[index] = MeasuredHash(within: 0...0x7fff_ffff) }
      guard eligible.count > 1, let mark = try group(eligible) else { continue }
      asked.append((index, eligible))
      queries.append(plan.query(mark: mark, ingress: MeasuringBench.ingress[0]))
    }
    for (question, answer) in zip(asked, try scratch.kernel.lookup(queries)) {
      answers[question.index] = bench.member(answer.leg).flatMap { Self.range(of: $0, weights: question.weights) }
    }
    return answers
  }

  /// The hashes that lead to a member of a group with these weights.
  static func range(of member: Int, weights: [UInt32]) -> MeasuredHash? {
    guard weights.indices.contains(member) else { return nil }
    let bounds = UpperBounds.bounds(weights: weights)
    let first = member == 0 ? 0 : Int64(bounds[member - 1]) + 1
    let last = Int64(bounds[member])
    return first <= last ? MeasuredHash(within: UInt32(first)...UInt32(last)) : nil
  }

  /// The group that divides the hash like this; made when it is first needed, nil where the kernel takes no such weights.
  mutating func group(_ weights: [UInt32]) throws(KernelError) -> UInt32? {
    guard case .ranges(var groups) = method else { return nil }
    if let known = groups[weights] { return known }
    guard weights.allSatisfy({ (1...Self.largestWeight).contains($0) }), groups.count < Self.mostGroups else {
      return nil
    }
    if weights.count > nexthopCount {
      try bench.addNexthops(nexthopCount..<weights.count, &scratch.kernel)
      nexthopCount = weights.count
    }
    let id = Self.firstGroup + UInt32(groups.count)
    try scratch.kernel.add(
      .group(
        NexthopGroup(
          id: id,
          members: weights.enumerated().map { NexthopGroup.Member(id: MeasuringBench.id($0), weight: $1) })))
    try bench.addTable(id, &scratch.kernel)
    groups[weights] = id
    method = .ranges(groups)
    return id
  }
}
