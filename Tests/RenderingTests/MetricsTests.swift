import Planning
import Rendering
import Routing
import TestSupport
import Testing

/// The metrics of a state, read back by a strict reader.
@Suite("Metrics")
struct MetricsTests {
  private static let routes = [
    route("10.2.2.0/24", .multipath([leg("10.1.0.2", dev: 3), leg("10.1.9.2", dev: 11, flags: 17)])),
    route("10.2.3.0/24", .multipath([leg("10.1.0.2", dev: 3), leg("10.1.9.2", dev: 11, flags: 16)])),
    route("10.2.4.0/24", .multipath([leg("10.1.0.2", dev: 3), leg("10.1.1.2", dev: 5)])),
    route("10.2.5.0/24", .single(leg("10.1.0.2", dev: 3, flags: 1))),
    route("10.3.0.0/24", nhid: 100, .none), route("10.3.1.0/24", nhid: 110, .none),
    route("10.3.2.0/24", table: 77, nhid: 110, .none), route("10.3.3.0/24", nhid: 1, .none),
    route("2001:db8::/64", nhid: 110, .none), route("10.9.0.0/16", type: .unreachable, .none),
  ]

  private static func report(
    _ routes: [Route] = routes, family: AddressFamily? = nil, keeping: MetricsReport.Keeping? = nil,
    _ change: (inout RoutingState) -> Void = { _ in }
  ) -> MetricsReport {
    let state = ReportLab.state(change)
    var counts = RouteCounts(groups: state.groups)
    for route in routes { counts.add(route) }
    counts.end()
    return MetricsReport(
      StateIndex(state), routes: counts, family: family, program: .init(version: "1.2.3", libnl: "libnl 3"),
      keeping: keeping)
  }

  private static func text(_ report: MetricsReport, as format: MetricsText.Format = .openmetrics) -> String {
    var bytes: [UInt8] = []
    MetricsText.append(report.families, as: format, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("a resilient group has its buckets, timers and shares")
  func resilient() throws {
    let metrics = try OpenMetrics(Self.text(Self.report()))
    let group = ["group": "110"]
    #expect(metrics.value("ecmpctl_group_info", ["group": "110", "type": "resilient", "protocol": "unspec"]) == 1)
    #expect(metrics.value("ecmpctl_group_members", group) == 3)
    #expect(metrics.value("ecmpctl_group_buckets", group) == 8)
    #expect(metrics.value("ecmpctl_group_busy_buckets", group) == 2)
    #expect(metrics.value("ecmpctl_group_idle_buckets", group) == 6)
    #expect(metrics.value("ecmpctl_group_idle_timer_seconds", group) == 60)
    #expect(metrics.value("ecmpctl_group_unbalanced_timer_seconds", group) == 0)
    #expect(metrics.value("ecmpctl_group_unbalanced_seconds", group) == 12.34)
    let member = ["group": "110", "nexthop": "3"]
    #expect(metrics.value("ecmpctl_member_buckets", member) == 4)
    #expect(metrics.value("ecmpctl_member_wanted_buckets", member) == 3)
    #expect(metrics.value("ecmpctl_member_busy_buckets", member) == 2)
    #expect(metrics.value("ecmpctl_member_idle_buckets", member) == 2)
    #expect(metrics.value("ecmpctl_member_share_ratio", member) == 0.5)
    #expect(metrics.value("ecmpctl_member_ideal_share_ratio", member) == 1.0 / 3)
    #expect(metrics.family("ecmpctl_group_unbalanced_seconds")?.unit == "seconds")
    // The kernel of this state counts no packets, and a hash-threshold group has no buckets.
    #expect(metrics.family("ecmpctl_member_packets") == nil)
    #expect(metrics.value("ecmpctl_group_buckets", ["group": "100"]) == nil)
  }

  @Test("routes are counted by kind, family and group")
  func routes() throws {
    let metrics = try OpenMetrics(Self.text(Self.report()))
    #expect(metrics.value("ecmpctl_routes", ["family": "inet"]) == 9)
    #expect(metrics.value("ecmpctl_routes", ["family": "inet6"]) == 1)
    for (family, kind, count) in [
      ("inet", "legacy", 3), ("inet", "mpath", 1), ("inet", "resilient", 2), ("inet", "unknown", 0),
      ("inet6", "legacy", 0), ("inet6", "resilient", 1),
    ] {
      #expect(
        metrics.value("ecmpctl_multipath_routes", ["family": family, "kind": kind]) == Double(count),
        "\(family) \(kind)")
    }
    #expect(metrics.value("ecmpctl_multipath_legs", ["family": "inet"]) == 6)
    #expect(metrics.value("ecmpctl_multipath_dead_legs", ["family": "inet"]) == 1)
    #expect(metrics.value("ecmpctl_multipath_linkdown_legs", ["family": "inet"]) == 2)
    #expect(metrics.value("ecmpctl_multipath_impaired_routes", ["family": "inet"]) == 2)
    #expect(metrics.value("ecmpctl_group_routes", ["group": "110", "family": "inet"]) == 2)
    #expect(metrics.value("ecmpctl_group_routes", ["group": "110", "family": "inet6"]) == 1)
    #expect(metrics.value("ecmpctl_group_routes", ["group": "100", "family": "inet"]) == 1)
  }

  @Test("a member is alive as long as its link is and its neighbour is not invalid")
  func liveness() throws {
    let metrics = try OpenMetrics(
      Self.text(Self.report { $0.neighbours.append(.init(address: address("10.1.2.2"), interface: 7, state: .stale)) }))
    let states = ["1": "reachable", "2": "failed", "3": "stale"]
    for (id, state) in states {
      #expect(metrics.value("ecmpctl_nexthop_alive", ["nexthop": id]) == (id == "2" ? 0 : 1))
      #expect(metrics.value("ecmpctl_nexthop_neighbour_valid", ["nexthop": id]) == (id == "2" ? 0 : 1))
      let name = "ecmpctl_nexthop_neighbour_state"
      let set = metrics.family(name)?.samples.filter { $0.labels["nexthop"] == id && $0.value == 1 }
      #expect(set?.map { $0.labels[name] } == [state])
    }
    let down = try OpenMetrics(Self.text(Self.report { $0.links[2].flags = 0x1003 }))
    #expect(down.value("ecmpctl_nexthop_link_up", ["nexthop": "2"]) == 1)
    #expect(down.value("ecmpctl_nexthop_link_carrier", ["nexthop": "2"]) == 0)
    let gone = try OpenMetrics(Self.text(Self.report { $0.neighbours = [] }))
    // No entry yet: the kernel will ask for the neighbour.
    #expect(gone.value("ecmpctl_nexthop_alive", ["nexthop": "1"]) == 1)
    #expect(gone.value("ecmpctl_nexthop_neighbour_valid", ["nexthop": "1"]) == 0)
  }

  @Test("packets are counters, with those of the hardware where there are any")
  func packets() throws {
    let report = Self.report {
      $0.groups[0].statistics = [
        .init(id: 1, packets: .max), .init(id: 2, packets: 7, hardwarePackets: 5), .init(id: 99, packets: 1),
      ]
    }
    let metrics = try OpenMetrics(Self.text(report))
    let family = try #require(metrics.family("ecmpctl_member_packets"))
    #expect(family.type == "counter")
    #expect(family.samples.map(\.text) == ["18446744073709551615", "7"])
    #expect(metrics.value("ecmpctl_member_hardware_packets_total", ["group": "100", "nexthop": "2"]) == 5)
    #expect(metrics.family("ecmpctl_member_hardware_packets")?.samples.count == 1)
  }

  @Test("the seed is never told, only whether it is known")
  func seed() throws {
    for (seed, source, isKnown) in [(nil, "none", 0.0), (0, "boot", 0), (305_419_896, "sysctl", 1)]
      as [(UInt32?, String, Double)]
    {
      let text = Self.text(Self.report { $0.settings.hashSeed = seed })
      let metrics = try OpenMetrics(text)
      #expect(metrics.value("ecmpctl_hash_key_info", ["family": "inet", "source": source]) == 1)
      #expect(metrics.value("ecmpctl_hash_key_known", ["family": "inet6"]) == isKnown)
      #expect(!text.contains("305419896"))
    }
  }

  @Test("one family alone has no settings and routes of the other")
  func oneFamily() throws {
    let text = Self.text(Self.report(family: .ipv6))
    #expect(text.contains("family=\"inet6\""))
    #expect(!text.contains("family=\"inet\""))
  }

  @Test("a kept group tells what it misses, and what the guard has taken out")
  func keeping() throws {
    let kept = KeptGroup(
      group: NexthopGroup(
        id: 110, kind: .resilient, members: [.init(id: 1), .init(id: 2), .init(id: 8), .init(id: 9)]),
      members: [], routes: [])
    let metrics = try OpenMetrics(
      Self.text(Self.report(keeping: .init(groups: [kept], out: [110: [2, 8]], isTransactionOpen: true))))
    #expect(metrics.value("ecmpctl_guard_groups") == 1)
    #expect(metrics.value("ecmpctl_guard_missing_members", ["group": "110"]) == 2)
    #expect(metrics.value("ecmpctl_guard_out_members", ["group": "110"]) == 1)
    #expect(metrics.value("ecmpctl_transaction_open") == 1)
    #expect(try OpenMetrics(Self.text(Self.report())).family("ecmpctl_guard_groups") == nil)
  }

  @Test("names with odd characters are escaped and come back as they are")
  func escapes() throws {
    let name = "a\\b\"c\nd\u{e9}"
    let report = Self.report { $0.links[1].name = name }
    let metrics = try OpenMetrics(Self.text(report))
    #expect(metrics.family("ecmpctl_nexthop")?.samples.first { $0.labels["nexthop"] == "1" }?.labels["device"] == name)
    #expect(Self.text(report).contains(#"device="a\\b\"c\ndé""#))
  }

  @Test("members that are there twice, which no kernel tells, are told once")
  func twice() throws {
    let text = Self.text(
      Self.report {
        $0.groups[0].members += $0.groups[0].members
        $0.groups += $0.groups
      })
    #expect(try OpenMetrics(text).family("ecmpctl_member_weight")?.samples.count == 6)
  }

  @Test("the text format of Prometheus has the same samples, and types that it knows")
  func prometheus() throws {
    let report = Self.report { $0.groups[0].statistics = [.init(id: 1, packets: 3)] }
    let lines = Self.text(report, as: .prometheus).split(separator: "\n")
    let samples = lines.filter { !$0.hasPrefix("#") }
    #expect(samples == Self.text(report).split(separator: "\n").filter { !$0.hasPrefix("#") })
    let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ") }
    #expect(types.allSatisfy { $0[3] == "gauge" || $0[3] == "counter" })
    #expect(types.filter { $0[3] == "counter" }.map { $0[2] } == ["ecmpctl_member_packets_total"])
    #expect(lines.allSatisfy { !$0.hasPrefix("# UNIT") && $0 != "# EOF" })
    // Each sample belongs to the type in front of it.
    var name: Substring = ""
    for line in lines {
      let words = line.split(separator: " ")
      if line.hasPrefix("# TYPE") { name = words[2] }
      if !line.hasPrefix("#") { #expect(line.prefix { $0 != "{" && $0 != " " } == name) }
    }
  }

  @Test("counts of random routes are those of the reports", arguments: 0..<20 as Range<UInt64>)
  func randomRoutes(seed: UInt64) throws {
    let family: AddressFamily = seed % 2 == 0 ? .ipv4 : .ipv6
    let state = RandomState(family, isPlain: false, using: SeededGenerator(seed: seed)).state
    let index = StateIndex(state)
    var counts = RouteCounts(groups: state.groups)
    for route in state.routes { counts.add(route) }
    counts.end()
    let reports = RouteReport.all(in: index, includesSinglePath: true)
    #expect(counts[family].total == reports.count)
    for group in state.groups {
      #expect(counts.users(of: group.id, family) == reports.count { $0.route.nexthopID == group.id })
    }
    #expect(counts[family].routes[.legacy] ?? 0 == reports.count { $0.multipath.kind == .legacy })
    #expect(counts[family].routes[.resilient] ?? 0 == reports.count { $0.multipath.kind == .resilient })
    let report = MetricsReport(index, routes: counts, program: .init(version: "1", libnl: "3"))
    _ = try OpenMetrics(Self.text(report))
  }

  @Test("docs/metrics.md has every metric, in order, and no other")
  func documented() throws {
    // Three steps up from Tests/RenderingTests/MetricsTests.swift.
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let rows = try run("cat '/\(package)/docs/metrics.md'").split(separator: "\n").filter { $0.hasPrefix("| `") }
    let words = ["counter": MetricFamily.Kind.counter, "info": .info, "states": .stateset]
    let documented = rows.map { row in
      let kind = words.first { row.contains("` (\($0.key)) |") }?.value ?? .gauge
      return "\(row.split(separator: "`")[1]) \(kind)"
    }
    let report = Self.report(keeping: .init(groups: [], out: [:], isTransactionOpen: false))
    #expect(documented == report.families.map { "\($0.name) \($0.kind)" })
  }

  @Test("more kinds of routes than are kept at once are counted, too")
  func manyKinds() {
    var counts = RouteCounts(groups: [])
    for round in 0..<3 {
      for number in 0..<5000 {
        counts.add(
          route("10.0.0.0/8", metric: UInt32(number), .multipath([leg("10.1.0.2", dev: 3), leg("10.1.0.3", dev: 3)])))
        _ = round
      }
    }
    counts.end()
    #expect(counts[.ipv4].total == 15000)
    #expect(counts[.ipv4].legs.all == 30000)
  }

  @Test(
    "the reader of the tests takes no malformed text",
    arguments: [
      ("no end", "# TYPE a gauge\na 1\n"), ("no line end", "a 1\n# EOF"), ("behind the end", "a 1\n# EOF\na 2\n"),
      ("a blank line", "a 1\n\n# EOF\n"), ("a sample twice", "a{b=\"1\"} 1\na{b=\"1\"} 2\n# EOF\n"),
      ("a family that comes back", "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# HELP a x\n# EOF\n"),
      ("a counter without _total", "# TYPE a counter\na 1\n# EOF\n"),
      ("a negative counter", "# TYPE a counter\na_total -1\n# EOF\n"),
      ("a type there is not", "# TYPE a number\n# EOF\n"),
      ("two types", "# TYPE a gauge\n# TYPE a gauge\na 1\n# EOF\n"),
      ("a unit that is no suffix", "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n"),
      ("an info of 2", "# TYPE a info\na_info{b=\"c\"} 2\n# EOF\n"),
      ("an info with a unit", "# TYPE a_seconds info\n# UNIT a_seconds seconds\n# EOF\n"),
      ("a set of states without its state", "# TYPE a stateset\na{b=\"c\"} 1\n# EOF\n"),
      ("a state of 3", "# TYPE a stateset\na{a=\"c\"} 3\n# EOF\n"), ("a bad escape", "a{b=\"\\x\"} 1\n# EOF\n"),
      ("a bare quotation mark", "# HELP a \"x\"\na 1\n# EOF\n"), ("an open label", "a{b=\"1} 1\n# EOF\n"),
      ("a label twice", "a{b=\"1\",b=\"2\"} 1\n# EOF\n"), ("a bad label", "a{1b=\"1\"} 1\n# EOF\n"),
      ("no number", "a \n# EOF\n"), ("a word for a number", "a one\n# EOF\n"), ("two blanks", "a  1\n# EOF\n"),
      ("a comment of another kind", "# a remark\na 1\n# EOF\n"),
      ("metadata behind samples", "a 1\n# HELP a x\n# EOF\n"),
      ("names that clash", "# TYPE a counter\na_total 1\n# TYPE a_total gauge\na_total 1\n# EOF\n"),
      (
        "a metric that comes back",
        "# TYPE a stateset\na{a=\"x\",b=\"1\"} 1\na{a=\"x\",b=\"2\"} 1\na{a=\"y\",b=\"1\"} 0\n# EOF\n"
      ),
    ])
  func strictness(what: String, text: String) {
    #expect(throws: OpenMetrics.Malformed.self, "\(what)") { try OpenMetrics(text) }
  }

  @Test("and takes what is well-formed")
  func wellFormed() throws {
    let metrics = try OpenMetrics(
      "# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds x \\\"y\\\"\na_seconds_total{b=\"\\n\"} 1e-05\n"
        + "# TYPE s stateset\ns{s=\"on\"} 1\ns{s=\"off\"} 0\n# EOF\n")
    #expect(metrics.value("a_seconds_total", ["b": "\n"]) == 1e-05)
    #expect(metrics.family("a_seconds")?.help == "x \"y\"")
  }
}
