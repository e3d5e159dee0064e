import TestSupport
import Testing

/// Commands on the live kernel, in a namespace of their own.
@Suite("Live commands")
struct LivePrivilegeTests {
  @Test("entering a namespace without the privilege ends with 4, and reading one's own needs none")
  func privilege() throws {
    try withNetworkNamespace {
      let other = try run("unshare --net sleep 60 </dev/null >/dev/null 2>&1 & echo $!").filter { $0 != "\n" }
      defer { _ = try? run("kill \(other)") }
      // Until it has its own namespace, the process is still in this one, which anybody may enter.
      try run("until [ \"$(readlink /proc/\(other)/ns/net)\" != \"$(readlink /proc/self/ns/net)\" ]; do sleep 0.1; done")
      let bare = "setpriv --bounding-set=-all --inh-caps=-all"
      let refused = try Program.run("show --netns \(other)", prefix: bare)
      #expect(refused.status == 4, "\(refused.error)")
      #expect(refused.errorLines.count == 1)
      #expect(refused.error.contains("root"))
      #expect(try Program.run("show policy", prefix: bare).status == 0)
    }
  }

  @Test("what show prints in the style of iproute2 is what ip prints")
  func styles() throws {
    try withNetworkNamespace {
      try run(
        """
        ip link add o1 type veth peer name p1; ip link set o1 up; ip link set p1 up
        ip addr add 10.1.1.1/24 dev o1; ip -6 addr add fd00:1::1/64 dev o1 nodad
        sleep 2
        ip nexthop add id 1 via 10.1.1.2 dev o1; ip nexthop add id 2 via 10.1.1.3 dev o1
        ip nexthop add id 9 group 1/2,3; ip route add 198.51.100.0/24 nhid 9
        ip route add 198.51.101.0/24 nexthop via 10.1.1.2 nexthop via 10.1.1.3 weight 7
        ip -6 route add 2001:db8::/64 nexthop via fd00:1::2 nexthop via fd00:1::3
        """)
      for (ip, own) in [
        ("ip route show table all", "show routes --all --table all"), ("ip route show", "show routes --all"),
        ("ip -6 route show table all", "-6 show routes --all --table all"), ("ip nexthop show", "show nexthops"),
        ("ip -d -j route show table all", "show routes --all --table all --details --json"),
        ("ip -j nexthop show", "show nexthops --json"),
      ] {
        #expect(try Program.run("\(own) --style iproute2").output == run(ip), "\(own)")
      }
    }
  }
}
