import Forwarding
import KernelRouting
import Routing
import TestSupport
import Testing
import Verification

/// Corners of the lookup, each beside the kernel's own answers.
@Suite("Corners of the lookup equal the kernel's")
struct LiveCornerTests {
  struct Corner: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Made on top of `LookupLab.interfaces`.
    let script: String
    let destination: String
    /// The interface that flows of this machine are bound to; nil for flows that come in by in0.
    var output: String?
    var tos: UInt8 = 0
    var isLocal = false
    /// nil: any address that another machine on the ingress link has, and for flows of this machine none.
    var source: String?
    /// Why the decisions are uncertain; empty for exact ones.
    var caveats: Caveats = []
  }

  private static let corners: [Corner] = [
    Corner(
      testDescription: "IPv6: a rule suppresses some of a route's interfaces",
      script: """
        ip link set o1 group 5
        ip -6 route add fd09::/16 table 100 nexthop via fd00:1::2 dev o1 nexthop via fd00:2::2 dev o2
        ip -6 route add fd09::/16 via fd00:3::2 dev o3
        ip -6 rule add pref 50 lookup 100 suppress_ifgroup 5
        """, destination: "fd09::", caveats: .unknownSelector),
    Corner(
      testDescription: "IPv6: a rule suppresses all of a route's interfaces",
      script: """
        ip link set o1 group 5; ip link set o2 group 5
        ip -6 route add fd09::/16 table 100 nexthop via fd00:1::2 dev o1 nexthop via fd00:2::2 dev o2
        ip -6 route add fd09::/16 via fd00:3::2 dev o3
        ip -6 rule add pref 50 lookup 100 suppress_ifgroup 5
        """, destination: "fd09::"),
    Corner(
      testDescription: "IPv6: a group goes before the legs for a member on the ingress, which is not its first",
      script: """
        ip nexthop add id 1 via fd00:1::2 dev o1; ip nexthop add id 2 via fd00:f::9 dev in0
        ip nexthop add id 3 via fd00:3::2 dev o3; ip nexthop add id 9 group 1/2/3
        ip -6 route add fd09::/16 metric 100 nexthop via fd00:1::2 nexthop via fd00:2::2
        ip -6 route append fd09::/16 metric 100 nhid 9
        """, destination: "fd09::"),
    Corner(
      testDescription: "IPv4: a rule suppresses the interface of the first leg, whichever is taken",
      script: """
        ip link set o1 group 5
        ip route add 10.9.0.0/16 table 100 nexthop via 10.1.1.2 dev o1 nexthop via 10.1.2.2 dev o2
        ip rule add pref 50 lookup 100 suppress_ifgroup 5
        """, destination: "10.9.0.0", output: "o2"),
    Corner(
      testDescription: "IPv4: a rule suppresses the interface of the second leg only",
      script: """
        ip link set o2 group 5
        ip route add 10.9.0.0/16 table 100 nexthop via 10.1.1.2 dev o1 nexthop via 10.1.2.2 dev o2
        ip rule add pref 50 lookup 100 suppress_ifgroup 5
        """, destination: "10.9.0.0", output: "o2"),
    Corner(
      testDescription: "IPv4: an object on another interface hides all prefixes that begin with the same address",
      script: """
        ip nexthop add id 1 via 10.1.1.2 dev o1; ip route add 10.9.0.0/24 nhid 1
        ip route add 10.9.0.0/16 via 10.1.2.2 dev o2; ip route add default via 10.1.2.3 dev o2
        """, destination: "10.9.0.0", output: "o2"),
    Corner(
      testDescription: "IPv4: and leaves those that begin elsewhere",
      script: """
        ip nexthop add id 1 via 10.1.1.2 dev o1; ip route add 10.9.0.0/24 nhid 1
        ip route add 10.8.0.0/15 via 10.1.2.2 dev o2; ip route add default via 10.1.2.3 dev o2
        """, destination: "10.9.0.0", output: "o2"),
    Corner(
      testDescription: "IPv6: a default route for other sources leaves the one for all",
      script: """
        ip -6 route add default from fd77::/16 via fd00:1::2 dev o1
        ip -6 route add default nexthop via fd00:2::2 nexthop via fd00:3::2
        """, destination: "fd09::"),
    Corner(
      testDescription: "IPv6: a default route for these sources goes before the one for all",
      script: """
        ip -6 route add default from fd00:f::/64 via fd00:1::2 dev o1
        ip -6 route add default nexthop via fd00:2::2 nexthop via fd00:3::2
        """, destination: "fd09::"),
    Corner(
      testDescription: "IPv6: prefixes for other sources hide those for all, up to the default route",
      script: """
        ip -6 route add fd09::/16 from fd77::/16 via fd00:1::2 dev o1; ip -6 route add fd09::/16 via fd00:4::2 dev o4
        ip -6 route add default from fd78::/16 via fd00:2::2 dev o2
        ip -6 route add default via fd00:3::2 dev o3
        """, destination: "fd09::"),
    Corner(
      testDescription: "IPv6: a prefix for these sources, with a longer one in it, once had another route",
      script: """
        ip -6 route add fd09::/16 from fd00:f::/64 via fd00:1::2 dev o1; ip -6 route add fd09:1::/32 via fd00:2::2 dev o2
        ip -6 route add fd09::/16 via fd00:4::2 dev o4; ip -6 route del fd09::/16 via fd00:4::2 dev o4
        ip -6 route add default via fd00:3::2 dev o3
        """, destination: "fd09::", caveats: .ruleHistory),
    Corner(
      testDescription: "IPv6: a prefix for these sources alone, which once had another route",
      script: """
        ip -6 route add fd09::/16 from fd00:f::/64 via fd00:1::2 dev o1
        ip -6 route add fd09::/16 via fd00:4::2 dev o4; ip -6 route del fd09::/16 via fd00:4::2 dev o4
        ip -6 route add default via fd00:3::2 dev o3
        """, destination: "fd09::"),
    Corner(
      testDescription: "IPv6: a default route for other sources, and none for all",
      script: "ip -6 route add default from fd77::/16 via fd00:1::2 dev o1", destination: "fd09::"),
    Corner(
      testDescription: "IPv6: a blackhole object behind a route of the same metric",
      script: """
        ip -6 nexthop add id 9 blackhole
        ip -6 route add fd09::/16 via fd00:1::2 dev o1; ip -6 route append fd09::/16 nhid 9
        """, destination: "fd09::"),
    Corner(
      testDescription: "IPv6: a route that has expired",
      script: """
        ip -6 route add fd09::/16 via fd00:3::2 dev o3 metric 500 expires 1
        ip -6 route add fd09::/16 via fd00:2::2 dev o2 metric 600; sleep 2.2
        """, destination: "fd09::"),
    Corner(
      testDescription: "IPv4: several defaults over objects are rotated",
      script: """
        ip nexthop add id 1 via 10.1.1.2 dev o1; ip nexthop add id 2 via 10.1.2.2 dev o2
        ip route add default nhid 1; ip route append default nhid 2
        """, destination: "198.18.0.0", isLocal: true, caveats: .defaultRotation),
    Corner(
      testDescription: "IPv4: a default with a TOS and one of another metric without are rotated",
      script: """
        ip route add default tos 0x10 via 10.1.1.2 dev o1; ip route add default via 10.1.2.2 dev o2 metric 100
        """, destination: "198.18.0.0", tos: 0x10, isLocal: true, caveats: .defaultRotation),
    Corner(
      testDescription: "IPv4: defaults of different metrics are not",
      script: "ip route add default via 10.1.1.2 dev o1; ip route add default via 10.1.2.2 dev o2 metric 100",
      destination: "198.18.0.0", isLocal: true),
    Corner(
      testDescription: "IPv4: local and main table are one trie, or not",
      script: """
        ip addr add 10.50.0.1/16 dev lo
        ip route add 10.50.1.0/24 nexthop via 10.1.1.2 dev o1 nexthop via 10.1.2.2 dev o2
        """, destination: "10.50.1.0", isLocal: true, caveats: .ruleHistory),
    Corner(
      testDescription: "IPv4: local and main table are two where there is a rule",
      script: """
        ip addr add 10.50.0.1/16 dev lo; ip rule add pref 5 to 192.0.2.0/24 lookup 77
        ip route add 10.50.1.0/24 nexthop via 10.1.1.2 dev o1 nexthop via 10.1.2.2 dev o2
        """, destination: "10.50.1.0", isLocal: true),
    Corner(
      testDescription: "IPv4: what the local table throws is not looked for in the main table, or it is",
      script: "ip route add throw 10.9.0.0/16 table local; ip route add 10.8.0.0/15 via 10.1.1.2",
      destination: "10.9.0.0", caveats: .ruleHistory),
    Corner(
      testDescription: "IPv4: it is where there is a rule",
      script: """
        ip route add throw 10.9.0.0/16 table local; ip route add 10.8.0.0/15 via 10.1.1.2
        ip rule add pref 5 to 192.0.2.0/24 lookup 77
        """, destination: "10.9.0.0"),
    Corner(
      testDescription: "IPv4: what the local table refuses may have a longer route in the main table",
      script: "ip route add blackhole 10.8.0.0/15 table local; ip route add 10.9.0.0/16 via 10.1.1.2",
      destination: "10.9.0.0", caveats: .ruleHistory),
    Corner(
      testDescription: "IPv4: a source that a local route covers may have a longer route in the main table",
      script: ownSources, destination: "10.9.0.0", source: "203.0.113.200", caveats: .ruleHistory),
    Corner(
      testDescription: "IPv4: or else is this machine's",
      script: ownSources, destination: "10.9.0.0", source: "203.0.113.20"),
    Corner(
      testDescription: "IPv4: also of flows of this machine",
      script: ownSources, destination: "10.9.0.0", isLocal: true, source: "203.0.113.200", caveats: .ruleHistory),
    Corner(
      testDescription: "IPv4: and without a longer route it is its own",
      script: ownSources, destination: "10.9.0.0", isLocal: true, source: "203.0.113.20"),
    Corner(
      testDescription: "IPv4: this machine's flows to an anycast address leave",
      script: "ip route add anycast 10.9.0.0/16 nexthop dev o1 nexthop dev o2", destination: "10.9.0.0", isLocal: true),
    Corner(
      testDescription: "IPv4: those of others do not",
      script: "ip route add anycast 10.9.0.0/16 nexthop dev o1 nexthop dev o2", destination: "10.9.0.0"),
    Corner(
      testDescription: "IPv4: a rule by an alternative name that came after it is attached to nothing",
      script: rule(.ipv4) + "; ip link property add dev in0 altname other", destination: "10.9.0.0"),
    Corner(
      testDescription: "IPv6: a rule by an alternative name that was there is attached",
      script: "ip link property add dev in0 altname other; " + rule(.ipv6), destination: "fd09::"),
    Corner(
      testDescription: "IPv4: which it no longer is once the interface is renamed",
      script: "ip link property add dev in0 altname other; " + rule(.ipv4)
        + "; ip link set in0 down; ip link set in0 name in1; ip link set in1 name in0; ip link set in0 up",
      destination: "10.9.0.0"),
    Corner(
      testDescription: "IPv4: it still is when the name is gone, and nobody knows to what",
      script: "ip link property add dev in0 altname other; " + rule(.ipv4)
        + "; ip link property del dev in0 altname other", destination: "10.9.0.0", caveats: .unknownSelector),
    Corner(
      testDescription: "IPv4: what the other selectors of such a rule do not match is not in doubt",
      script: "ip link property add dev in0 altname other; " + rule(.ipv4, "to 10.10.0.0/16")
        + "; ip link property del dev in0 altname other", destination: "10.9.0.0"),
    Corner(
      testDescription: "IPv4: nor are flows of this machine",
      script: "ip link property add dev in0 altname other; " + rule(.ipv4)
        + "; ip link property del dev in0 altname other", destination: "10.9.0.0", isLocal: true),
  ]

  private static let ownSources = """
    ip route add local 203.0.113.0/24 dev lo; ip route add 203.0.113.128/25 via 10.1.2.2
    ip route add 10.9.0.0/16 nexthop via 10.1.1.2 nexthop via 10.1.2.2
    """

  /// Routes by o1 and o2, and with a rule for the interface that is called `other` by o3 and o4.
  private static func rule(_ family: AddressFamily, _ selectors: String = "") -> String {
    let (option, prefix) = family == .ipv4 ? ("-4", "10.9.0.0/16") : ("-6", "fd09::/16")
    let gateways = (1...4).map { family == .ipv4 ? "10.1.\($0).2" : "fd00:\($0)::2" }
    return """
      ip \(option) route add \(prefix) nexthop via \(gateways[0]) nexthop via \(gateways[1])
      ip \(option) route add \(prefix) table 100 nexthop via \(gateways[2]) nexthop via \(gateways[3])
      ip \(option) rule add pref 50 iif other \(selectors) lookup 100
      """
  }

  @Test("Each is as the kernel has it, or in doubt", arguments: corners)
  func corner(_ corner: Corner) throws {
    try withNetworkNamespace {
      try run(LookupLab.interfaces + "\nsysctl -qw net.ipv4.fib_multipath_hash_seed=77\n" + corner.script)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      let first = address(corner.destination)
      var verification = Verification(table)
      for host in 1...200 as ClosedRange<UInt32> {
        let destination =
          first.family == .ipv4
          ? IPAddress(ipv4: first.ipv4Value + host) : IPAddress(ipv6High: first.high, low: UInt64(host))
        var flow = Flow(source: .unspecified(first.family), destination: destination, ipProtocol: 17)
        (flow.sourcePort, flow.destinationPort, flow.tos, flow.userID) = (1000, 53, corner.tos, 0)
        if let output = corner.output {
          flow.outputInterface = try #require(table.interfaceIndex(output))
        } else if !corner.isLocal {
          flow.origin = .forwarded
          flow.inputInterface = try #require(table.interfaceIndex("in0"))
          flow.source = address(first.family == .ipv4 ? "10.2.0.100" : "fd00:f::2")
        }
        if let source = corner.source { flow.source = address(source) }
        #expect(table.decide(flow, for: .query).caveats == corner.caveats, "\(destination)")
        try verification.add(flow, kernel: &kernel)
      }
      try verification.flush(kernel: &kernel)
      #expect(verification.compared == 200)
      // What is in doubt, and comes out right, is equal.
      #expect(verification.uncertain == 0 || !corner.caveats.isEmpty)
      #expect(verification.mismatches.isEmpty, "\(verification.mismatches.prefix(2))")
    }
  }
}
