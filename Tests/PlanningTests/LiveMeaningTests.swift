import KernelRouting
import Planning
import Rendering
import Routing
import TestSupport
import Testing

/// What the kernel has after a command beside what the parser says that the command asks for.
@Suite struct LiveMeaningTests {
  @Test("What the kernel takes from a command is what the parser reads in it", arguments: [1, 2, 3] as [UInt64])
  func generatedRoutes(seed: UInt64) throws {
    let maker = RandomCommand(seed: seed)
    let commands = (0..<400).map { index -> String in
      let isIPv6 = index % 2 == 1
      let prefix = isIPv6 ? "2001:db8:f\(100 + index)::/48" : "10.\(200 + index / 256).\(index % 256).0/24"
      return maker.route("add", prefix, isIPv6).joined(separator: " ")
    }
    #expect(try compare(commands, "seed \(seed)") > 30)
  }

  @Test("Objects of every kind read back as the parser reads their commands")
  func byHand() throws {
    let commands = [
      "route add 192.0.2.0/24 via 10.0.1.2 dev o1 proto bgp metric 20 mtu lock 1400 advmss 1200 rtt 300ms hoplimit 9",
      "route add 192.0.3.0/24 nexthop via 10.0.1.2 dev o1 weight 5 nexthop via 10.0.2.2 dev o2 weight 256",
      "route add 192.0.4.0/24 via inet6 fe80::5 dev o1 src 10.0.1.1",
      "route add 192.0.5.0/24 dev o1 scope link tos 0x10",
      "route add blackhole 192.0.6.0/24 table 70000", "route add unreachable 2001:db8:6::/48 metric 9",
      "route add 2001:db8:7::/48 via 2001:db8:1::2 dev o1 pref high metric 7",
      "route add 192.0.7.0/24 dev o1 table 70000 table 5",
      "nexthop add id 1 via 10.0.1.2 dev o1", "nexthop add id 2 via 10.0.2.2 dev o2 proto bgp onlink",
      "nexthop add id 3 via fe80::9 dev o1", "nexthop add id 4 blackhole", "ip -6 nexthop add id 5 blackhole",
      "nexthop add id 6 via 192.0.2.99 fdb", "nexthop add id 10 group 1,7/2,256 proto static",
      "nexthop add id 11 group 1/2 type resilient buckets 0x20 idle_timer 30 unbalanced_timer 100",
      "nexthop add id 12 group 6 fdb", "route add 192.0.8.0/24 nhid 10", "route add 2001:db8:8::/48 nhid 3",
      "rule add pref 100 from 10.9.0.0/16 fwmark 7/0xf iif o1 table 77",
      "rule add pref 101 not to 10.9/16 ipproto udp sport 100-200 dport 53 tos 8 lookup 70000",
      "rule add pref 102 uidrange 5-9 blackhole", "rule add pref 103 goto 200", "rule add pref 104 nop",
      "ip -6 rule add pref 105 from 2001:db8::/32 oif o2 sup_pl 0 table main proto bgp",
      "addr add 10.0.7.1/24 dev o1 scope link", "addr add 10.0.8.1 peer 10.0.8.2/32 dev o2",
      "addr add 2001:db8:5::1/64 dev o1 nodad",
      "neigh add 10.0.1.77 lladdr 2:0:0:0:0:77 dev o1",
      "neigh replace 2001:db8:1::77 lladdr 2:0:0:0:0:78 nud noarp dev o1",
      "link set o2 mtu 1400 group 9",
      "sysctl -w net.ipv4.fib_multipath_hash_policy=1 net/ipv6/fib_multipath_hash_policy=2",
    ]
    #expect(try compare(commands, "by hand") == commands.count)
  }

  /// - Returns: how many commands the kernel took.
  private func compare(_ commands: [String], _ comment: String) throws -> Int {
    let parser = CommandParser(names: .installed)
    return try withNetworkNamespace {
      try run(
        """
        ip link add o1 type veth peer name o2
        ip link set o1 up; ip link set o2 up
        ip addr add 10.0.1.1/24 dev o1; ip addr add 10.0.2.1/24 dev o2
        ip addr add 2001:db8:1::1/64 dev o1 nodad; ip addr add 2001:db8:2::1/64 dev o2 nodad
        """)
      var taken: [(String, RoutingChange)] = []
      for command in commands {
        let change = try parser.change(command)
        let program = command.hasPrefix("ip ") || command.hasPrefix("sysctl ") ? "" : "ip "
        if (try? run(program + command)) != nil { taken.append((command, change)) }
      }
      var kernel = try Kernel()
      let state = try kernel.readState()
      for (command, change) in taken {
        #expect(differences(of: change, in: state) == [], "\(comment): \(command)")
      }
      return taken.count
    }
  }
}
