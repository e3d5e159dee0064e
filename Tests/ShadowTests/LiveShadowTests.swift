import KernelRouting
import Routing
import Scratch
import Shadow
import TestSupport
import Testing

@Suite("A shadow is what it was made of, and answers as it does")
struct LiveShadowTests {
  private static let everything = [
    LookupLab.interfaces, LookupLab.legacyRoutes, LookupLab.objects, LookupLab.singleRoutes,
  ]

  @Test("every kind of route and group, with every policy", arguments: 0...3)
  func everyKindOfRoute(policy: Int) throws {
    try withNetworkNamespace {
      try run(Self.everything.joined(separator: "\n"))
      try LookupLab.addWideGroups()
      try run(
        """
        sysctl -qw net.ipv4.fib_multipath_hash_policy=\(policy) net.ipv6.fib_multipath_hash_policy=\(policy)
        sysctl -qw net.ipv4.fib_multipath_hash_fields=0x37 net.ipv6.fib_multipath_hash_fields=0x3f
        sysctl -qw net.ipv4.fib_multipath_hash_seed=\(policy * 4711)
        """)
      try expectFaithfulShadow("policy \(policy)", seed: UInt64(policy))
    }
  }

  @Test("legs that are dead or without carrier, and failed neighbours", arguments: [0, 1], [0, 1])
  func trouble(ignore: Int, useNeighbours: Int) throws {
    try withNetworkNamespace {
      try run(Self.everything.joined(separator: "\n"))
      try run(LookupLab.failedNeighbours)
      try run(
        """
        sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=\(ignore)
        sysctl -qw net.ipv6.conf.all.ignore_routes_with_linkdown=\(ignore)
        sysctl -qw net.ipv4.fib_multipath_use_neigh=\(useNeighbours) net.ipv6.conf.all.forwarding=\(useNeighbours)
        sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1
        ip link set p7 down; ip link set o8 down
        \(settledLinks)
        """)
      try expectFaithfulShadow("ignore \(ignore) use_neigh \(useNeighbours)", seed: UInt64(ignore + 2 * useNeighbours))
    }
  }

  @Test("what is let in, and IPv6 off where nexthop objects lead")
  func admission() throws {
    try withNetworkNamespace {
      try run(
        LookupLab.interfaces + "\n" + LookupLab.objects + """

          for key in accept_local route_localnet src_valid_mark bc_forwarding; do
            sysctl -qw net.ipv4.conf.all.$key=1 net.ipv4.conf.o2.$key=1
          done
          sysctl -qw net.ipv6.conf.all.forwarding=0
          [ ! -e /proc/sys/net/ipv6/conf/in0/force_forwarding ] || sysctl -qw net.ipv6.conf.in0.force_forwarding=1
          sysctl -qw net.ipv6.conf.o3.disable_ipv6=1 net.ipv6.conf.lo.disable_ipv6=1
          """)
      try expectFaithfulShadow("admission", seed: 9)
    }
  }

  @Test("rules with every selector and action")
  func rules() throws {
    try withNetworkNamespace {
      try run(Self.everything.joined(separator: "\n"))
      try run(LookupLab.rules)
      try run("sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1")
      try expectFaithfulShadow("rules", count: 4000)
    }
  }

  @Test("a thousand routes of each family, in the order in which they were appended")
  func manyRoutes() throws {
    try withNetworkNamespace {
      try run(LookupLab.interfaces)
      try run(LookupLab.objects)
      var commands: [String] = []
      for n in 0..<1000 {
        let (a, b) = (n % 6 + 1, (n + 1) % 6 + 1)
        let prefix = "10.\(100 + n / 256).\(n % 256).0/24"
        let prefix6 = "2001:db8:f\(String(n, radix: 16))::/48"
        switch n % 4 {
        case 0: commands.append("route add \(prefix) nhid \(100 + n % 3)")
        case 1:
          commands.append("route add \(prefix) nexthop via 10.1.\(a).2 nexthop via 10.1.\(b).2 weight \(n % 9 + 1)")
        case 2:
          commands.append("route add \(prefix) via 10.1.\(a).2 metric 7 proto bgp mtu 1400")
          commands.append("route append \(prefix) via 10.1.\(b).2 metric 7 proto 99")
          commands.append("route prepend \(prefix) via 10.1.\(b).3 metric 7")
        default: commands.append("route add \(prefix) dev o\(a) src 10.1.\(b).1 realm 5/9")
        }
        switch n % 3 {
        case 0: commands.append("route add \(prefix6) nhid \(110 + n % 2)")
        case 1:
          commands.append("route add \(prefix6) via fd00:\(a)::2")
          commands.append("route append \(prefix6) via fd00:\(b)::2")
          commands.append("route append \(prefix6) dev o\(a) metric 9")
        default:
          commands.append("route add \(prefix6) nexthop via fd00:\(b)::2 nexthop via fd00:\(a)::2 weight 4")
        }
      }
      for start in stride(from: 0, to: commands.count, by: 1000) {
        let part = commands[start..<min(start + 1000, commands.count)]
        try run("ip -batch - <<'END'\n" + part.joined(separator: "\n") + "\nEND")
      }
      try expectFaithfulShadow("many routes", count: 4000)
    }
  }

  @Test("random routers, whose devices are nobody's", arguments: RandomRouter.seeds)
  func randomRouter(seed: UInt64) throws {
    try withNetworkNamespace {
      let elsewhere = try ScratchNamespace()
      var router = RandomRouter(seed: seed)
      try router.build(elsewhere)
      try expectFaithfulShadow("router \(seed)", routed: 2, seed: seed)
    }
  }
}
