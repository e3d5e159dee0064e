import Forwarding
import KernelRouting
import Routing
import TestSupport
import Testing
import Verification

/// IPv6 routes that the kernel has and does not tell.
@Suite("What the dump of IPv6 routes hides is no exact prediction")
struct LiveHiddenRouteTests {
  /// Commands after which the kernel goes another way to 2001:db8:9::/64 than its dump tells.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var commands: String
    /// Whether the way changes on every release.
    var isSeen = true
  }

  private static let cases: [Case] = [
    Case(
      testDescription: "a better route between legs",
      commands: """
        ip -6 route add $to via fd00:1::2
        ip -6 route append $to dev o3 pref high
        ip -6 route append $to via fd00:2::2
        """),
    Case(
      testDescription: "a better route over an object between legs",
      commands: """
        ip -6 nexthop add id 1 via fd00:3::2 dev o3
        ip -6 route add $to via fd00:1::2
        ip -6 route append $to nhid 1 pref high
        ip -6 route append $to via fd00:2::2
        """),
    Case(
      testDescription: "a blackhole object between legs",
      commands: """
        ip -6 nexthop add id 1 blackhole
        ip -6 route add $to via fd00:1::2
        ip -6 route append $to nhid 1
        ip -6 route append $to via fd00:2::2
        """),
    Case(
      testDescription: "a better route beside a route that was replaced",
      commands: """
        ip -6 route add $to nexthop via fd00:1::2 nexthop via fd00:2::2
        ip -6 route append $to dev o3 pref high
        ip -6 route replace $to nexthop via fd00:2::2 nexthop via fd00:1::2
        """),
    Case(
      testDescription: "a leg that is better than the route before it",
      commands: """
        ip -6 route add $to dev o3
        ip -6 route append $to via fd00:1::2 pref low
        ip -6 route append $to via fd00:2::2 pref high
        """),
    Case(
      testDescription: "a better leg alone changes nothing where the hash chooses among all",
      commands: """
        ip -6 route add $to via fd00:1::2
        ip -6 route append $to via fd00:2::2 pref high
        """, isSeen: false),
  ]

  private static func router(_ commands: String) -> String {
    LookupLab.interfaces + """

      sysctl -qw net.ipv6.fib_multipath_hash_policy=1 net.ipv4.fib_multipath_hash_seed=77
      for table in main 100; do
        ip -6 route add 2001:db8:1::/64 table $table nexthop via fd00:1::2 nexthop via fd00:2::2
        ip -6 route add 2001:db8:2::/64 table $table nexthop via fd00:1::2 nexthop via fd00:2::2
        ip -6 route append 2001:db8:2::/64 dev o3 table $table
      done
      to=2001:db8:9::/64

      """ + commands
  }

  private static func flows(_ number: Int, _ table: ForwardingTable) -> [Flow] {
    (1...40).map { port in
      Flow(
        source: address("fd00:f::100"), destination: address("2001:db8:\(number)::\(port)"), ipProtocol: 17,
        sourcePort: UInt16(4000 + port), destinationPort: 53, inputInterface: table.interfaceIndex("in0") ?? 0,
        origin: .forwarded, layer4Hash: .absent)
    }
  }

  /// Asks the kernel about flows to one destination.
  private static func verified(
    _ number: Int, _ table: ForwardingTable, _ kernel: inout Kernel
  ) throws -> Verification {
    var verification = Verification(table)
    for flow in flows(number, table) { try verification.add(flow, kernel: &kernel) }
    try verification.flush(kernel: &kernel)
    return verification
  }

  /// Whether every flow to one destination has the caveat, and no other.
  private static func areDoubtful(_ number: Int, _ table: ForwardingTable) -> Bool {
    flows(number, table).allSatisfy {
      table.decide($0).caveats == .hiddenRoute && table.decide($0, for: .query).caveats == .hiddenRoute
    }
  }

  @Test("Flows to it are uncertain, and no others", arguments: cases)
  func uncertain(item: Case) throws {
    try withNetworkNamespace {
      try run(Self.router(item.commands))
      var kernel = try Kernel()
      var state = try kernel.readState()
      let place = HiddenRoutes.Place(destination: try Prefix(parsing: "2001:db8:9::/64"), metric: 1024)
      #expect(state.hiddenRoutes == HiddenRoutes(places: [place]))
      let table = ForwardingTable(state)
      #expect(Self.areDoubtful(9, table))
      #expect(try Self.verified(9, table, &kernel).mismatchCount == 0)
      for number in [1, 2] {
        let exact = try Self.verified(number, table, &kernel)
        #expect(exact.uncertain == 0 && exact.mismatchCount == 0 && exact.hashed > 30, "\(number)")
      }
      var batch = BatchDecider(table)
      var decisions = DecisionBatch()
      let flows = Self.flows(9, table) + Self.flows(1, table)
      batch.decide(flows, into: &decisions)
      for (place, flow) in flows.enumerated() {
        #expect(batch.decision(place, of: decisions).caveats == table.decide(flow).caveats)
      }
      // They are wrong by what was told.
      state.hiddenRoutes = HiddenRoutes()
      let told = try Self.verified(9, ForwardingTable(state), &kernel)
      #expect(
        told.uncertain == 0
          && (told.mismatchCount > 0) == (item.isSeen || state.behaviour.startsAtFirstSibling == false))
    }
  }

  @Test("Of more routes than are listed the number tells, and then all legs are in doubt")
  func many() throws {
    try withNetworkNamespace {
      try run(
        Self.router(
          """
          for i in $(seq \(HiddenRoutes.mostListed)); do
            echo "route add 2001:db8:a:$(printf %x $i)::/64 via fd00:4::2"
          done | ip -6 -batch -
          """))
      var kernel = try Kernel()
      #expect(try kernel.readState().hiddenRoutes.isEmpty)
      try run("to=2001:db8:9::/64\n" + Self.cases[0].commands)
      let table = ForwardingTable(try kernel.readState())
      #expect(table.state.hiddenRoutes == .anywhere)
      for number in [1, 2, 9] { #expect(Self.areDoubtful(number, table), "\(number)") }
      try run("ip -6 route del 2001:db8:9::/64 dev o3")
      #expect(try kernel.readState().hiddenRoutes.isEmpty)
    }
  }
}
