import TestSupport
import Testing

/// What `ip -j` prints of a router, imported, beside what the program reads of it.
@Suite("An import of a live router")
struct LiveImportTests {
  private static let dumps = [
    "route": "ip -j -d route show table all", "route6": "ip -6 -j -d route show table all",
    "nexthop": "ip -j -d nexthop", "bucket": "ip -j nexthop bucket show", "rule": "ip -j rule",
    "rule6": "ip -6 -j rule", "link": "ip -j -d link", "addr": "ip -j addr", "neigh": "ip -j neigh",
    "sysctl": "sysctl net 2>/dev/null", "snmp": "cat /proc/self/net/snmp /proc/self/net/snmp6", "uname": "uname -a",
  ]

  /// Calls `body` in a namespace with a router, its dumps and a snapshot `live.json` in a directory.
  private func withRouter(_ body: (String) throws -> Void) throws {
    try withNetworkNamespace {
      try run(
        """
        set -e
        sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.fib_multipath_hash_seed=77
        sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.default.accept_dad=0
        for n in 1 2 3; do
          ip link add o$n type veth peer name p$n; ip link set p$n up; ip link set o$n up
          ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
          ip neigh replace 10.1.$n.2 dev o$n lladdr 02:00:00:00:0$n:02 nud permanent
        done
        ip nexthop add id 1 via 10.1.1.2 dev o1; ip nexthop add id 2 via 10.1.2.2 dev o2
        ip nexthop add id 50 group 1/2 type resilient buckets 8; ip nexthop add id 51 group 1/2
        ip route add 198.51.100.0/24 nhid 50; ip route add 192.0.2.0/24 nhid 51 mtu lock 1400
        ip route add 203.0.113.0/24 via 10.1.2.2 table 100; ip rule add from 10.9.0.0/16 lookup 100
        ip -6 route add 2001:db8:100::/48 via fd00:1::2
        sleep 1.5
        """)
      try withTemporaryDirectory { directory in
        for (name, command) in Self.dumps { try run("{ \(command) || true; } >\(directory)/\(name)") }
        #expect(try Program.run("snapshot save \(directory)/live.json").status == 0)
        try body(directory)
      }
    }
  }

  private func importDumps(_ directory: String, without missing: Set<String> = []) throws -> String {
    let file = "\(directory)/import-\(missing.sorted().joined(separator: "-")).json"
    let options = Self.dumps.keys.filter { !missing.contains($0) }.map { "--\($0) \(directory)/\($0)" }
    let result = try Program.run("snapshot import -o \(file) " + options.joined(separator: " "))
    #expect(result.status == 0, "\(result.error)")
    return file
  }

  @Test("shows no difference to the state that the program reads, and a real one all the same")
  func difference() throws {
    try withRouter { directory in
      let file = try importDumps(directory)
      let same = try Program.run("snapshot diff \(directory)/live.json \(file)")
      #expect(same.status == 0 && same.output.isEmpty, "\(same.output)")
      #expect(same.error.contains("not compared, as one of them does not have it: what ip -j does not print"))
      try run("ip route add 198.18.0.0/15 via 10.1.1.2; \(Self.dumps["route"] ?? "") >\(directory)/route")
      let changed = try importDumps(directory)
      let different = try Program.run("snapshot diff \(directory)/live.json \(changed)")
      #expect(different.status == 1 && different.output.hasPrefix("+ routes 198.18.0.0/15"), "\(different.output)")
    }
  }

  @Test("is uncertain where a dump is missing that would have told")
  func missingDumps() throws {
    try withRouter { directory in
      let flows = [
        "198.51.100.7 from 10.2.0.5 iif o3", "203.0.113.7 from 10.9.0.5 iif o3",
        "2001:db8:100::7 from fd00:3::9 iif o3",
        "2001:db8:200::7 from fd00:3::9 iif o3",
      ]
      func predict(_ flow: String, _ missing: Set<String>) throws -> String {
        let file = try importDumps(directory, without: missing)
        return try Program.run("predict --snapshot \(file) \(flow)").output
      }
      for flow in flows {
        #expect(try predict(flow, []).hasSuffix("exact\n"), "\(flow)")
        let all = try predict(flow, Set(Self.dumps.keys).subtracting(["link"]))
        #expect(all.contains("uncertain") && all.contains("state-incomplete"), "\(flow): \(all)")
      }
      #expect(try predict(flows[0], ["nexthop"]).contains("state-incomplete"))
      #expect(try predict(flows[1], ["rule"]).contains("state-incomplete"))
      #expect(try predict(flows[2], ["rule", "nexthop"]).hasSuffix("exact\n"))
      #expect(try predict(flows[2], ["rule6"]).contains("state-incomplete"))
      // The dump of IPv4 routes may hold both families, and this one does not.
      try run("ip -4 -j -d route show table all >\(directory)/route")
      #expect(try predict(flows[2], ["route6"]).contains("state-incomplete"))
    }
  }
}
