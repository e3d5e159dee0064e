import FlowSources
import Forwarding
import KernelRouting
import Routing
import TestSupport
import Testing
import Verification

/// The kernel's own lookup is the oracle: each test builds a router in a namespace and asks it.
@Suite("Predictions equal the kernel's lookup")
struct LiveLookupTests {
  private static let everything = [
    LookupLab.interfaces, LookupLab.legacyRoutes, LookupLab.objects, LookupLab.singleRoutes,
  ]

  /// Compares `count` random flows in the calling thread's namespace and expects no difference and no doubt.
  ///
  /// - Parameter doubts: what may make predictions uncertain nevertheless.
  private func expectAgreement(
    _ what: String, count: Int, seed: UInt64, hashed: Bool = true, doubts: Caveats = []
  ) throws {
    var kernel = try Kernel()
    let state = try kernel.readState()
    var verification = Verification(ForwardingTable(state))
    let routes = Array(
      Set(state.routes.filter { $0.type == .unicast && $0.destination.length > 0 }.map(\.destination))
        .filter { !$0.address.isLinkLocal && !$0.address.isMulticast }
    ).sorted()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<count {
      let prefix = try #require(routes.randomElement(using: &generator))
      let flows = StateFlows(state: state, prefix: prefix)
      let flow = try #require(flows.next(using: &generator))
      try verification.add(flow, kernel: &kernel)
    }
    try verification.flush(kernel: &kernel)
    for mismatch in verification.mismatches.prefix(5) {
      Issue.record("\(what), seed \(seed): \(mismatch.flow): \(mismatch.predicted) | kernel: \(mismatch.kernel)")
    }
    #expect(verification.mismatchCount == 0, "\(what), seed \(seed)")
    #expect(
      verification.caveats.isSubset(of: doubts), "\(what), seed \(seed): \(verification.caveats.list.map(\.code))")
    #expect(verification.uncertain == 0 || !verification.caveats.isEmpty, "\(what), seed \(seed)")
    #expect(verification.compared == count)
    if hashed { #expect(verification.hashed > count / 10, "\(what): the test must exercise the hash") }
  }

  @Test("every kind of route and group, every policy, two seeds", arguments: 0...3)
  func everyKindOfRoute(policy: Int) throws {
    try withNetworkNamespace {
      try run(Self.everything.joined(separator: "\n"))
      try LookupLab.addWideGroups()
      for seed in [1, 305_419_896] {
        try run(
          """
          sysctl -qw net.ipv4.fib_multipath_hash_policy=\(policy) net.ipv6.fib_multipath_hash_policy=\(policy)
          sysctl -qw net.ipv4.fib_multipath_hash_fields=0x37 net.ipv6.fib_multipath_hash_fields=0x3f
          sysctl -qw net.ipv4.fib_multipath_hash_seed=\(seed)
          """)
        try expectAgreement("policy \(policy)", count: 2500, seed: UInt64(policy * 10 + 1))
      }
    }
  }

  @Test(
    "custom fields, one by one and in mixtures", arguments: [0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x13, 0x2a, 0xfc0, 0xfff])
  func customFields(fields: Int) throws {
    try withNetworkNamespace {
      try run(LookupLab.interfaces + "\n" + LookupLab.objects)
      try run(
        """
        sysctl -qw net.ipv4.fib_multipath_hash_policy=3 net.ipv6.fib_multipath_hash_policy=3
        sysctl -qw net.ipv4.fib_multipath_hash_fields=\(fields) net.ipv6.fib_multipath_hash_fields=\(fields)
        sysctl -qw net.ipv4.fib_multipath_hash_seed=4294967295
        """)
      try expectAgreement("fields \(fields)", count: 500, seed: UInt64(fields))
    }
  }

  @Test("dead and carrier-less legs, with and without ignore_routes_with_linkdown", arguments: [0, 1])
  func deadAndLinkdownLegs(ignore: Int) throws {
    try withNetworkNamespace {
      try run(LookupLab.interfaces)
      try run(
        """
        for f in ipv4 ipv6; do for d in all default o1 o2 o3 o7 o8; do
          sysctl -qw net.$f.conf.$d.ignore_routes_with_linkdown=\(ignore); done; done
        """)
      try run(LookupLab.legacyRoutes + "\n" + LookupLab.singleRoutes)
      try run("sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1")
      try run("sysctl -qw net.ipv4.fib_multipath_hash_seed=77")
      // o7 is down, o8 and o2 have no carrier.
      try run("ip link set o7 down; ip link set p8 down; ip link set p2 down\n" + settledLinks)
      try expectAgreement("ignore \(ignore)", count: 2500, seed: UInt64(ignore), doubts: .staleBounds)
    }
  }

  @Test(
    "ignore_routes_with_linkdown written after the carrier is lost: nothing exact is wrong, until an event settles it",
    arguments: [AddressFamily.ipv4, .ipv6], [(0, 1), (1, 0)])
  func staleBounds(family: AddressFamily, values: (before: Int, after: Int)) throws {
    try withNetworkNamespace {
      try run(LookupLab.interfaces)
      func write(_ value: Int) throws {
        try run("for f in ipv4 ipv6; do sysctl -qw net.$f.conf.all.ignore_routes_with_linkdown=\(value); done")
      }
      try write(values.before)
      try run(
        """
        ip route add 198.51.100.0/24 nexthop via 10.1.1.2 nexthop via 10.1.2.2 weight 2 nexthop via 10.1.3.2
        ip -6 route add 2001:db8:1::/64 nexthop via fd00:1::2 nexthop via fd00:2::2 weight 2 nexthop via fd00:3::2
        sysctl -qw net.ipv4.fib_multipath_hash_seed=77
        ip link set p1 down
        \(settledLinks)
        """)
      let settled = try flowsApart(family)
      #expect(settled.exact == 0 && settled.uncertain == 0, "the settings of the event are those of now: \(settled)")
      try write(values.after)
      let stale = try flowsApart(family)
      #expect(stale.exact == 0, "what is exact has to be right: \(stale)")
      #expect(stale.uncertain > 100, "the kernel has to keep its bounds, or this shows nothing: \(stale)")
      // The group that the link has already.
      try run("ip link set o3 group default")
      let after = try flowsApart(family)
      #expect(after.exact == 0 && after.uncertain == 0, "an event of another leg's link settles it: \(after)")
    }
  }

  /// How many of 1000 flows the kernel sends elsewhere than predicted, of those that are called exact and of the others.
  private func flowsApart(_ family: AddressFamily) throws -> (exact: Int, uncertain: Int) {
    var kernel = try Kernel()
    let state = try kernel.readState()
    let table = ForwardingTable(state)
    let text = family == .ipv4 ? "198.51.100.0/24" : "2001:db8:1::/64"
    let prefix = try #require(state.routes.first { $0.destination.description == text }).destination
    let flows = StateFlows(state: state, prefix: prefix)
    var generator = SeededGenerator(seed: 1)
    var apart = (exact: 0, uncertain: 0)
    for _ in 0..<1000 {
      let flow = try #require(flows.next(using: &generator))
      guard let query = RouteQuery(asking: flow) else { continue }
      let decision = table.decide(flow, for: .query)
      let answer = try #require(try kernel.lookup([query]).first)
      guard let leg = answer.leg, leg.interface != decision.nexthop?.interface else { continue }
      if decision.isExact { apart.exact += 1 } else { apart.uncertain += 1 }
    }
    return apart
  }

  @Test("failed neighbours, with use_neigh and IPv6 forwarding on and off", arguments: [0, 1], [0, 1])
  func failedNeighbours(useNeighbours: Int, forwarding: Int) throws {
    try withNetworkNamespace {
      try run(Self.everything.joined(separator: "\n"))
      try run(LookupLab.failedNeighbours)
      try run(
        """
        sysctl -qw net.ipv4.fib_multipath_use_neigh=\(useNeighbours) net.ipv6.conf.all.forwarding=\(forwarding)
        sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1
        sysctl -qw net.ipv4.fib_multipath_hash_seed=4711
        """)
      try expectAgreement("use_neigh \(useNeighbours) forwarding \(forwarding)", count: 1500, seed: 5)
    }
  }

  @Test("rules with every selector and action")
  func rules() throws {
    try withNetworkNamespace {
      try run(Self.everything.joined(separator: "\n"))
      try run(LookupLab.rules)
      try run("sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1")
      try run("sysctl -qw net.ipv4.fib_multipath_hash_seed=99")
      try expectAgreement("rules", count: 10_000, seed: 1)
    }
  }

  @Test("the reverse path filter and forwarding switches", arguments: [0, 1, 2], [0, 1])
  func reversePathFilter(mode: Int, forwarding: Int) throws {
    try withNetworkNamespace {
      try run(Self.everything.joined(separator: "\n"))
      try run(
        """
        sysctl -qw net.ipv4.conf.all.rp_filter=\(mode) net.ipv4.conf.o1.forwarding=\(forwarding)
        sysctl -qw net.ipv4.fib_multipath_hash_seed=3
        """)
      try expectAgreement("rp_filter \(mode)", count: 1000, seed: UInt64(mode), hashed: mode != 1)
    }
  }

  @Test(
    "groups, of packets that come in and of this machine's",
    arguments: ["ff05::1", "ff02::1", "239.1.2.3", "224.0.0.9"])
  func groups(group: String) throws {
    try withNetworkNamespace {
      try run(Self.everything.joined(separator: "\n"))
      var kernel = try Kernel()
      let state = try kernel.readState()
      var verification = Verification(ForwardingTable(state))
      for input in [nil, try #require(state.links.first { $0.name == "in0" }).index] {
        var flow = Flow(
          source: address(group.contains(":") ? "2001:db8::1" : "10.2.0.100"), destination: address(group))
        if let input {
          flow.inputInterface = input
        } else {
          flow.origin = .local
          flow.source = .unspecified(flow.family)
        }
        try verification.add(flow, kernel: &kernel)
      }
      try verification.flush(kernel: &kernel)
      #expect(verification.compared == 2 && verification.uncertain == 0)
      #expect(verification.mismatches.isEmpty, "\(verification.mismatches)")
    }
  }
}
