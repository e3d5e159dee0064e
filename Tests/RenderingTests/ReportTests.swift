import JSON
import Rendering
import Routing
import Testing

/// A router with two good neighbours, one that has failed, and a link without carrier.
enum ReportLab {
  static func state(_ change: (inout RoutingState) -> Void = { _ in }) -> RoutingState {
    let up: UInt32 = 0x1_0043
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.12.95", machine: "x86_64"),
      links: [
        Link(index: 1, name: "lo", flags: 0x1_0049), Link(index: 3, name: "lab0", flags: up),
        Link(index: 5, name: "lab1", flags: up), Link(index: 7, name: "lab2", flags: up),
        Link(index: 11, name: "down0", flags: 0x1003),
      ],
      neighbours: [
        Neighbour(address: address("10.1.0.2"), interface: 3, state: .reachable),
        Neighbour(address: address("10.1.1.2"), interface: 5, state: .failed),
        Neighbour(address: address("2001:db8:1:1::2"), interface: 5, state: .failed),
      ],
      nexthops: [
        nexthop(1, .device(interface: 3, gateway: address("10.1.0.2"), encapsulation: nil), scope: 253),
        nexthop(2, .device(interface: 5, gateway: address("10.1.1.2"), encapsulation: nil), scope: 253),
        nexthop(3, .device(interface: 7, gateway: address("10.1.2.2"), encapsulation: nil), scope: 253, flags: 4),
        nexthop(6, .blackhole),
      ],
      groups: [
        NexthopGroup(id: 100, members: [.init(id: 1), .init(id: 2, weight: 2), .init(id: 3)], protocol: 186),
        NexthopGroup(
          id: 110, kind: .resilient, members: [.init(id: 1), .init(id: 2), .init(id: 3)],
          resilient: .init(buckets: 8, idleTimer: 6000, unbalancedTimer: 0, unbalancedTime: 1234)),
      ],
      bucketTables: [
        BucketTable(
          group: 110,
          buckets: [3, 3, 3, 3, 2, 1, 1, 1].enumerated().map { place, id in
            NexthopBucket(nexthop: UInt32(id), idleTime: place < 2 ? 10 : 7000)
          })
      ])
    change(&state)
    return state
  }

  static func text(_ route: Route, details: Bool = false, _ change: (inout RoutingState) -> Void = { _ in }) -> String {
    let index = StateIndex(state(change))
    var bytes: [UInt8] = []
    RouteReport(route, in: index).appendText(to: &bytes, in: index, details: details)
    return String(decoding: bytes, as: UTF8.self)
  }

  static func json(_ value: some JSONEncodable) -> String {
    var writer = JSONWriter()
    value.write(to: &writer)
    return writer.text
  }
}

@Suite("Reports on routes")
struct RouteReportTests {
  static let legacy = route(
    "10.2.2.0/24", metric: 20, proto: 186,
    .multipath([leg("10.1.0.2", dev: 3, weight: 3), leg("10.1.1.2", dev: 5), leg("10.1.9.2", dev: 11, flags: 16)]),
    extras(metrics: [(2, 1400, nil)]))

  @Test("a multipath route has a line a leg")
  func legacyMultipath() {
    #expect(
      ReportLab.text(Self.legacy, { $0.rebalanced = [.ipv4: [11]] }) == """
        10.2.2.0/24 proto bgp metric 20 mtu 1400
            via 10.1.0.2 dev lab0   weight 3  60.0%  reachable
            via 10.1.1.2 dev lab1   weight 1  20.0%  failed
            via 10.1.9.2 dev down0  weight 1  20.0%  no neighbour, no carrier, linkdown

        """)
  }

  @Test("while it is not known which bounds are in force, nor is any share")
  func unknownShares() {
    #expect(
      ReportLab.text(Self.legacy) == """
        10.2.2.0/24 proto bgp metric 20 mtu 1400
            via 10.1.0.2 dev lab0   weight 3  unknown (ideal 60.0%)  reachable
            via 10.1.1.2 dev lab1   weight 1  unknown (ideal 20.0%)  failed
            via 10.1.9.2 dev down0  weight 1  unknown (ideal 20.0%)  no neighbour, no carrier, linkdown

        """)
    let json = ReportLab.json(RouteReport(Self.legacy, in: StateIndex(ReportLab.state())))
    #expect(json.contains(#""ideal_share":0.6,"share":null"#))
  }

  @Test("neighbours count where the sysctl says so, links without carrier where theirs does")
  func sysctls() {
    let text = ReportLab.text(Self.legacy) {
      $0.settings.useNeighbours = true
      $0.rebalanced = [.ipv4: [11]]
      var interface = InterfaceSettings()
      interface.ipv4IgnoresLinkdown = true
      $0.settings.interfaces["down0"] = interface
    }
    #expect(
      text == """
        10.2.2.0/24 proto bgp metric 20 mtu 1400
            via 10.1.0.2 dev lab0   weight 3  100.0% (ideal 60.0%)  reachable
            via 10.1.1.2 dev lab1   weight 1  0.0% (ideal 20.0%)    failed
            via 10.1.9.2 dev down0  weight 1  0.0% (ideal 20.0%)    no neighbour, no carrier, linkdown

        """)
  }

  @Test(
    "an IPv6 host gives the flows of a failed neighbour to the first leg, a router does not", arguments: [true, false])
  func forwardingIPv6(isRouter: Bool) {
    let legs: RouteLegs = .multipath([leg("2001:db8:1:0::2", dev: 3), leg("2001:db8:1:1::2", dev: 5)])
    let index = StateIndex(ReportLab.state { $0.settings.ipv6ForwardingAll = isRouter })
    let report = RouteReport(route("2001:db8:2::/48", metric: 1024, legs, pref: 0), in: index)
    #expect(report.multipath.members.map(\.share) == (isRouter ? [0.5, 0.5] : [1, 0]))
  }

  @Test(
    "the preference of a router is in JSON the word of ip, or a number where that has none",
    arguments: [(0, "\"medium\""), (1, "\"high\""), (3, "\"low\""), (2, "2")])
  func preference(number: UInt8, text: String) {
    let legs: RouteLegs = .multipath([leg("2001:db8:1:0::2", dev: 3), leg("2001:db8:1:1::2", dev: 5)])
    let report = RouteReport(
      route("2001:db8:2::/48", metric: 1024, legs, pref: number), in: StateIndex(ReportLab.state()))
    var writer = JSONWriter()
    report.write(to: &writer)
    #expect(writer.text.contains("\"metric\":1024,\"pref\":\(text),\"multipath\""), "\(writer.text)")
  }

  @Test("a route over a group shows the members")
  func group() {
    let value = route("10.6.0.0/24", nhid: 100, .multipath([leg("10.1.0.2", dev: 3), leg("10.1.1.2", dev: 5)]))
    #expect(
      ReportLab.text(value) == """
        10.6.0.0/24 nhid 100 group
            id 1 via 10.1.0.2 dev lab0  weight 1  25.0%                reachable
            id 2 via 10.1.1.2 dev lab1  weight 2  0.0% (ideal 50.0%)   failed
            id 3 via 10.1.2.2 dev lab2  weight 1  75.0% (ideal 25.0%)  no neighbour, onlink

        """)
  }

  @Test("a resilient group is shown by its buckets and tests no neighbour")
  func resilient() {
    #expect(
      ReportLab.text(route("10.6.1.0/24", nhid: 110, .none)) == """
        10.6.1.0/24 nhid 110 resilient, 8 buckets
            id 1 via 10.1.0.2 dev lab0  weight 1  37.5% (ideal 33.3%)  3 buckets, 0 busy       reachable
            id 2 via 10.1.1.2 dev lab1  weight 1  12.5% (ideal 33.3%)  1 of 2 buckets, 0 busy  failed
            id 3 via 10.1.2.2 dev lab2  weight 1  50.0% (ideal 33.3%)  4 of 3 buckets, 2 busy  no neighbour, onlink

        """)
  }

  @Test(
    "a route with one way is a line",
    arguments: [
      (route("10.2.0.0/16", .single(leg("10.1.1.2", dev: 5))), "10.2.0.0/16 via 10.1.1.2 dev lab1 (failed)\n"),
      (route("10.3.0.0/16", type: .unreachable, .none), "unreachable 10.3.0.0/16\n"),
      (
        route("10.4.0.0/16", nhid: 3, .single(leg("10.1.2.2", dev: 7))),
        "10.4.0.0/16 nhid 3 id 3 via 10.1.2.2 dev lab2 onlink (no neighbour)\n"
      ),
      (route("10.5.0.0/16", type: .blackhole, nhid: 6, .none), "blackhole 10.5.0.0/16 nhid 6 id 6 blackhole\n"),
      (route("10.6.0.0/16", nhid: 77, .none), "10.6.0.0/16 nhid 77 id 77\n"),
    ])
  func singlePath(value: Route, expected: String) {
    #expect(ReportLab.text(value) == expected)
  }

  @Test("JSON")
  func json() {
    let report = RouteReport(route("10.6.1.0/24", nhid: 110, .none), in: StateIndex(ReportLab.state()))
    let text = ReportLab.json(report)
    #expect(
      text.hasPrefix(
        #"{"family":"inet","type":"unicast","dst":"10.6.1.0/24","table":"main","protocol":"boot","scope":"global","#
          + #""metric":0,"nhid":110,"multipath":"resilient","group":{"id":110,"type":"resilient","buckets":8},"#
          + #""nexthops":[{"id":1,"gateway":"10.1.0.2","dev":"lab0","weight":1,"ideal_share":0.333333,"share":0.375,"#
          + #""buckets":3,"wanted_buckets":3,"idle_buckets":3,"busy_buckets":0,"neighbour":"REACHABLE","up":true,"#
          + #""carrier":true,"flags":[]},{"id":2,"#))
    #expect(text.hasSuffix(#","flags":["onlink"]}],"flags":[]}"#))
  }

  @Test("only multipath routes are listed unless all are asked for")
  func listing() {
    let index = StateIndex(
      ReportLab.state {
        $0.routes = [
          Self.legacy, route("10.3.0.0/16", type: .unreachable, .none), route("10.6.1.0/24", nhid: 110, .none),
          route("10.4.0.0/16", nhid: 3, .single(leg("10.1.2.2", dev: 7))),
        ]
      })
    #expect(RouteReport.all(in: index).map(\.route) == [index.state.routes[0], index.state.routes[2]])
    #expect(RouteReport.all(in: index, includesSinglePath: true).count == 4)
  }
}

@Suite("Reports on groups, buckets and policies")
struct GroupReportTests {
  @Test("a group with the routes that use it")
  func group() throws {
    let index = StateIndex(
      ReportLab.state {
        $0.routes = (0..<5).map { route("10.6.\($0).0/24", table: $0 == 1 ? 100 : 254, nhid: 110, .none) }
      })
    let report = try #require(GroupReport.all(in: index, id: 110).first)
    var bytes: [UInt8] = []
    report.appendText(to: &bytes)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(3) == [
        "id 110 resilient 3 members",
        "    buckets 8, idle timer 60 s, unbalanced timer off, unbalanced for 12.34 s",
        "    6 idle and 2 busy buckets",
      ])
    #expect(lines.last == "    used by 5 routes: 10.6.0.0/24, 10.6.1.0/24 table 100, 10.6.2.0/24 and 2 more")
    bytes = []
    report.appendText(to: &bytes, details: true)
    #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("10.6.3.0/24, 10.6.4.0/24\n"))
    let json = ReportLab.json(report)
    #expect(
      json.hasPrefix(
        #"{"id":110,"type":"resilient","protocol":"unspec","resilient_args":{"buckets":8,"idle_timer":60.0,"#
          + #""unbalanced_timer":0.0,"unbalanced_time":12.34,"idle_buckets":6,"busy_buckets":2},"members":[{"id":1,"#))
    #expect(json.contains(#""route_count":5,"routes":[{"dst":"10.6.0.0/24","table":"main","metric":0},"#))
    #expect(GroupReport.all(in: index).map(\.group.id) == [100, 110])
    #expect(GroupReport.all(in: index, id: 5).isEmpty)
  }

  @Test("nexthop objects tell who made them, and with details their scopes")
  func origins() {
    let index = StateIndex(
      ReportLab.state {
        $0.nexthops?[0].protocol = 11
        $0.nexthops?.removeLast(2)
      })
    func text(details: Bool) -> [String] {
      var bytes: [UInt8] = []
      NexthopReport.appendText(NexthopReport.all(in: index), to: &bytes, details: details)
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    #expect(
      text(details: false) == [
        "id 1 via 10.1.0.2 dev lab0  proto zebra  reachable", "id 2 via 10.1.1.2 dev lab1               failed",
      ])
    #expect(
      text(details: true) == [
        "id 1 via 10.1.0.2 dev lab0  proto zebra scope link   reachable",
        "id 2 via 10.1.1.2 dev lab1  proto unspec scope link  failed",
      ])
    let json = NexthopReport.all(in: index).map(ReportLab.json)
    #expect(json[0].hasPrefix(#"{"id":1,"gateway":"10.1.0.2","dev":"lab0","protocol":"zebra","scope":"link","#))
    #expect(json[1].contains(#""protocol":"unspec","scope":"link""#))
  }

  @Test("-4 and -6 keep to the groups that have a member of the family, or none of any")
  func families() {
    let index = StateIndex(
      ReportLab.state {
        $0.nexthops?.append(nexthop(11, family: .ipv6, .device(interface: 3, gateway: nil, encapsulation: nil)))
        $0.groups += [
          NexthopGroup(id: 200, members: [.init(id: 11)]), NexthopGroup(id: 201, members: [.init(id: 6)]),
          NexthopGroup(id: 202, members: [.init(id: 6), .init(id: 1)]), NexthopGroup(id: 203, members: []),
          NexthopGroup(
            id: 210, kind: .resilient, members: [.init(id: 11)],
            resilient: .init(buckets: 1, idleTimer: 1, unbalancedTimer: 0)),
        ]
        $0.bucketTables.append(BucketTable(group: 210, buckets: [.init(nexthop: 11, idleTime: 0)]))
      })
    func groups(_ family: AddressFamily?) -> [UInt32] { GroupReport.all(in: index, family: family).map(\.group.id) }
    func tables(_ family: AddressFamily?) -> [UInt32] { BucketReport.all(in: index, family: family).map(\.group.id) }
    #expect(groups(nil) == [100, 110, 200, 201, 202, 203, 210])
    #expect(groups(.ipv4) == [100, 110, 201, 202, 203])
    #expect(groups(.ipv6) == [200, 201, 203, 210])
    #expect(tables(nil) == [110, 210])
    #expect(tables(.ipv4) == [110])
    #expect(tables(.ipv6) == [210])
  }

  @Test("the map of a bucket table")
  func buckets() throws {
    let index = StateIndex(ReportLab.state())
    let report = try #require(BucketReport(group: 110, in: index))
    var bytes: [UInt8] = []
    report.appendText(to: &bytes)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines[0] == "id 110 resilient, 8 buckets, idle timer 60 s, unbalanced for 12.34 s")
    #expect(lines[1] == "    0  CCccbaaa")
    #expect(lines.last?.hasPrefix("    c  id 3 via 10.1.2.2 dev lab2  weight 1  50.0% (ideal 33.3%)") == true)
    #expect(lines.last?.hasSuffix("used 0.1 s ago") == true)
    var writer = JSONWriter()
    writer.array { report.write(to: &$0) }
    #expect(
      writer.text.hasPrefix(
        #"[{"id":110,"index":0,"nhid":3,"gateway":"10.1.2.2","dev":"lab2","idle_time":0.1,"idle":false,"flags":[]},"#))
    #expect(BucketReport(group: 100, in: index) == nil)
    #expect(BucketReport(group: 9, in: index) == nil)
  }

  @Test("a large map has several buckets in a cell")
  func largeMap() throws {
    let index = StateIndex(
      ReportLab.state {
        $0.bucketTables[0].buckets = (0..<8192).map { NexthopBucket(nexthop: $0 < 4098 ? 1 : 99, idleTime: 7000) }
      })
    let report = try #require(BucketReport(group: 110, in: index))
    var bytes: [UInt8] = []
    report.appendText(to: &bytes)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines.count == 2 + 2048 / 64 + 3)
    #expect(lines[2 + 16] == "    4096  *" + String(repeating: "-", count: 63))
    bytes = []
    report.appendText(to: &bytes, details: true)
    #expect(String(decoding: bytes, as: UTF8.self).split(separator: "\n").count == 1 + 8192 / 64 + 3)
  }

  @Test(
    "shares by upper bounds",
    arguments: [
      ("all good", [1, 1, 2], [false, false, false], [0.25, 0.25, 0.5]),
      ("a skipped one gives to the next", [1, 1, 2], [false, true, false], [0.25, 0, 0.75]),
      ("the last one gives to the first good one", [1, 1, 2], [true, false, true], [0, 1, 0]),
      ("without a good one the first takes all", [1, 3], [true, true], [1, 0]),
    ] as [(String, [UInt32], [Bool], [Double])])
  func shares(what: String, weights: [UInt32], skipped: [Bool], expected: [Double]) {
    let index = StateIndex(
      ReportLab.state { state in
        state.nexthops = skipped.indices.map {
          nexthop(UInt32($0 + 1), .device(interface: 3, gateway: IPAddress(ipv4: UInt32($0)), encapsulation: nil))
        }
        state.neighbours = skipped.indices.filter { skipped[$0] }.map {
          Neighbour(address: IPAddress(ipv4: UInt32($0)), interface: 3, state: .incomplete)
        }
        state.groups = [
          NexthopGroup(
            id: 9, members: weights.enumerated().map { .init(id: UInt32($0.offset + 1), weight: $0.element) })
        ]
      })
    let shares = GroupReport.all(in: index).first?.multipath.members.map { (($0.share ?? -1) * 1e6).rounded() / 1e6 }
    #expect(shares == expected, "\(what)")
  }

  @Test(
    "policy 2 names what it hashes of a packet without an inner header, too",
    arguments: [(AddressFamily.ipv4, "src, dst"), (.ipv6, "src, dst, proto, flowlabel")])
  func innerPolicy(family: AddressFamily, fields: String) {
    let report = PolicyReport(
      family,
      in: ReportLab.state {
        $0.settings.ipv4Hash = HashSettings(policy: 2)
        $0.settings.ipv6Hash = HashSettings(policy: 2)
      })
    var bytes: [UInt8] = []
    report.appendText(to: &bytes)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines[0].hasSuffix("(layer 3 or inner layer 3): inner-src, inner-dst, inner-proto, inner-flowlabel"))
    #expect(lines[1] == "    without an inner header: \(fields)")
    let names = fields.split(separator: ", ").map { "\"\($0)\"" }.joined(separator: ",")
    #expect(ReportLab.json(report).contains("\"fields_without_inner\":[\(names)]"))
  }

  @Test("the policy, the key and the settings")
  func policy() {
    let state = ReportLab.state {
      $0.settings.ipv4Hash = HashSettings(policy: 3, fields: 0x37)
      $0.settings.ipv6Hash = HashSettings(policy: 9)
      $0.settings.hashSeed = 12345
      var interface = InterfaceSettings()
      interface.receivePacketSteering = true
      interface.ipv6IgnoresLinkdown = true
      $0.settings.interfaces["lab0"] = interface
    }
    var known = state
    known.behaviour = KernelBehaviour(version: KernelVersion(6, 18, 44))
    known.behaviour.hasWideWeights = nil
    let reports = PolicyReport.all(in: known)
    var bytes: [UInt8] = []
    for report in reports { report.appendText(to: &bytes, details: true) }
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[0] == "IPv4 policy 3 (custom fields): src, dst, proto, sport, dport")
    #expect(lines[1] == "    key: known, seed 12345")
    #expect(lines.contains("    net.ipv4.fib_multipath_hash_fields = 0x37"))
    #expect(lines.contains("    net.ipv4.fib_multipath_use_neigh = absent"))
    #expect(lines.contains("    lab0.rps = 1"))
    #expect(lines.contains("    net.ipv6.conf.lab0.ignore_routes_with_linkdown = 1"))
    #expect(lines.contains("IPv6 policy 9 (unknown)"))
    #expect(lines.count { $0 == "    kernel has_wide_weights: unknown" } == 2)
    #expect(lines.count { $0 == "    kernel scores_source_address: yes" } == 1)
    #expect(lines.contains("    kernel ipv6_honours_output_interface: no"))
    let json = ReportLab.json(reports)
    #expect(
      json.contains(
        #""behaviour":{"scores_source_address":true,"skips_invalid_members_from_start":true,"#
          + #""randomises_unbound_port":true,"reads_link_tags":true,"ipv4_obeys_common_linkdown":true,"#
          + #""replaces_interfaces_by_vrf":false,"rules_match_vrfs":true,"takes_source_of_vrf":true,"#
          + #""has_wide_weights":null}"#))
    #expect(
      json.hasPrefix(
        #"[{"family":"inet","policy":3,"policy_name":"custom fields","#
          + #""fields":["src","dst","proto","sport","dport"],"seed":12345,"key_known":true,"settings":["#))
    #expect(PolicyReport.all(in: ReportLab.state { $0.settings.hashSeed = 0 }).map(\.key) == [.boot, .boot])
    let recovered = PolicyReport.all(
      in: ReportLab.state { $0.settings.hashSeed = 0 }, family: .ipv4, bootSeed: 77)
    #expect(recovered.map(\.key) == [.recovered(77)])
    #expect(ReportLab.json(recovered).contains(#""seed":77,"key_known":true,"key_recovered":true,"#))
    var recoveredText: [UInt8] = []
    recovered.first?.appendText(to: &recoveredText)
    #expect(String(decoding: recoveredText, as: UTF8.self).contains("\n    key: known, the recovered boot seed 77\n"))
    // A seed that is set goes before that of the kernel's start.
    #expect(PolicyReport.all(in: state, bootSeed: 77).map(\.key) == [.seed(12345), .seed(12345)])
    #expect(PolicyReport.all(in: ReportLab.state(), family: .ipv6).map(\.key) == [.noSysctl])
  }
}
