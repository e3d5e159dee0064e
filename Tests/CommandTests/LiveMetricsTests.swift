import JSON
import TestSupport
import Testing

/// `ecmpctl metrics` on a live kernel, figure by figure beside what `ip` tells.
@Suite("Live metrics")
struct LiveMetricsTests {
  /// Three members behind a resilient and a hash-threshold group, and routes of all kinds.
  private static let setup = """
    sysctl -qw net.ipv6.conf.default.accept_dad=0
    for n in 1 2 3; do
      ip link add o$n type veth peer name p$n; ip link set o$n up; ip link set p$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip nexthop add id $n via 10.1.$n.2 dev o$n
      ip neigh replace 10.1.$n.2 dev o$n lladdr 02:00:00:00:00:0$n nud permanent
    done
    ip nexthop add id 10 group 1/2,3/3 type resilient buckets 16 idle_timer 60 unbalanced_timer 100
    ip nexthop add id 11 group 1/2,4
    ip route add 198.51.100.0/24 nhid 10; ip route add 198.51.101.0/24 nhid 11
    ip route add 198.51.102.0/24 table 77 nhid 10
    ip route add 198.51.103.0/24 nexthop via 10.1.1.2 nexthop via 10.1.2.2 nexthop via 10.1.3.2
    ip -6 route add 2001:db8::/64 nexthop via fe80::1 dev o1 nexthop via fe80::2 dev o2
    """

  private func metrics(_ arguments: String = "") throws -> OpenMetrics {
    let run = try Program.run("metrics \(arguments)")
    #expect(run.status == 0 && run.error == "", "\(run.error)")
    return try OpenMetrics(run.output)
  }

  private func json(_ command: String) throws -> [JSONValue] {
    var reader = JSONReader(Array(try run(command).utf8))
    return try reader.value().elements ?? []
  }

  @Test("groups and members are those of ip -j nexthop show, buckets those of ip -j nexthop bucket show")
  func groups() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      try run("for i in $(seq 30); do ip route get 198.51.100.$i >/dev/null; done")
      let metrics = try metrics()
      let objects = try json("ip -j nexthop show")
      let buckets = try json("ip -j nexthop bucket show")
      let groups = objects.filter { $0["group"] != nil }
      #expect(groups.count == 2)
      for group in groups {
        let id = try #require(group["id"]?.wholeNumber)
        let members = group["group"]?.elements ?? []
        #expect(metrics.value("ecmpctl_group_members", ["group": "\(id)"]) == Double(members.count))
        let total = members.reduce(0) { $0 + ($1["weight"]?.wholeNumber ?? 1) }
        for member in members {
          let nexthop = try #require(member["id"]?.wholeNumber)
          let labels = ["group": "\(id)", "nexthop": "\(nexthop)"]
          let weight = member["weight"]?.wholeNumber ?? 1
          #expect(metrics.value("ecmpctl_member_weight", labels) == Double(weight))
          #expect(metrics.value("ecmpctl_member_ideal_share_ratio", labels) == Double(weight) / Double(total))
          let owned = buckets.filter { $0["id"]?.wholeNumber == id && $0["bucket"]?["nhid"]?.wholeNumber == nexthop }
          guard id == 10 else { continue }
          #expect(metrics.value("ecmpctl_member_buckets", labels) == Double(owned.count))
          #expect(metrics.value("ecmpctl_member_share_ratio", labels) == Double(owned.count) / 16)
          // Nothing has been idle for a minute.
          #expect(metrics.value("ecmpctl_member_busy_buckets", labels) == Double(owned.count))
        }
      }
      let resilient = groups.first { $0["id"]?.wholeNumber == 10 }?["resilient_args"]
      #expect(resilient?["buckets"]?.wholeNumber == 16)
      #expect(metrics.value("ecmpctl_group_buckets", ["group": "10"]) == 16)
      #expect(metrics.value("ecmpctl_group_idle_timer_seconds", ["group": "10"]) == 60)
      #expect(metrics.value("ecmpctl_group_unbalanced_timer_seconds", ["group": "10"]) == 100)
      #expect(metrics.value("ecmpctl_group_unbalanced_seconds", ["group": "10"]) == 0)
    }
  }

  @Test("routes are counted, and what is wrong with them follows the links")
  func routes() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      var metrics = try metrics()
      for (family, option) in [("inet", "-4"), ("inet6", "-6")] {
        let routes = try json("ip \(option) -j route show table all")
        #expect(metrics.value("ecmpctl_routes", ["family": family]) == Double(routes.count))
      }
      #expect(metrics.value("ecmpctl_multipath_routes", ["family": "inet", "kind": "legacy"]) == 1)
      #expect(metrics.value("ecmpctl_multipath_routes", ["family": "inet", "kind": "resilient"]) == 2)
      #expect(metrics.value("ecmpctl_multipath_routes", ["family": "inet", "kind": "mpath"]) == 1)
      #expect(metrics.value("ecmpctl_multipath_routes", ["family": "inet6", "kind": "legacy"]) == 1)
      #expect(metrics.value("ecmpctl_group_routes", ["group": "10", "family": "inet"]) == 2)
      #expect(metrics.value("ecmpctl_multipath_impaired_routes", ["family": "inet"]) == 0)
      #expect(metrics.value("ecmpctl_routes_consistent") == 1)
      try run("ip link set p3 down; ip neigh replace 10.1.2.2 dev o2 nud failed")
      metrics = try self.metrics()
      #expect(metrics.value("ecmpctl_multipath_impaired_routes", ["family": "inet"]) == 1)
      #expect(metrics.value("ecmpctl_multipath_linkdown_legs", ["family": "inet"]) == 1)
      // The kernel has taken nexthop 3 away with its carrier.
      #expect(metrics.value("ecmpctl_group_members", ["group": "10"]) == 2)
      #expect(metrics.value("ecmpctl_nexthop_alive", ["nexthop": "1"]) == 1)
      #expect(metrics.value("ecmpctl_nexthop_alive", ["nexthop": "2"]) == 0)
      let name = "ecmpctl_nexthop_neighbour_state"
      #expect(metrics.value(name, ["nexthop": "2", name: "failed"]) == 1)
      #expect(metrics.value(name, ["nexthop": "1", name: "permanent"]) == 1)
      let four = try self.metrics("-4")
      #expect(four.value("ecmpctl_routes", ["family": "inet6"]) == nil)
    }
  }

  @Test("packet counters of a group are the lookups that were made through it")
  func packets() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      let before = try metrics().family("ecmpctl_member_packets")?.samples ?? []
      #expect(before.count == 5)
      try run(
        "for i in $(seq 25); do ip route get 198.51.100.$i >/dev/null; done; ip route get 198.51.101.9 >/dev/null")
      let after = try #require(try metrics().family("ecmpctl_member_packets")).samples
      for (group, count) in [("10", 25.0), ("11", 1)] {
        let sum = { (samples: [OpenMetrics.Sample]) in
          samples.filter { $0.labels["group"] == group }.reduce(0) { $0 + $1.value }
        }
        #expect(sum(after) - sum(before) == count)
      }
    }
  }

  @Test("a file is written whole, in the format that its name asks for, and a failure leaves the old one")
  func file() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      try withTemporaryDirectory { directory in
        #expect(try Program.run("metrics -o \(directory)/ecmpctl.prom").status == 0)
        let text = try run("cat \(directory)/ecmpctl.prom")
        #expect(text.contains("# TYPE ecmpctl_member_packets_total counter\n"))
        #expect(!text.contains("# EOF"))
        #expect(try Program.run("metrics -o \(directory)/x.prom --format openmetrics").status == 0)
        _ = try OpenMetrics(run("cat \(directory)/x.prom"))
        let failed = try Program.run("metrics -o \(directory)/ecmpctl.prom --netns no-such-namespace")
        #expect(failed.status == 2)
        #expect(failed.errorLines.count == 1)
        #expect(try run("cat \(directory)/ecmpctl.prom") == text)
        #expect(try run("ls -A \(directory)") == "ecmpctl.prom\nx.prom\n")
        let missing = try Program.run("metrics -o \(directory)/none/x.prom")
        #expect(missing.status == 2)
        #expect(missing.errorLines.count == 1)
      }
    }
  }

  @Test("a group that the guard keeps tells of the member that it has taken out")
  func keptGroup() throws {
    try LiveGuardTests.Lab.with { lab in
      let group = ["group": "\(lab.group)"]
      var metrics = try metrics("--journal \(lab.directory)/journal")
      #expect(metrics.value("ecmpctl_guard_groups") == 1)
      #expect(metrics.value("ecmpctl_guard_missing_members", group) == 0)
      #expect(metrics.value("ecmpctl_guard_out_members", group) == 0)
      #expect(metrics.value("ecmpctl_transaction_open") == 0)
      try lab.silence(2)
      #expect(try lab.wait(for: [1, 3]) != nil, "\(lab.log)")
      // It writes down what it has done when it is done.
      for _ in 0..<100 where metrics.value("ecmpctl_guard_out_members", group) != 1 {
        metrics = try self.metrics("--journal \(lab.directory)/journal")
      }
      #expect(metrics.value("ecmpctl_guard_missing_members", group) == 1)
      #expect(metrics.value("ecmpctl_guard_out_members", group) == 1)
    }
  }

  @Test("a snapshot has the same metrics, but for what is not in it")
  func snapshot() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      try withTemporaryDirectory { directory in
        #expect(try Program.run("snapshot save \(directory)/s.json").status == 0)
        let live = try metrics()
        let saved = try metrics("--snapshot \(directory)/s.json")
        for family in saved.families { #expect(live.family(family.name)?.samples == family.samples, "\(family.name)") }
        #expect(saved.families.count >= live.families.count - 4)
        let report = try Program.run("metrics --snapshot \(directory)/s.json --json")
        var reader = JSONReader(Array(report.output.utf8))
        let names = try reader.value().elements?.compactMap { $0["name"]?.text }
        #expect(names == saved.families.map(\.name))
      }
    }
  }
}
