import Routing
import Snapshots
import TestSupport
import Testing

struct SnapshotTests {
  private func text(of snapshot: Snapshot) -> [UInt8] {
    var bytes: [UInt8] = []
    snapshot.write { bytes += $0 }
    return bytes
  }

  @Test("Every state reads back as it was written", arguments: 0..<8)
  func roundTrip(part: UInt64) throws {
    for seed in part * 500..<part * 500 + 500 {
      var maker = RandomState(seed: seed)
      let snapshot = Snapshot(
        state: maker.state(), created: maker.maybe { $0.text() }, notes: maker.list(2) { $0.text() })
      let read = try Snapshot(bytes: text(of: snapshot), file: "seed \(seed)")
      #expect(read == snapshot, "seed \(seed)")
    }
  }

  @Test("What was not read is kept, and an import of before is taken for unknown where its notes say so")
  func unread() throws {
    var state = RoutingState(kernel: KernelIdentity(release: "6.1", machine: "m"))
    state.unread = [.nexthops, .details, StatePart(rawValue: "of-the-future")]
    let bytes = text(of: Snapshot(state: state))
    #expect(String(decoding: bytes, as: UTF8.self).contains(#""unread""#))
    #expect(try Snapshot(bytes: bytes, file: "f").state == state)
    for (notes, unread) in [
      (#"["the addresses are not known (no `ip -j addr`)"]"#, [.unspecified]),
      (#"["`ip -j` does not show which route metrics are locked"]"#, []), ("[]", []),
    ] as [(String, Set<StatePart>)] {
      let text =
        #"{"format":"ecmpctl-snapshot","version":1,"kernel":{"release":"6.1","machine":"m"},"notes":"# + notes + "}"
      #expect(try Snapshot(bytes: Array(text.utf8), file: "f").state.unread == unread)
    }
  }

  @Test("Interfaces with the bounds of the settings are kept")
  func rebalanced() throws {
    var state = RoutingState(kernel: KernelIdentity(release: "6.1", machine: "m"))
    for rebalanced in [[.ipv4: [3, 2]], [.ipv4: [7], .ipv6: []], [.ipv6: [1, 9]]] as [[AddressFamily: Set<UInt32>]] {
      state.rebalanced = rebalanced
      #expect(try Snapshot(bytes: text(of: Snapshot(state: state)), file: "f").state == state)
    }
    let wrong =
      #"{"format":"ecmpctl-snapshot","version":1,"kernel":{"release":"6.1","machine":"m"},"rebalanced":{"ipv4":["o1"]}}"#
    #expect(throws: SnapshotError.self) { try Snapshot(bytes: Array(wrong.utf8), file: "f") }
  }

  @Test("What redirects have changed is kept, and that it is not known")
  func redirects() throws {
    var state = RoutingState(kernel: KernelIdentity(release: "6.1", machine: "m"))
    var changed = Redirects()
    changed.destinations = [
      RedirectedDestination(destination: address("198.51.100.7"), interface: 2, gateway: address("10.1.1.9")),
      RedirectedDestination(destination: address("2001:db8::7"), interface: 3, gateway: nil),
    ]
    changed.takingInterfaces = [.ipv4: [2, 7], .ipv6: [1]]
    changed.unreadFamilies = [.ipv6]
    for redirects in [Redirects(), changed] {
      state.redirects = redirects
      #expect(try Snapshot(bytes: text(of: Snapshot(state: state)), file: "f").state == state)
    }
    state.redirects = Redirects()
    state.unread = [.redirects]
    let bytes = text(of: Snapshot(state: state))
    #expect(!String(decoding: bytes, as: UTF8.self).contains(#""redirects":"#))
    #expect(try Snapshot(bytes: bytes, file: "f").state == state)
  }

  @Test("Where routes are hidden is kept, and what says nothing of it has none")
  func hiddenRoutes() throws {
    var state = RoutingState(kernel: KernelIdentity(release: "6.1", machine: "m"))
    #expect(!String(decoding: text(of: Snapshot(state: state)), as: UTF8.self).contains("hidden"))
    let places: Set<HiddenRoutes.Place> = [
      .init(destination: try Prefix(parsing: "2001:db8::/32"), metric: 1024),
      .init(destination: .everything(.ipv6), source: try Prefix(parsing: "fd00::/8"), metric: 0),
    ]
    for hidden in [HiddenRoutes(places: places), .anywhere, HiddenRoutes(places: places, mayBeAnywhere: true)] {
      state.hiddenRoutes = hidden
      #expect(try Snapshot(bytes: text(of: Snapshot(state: state)), file: "f").state == state)
    }
    let head = #"{"format":"ecmpctl-snapshot","version":1,"kernel":{"release":"6.1","machine":"m"},"hidden":"#
    for wrong in ["{\"places\":[{\"metric\":1}]}", "{\"anywhere\":5}", "[]"] {
      #expect(throws: SnapshotError.self, "\(wrong)") {
        try Snapshot(bytes: Array((head + wrong + "}").utf8), file: "f")
      }
    }
  }

  @Test("The text of a snapshot is stable")
  func golden() throws {
    var settings = KernelSettings()
    settings.ipv4Hash = HashSettings(policy: 1, fields: 7)
    settings.hashSeed = 12345
    settings.interfaces["o1"] = InterfaceSettings()
    settings.interfaces["o1"]?.ipv4Forwarding = true
    let o1 = RouteLeg(gateway: IPAddress("10.1.1.2"), interface: 2, weight: 1)
    let o2 = RouteLeg(gateway: IPAddress("fe80::3"), interface: 3, weight: 3, flags: [.dead, .linkdown])
    var extras = RouteExtras()
    extras.metrics = [RouteMetric(kind: 2, value: 1400)]
    var rule = Rule(family: .ipv4, priority: 100, action: .lookup(table: 123))
    rule.sourcePorts = Rule.Range(first: 100, last: 200)
    let state = RoutingState(
      kernel: KernelIdentity(release: "6.12.95", machine: "x86_64"), settings: settings,
      links: [Link(index: 2, name: "o1", flags: 0x11043, operationalState: 6, kind: "veth")],
      addresses: [InterfaceAddress(interface: 2, address: IPAddress(ipv4: 0x0a01_0101), prefixLength: 24)],
      neighbours: [
        Neighbour(address: IPAddress(ipv4: 0x0a01_0102), interface: 2, state: .stale, linkLayerAddress: [2, 0, 0xfe])
      ],
      rules: [rule, Rule(family: .ipv6, priority: 200, action: .other(99))],
      routes: [
        Route(
          destination: try Prefix(parsing: "198.51.100.0/24"), metric: 20, protocol: 186,
          nexthops: .legs(.multipath([o1, o2])), extras: extras),
        Route(destination: .everything(.ipv6), nexthops: .object(id: 11, expansion: .single(o1)), preference: 0),
        Route(destination: .everything(.ipv4), table: 123, type: .prohibit, nexthops: .legs(.none)),
      ],
      nexthops: [
        Nexthop(id: 1, family: .ipv4, target: .device(interface: 2, gateway: o1.gateway, encapsulation: nil)),
        Nexthop(id: 4, family: .ipv4, target: .blackhole, protocol: 4),
      ],
      groups: [
        NexthopGroup(
          id: 11, kind: .resilient, members: [.init(id: 1), .init(id: 4, weight: 3)],
          resilient: ResilientParameters(buckets: 2, idleTimer: 6000, unbalancedTimer: 0))
      ],
      bucketTables: [
        BucketTable(group: 11, buckets: [.init(nexthop: 1, idleTime: 310), .init(nexthop: 4, idleTime: 2, flags: 8)])
      ])
    let snapshot = Snapshot(state: state, created: "2026-01-31T12:00:00Z")
    #expect(String(decoding: text(of: snapshot), as: UTF8.self) == Self.goldenText)
    #expect(try Snapshot(bytes: Array(Self.goldenText.utf8), file: "golden") == snapshot)
  }

  private static let goldenText = #"""
    {
     "format": "ecmpctl-snapshot",
     "version": 1,
     "created": "2026-01-31T12:00:00Z",
     "redirects": {},
     "kernel": {
      "release": "6.12.95",
      "machine": "x86_64"
     },
     "behaviour": {
      "scores_source_address": false,
      "starts_at_first_sibling": true,
      "ipv6_honours_output_interface": false,
      "skips_invalid_members_from_start": true,
      "randomises_unbound_port": false,
      "uses_transmit_hash_for_ipv6_tcp": false,
      "reads_link_tags": true,
      "ipv4_obeys_common_linkdown": true,
      "ipv6_rules_ignore_ecn": true,
      "replaces_interfaces_by_vrf": false,
      "rules_match_vrfs": false,
      "takes_source_of_vrf": true,
      "has_wide_weights": true
     },
     "settings": {
      "ipv4": {"fib_multipath_hash_policy":1,"fib_multipath_hash_fields":7,"fib_multipath_hash_seed":12345},
      "ipv6": {},
      "interfaces": {"o1":{"ipv4_forwarding":true}}
     },
     "links": [
      {"ifindex":2,"ifname":"o1","flags":69699,"operstate":"up","mtu":1500,"kind":"veth"}
     ],
     "addresses": [
      {"ifindex":2,"local":"10.1.1.1","prefixlen":24,"scope":0}
     ],
     "neighbours": [
      {"dst":"10.1.1.2","ifindex":2,"lladdr":"02:00:fe","state":"stale"}
     ],
     "rules": [
      {"family":"inet","priority":100,"sport":[100,200],"action":"lookup","table":123,"protocol":0},
      {"family":"inet6","priority":200,"action":99,"protocol":0}
     ],
     "nexthops": [
      {"id":1,"family":"inet","gateway":"10.1.1.2","ifindex":2,"protocol":0,"scope":0},
      {"id":4,"family":"inet","blackhole":true,"protocol":4,"scope":0}
     ],
     "groups": [
      {"id":11,"type":"resilient","group":[{"id":1,"weight":1},{"id":4,"weight":3}],"resilient_args":{"buckets":2,"idle_timer_ticks":6000,"unbalanced_timer_ticks":0,"unbalanced_time_ticks":0},"protocol":0,"scope":0}
     ],
     "buckets": [
      {"id":11,"buckets":[{"nhid":1,"idle_ticks":310},{"nhid":4,"idle_ticks":2,"flags":8}]}
     ],
     "routes": [
      {"type":"unicast","dst":"198.51.100.0/24","table":254,"metric":20,"protocol":186,"scope":0,"nexthops":[{"gateway":"10.1.1.2","ifindex":2,"weight":1},{"gateway":"fe80::3","ifindex":3,"weight":3,"flags":["dead","linkdown"]}],"extras":{"metrics":[{"metric":"mtu","value":1400}]}},
      {"type":"unicast","dst":"::/0","table":254,"protocol":3,"scope":0,"pref":0,"nhid":11,"nexthop":{"gateway":"10.1.1.2","ifindex":2,"weight":1}},
      {"type":"prohibit","dst":"0.0.0.0/0","table":123,"protocol":3,"scope":0}
     ]
    }

    """#

  @Test("Unknown keys and another order do not matter")
  func tolerance() throws {
    let text = #"""
      {"routes":[{"dst":"10.0.0.0/8","table":254,"type":"unicast","protocol":3,"scope":0,"colour":"red"}],
       "future":{"a":[1,{"b":2}]},"kernel":{"release":"6.1","machine":"m","x":1},"version":1,"format":"ecmpctl-snapshot"}
      """#
    let snapshot = try Snapshot(bytes: Array(text.utf8), file: "f")
    #expect(snapshot.state.routes.map(\.destination.description) == ["10.0.0.0/8"])
    #expect(snapshot.state.nexthops == nil)
  }

  @Test("What a snapshot does not say of the kernel's behaviour, its release tells")
  func behaviour() throws {
    let head = #"{"format":"ecmpctl-snapshot","version":1,"kernel":{"release":"6.18.44","machine":"m"}"#
    let old = try Snapshot(bytes: Array("\(head)}".utf8), file: "f").state
    #expect(old.behaviour == KernelBehaviour(version: KernelVersion(6, 18, 44)))
    let found = #","behaviour":{"scores_source_address":false,"ipv6_honours_output_interface":null,"later":true}}"#
    let read = try Snapshot(bytes: Array("\(head)\(found)".utf8), file: "f").state
    var expected = old.behaviour
    expected.scoresSourceAddress = false
    #expect(read.behaviour == expected)
  }

  private static let head = #"{"format":"ecmpctl-snapshot","version":1,"kernel":{"release":"6.1","machine":"m"}"#
  private static let route = #""dst":"10.0.0.0/8","table":254,"type":"unicast","protocol":3,"scope":0"#

  private static let badTexts: [(String, String)] = [
    ("", "f.json:1:1: the file ends early; save or copy it again"),
    ("hello", "f.json:1:1: not JSON: expected a value"),
    (head + ",\n\"routes\":[{]}", "f.json:2:12: not JSON: expected a key in quotes"),
    (head + ",\n \"routes\":[{\"dst\":", "f.json:2:19: the file ends early; save or copy it again"),
    (head + "}x", "f.json:1:83: not JSON: there is more text after the end of the value"),
    (
      "[]",
      "f.json is not an ecmpctl snapshot; write one with `ecmpctl snapshot save` or `ecmpctl snapshot import`"
    ),
    (
      #"{"version":1}"#,
      "f.json is not an ecmpctl snapshot; write one with `ecmpctl snapshot save` or `ecmpctl snapshot import`"
    ),
    (
      #"{"format":"ecmpctl-snapshot","version":7,"routes":[17]}"#,
      "f.json is snapshot version 7; this ecmpctl reads up to 1: update ecmpctl"
    ),
    (#"{"format":"ecmpctl-snapshot"}"#, "f.json: version: expected a whole number from 1, found null"),
    (
      #"{"format":"ecmpctl-snapshot","version":"1"}"#, #"f.json: version: expected a whole number from 1, found "1""#
    ),
    (#"{"format":"ecmpctl-snapshot","version":1}"#, #"f.json: expected the key "kernel""#),
    (head + #","routes":{}}"#, "f.json:1: routes: expected an array, found an object"),
    (head + #","routes":[null]}"#, "f.json:1: routes[0]: expected an object, found null"),
    (
      head + #","routes":[{\#(route)},{"dst":"10.0.0.1/8"}]}"#,
      #"f.json:1: routes[1].dst: expected a prefix without bits beyond its length, such as 10.0.0.0/8, found "10.0.0.1/8""#
    ),
    (
      head + #","routes":[{"dst":"default"}]}"#,
      #"f.json:1: routes[0].dst: expected a prefix (ADDRESS/LENGTH), found "default""#
    ),
    (
      head + #","routes":[{\#(route),"nexthops":[{"weight":-1}]}]}"#,
      "f.json:1: routes[0].nexthops[0].weight: expected a whole number from 0 to 65535, found -1"
    ),
    (
      head + #","routes":[{\#(route),"nexthop":{"weight":1},"nexthops":[]}]}"#,
      #"f.json:1: routes[0]: expected either "nexthop" or "nexthops", found both"#
    ),
    (
      head + #","routes":[{\#(route),"nexthop":{"weight":1,"flags":["dead","dad"]}}]}"#,
      "f.json:1: routes[0].nexthop.flags[1]: expected one of dead, pervasive, onlink, offload, linkdown, unresolved, "
        + #"trap, or a number from 0 to 255, found "dad""#
    ),
    (
      head + #","rules":[{"family":"ipv4","priority":1,"action":"nop"}]}"#,
      #"f.json:1: rules[0].family: expected "inet" or "inet6", found "ipv4""#
    ),
    (
      head + #","rules":[{"family":"inet","priority":1,"action":"jump"}]}"#,
      "f.json:1: rules[0].action: expected one of lookup, goto, nop, blackhole, unreachable, prohibit, "
        + #"or a number from 0 to 255, found "jump""#
    ),
    (
      head + #","neighbours":[{"dst":"10.0.0","ifindex":1,"state":"stale"}]}"#,
      #"f.json:1: neighbours[0].dst: expected an IP address, found "10.0.0""#
    ),
    (
      head + #","behaviour":{"has_wide_weights":"yes"}}"#,
      #"f.json:1: behaviour.has_wide_weights: expected true or false, found "yes""#
    ),
    (
      head + #","settings":{"interfaces":{"a":{"rps":1}}}}"#,
      "f.json:1: settings.interfaces.a.rps: expected true or false, found 1"
    ),
  ]

  @Test("Every kind of bad file gets one line that says what and where", arguments: badTexts)
  func errors(text: String, message: String) {
    let error = #expect(throws: SnapshotError.self) { try Snapshot(bytes: Array(text.utf8), file: "f.json") }
    #expect(error?.description == message)
  }

  @Test("Every truncation is an error that says so")
  func truncations() {
    let bytes = Array(Self.goldenText.utf8.dropLast(2))
    for length in 0..<bytes.count {
      let error = #expect(throws: SnapshotError.self) { try Snapshot(bytes: Array(bytes[..<length]), file: "f") }
      guard case .truncated = error else {
        Issue.record("\(length) bytes: \(String(describing: error))")
        return
      }
    }
  }

  @Test("Damaged snapshots are read or refused, and never trap")
  func damage() {
    let bytes = Array(Self.goldenText.utf8)
    for seed in UInt64(0)..<1500 {
      var random = SeededGenerator(seed: seed)
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let byte = "{}[]\",:0123456789-.e\\nfx".utf8.randomElement(using: &random) ?? 0
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = byte
      }
      do throws(SnapshotError) {
        _ = try Snapshot(bytes: damaged, file: "f")
      } catch {
        #expect(error.description.hasPrefix("f"), "seed \(seed)")
        #expect(!error.description.contains("\n"), "seed \(seed)")
      }
    }
  }
}
