import FlowSources
import Forwarding
import KernelRouting
import Planning
import Routing
import TestSupport
import Testing
import Verification

/// One of N equal members leaves, as in RFC 2992: who moves, by the simulation and by the kernel.
@Suite struct LiveRemovalTests {
  private static let flowCount = 1500

  @Test(
    "The first, a middle or the last of N members leaves: the flows that move are those that were predicted",
    arguments: [2, 3, 5, 8, 16, 32, 64])
  func removal(members count: Int) throws {
    try withNetworkNamespace {
      try run(ChangeLab(family: .ipv4, kind: .legacy, members: [.init(link: 1, weight: 1)]).script)
      let all = Array(101...100 + count)
      func nexthop(_ id: Int) -> String {
        "nexthop replace id \(id) via 10.0.\(1 + id % 4).\(10 + (id - 101) / 4) dev o\(1 + id % 4)"
      }
      func group(_ id: Int, _ members: [Int]) -> String {
        "nexthop replace id \(id) group " + members.map(String.init).joined(separator: "/")
      }
      let lines =
        all.map(nexthop) + [
          group(70, all), group(71, all) + " type resilient buckets 512 idle_timer 600",
          "route add 203.0.113.0/24 nhid 70", "route add 192.0.2.0/24 nhid 71",
        ]
      try run("ip -batch - <<END\n\(lines.joined(separator: "\n"))\nEND")
      var kernel = try Kernel()
      _ = try SimulationLab.settle(&kernel)
      for leaver in Set([all[0], all[count / 2], all[count - 1]]) {
        try compare(leaver: leaver, of: count, &kernel)
        // Back as it was: a new resilient group, whose buckets are spread as at first.
        let again = [
          nexthop(leaver), group(70, all), "route del 192.0.2.0/24", "nexthop del id 71",
          group(71, all) + " type resilient buckets 512 idle_timer 600", "route add 192.0.2.0/24 nhid 71",
        ]
        try run("ip -batch - <<END\n\(again.joined(separator: "\n"))\nEND")
      }
    }
  }

  private func compare(leaver: Int, of count: Int, _ kernel: inout Kernel) throws {
    let state = try kernel.readState()
    let ingress = try #require(state.links.first { $0.name == "o5" }).index
    let flows = try ["203.0.113.0/24", "192.0.2.0/24"].map { prefix in
      Array(
        RandomFlows(
          seed: UInt64(leaver), count: Self.flowCount, to: try Prefix(parsing: prefix),
          from: try Prefix(parsing: "10.0.5.128/26"), inputInterface: ingress))
    }
    let before = try flows.map { try Self.ways($0, &kernel) }
    var simulation = Simulation(try kernel.readState())
    let command = "nexthop del id \(leaver)"
    try simulation.apply(try CommandParser().change(command))
    try run("ip \(command)")
    let after = try flows.map { try Self.ways($0, &kernel) }
    let table = ForwardingTable(simulation.state)
    for kind in 0...1 {
      let predicted = flows[kind].map { table.decide($0, for: .query).nexthop.map(Self.way) ?? "" }
      #expect(predicted == after[kind], "\(leaver) of \(count), \(kind == 0 ? "threshold" : "resilient")")
    }
    let gone = try #require(Self.way(of: leaver, state))
    let collateral = zip(before[1], after[1]).count { $0 != $1 && $0 != gone }
    #expect(collateral == 0, "\(leaver) of \(count): a resilient group moves the flows of the leaver alone")
    let moved = zip(before[0], after[0]).count { $0 != $1 }
    let position = leaver - 101
    let expected = Self.disruption(count, position)
    // Three standard deviations.
    let tolerance = 3 * (expected * (1 - expected) / Double(Self.flowCount)).squareRoot() + 0.001
    #expect(abs(Double(moved) / Double(Self.flowCount) - expected) < tolerance, "\(leaver) of \(count): \(moved) moved")
  }

  /// The part that moves when member `k` (from 0) of `n` equal ones leaves (RFC 2992, section 2.2, and its sum).
  private static func disruption(_ n: Int, _ k: Int) -> Double {
    let stays = (0..<k).reduce(0) { $0 + n - 1 - $1 } + (k + 1..<n).reduce(0) { $0 + $1 }
    return 1 - Double(stays) / Double(n * (n - 1))
  }

  private static func ways(_ flows: [Flow], _ kernel: inout Kernel) throws -> [String] {
    try kernel.lookup(flows.compactMap(RouteQuery.init(asking:))).map { answer in
      "\(answer.leg?.gateway.map { "\($0)" } ?? "-") \(answer.leg?.interface ?? 0)"
    }
  }

  private static func way(_ choice: Decision.Choice) -> String {
    "\(choice.gateway.map { "\($0)" } ?? "-") \(choice.interface)"
  }

  private static func way(of id: Int, _ state: RoutingState) -> String? {
    guard let nexthop = state.nexthops?.first(where: { $0.id == UInt32(id) }) else { return nil }
    return "\(nexthop.gateway.map { "\($0)" } ?? "-") \(nexthop.interface ?? 0)"
  }
}
