import FlowSources
import Forwarding
import KernelRouting
import Planning
import Rendering
import Routing
import TestSupport
import Testing
import Verification

/// Every flow before and after a change: what was predicted from the commands, and what the kernel says once they are run.
@Suite struct LiveChangeTests {
  private static let flowsOfEach = 360

  struct Count {
    var flows = 0
    var moved = 0
  }

  @Test(
    "Flow by flow, a change moves what it was predicted to move",
    arguments: [AddressFamily.ipv4, .ipv6], ChangeLab.Kind.allCases)
  func flows(family: AddressFamily, kind: ChangeLab.Kind) throws {
    var generator = SeededGenerator(seed: 7)
    var count = Count()
    for change in ChangeKind.all {
      let weights = (0..<3).map { _ in Int.random(in: 1...6, using: &generator) }
      let lab = ChangeLab(
        family: family, kind: kind, members: (1...3).map { .init(link: $0, weight: weights[$0 - 1]) })
      try compare(lab, change, seed: generator.next(), &count)
    }
    #expect(ChangeKind.all.count >= 40)
    #expect(count.flows == ChangeKind.all.count * Self.flowsOfEach)
    #expect(count.moved > count.flows / 5)
  }

  private func compare(_ lab: ChangeLab, _ change: ChangeKind, seed: UInt64, _ count: inout Count) throws {
    let title = "\(lab), \(change.name)"
    let parser = CommandParser(names: .installed)
    try withNetworkNamespace {
      try run(lab.script)
      var kernel = try Kernel()
      let start = try SimulationLab.settle(&kernel)
      let flows = try Self.flows(lab, start, seed: seed)
      let before = try Self.ask(flows, &kernel)
      // After the questions every bucket has been used.
      let state = try kernel.readState()
      var simulation = Simulation(state)
      let commands = change.commands(lab)
      for command in commands { try simulation.apply(try parser.change(command)) }
      for command in commands {
        try run(command.hasPrefix("sysctl") ? command : "ip \(command)")
        // A carrier that is back before the kernel has looked was never gone.
        if command.hasPrefix("link") { _ = try SimulationLab.settle(&kernel) }
      }
      let settled = try SimulationLab.settle(&kernel)
      if simulation.doubts.isEmpty || simulation.doubts.allSatisfy({ $0.code == "bucket-activity" }) {
        #expect(ComparableState.differences(simulation.state, settled) == [], "\(title)")
      } else {
        Issue.record("\(title): \(simulation.doubts)")
      }
      let after = try Self.ask(flows, &kernel)
      let differences =
        Self.differences(ForwardingTable(state), flows, before)
        + Self.differences(ForwardingTable(simulation.state), flows, after)
      #expect(differences.prefix(3) == [], "\(title): \(differences.count) flows")
      count.flows += flows.count
      count.moved += zip(before, after).count {
        $0.leg?.interface != $1.leg?.interface || $0.leg?.gateway != $1.leg?.gateway
      }
    }
  }

  private static func flows(_ lab: ChangeLab, _ state: RoutingState, seed: UInt64) throws -> [Flow] {
    let ingress = try #require(state.links.first { $0.name == "o5" }).index
    return Array(
      RandomFlows(
        seed: seed, count: flowsOfEach, to: try Prefix(parsing: lab.destination),
        from: try Prefix(parsing: lab.sources),
        inputInterface: ingress))
  }

  private static func ask(_ flows: [Flow], _ kernel: inout Kernel) throws -> [RouteAnswer] {
    try kernel.lookup(flows.compactMap(RouteQuery.init(asking:)))
  }

  private static func differences(_ table: ForwardingTable, _ flows: [Flow], _ answers: [RouteAnswer]) -> [String] {
    zip(flows, answers).compactMap { flow, answer in
      switch Comparison(table.decide(flow, for: .query), answer, name: table.interfaceName) {
      case .equal: nil
      case .uncertain: "\(flow.destination): uncertain"
      case .different(let predicted, let kernel): "\(flow.destination): predicted \(predicted), kernel \(kernel)"
      }
    }
  }
}
