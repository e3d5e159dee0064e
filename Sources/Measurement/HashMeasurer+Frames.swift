import Forwarding
import KernelRouting
import MultipathHash
import Netlink
import Routing
import Scratch

extension HashMeasurer {
  /// Measures by packets what no query hashes.
  mutating func measureByPackets(
    _ questions: [HashQuestion], _ answers: inout [MeasuredHash?]
  ) throws(KernelError) {
    var bySetting: [HashSetting: [(index: Int, packet: [UInt8])]] = [:]
    for (index, question) in questions.enumerated() where answers[index] == nil {
      guard let plan = PacketPlan(question), bench.families.contains(plan.setting.family) else { continue }
      bySetting[plan.setting, default: []].append((index, plan.packet))
    }
    guard !bySetting.isEmpty else { return }
    var frames = try takeFrameBench()
    for (setting, plans) in bySetting {
      guard try apply(setting) else { continue }
      let packets = plans.map(\.packet)
      let found: [MeasuredHash?]
      if case .remainders(let buckets) = method {
        found = try Self.remainders(packets, buckets, &frames)
      } else {
        found = try ranges(packets, weights: plans.map { questions[$0.index].weights }, &frames)
      }
      for (plan, hash) in zip(plans, found) { answers[plan.index] = hash }
    }
    frameBench = consume frames
  }

  private mutating func takeFrameBench() throws(KernelError) -> FrameBench {
    if let ready = frameBench.take() { return ready }
    try addNeighbours(0..<nexthopCount)
    return try FrameBench(scratch)
  }

  /// Gives gateways link-layer addresses, so that no packet waits for a resolution.
  mutating func addNeighbours(_ members: Range<Int>) throws(KernelError) {
    for member in members {
      try scratch.kernel.add(
        .neighbour(
          Neighbour(
            address: bench.gateway(member), interface: MeasuringBench.egress, state: .permanent,
            linkLayerAddress: FrameBench.linkLayerAddress(member))), replacing: true)
    }
  }

  private static func remainders(
    _ packets: [[UInt8]], _ buckets: [[UInt32]], _ frames: inout FrameBench
  ) throws(KernelError) -> [MeasuredHash?] {
    var remainders = [[UInt32]](repeating: [], count: packets.count)
    for (table, buckets) in buckets.enumerated() {
      for (index, member) in try frames.send(packets, table: table).enumerated() {
        if let member, member < buckets.count { remainders[index].append(buckets[member]) }
      }
    }
    return remainders.map { Remainders.number($0).map { MeasuredHash($0) } }
  }

  /// One division of the hash after the other: each has the first interface for itself while its packets come in.
  private mutating func ranges(
    _ packets: [[UInt8]], weights: [[UInt32?]?], _ frames: inout FrameBench
  ) throws(KernelError) -> [MeasuredHash?] {
    var answers = [MeasuredHash?](repeating: nil, count: packets.count)
    var byWeights: [[UInt32]: [Int]] = [:]
    for index in packets.indices {
      let eligible = weights[index]?.compactMap { $0 } ?? []
      if eligible.count == 1 { answers[index] = MeasuredHash(within: 0...0x7fff_ffff) }
      if eligible.count > 1 { byWeights[eligible, default: []].append(index) }
    }
    for (eligible, indices) in byWeights {
      guard let group = try group(eligible) else { continue }
      try addNeighbours(0..<eligible.count)
      let rules = bench.families.map { bench.arrivalRule(table: group, ingress: MeasuringBench.ingressName(0), $0) }
      for rule in rules { try scratch.kernel.add(.rule(rule)) }
      let members = try frames.send(indices.map { packets[$0] }, table: 0)
      for rule in rules { try scratch.kernel.delete(.rule(rule)) }
      for (index, member) in zip(indices, members) {
        answers[index] = member.flatMap { Self.range(of: $0, weights: eligible) }
      }
    }
    return answers
  }
}
