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
      try run(
        "until [ \"$(readlink /proc/\(other)/ns/net)\" != \"$(readlink /proc/self/ns/net)\" ]; do sleep 0.1; done")
      let bare = "setpriv --bounding-set=-all --inh-caps=-all"
      let refused = try Program.run("show --netns \(other)", prefix: bare)
      #expect(refused.status == 4, "\(refused.error)")
      #expect(refused.errorLines.count == 1)
      #expect(refused.error.contains("root"))
      #expect(try Program.run("show policy", prefix: bare).status == 0)
    }
  }

  @Test(
    "what the kernel would refuse is told in one line, with 4",
    arguments: ["setpriv --bounding-set=-net_admin --inh-caps=-net_admin", "setpriv --reuid 65534 --clear-groups"],
    [
      "resilient apply --group 60 --yes --journal JOURNAL", "resilient tune --group 50 --idle-timer 7 --yes",
      "resilient revert --group 50 --yes --journal JOURNAL", "resilient guard", "resilient guard --journal JOURNAL",
      "resilient rollback --journal JOURNAL", "resilient confirm --journal JOURNAL", "verify --shadow",
      "whatif --shadow --change 'nexthop del id 1' --random 10 --to 203.0.113.0/24",
    ])
  func refusals(prefix: String, command: String) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(
          """
          ip link add o1 type veth peer name p1; ip link set p1 up; ip link set o1 up; ip addr add 10.1.1.1/24 dev o1
          for n in 1 2; do ip nexthop add id $n via 10.1.1.1$n dev o1; done
          ip nexthop add id 50 group 1/2 type resilient buckets 64; ip nexthop add id 60 group 1/2
          ip route add 198.51.100.0/24 nhid 50; ip route add 203.0.113.0/24 nhid 60
          chmod 755 \(directory); mkdir -m 700 \(directory)/journal
          case '\(prefix)' in *65534*) chown 65534 \(directory)/journal;; esac
          """)
        let before = try run("ip nexthop show")
        let words = command.split(separator: "JOURNAL", omittingEmptySubsequences: false)
        let refused = try Program.run(
          words.joined(separator: directory + "/journal"), prefix: "timeout 20 \(prefix)")
        #expect(refused.status == 4, "\(refused.error)")
        #expect(refused.output == "")
        #expect(refused.errorLines.count == 1, "\(refused.error)")
        #expect(try run("ip nexthop show") == before)
      }
    }
  }

  @Test("a file that may not be written is one for which the privilege is missing, and one that may not be read is not")
  func files() throws {
    try withTemporaryDirectory { directory in
      try run("chmod 755 \(directory); echo dst >\(directory)/flows; chmod 600 \(directory)/flows")
      let user = "setpriv --reuid 65534 --clear-groups"
      for command in ["snapshot save \(directory)/s.json", "resilient plan --all -o \(directory)/plan.json"] {
        let run = try Program.run(command, prefix: user)
        #expect(run.status == 4, "\(run.error)")
        #expect(run.errorLines.count == 1)
      }
      #expect(try Program.run("predict --flows \(directory)/flows", prefix: user).status == 2)
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
