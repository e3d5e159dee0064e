import TestSupport
import Testing

/// Routes with a leg without carrier on a live kernel, which is asked whether it counts that leg.
@Suite("Live upper bounds")
struct LiveBoundsTests {
  /// Routes of both families over o1 to o3, flows that come in by in0, and a leg o2 that has lost its carrier.
  ///
  /// - Parameters:
  ///   - before: what is done before the carrier goes.
  ///   - after: what is done after that.
  private static func router(before: String = ":", after: String = ":") -> String {
    """
    sysctl -qw net.ipv4.fib_multipath_hash_seed=4711 net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    for n in 1 2 3; do
      ip link add o$n type veth peer name p$n; ip link set o$n up; ip link set p$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add 2001:db8:$n::1/64 dev o$n nodad
    done
    ip link add in0 type veth peer name out0; ip link set in0 up; ip link set out0 up
    ip addr add 10.9.0.1/16 dev in0; ip -6 addr add 2001:db8:9::1/64 dev in0 nodad
    \(before)
    for prefix in 198.51.100.0/24 203.0.113.7/32; do
      ip route add $prefix nexthop via 10.1.1.2 weight 2 nexthop via 10.1.2.2 nexthop via 10.1.3.2
    done
    ip -6 route add 2001:db8:100::/48 \
      nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2 weight 3 nexthop via 2001:db8:3::2
    ip link set p2 down
    \(settledLinks)
    \(after)
    """
  }

  private static let ignoring =
    "sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1 net.ipv6.conf.all.ignore_routes_with_linkdown=1"
  private static let flows = """
    for n in $(seq 2 200); do echo "10.9.0.$n,198.51.100.7,udp,7,53"; echo "2001:db8:9::$n,2001:db8:100::7,udp,7,53"; done
    """

  /// How many of the flows are uncertain, and how many go to each of the legs.
  private func prediction(_ options: String = "") throws -> [String: Int] {
    let rows = try Program.run(
      "predict --flows - -i in0 --output csv \(options)", prefix: "{ echo src,dst,proto,sport,dport; \(Self.flows); } |"
    )
    #expect(rows.status == 0, "\(rows.error)")
    var counts: [String: Int] = [:]
    for row in rows.output.split(separator: "\n").dropFirst() {
      for word in ["uncertain", ",o1,", ",o2,", ",o3,"] where row.contains(word) { counts[word, default: 0] += 1 }
    }
    return counts
  }

  @Test(
    "bounds that are those of the settings leave no doubt, and are what the kernel goes by",
    arguments: [":", ignoring])
  func settled(before: String) throws {
    try withNetworkNamespace {
      try run(Self.router(before: before))
      let counts = try prediction()
      #expect(counts["uncertain"] == nil, "\(counts)")
      #expect((counts[",o2,"] == nil) == (before == Self.ignoring), "\(counts)")
      let verified = try Program.run("verify --count 3000 -j")
      #expect(verified.status == 0, "\(verified.output)\(verified.error)")
      #expect(verified.output.contains(#""uncertain":0,"#), "\(verified.output)")
      #expect(!(try Program.run("show").output.contains("unknown")))
      try withTemporaryDirectory { directory in
        try #require(try Program.run("snapshot save \(directory)/state").status == 0)
        #expect(try prediction("--snapshot \(directory)/state") == counts)
      }
    }
  }

  @Test("bounds of before the setting are in doubt until the next event of each route")
  func stale() throws {
    try withNetworkNamespace {
      try run(Self.router(after: Self.ignoring))
      let counts = try prediction()
      #expect(counts["uncertain"].map { $0 > 50 } == true, "\(counts)")
      #expect(try Program.run("show").output.contains("unknown"))
      #expect(try Program.run("verify --count 3000").status == 0)
      // The kernel looks at the carrier again.
      try run("ip link set o1 group 0")
      #expect(try prediction()["uncertain"] == nil)
      #expect(try Program.run("verify --count 3000").status == 0)
    }
  }

  @Test("a route that was made since, beside one that was not, tells nothing of it")
  func oneOfTwo() throws {
    try withNetworkNamespace {
      try run(
        Self.router(after: Self.ignoring) + """

          ip route add 192.0.2.0/24 nexthop via 10.1.2.2 nexthop via 10.1.3.2 weight 5
          """)
      #expect(try prediction()["uncertain"].map { $0 > 50 } == true)
      #expect(try Program.run("verify 192.0.2.0/24 --count 1000").status == 0)
    }
  }

  @Test("where nothing can be asked, the doubt stays", arguments: ["net.ipv4.fib_multipath_use_neigh=1"])
  func notAskable(setting: String) throws {
    try withNetworkNamespace {
      try run(Self.router(before: "sysctl -qw \(setting)"))
      let rows = try Program.run(
        "predict --flows - -i in0 --output csv",
        prefix: "{ echo src,dst; for n in $(seq 2 200); do echo 10.9.0.$n,198.51.100.7; done; } |")
      #expect(rows.output.contains("uncertain"))
    }
  }
}
