import Planning
import Routing

/// One router for each kind of finding at least, as small as it can be.
extension StateCheckTests {
  static let cases: [Case] = hashCases + memberCases + laterCases + ownerCases + kernelCases

  private static let fiveFields =
    "sysctl -w net.ipv4.fib_multipath_hash_fields=0x37 net.ipv4.fib_multipath_hash_policy=3"

  static let hashCases: [Case] = [
    Case(
      name: "policy 0", commands: good, change: { $0.settings.ipv4Hash.policy = 0 }, code: .portsNotHashed,
      severity: .warning, fix: fiveFields),
    Case(
      name: "policy 0 before policy 3 was there", commands: good,
      change: { $0.settings.ipv4Hash = HashSettings(policy: 0) }, code: .portsNotHashed, severity: .warning,
      fix: "sysctl -w net.ipv4.fib_multipath_hash_policy=1"),
    Case(
      name: "policy 0 of IPv6, which hashes labels", commands: good6,
      change: { $0.settings.ipv6Hash.policy = 0 }, code: .portsNotHashed, severity: .note,
      fix: "sysctl -w net.ipv6.fib_multipath_hash_fields=0x37 net.ipv6.fib_multipath_hash_policy=3"),
    Case(
      name: "policy 2", commands: good, change: { $0.settings.ipv4Hash.policy = 2 }, code: .portsNotHashed,
      severity: .note, fix: fiveFields),
    Case(
      name: "policy 3 without ports", commands: good, change: { $0.settings.ipv4Hash.fields = 7 },
      code: .portsNotHashed, severity: .warning, fix: "sysctl -w net.ipv4.fib_multipath_hash_fields=0x37"),
    Case(
      name: "policy 3 of labels in place of ports", commands: good6, change: { $0.settings.ipv6Hash.fields = 0xb },
      code: .portsNotHashed, severity: .note, fix: "sysctl -w net.ipv6.fib_multipath_hash_fields=0x3b"),
    Case(
      name: "policy 3 without addresses", commands: good, change: { $0.settings.ipv4Hash.fields = 0x34 },
      code: .addressesNotHashed, severity: .warning, fix: "sysctl -w net.ipv4.fib_multipath_hash_fields=0x37"),
    Case(
      name: "policy 3 of tunnels alone", commands: good, change: { $0.settings.ipv4Hash.fields = 0xc0 },
      code: .constantHash, severity: .refusal, fix: "sysctl -w net.ipv4.fib_multipath_hash_fields=0xf7"),
    Case(
      name: "policy 3 of a label that IPv4 does not have", commands: good,
      change: { $0.settings.ipv4Hash.fields = 0x8 }, code: .constantHash, severity: .refusal,
      fix: "sysctl -w net.ipv4.fib_multipath_hash_fields=0x3f"),
    Case(
      name: "policy 3 of sources", commands: good, change: { $0.settings.ipv4Hash.fields = 0x35 },
      code: .oneSidedHash, severity: .note, fix: "sysctl -w net.ipv4.fib_multipath_hash_fields=0x37"),
    Case(
      name: "policy 1 and veth", commands: good, change: { $0.settings.ipv4Hash.policy = 1 }, code: .layer4Hash,
      severity: .warning, fix: fiveFields),
    Case(
      name: "policy 1 and a NIC that hashes, before policy 3 was there", commands: good,
      change: { state in
        state.settings.ipv4Hash = HashSettings(policy: 1)
        for index in state.links.indices { state.links[index].kind = nil }
        for link in state.links {
          state.settings.interfaces[link.name] = InterfaceSettings()
          state.settings.interfaces[link.name]?.receiveHashing = link.name == "o3"
          state.settings.interfaces[link.name]?.receivePacketSteering = false
        }
      }, code: .layer4Hash, severity: .warning, fix: "ethtool -K o3 rxhash off"),
    Case(
      name: "two policies over the same links", commands: good + good6,
      change: { $0.settings.ipv6Hash = HashSettings(policy: 3, fields: 0x3f) }, code: .mixedPolicies, severity: .note,
      fix: "sysctl -w net.ipv6.fib_multipath_hash_fields=0x37 net.ipv6.fib_multipath_hash_policy=3"),
    Case(
      name: "no seed", commands: good, change: { $0.settings.hashSeed = 0 }, code: .seedUnknown, severity: .note,
      fix: "ecmpctl seed recover"),
    Case(
      name: "a seed that was recovered", commands: good, change: { $0.settings.hashSeed = 0 },
      surroundings: { $0.bootSeed = 4711 }, code: .bootSeed, severity: .note,
      fix: "sysctl -w net.ipv4.fib_multipath_hash_seed=4711"),
  ]

  static let memberCases: [Case] = [
    Case(
      name: "a failed neighbour of a resilient group", commands: good, change: { $0.fail("10.0.1.2", 2) },
      code: .neighbourFailed, severity: .refusal, fix: ""),
    Case(
      name: "a failed neighbour of a resilient group of zebra",
      commands: good.map { $0.replacing("unbalanced_timer 600", with: "unbalanced_timer 600 proto zebra") },
      change: { $0.fail("10.0.1.2", 2) }, code: .neighbourFailed, severity: .refusal, fix: nil),
    Case(
      name: "failed neighbours of all members", commands: good,
      change: {
        $0.fail("10.0.1.2", 2)
        $0.fail("10.0.2.2", 3)
      }, code: .neighbourFailed, severity: .refusal, fix: nil),
    Case(
      name: "a failed neighbour of a hash-threshold group", commands: threshold,
      change: { $0.fail("10.0.1.2", 2) }, code: .neighbourFailed, severity: .warning, fix: nil),
    Case(
      name: "a failed neighbour of legs that are used whatever comes", commands: [legs],
      change: {
        $0.fail("10.0.1.2", 2)
        $0.settings.useNeighbours = false
      }, code: .neighbourFailed, severity: .refusal, fix: "sysctl -w net.ipv4.fib_multipath_use_neigh=1"),
    Case(
      name: "a failed neighbour of legs that is passed over", commands: [legs], change: { $0.fail("10.0.1.2", 2) },
      code: .neighbourFailed, severity: .warning, fix: nil),
    Case(
      name: "a failed neighbour of an IPv6 router", commands: [legs6], change: { $0.fail("2001:db8:1::2", 2) },
      code: .neighbourFailed, severity: .refusal, fix: ""),
    Case(
      name: "a failed neighbour of an IPv6 host", commands: [legs6],
      change: {
        $0.fail("2001:db8:1::2", 2)
        $0.settings.ipv6ForwardingAll = false
      }, code: .neighbourFailed, severity: .warning, fix: nil),
    Case(
      name: "a neighbour that is being asked for", commands: good, change: { $0.fail("10.0.1.2", 2, .incomplete) },
      code: .neighbourFailed, severity: .warning, fix: nil),
    Case(
      name: "no neighbour that answers", commands: threshold,
      change: {
        $0.fail("10.0.1.2", 2)
        $0.fail("10.0.2.2", 3)
      }, code: .neighbourFailed, severity: .refusal, fix: nil),
    Case(
      name: "a failed neighbour on a kernel that looks at later members", commands: threshold,
      change: {
        $0.fail("10.0.2.2", 3)
        $0.behaviour.skipsInvalidMembersFromStart = false
      }, code: .neighbourFailed, severity: .warning, fix: nil),
    Case(
      name: "a lost carrier where the setting was not read", commands: [legs],
      change: {
        $0.set(flags: 0x3, of: "o2")
        $0.settings = KernelSettings()
      }, code: .memberWithoutCarrier, severity: .warning, fix: nil),
    Case(
      name: "legs of which none is left", commands: [legs],
      change: {
        $0.set(flags: 0x3, of: "o1")
        $0.set(flags: 0x2, of: "o2")
      }, code: .noWayLeft, severity: .refusal, fix: "ip link set dev o2 up"),
    Case(
      name: "a leg over a link that is down", commands: [legs], change: { $0.set(flags: 0x2, of: "o2") },
      code: .memberDown, severity: .warning, fix: "ip link set dev o2 up"),
    Case(
      name: "a leg without carrier that is left out", commands: [legs], change: { $0.set(flags: 0x3, of: "o2") },
      code: .memberWithoutCarrier, severity: .warning, fix: nil),
    Case(
      name: "a leg without carrier that is used", commands: [legs],
      change: {
        $0.set(flags: 0x3, of: "o2")
        $0.settings.ipv4IgnoresLinkdownAll = false
      }, code: .memberWithoutCarrier, severity: .refusal,
      fix: "sysctl -w net.ipv4.conf.all.ignore_routes_with_linkdown=1"),
    Case(
      name: "one way twice in a group",
      commands: [good[0], "nexthop add id 2 via 10.0.1.2 dev o1", good[2], good[3]], code: .duplicateMember,
      severity: .warning, fix: ""),
    Case(
      name: "one way twice among legs",
      commands: ["route add 198.51.100.0/24 nexthop via 10.0.1.2 dev o1 nexthop via 10.0.1.2 dev o1"],
      code: .duplicateMember, severity: .warning, fix: ""),
    Case(
      name: "a group with one member",
      commands: [good[0], "nexthop add id 20 group 1 type resilient buckets 64 unbalanced_timer 600", good[3]],
      code: .singleMember, severity: .note, fix: nil),
    Case(
      name: "a member without buckets",
      commands: good.map {
        $0.replacing("group 1/2 type resilient buckets 64", with: "group 1/2,200 type resilient buckets 8")
      },
      code: .starvedMember, severity: .refusal, fix: "ecmpctl resilient apply --group 20 --buckets 256"),
    Case(
      name: "too few buckets", commands: good.map { $0.replacing("buckets 64", with: "buckets 3") },
      code: .shareError, severity: .warning, fix: "ecmpctl resilient apply --group 20 --buckets 64"),
    Case(
      name: "a member that returned to nothing",
      commands: good.map { $0.replacing("unbalanced_timer 600", with: "unbalanced_timer 0") },
      change: { $0.occupy(all: 2) }, code: .unbalanced, severity: .refusal,
      fix: "ecmpctl resilient tune --group 20 --unbalanced-timer 600"),
    Case(
      name: "a member that returned to little",
      commands: good.map { $0.replacing("unbalanced_timer 600", with: "unbalanced_timer 0") },
      change: { $0.occupy(all: 2, but: 5) }, code: .unbalanced, severity: .warning,
      fix: "ecmpctl resilient tune --group 20 --unbalanced-timer 600"),
  ]

  static let laterCases: [Case] = [
    Case(
      name: "legs that are used without carrier", commands: [legs],
      change: { $0.settings.ipv4IgnoresLinkdownAll = false }, code: .linkdownUsed, severity: .warning,
      fix: "sysctl -w net.ipv4.conf.all.ignore_routes_with_linkdown=1"),
    Case(
      name: "legs that are used without carrier on a kernel that asks the interface alone", commands: [legs],
      change: {
        $0.settings.ipv4IgnoresLinkdownAll = false
        $0.behaviour.ipv4ObeysCommonLinkdown = false
      }, code: .linkdownUsed, severity: .warning,
      fix: "sysctl -w net.ipv4.conf.o1.ignore_routes_with_linkdown=1 net.ipv4.conf.o2.ignore_routes_with_linkdown=1"),
    Case(
      name: "IPv6 legs that are used without carrier", commands: [legs6],
      change: { $0.settings.ipv6IgnoresLinkdownAll = false }, code: .linkdownUsed, severity: .warning,
      fix:
        "sysctl -w net.ipv6.conf.all.ignore_routes_with_linkdown=1 net.ipv6.conf.default.ignore_routes_with_linkdown=1"),
    Case(
      name: "legs of zebra that are used without carrier",
      commands: [legs.replacing("/24 ", with: "/24 proto bgp ")],
      change: { $0.settings.ipv4IgnoresLinkdownAll = false }, code: .linkdownUsed, severity: .note,
      fix: "sysctl -w net.ipv4.conf.all.ignore_routes_with_linkdown=1"),
    Case(
      name: "a group that is kept while no guard runs", commands: good, surroundings: { $0.isGuarded = false },
      code: .noSelfHealing, severity: .warning, fix: "systemctl enable --now ecmpctl-guard"),
    Case(
      name: "a group that no guard knows", commands: good, surroundings: { $0.keptGroups = [] },
      code: .noSelfHealing, severity: .warning, fix: "ecmpctl resilient tune --group 20 --unbalanced-timer 601"),
    Case(
      name: "a group of a saved state", commands: good, surroundings: { $0.keptGroups = nil },
      code: .noSelfHealing, severity: .note, fix: "ecmpctl resilient tune --group 20 --unbalanced-timer 601"),
    Case(
      name: "a hash-threshold group that no guard knows", commands: threshold, surroundings: { $0.keptGroups = [] },
      code: .noSelfHealing, severity: .warning, fix: "ecmpctl resilient apply --group 20"),
    Case(
      name: "a returned member that gets nothing",
      commands: good.map { $0.replacing("unbalanced_timer 600", with: "unbalanced_timer 0") }, code: .busyBuckets,
      severity: .warning, fix: "ecmpctl resilient tune --group 20 --unbalanced-timer 600"),
    Case(
      name: "three legs", commands: [threeLegs], code: .collateral, severity: .note,
      fix: "ecmpctl resilient apply 198.51.100.0/24"),
    Case(
      name: "three legs of two routes", commands: [threeLegs, threeLegs.replacing("51.100", with: "51.101")],
      code: .collateral, severity: .note, fix: "ecmpctl resilient apply --all -4"),
    Case(
      name: "three legs of zebra", commands: [threeLegs.replacing("/24 ", with: "/24 proto bgp ")],
      code: .collateral, severity: .note, fix: "ecmpctl resilient apply 198.51.100.0/24 --follow"),
    Case(
      name: "three members",
      commands: threshold.map { $0.replacing("group 1/2", with: "group 1/2/3") }.inserting(
        "nexthop add id 3 via 10.0.3.2 dev o3"), code: .collateral, severity: .note,
      fix: "ecmpctl resilient apply 198.51.100.0/24"),
    Case(
      name: "strict filters beside a route that leads elsewhere",
      commands: good + ["route add 198.51.101.0/24 nexthop via 10.0.2.2 dev o2 nexthop via 10.0.3.2 dev o3"],
      change: { $0.settings.ipv4ReversePathFilterAll = 1 }, code: .strictReversePath, severity: .note,
      fix: "sysctl -w net.ipv4.conf.o1.rp_filter=2 net.ipv4.conf.o3.rp_filter=2"),
    Case(
      name: "links of two MTUs", commands: good,
      change: { state in state.links[1].mtu = 1400 }, code: .mtuDiffers, severity: .note, fix: ""),
    Case(
      name: "two default routes",
      commands: ["route add default via 10.0.1.2 dev o1", "route append default via 10.0.2.2 dev o2"],
      code: .defaultRotation, severity: .warning, fix: ""),
    Case(
      name: "a route between IPv6 legs", commands: [hiding],
      change: { state in
        for route in state.routes where route.entries6 > 1 { state.hiddenRoutes.places.insert(.init(route)) }
      }, code: .hiddenRoute, severity: .warning, fix: nil),
    Case(
      name: "a route between IPv6 legs, nobody knows where", commands: [hiding],
      change: { $0.hiddenRoutes = .anywhere }, code: .hiddenRoute, severity: .note, fix: nil),
  ]

  private static let hiding =
    "route add 2001:db8:a::/48 nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2"

  static let ownerCases: [Case] = [
    Case(
      name: "nexthops of zebra in a group", commands: [good[0] + " proto zebra"] + good[1...],
      surroundings: { $0.isGuarded = false }, code: .owner, severity: .warning, fix: ""),
    Case(
      name: "a route over a group of zebra",
      commands: good.map { $0.replacing("unbalanced_timer 600", with: "unbalanced_timer 600 proto zebra") },
      code: .owner, severity: .warning, fix: nil),
    Case(
      name: "networkd that takes nexthops away", commands: good,
      surroundings: { $0.managers = [RouteManager(.networkd, processID: 7)] }, code: .managerRunning,
      severity: .refusal, fix: "mkdir -p /etc/systemd/networkd.conf.d"),
    Case(
      name: "hardware", commands: [legs],
      change: { state in
        for index in state.routes.indices where state.routes[index].destination.length == 24 {
          state.routes[index].flags |= RouteFlags.offload
        }
      }, code: .offloaded, severity: .note, fix: nil),
    Case(
      name: "a message for each of many routes", commands: good,
      change: { state in
        state.settings.nexthopCompatMode = true
        guard let route = state.routes.first(where: { $0.nexthopID == 20 }) else { return }
        for number in 0..<10_000 as Range<UInt32> {
          state.routes.append(
            Route(
              destination: Prefix(host: IPAddress(ipv4: 0x0b00_0000 | number)), route.attributes))
        }
      }, code: .compatMode, severity: .note, fix: "sysctl -w net.ipv4.nexthop_compat_mode=0"),
    Case(
      name: "a group without routes", commands: Array(good[..<3]), surroundings: { $0.keptGroups = [] },
      code: .unusedGroup, severity: .note, fix: ""),
    Case(
      name: "a nexthop without a group", commands: good + ["nexthop add id 9 via 10.0.3.2 dev o3"],
      code: .unusedNexthop, severity: .note, fix: ""),
  ]

  static let kernelCases: [Case] = [
    Case(
      name: "packets of one batch", commands: good, change: { $0.kernel.release = "6.2.16" }, code: .routeHints,
      severity: .warning, fix: "ip rule add priority 32765 lookup main"),
    Case(
      name: "IPv6 packets of one batch", commands: good6, change: { $0.kernel.release = "5.10.262" },
      code: .routeHints, severity: .warning, fix: "ip -6 rule add priority 32765 lookup main"),
    Case(
      name: "packets of one batch, where it is not known", commands: good,
      change: { $0.kernel.release = "5.15.100" }, code: .routeHints, severity: .note,
      fix: "ip rule add priority 32765 lookup main"),
    Case(
      name: "a last member that has failed", commands: threshold,
      change: { $0.behaviour.skipsInvalidMembersFromStart = false }, code: .invalidMember, severity: .warning, fix: nil),
    Case(
      name: "sockets that are bound to an address", commands: [legs], code: .localTraffic, severity: .note,
      fix: "ecmpctl resilient apply 198.51.100.0/24"),
    Case(
      name: "connections of a host", commands: good, change: { $0.settings.ipv4ForwardingAll = false },
      code: .randomSourcePort, severity: .note, fix: nil),
  ]
}

extension [String] {
  /// With a command after the first two.
  fileprivate func inserting(_ command: String) -> [String] {
    Array(prefix(2)) + [command] + Array(dropFirst(2))
  }
}

extension RoutingState {
  fileprivate mutating func set(flags: UInt32, of name: String) {
    for index in links.indices where links[index].name == name { links[index].flags = flags }
  }

  fileprivate mutating func fail(
    _ address: String, _ interface: UInt32, _ state: Neighbour.State = .failed
  ) {
    guard let address = IPAddress(address) else { return }
    neighbours.append(Neighbour(address: address, interface: interface, state: state))
  }

  /// Gives all buckets of group 20 to one member, but some to the other, for 42 s now.
  fileprivate mutating func occupy(all member: UInt32, but others: Int = 0) {
    for index in groups.indices where groups[index].id == 20 {
      groups[index].resilient?.unbalancedTime = 4200
      let buckets = (0..<64).map { NexthopBucket(nexthop: $0 < others ? 3 - member : member, idleTime: 1) }
      bucketTables = [BucketTable(group: 20, buckets: buckets)]
    }
  }
}
