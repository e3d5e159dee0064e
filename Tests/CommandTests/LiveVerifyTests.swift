import TestSupport
import Testing

/// What `verify` says where prediction and kernel differ, and where there is nothing to compare.
@Suite("Live verify")
struct LiveVerifyTests {
  // Link-local addresses would come while the tests compare.
  private static let router = """
    sysctl -qw net.ipv4.fib_multipath_hash_seed=4711 net.ipv4.fib_multipath_hash_policy=1
    sysctl -qw net.ipv6.conf.default.addr_gen_mode=1
    ip link add o1 type veth peer name p1; ip link set o1 up; ip link set p1 up
    ip addr add 10.1.0.1/24 dev o1; ip -6 addr add 2001:db8:1::1/64 dev o1 nodad
    ip route add 198.51.100.0/24 nexthop via 10.1.0.2 nexthop via 10.1.0.3
    ip -6 route add 2001:db8:100::/48 nexthop via 2001:db8:1::2 nexthop via 2001:db8:1::3
    """

  @Test(
    "every mismatch is explained, the first ones with every step", arguments: ["198.51.100.0/24", "2001:db8:100::/48"])
  func explained(prefix: String) throws {
    try withNetworkNamespace {
      try run(Self.router)
      #expect(try Program.run("verify \(prefix) --count 500").status == 0)
      // Under another key about half of the flows go elsewhere.
      let wrong = try Program.run("verify \(prefix) --count 200 --seed 4712")
      #expect(wrong.status == 1)
      let lines = wrong.output.split(separator: "\n")
      let mismatches = lines.indices.filter { lines[$0].hasPrefix("mismatch: ") }
      #expect(mismatches.count > 50)
      for line in mismatches {
        #expect(lines[line + 1].hasPrefix("  both are nexthops of the route \(prefix) of table main, "))
        #expect(
          lines[line + 1].contains(" was to choose leg 1: ") || lines[line + 1].contains(" was to choose leg 2: "))
        #expect(lines[line + 1].hasSuffix(": the key, the hashed fields, the bounds or the buckets differ"))
      }
      #expect(lines.count { $0.contains("siphash-2-4, low 32 bits") } == 3)

      let json = try Program.run("verify \(prefix) --count 400 --seed 4712 -j").output
      let check = """
        import json, sys; r = json.load(sys.stdin); d = r["details"]
        print(len(d) == 100, r["details_left_off"] == r["mismatches"] - 100 > 0, all("reason" in m for m in d), "steps" in d[0]["prediction"], r["changed_meanwhile"])
        """
      #expect(try run("cat <<'END' | python3 -c '\(check)'\n\(json)END") == "True True True True []\n")
    }
  }

  @Test("of the flows of a file are those to the prefix, and no more than are asked for")
  func someOfFile() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        try run(
          """
          { echo src,dst,proto,sport,dport
            for port in $(seq 300); do echo 10.1.0.1,198.51.100.7,udp,$port,53; echo 10.1.0.1,198.51.100.9,udp,$port,53
            done; } >\(directory)/flows
          """)
        for (words, flows) in [
          ("", 600), ("198.51.100.7", 300), ("198.51.100.8/31 --count 70", 70), ("--count 599", 599),
          ("198.51.100.0/24 --count 1000", 600),
        ] {
          let verify = try Program.run("verify \(words) --flows \(directory)/flows")
          #expect(verify.status == 0, "\(verify.error)")
          #expect(verify.output.hasPrefix("\(flows) flows compared "), "\(words): \(verify.output)")
        }
        let none = try Program.run("verify 203.0.113.0/24 --flows \(directory)/flows")
        #expect(none.status == 1 && none.error.contains("nothing was verified"), "\(none.error)")
      }
    }
  }

  @Test("a terminal is told the progress, of random flows and of those of a file")
  func progress() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        try run(
          """
          { echo src,dst,proto,sport,dport
            for port in $(seq 600); do echo 10.1.0.1,198.51.100.7,udp,$port,53; done; } >\(directory)/flows
          """)
        for flows in ["198.51.100.0/24 --count 600", "--flows \(directory)/flows"] {
          let verify = "'\(Program.path)' verify \(flows)"
          let shown = try run("env TERM=xterm script -qec \"\(verify)\" /dev/null")
          #expect(shown.contains("\rverifying: "), "\(shown)")
          #expect(shown.contains("\r\u{1b}[K600 flows compared "), "\(shown)")
          #expect(try !run("\(verify) 2>&1").contains("verifying"))
        }
      }
    }
  }

  @Test("objects go by their ids, tables and types by their names")
  func names() throws {
    try withNetworkNamespace {
      try run(Self.router)
      try run(
        """
        ip nexthop add id 7 via 10.1.0.2 dev o1; ip nexthop add id 9 via 10.1.0.3 dev o1; ip nexthop add id 70 group 7/9
        ip route add 203.0.113.0/24 nhid 70
        """)
      let wrong = try Program.run("verify 203.0.113.0/24 --count 200 --seed 4712").output.split(separator: "\n")
      let reasons = wrong.filter { $0.contains(" was to choose ") }
      #expect(reasons.count > 50)
      #expect(reasons.allSatisfy { $0.contains(" was to choose id 7: ") || $0.contains(" was to choose id 9: ") })
      #expect(wrong.contains { $0.hasPrefix("    id 7 via 10.1.0.2 dev o1 weight 1, upper bound ") })
    }
  }

  @Test("-i says where random flows come in")
  func ingress() throws {
    try withNetworkNamespace {
      try run(Self.router)
      try run(
        """
        ip link add in0 type veth peer name q0; ip link set in0 up; ip link set q0 up
        sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
        ip route add default via 10.1.0.9
        """)
      let run = try Program.run("verify 198.51.100.0/24 -i in0 --count 50 --seed 4712 -j")
      #expect(run.status == 1, "\(run.error)")
      #expect(run.output.split(separator: "\"iif\":\"in0\"").count > 10)
      #expect(!run.output.contains("\"origin\":\"local\""))
      let unknown = try Program.run("verify 198.51.100.0/24 -i nowhere")
      #expect(unknown.status == 2 && unknown.error.contains("nowhere"), "\(unknown.error)")
      let few = try Program.run("verify 198.51.100.0/25 -i in0 --random 90 --to 198.51.100.0/24 --count 5")
      #expect(few.status == 0 && few.output.hasPrefix("5 flows compared "), "\(few.output)\(few.error)")
    }
  }

  @Test("random IPv6 flows meet the hash, as those of IPv4 do", arguments: ["198.51.100.0/24", "2001:db8:100::/48"])
  func hashed(prefix: String) throws {
    try withNetworkNamespace {
      try run(Self.router)
      let verified = try Program.run("verify \(prefix) --count 400 -j").output
      let check = "import json, sys; r = json.load(sys.stdin); print(r[\"hashed\"] > 300, r[\"mismatches\"])"
      #expect(try run("cat <<'END' | python3 -c '\(check)'\n\(verified)END") == "True 0\n")
    }
  }

  @Test("where nothing could be compared, that is said, and the status says no")
  func empty() throws {
    try withNetworkNamespace {
      try run("\(Self.router)\nsysctl -qw net.ipv4.fib_multipath_hash_seed=0")
      // A directory without a recovered seed.
      let prefix = "mount -t tmpfs tmpfs /run;"
      let script =
        "status=0; unshare --mount sh -c '\(prefix) \"\(Program.path)\" verify -4 198.51.100.0/24 --count 50' 2>&1 || status=$?; echo $status"
      let output = try run(script)
      #expect(
        output.hasSuffix(
          "ecmpctl: nothing was verified: every prediction that matters is uncertain (seed-unknown)\n1\n"),
        "\(output)")
      let none = try Program.run("verify --flows -", prefix: "echo dst |")
      #expect(none.status == 1)
      #expect(none.error == "ecmpctl: nothing was verified: there was no flow that the kernel can be asked about\n")
    }
  }
}
