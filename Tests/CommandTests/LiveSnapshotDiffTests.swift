import JSON
import TestSupport
import Testing

/// What `snapshot diff` prints of a router before and after a change.
@Suite("Live snapshot differences")
struct LiveSnapshotDiffTests {
  private static let router = """
    ip link add o1 type veth peer name p1; ip link set p1 up; ip link set o1 up; ip addr add 10.1.1.1/24 dev o1
    for n in 1 2; do ip nexthop add id $n via 10.1.1.1$n dev o1; done
    ip nexthop add id 50 group 1/2 type resilient buckets 8
    sysctl -qw net.ipv4.fib_multipath_hash_policy=0
    """

  @Test("name the setting that was changed, and buckets that were changed alike in one line")
  func lines() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        #expect(try Program.run("snapshot save \(directory)/old.json").status == 0)
        try run("sysctl -qw net.ipv4.fib_multipath_hash_policy=1")
        #expect(try Program.run("snapshot save \(directory)/policy.json").status == 0)
        let setting = try Program.run("snapshot diff \(directory)/old.json \(directory)/policy.json")
        #expect(setting.status == 1)
        // Meanwhile neighbours and addresses may come and go.
        let settings = setting.output.split(separator: "\n").filter { $0.contains("settings") }
        #expect(settings == ["~ settings net.ipv4.fib_multipath_hash_policy: 0 -> 1"])

        // The kernel moves the buckets of a member that leaves at once.
        try run("ip nexthop replace id 50 group 1 type resilient buckets 8")
        #expect(try Program.run("snapshot save \(directory)/new.json").status == 0)
        let files = "\(directory)/policy.json \(directory)/new.json"
        let lines = try Program.run("snapshot diff \(files)").output.split(separator: "\n")
        let buckets = lines.filter { $0.hasPrefix("~ buckets") }
        #expect(buckets == ["~ buckets 0-3 of group 50: 2 -> 1"] || buckets == ["~ buckets 4-7 of group 50: 2 -> 1"])
        let entries = try JSONValue(parsing: try Program.run("snapshot diff \(files) -j").output).elements ?? []
        #expect(entries.count == lines.count)
        let run = try #require(entries.first { $0["section"] == "buckets" })
        #expect(run["group"] == 50 && run["from"] == ["nhid": 2] && run["to"] == ["nhid": 1])
        #expect(
          run["first_bucket"] == 0 && run["last_bucket"] == 3 || run["first_bucket"] == 4 && run["last_bucket"] == 7)
      }
    }
  }

  @Test("are those of one family with -4 and -6")
  func families() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        let old = "\(directory)/old.json"
        try run("ip -6 addr add 2001:db8::1/64 dev o1 nodad; ip nexthop add id 61 via 2001:db8::2 dev o1")
        #expect(try Program.run("snapshot save \(old)").status == 0)
        try run(
          """
          sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1
          sysctl -qw net.ipv4.fib_multipath_hash_seed=7 net.ipv4.conf.o1.rp_filter=2 net.ipv6.conf.o1.forwarding=1
          ip route add 198.51.100.0/24 nhid 50; ip -6 route add 2001:db8:a::/48 via 2001:db8::2
          ip nexthop add id 3 via 10.1.1.13 dev o1; ip nexthop add id 62 via 2001:db8::3 dev o1
          ip nexthop add id 63 group 61/62; ip rule add pref 5 table 9; ip -6 rule add pref 6 table 9
          """)
        func names(_ options: String) throws -> Set<String> {
          let diff = try Program.run("snapshot diff \(old) \(options)")
          #expect(diff.status == 1 && diff.error == "", "\(diff.error)")
          let lines = diff.output.split(separator: "\n").map { $0.prefix { $0 != "{" } }
          return Set(lines.map { String($0.prefix(60)) }.filter { !$0.contains("neigh") && !$0.contains("fe80::") })
        }
        let (all, ipv4, ipv6) = (try names(""), try names("-4"), try names("-6"))
        #expect(ipv4.union(ipv6) == all)
        #expect(
          Set(ipv4.intersection(ipv6).filter { $0.contains("net.") })
            == ["~ settings net.ipv4.fib_multipath_hash_seed: 0 -> 7"], "\(ipv4.intersection(ipv6))")
        for (some, mine) in [(ipv4, true), (ipv6, false)] {
          for (word, isIPv4) in [
            ("net.ipv4.fib_multipath_hash_policy", true), ("net.ipv6.fib_multipath_hash_policy", false),
            ("routes 198.51.100.0/24", true), ("routes 2001:db8:a::/48", false), ("nexthops id 3:", true),
            ("nexthops id 62:", false), ("groups id 63:", false), ("rules inet priority 5", true),
            ("rules inet6 priority 6", false), ("net.ipv4.conf.o1.rp_filter", true),
            ("net.ipv6.conf.o1.forwarding", false),
          ] {
            #expect(some.contains { $0.contains(word) } == (isIPv4 == mine), "\(word): \(some)")
          }
        }
        #expect(try Program.run("snapshot diff \(old) \(old) -4").status == 0)
      }
    }
  }

  @Test("without a second snapshot are those of now")
  func now() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        let old = "\(directory)/old.json"
        #expect(try Program.run("snapshot save \(old)").status == 0)
        try run("sysctl -qw net.ipv4.fib_multipath_hash_policy=1")
        #expect(try Program.run("snapshot save \(directory)/new.json").status == 0)
        for now in ["", "--netns $$", "--snapshot \(directory)/new.json"] {
          let diff = try Program.run("snapshot diff \(old) \(now)")
          #expect(diff.status == 1 && diff.error == "", "\(diff.error)")
          let settings = diff.output.split(separator: "\n").filter { $0.contains("settings") }
          #expect(settings == ["~ settings net.ipv4.fib_multipath_hash_policy: 0 -> 1"], "\(diff.output)")
        }
        #expect(try Program.run("snapshot diff \(old) --snapshot \(old)").status == 0)
        let both = try Program.run("snapshot diff \(old) \(old) --netns $$")
        #expect(both.status == 2 && both.error.contains("leave them out"), "\(both.error)")
      }
    }
  }
}
