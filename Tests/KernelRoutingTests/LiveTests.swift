import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

/// A router of two veth links in a namespace of its own: o1 towards 10.0.1.2, o2 towards 10.0.2.2.
func withRouter<Result>(_ body: (inout Kernel) throws -> Result) throws -> Result {
  try withNetworkNamespace {
    try run(
      """
      ip link add o1 index 11 type veth peer name p1 index 12
      ip link add o2 index 13 type veth peer name p2 index 14
      for i in o1 p1 o2 p2; do ip link set $i up; done
      ip addr add 10.0.1.1/24 dev o1
      ip addr add 10.0.2.1/24 dev o2
      ip addr add 2001:db8:1::1/64 dev o1 nodad
      ip addr add 2001:db8:2::1/64 dev o2 nodad
      ip neigh add 10.0.1.2 lladdr 02:00:00:00:01:02 dev o1 nud permanent
      ip neigh add 10.0.2.2 lladdr 02:00:00:00:02:02 dev o2 nud permanent
      """)
    var kernel = try Kernel()
    return try body(&kernel)
  }
}

@Suite struct LiveTests {
  @Test func `Links are read with state, kind, master and group`() throws {
    try withRouter { kernel in
      // The kernel tells of a lost carrier up to a second later.
      try run(
        """
        ip link add br0 type bridge; ip link set o2 master br0 group 9 mtu 1400; ip link set p1 down
        \(settledLinks)
        """)
      let links = Dictionary(try kernel.links().map { ($0.name, $0) }) { first, _ in first }
      let o1 = try #require(links["o1"])
      let o2 = try #require(links["o2"])
      let bridge = try #require(links["br0"])
      #expect(links["lo"]?.isLoopback == true && links["lo"]?.isUp == true)
      #expect(o1.index == 11 && o1.kind == "veth" && o1.isUp && !o1.hasCarrier)
      #expect(o2.index == 13 && o2.mtu == 1400 && o2.group == 9 && o2.hasCarrier && o2.master == bridge.index)
      #expect(bridge.kind == "bridge" && !bridge.isUp && bridge.vrfTable == nil)
    }
  }

  @Test func `Addresses are read with peer and scope, of one family or both`() throws {
    try withRouter { kernel in
      try run("ip addr add 10.0.3.1 peer 10.0.3.2 dev o2; ip addr add 10.0.4.1/30 dev o2 scope link")
      let addresses = try kernel.addresses(family: .ipv4).filter { $0.interface == 13 }
      #expect(
        addresses.map { "\($0.address)/\($0.prefixLength) \($0.peer.map { "\($0)" } ?? "-") \($0.scope)" } == [
          "10.0.4.1/30 - 253", "10.0.2.1/24 - 0", "10.0.3.1/32 10.0.3.2 0",
        ])
      let all = try kernel.addresses()
      #expect(all.contains { $0.interface == 11 && $0.address == address("2001:db8:1::1") && $0.peer == nil })
      #expect(all.contains { $0.address == address("127.0.0.1") && $0.interface == 1 && $0.scope == 254 })
      #expect(try kernel.addresses(family: .ipv6).allSatisfy { $0.address.family == .ipv6 })
    }
  }

  @Test func `Neighbours are read with state and link-layer address`() throws {
    try withRouter { kernel in
      try run(
        """
        ip neigh add 10.0.1.9 dev o1 nud failed
        ip -6 neigh add 2001:db8:1::2 lladdr 02:00:00:00:00:06 dev o1 nud stale
        """)
      let neighbours = try kernel.neighbours()
      #expect(
        neighbours.contains(
          Neighbour(
            address: address("10.0.1.2"), interface: 11, state: .permanent,
            linkLayerAddress: [2, 0, 0, 0, 1, 2])))
      let failed = try #require(neighbours.first { $0.address == address("10.0.1.9") })
      #expect(failed.state == .failed && !failed.state.isValid && failed.linkLayerAddress.isEmpty)
      let stale = try kernel.neighbours(family: .ipv6).first { $0.address == address("2001:db8:1::2") }
      #expect(stale?.state == .stale && stale?.linkLayerAddress == [2, 0, 0, 0, 0, 6])
    }
  }

  @Test func `Rules of every selector are read as they were written, in order`() throws {
    try withRouter { kernel in
      var full = Rule(family: .ipv4, priority: 100, action: .lookup(table: 5000))
      full.source = prefix("10.0.0.0/8")
      full.destination = prefix("10.1.0.0/16")
      full.inputInterface = "o1"
      full.outputInterface = "o2"
      full.mark = 0x10
      full.markMask = 0xff
      full.tos = 0x10
      full.protocol = 4
      full.ipProtocol = 17
      full.sourcePorts = .init(first: 1000, last: 2000)
      full.destinationPorts = .init(first: 53, last: 53)
      full.userIDs = .init(first: 1000, last: 2000)
      full.suppressPrefixLength = 0
      full.suppressInterfaceGroup = 9
      full.tunnelID = 77
      full.realms = 0x0003_0004
      var inverted = Rule(family: .ipv4, priority: 101, action: .prohibit)
      inverted.isInverted = true
      inverted.mark = 7
      inverted.markMask = .max
      var master = Rule(family: .ipv6, priority: 102, action: .lookup(table: 0))
      master.isL3MasterDevice = true
      let rules = [
        full, inverted, master,
        Rule(family: .ipv4, priority: 103, action: .goto(priority: 105)),
        Rule(family: .ipv4, priority: 105, action: .nop),
        Rule(family: .ipv4, priority: 106, action: .blackhole),
        Rule(family: .ipv6, priority: 107, action: .unreachable),
      ]
      for rule in rules { try kernel.add(.rule(rule)) }
      let read = try kernel.rules().map { rule in
        var rule = rule
        rule.flags = 0
        // Kernels with port masks name the mask of a single port even where the rule has none.
        if rule.destinationPortMask == 0xffff { rule.destinationPortMask = nil }
        return rule
      }
      for family in AddressFamily.allCases {
        let expected = rules.filter { $0.family == family }
        #expect(read.filter { $0.family == family && (100..<200).contains($0.priority) } == expected)
        let defaults = read.filter { $0.family == family && !(100..<200).contains($0.priority) }
        // A VRF elsewhere in the kernel may have brought a rule of its own, at 1000.
        #expect(defaults.map(\.priority).filter { $0 != 1000 } == Rule.defaults(family).map(\.priority))
      }
      try kernel.delete(.rule(full))
      #expect(try !kernel.rules(family: .ipv4).contains { $0.priority == 100 })
    }
  }

  @Test func `Routes of every kind are read as they were written`() throws {
    try withRouter { kernel in
      let one = RouteLeg(gateway: address("10.0.1.2"), interface: 11)
      let six = RouteLeg(gateway: address("2001:db8:1::2"), interface: 11)
      func route(_ to: String, _ legs: RouteLegs, _ change: (inout Route) -> Void = { _ in }) -> Route {
        var route = Route(destination: prefix(to), nexthops: .legs(legs))
        if route.family == .ipv6 {
          route.metric = 1024
          route.preference = 0
        }
        change(&route)
        return route
      }
      var extras = RouteExtras()
      extras.metrics = [RouteMetric(kind: 2, value: 1300), RouteMetric(kind: 16, value: 0, name: "reno")]
      let routes = [
        route("0.0.0.0/0", .single(one)),
        route("10.1.0.0/16", .multipath([one, RouteLeg(gateway: address("10.0.2.2"), interface: 13, weight: 256)])),
        route("10.2.0.0/16", .none) { $0.type = .unreachable },
        route("10.3.0.0/16", .none) { $0.type = .blackhole },
        route("10.4.0.0/16", .none) {
          $0.type = .prohibit
          $0.metric = 77
        },
        route("10.5.0.0/16", .none) {
          $0.type = .throw
          $0.table = 4242
        },
        route("10.6.0.0/16", .single(one)) {
          $0.extras = extras
          $0.tos = 0x10
          $0.preferredSource = address("10.0.1.1")
          $0.protocol = 186
        },
        route("10.7.0.0/16", .single(six)),
        route("10.8.0.0/16", .single(RouteLeg(gateway: address("10.99.9.9"), interface: 13, flags: .onlink))) {
          $0.flags = 4
        },
        route("2001:db8:a::/48", .single(six)) {
          $0.preference = 1
          $0.metric = 9
        },
        route(
          "2001:db8:b::/48",
          .multipath([six, RouteLeg(gateway: address("2001:db8:2::2"), interface: 13, weight: 3)])),
        route("2001:db8:c::/48", .single(RouteLeg(interface: 1))) {
          $0.type = .unreachable
          $0.table = 70000
        },
      ]
      for route in routes { try kernel.add(.route(route)) }
      let read = try kernel.routes()
      for route in routes {
        #expect(read.filter { $0.destination == route.destination } == [route], "\(route.destination)")
      }
      #expect(try kernel.routes(RouteFilter(table: 4242)).map(\.destination) == [prefix("10.5.0.0/16")])
      let bgp = try kernel.routes(RouteFilter(family: .ipv4, protocol: 186))
      #expect(bgp.map(\.destination) == [prefix("10.6.0.0/16")])
      #expect(try kernel.routes(RouteFilter(table: RouteTable.main, type: .prohibit)).count == 1)
      #expect(try kernel.routes(RouteFilter(family: .ipv6, table: 70000)).count == 1)
      #expect(try kernel.routes(RouteFilter(table: 99999)).isEmpty)
      for family in [AddressFamily.ipv4, .ipv6, nil] {
        #expect { try kernel.forEachRoute(RouteFilter(family: family, table: 99999)) { _ in } } throws: { error in
          (error as? KernelError)?.errno == .noEntry && (error as? KernelError)?.description.contains("FIB table") == true
        }
        // Only IPv6 has a route there.
        let count = try? Self.count(&kernel, RouteFilter(family: family, table: 70000))
        #expect(count == (family == .ipv4 ? nil : 1))
      }
      let through = try kernel.routes(RouteFilter(family: .ipv4, table: RouteTable.main, interface: 13))
      #expect(Set(through.map(\.destination)) == Set(["10.0.2.0/24", "10.1.0.0/16", "10.8.0.0/16"].map(prefix)))
      try kernel.delete(.route(routes[1]))
      #expect(try !kernel.routes().contains { $0.destination == routes[1].destination })
    }
  }

  private static func count(_ kernel: inout Kernel, _ filter: RouteFilter) throws -> Int {
    var count = 0
    try kernel.forEachRoute(filter) { _ in count += 1 }
    return count
  }

  @Test func `Nexthop objects and groups are read as they were written`() throws {
    try withRouter { kernel in
      let nexthops = [
        Nexthop(
          id: 1, family: .ipv4, target: .device(interface: 11, gateway: address("10.0.1.2"), encapsulation: nil),
          protocol: 4, scope: 253),
        Nexthop(
          id: 2, family: .ipv4, target: .device(interface: 13, gateway: address("10.77.7.7"), encapsulation: nil),
          scope: 253, flags: 4),
        Nexthop(
          id: 3, family: .ipv6, target: .device(interface: 11, gateway: address("2001:db8:1::2"), encapsulation: nil),
          scope: 253),
        Nexthop(id: 4, family: .ipv4, target: .device(interface: 13, gateway: nil, encapsulation: nil), scope: 254),
        Nexthop(id: 5, family: .ipv6, target: .blackhole),
        Nexthop(id: 6, family: .ipv4, target: .fdb(gateway: address("10.0.9.9")), scope: 253),
      ]
      for nexthop in nexthops { try kernel.add(.nexthop(nexthop)) }
      let groups = [
        NexthopGroup(
          id: 50, members: [.init(id: 1), .init(id: 2, weight: 255), .init(id: 4, weight: 7)], protocol: 186),
        NexthopGroup(
          id: 51, kind: .resilient, members: [.init(id: 1), .init(id: 2, weight: 3)],
          resilient: ResilientParameters(buckets: 64, idleTimer: 6000, unbalancedTimer: 30000)),
        NexthopGroup(id: 52, members: [.init(id: 6)], isFDB: true),
        NexthopGroup(id: 53, members: [.init(id: 5)]),
      ]
      for group in groups { try kernel.add(.group(group)) }
      let read = try #require(try kernel.nexthops())
      #expect(read.single == nexthops)
      #expect(
        read.groups.map { group in
          var group = group
          group.statistics = []
          group.resilient?.unbalancedTime = 0
          return group
        } == groups)
      try kernel.delete(.group(groups[0]))
      try kernel.delete(.nexthop(nexthops[5]))
      let after = try #require(try kernel.nexthops())
      #expect(after.groups.map(\.id) == [51, 53])
      #expect(after.single.map(\.id) == [1, 2, 3, 4, 5])
    }
  }

  @Test func `Weights beyond one byte go both ways`() throws {
    try withRouter { kernel in
      try run("ip nexthop add id 1 via 10.0.1.2 dev o1; ip nexthop add id 2 via 10.0.2.2 dev o2")
      for weight: UInt32 in [256, 257, 300, 65535] {
        let group = NexthopGroup(id: 9, members: [.init(id: 1, weight: weight), .init(id: 2)])
        try kernel.add(.group(group), replacing: true)
        #expect(try kernel.nexthops()?.groups.first?.members == group.members)
      }
    }
  }

  @Test func `A group of 1000 members and a table of 65535 buckets are read whole`() throws {
    try withRouter { kernel in
      for id in UInt32(1)...1000 {
        let gateway = IPAddress(ipv4: 0x0a00_0100 + 2 + id % 250)
        let target = Nexthop.Target.device(interface: 11, gateway: gateway, encapsulation: nil)
        try kernel.add(.nexthop(Nexthop(id: id, family: .ipv4, target: target, scope: 253)))
      }
      let large = NexthopGroup(id: 2000, members: (1...1000).map { .init(id: $0, weight: $0) })
      try kernel.add(.group(large))
      let objects = try kernel.nexthops()
      #expect(objects?.groups == [large] && objects?.single.count == 1000)
      let parameters = ResilientParameters(buckets: 65535, idleTimer: 6000, unbalancedTimer: 0)
      let small = ResilientParameters(buckets: 8, idleTimer: 6000, unbalancedTimer: 0)
      try kernel.add(
        .group(NexthopGroup(id: 2001, kind: .resilient, members: [.init(id: 1), .init(id: 2)], resilient: parameters)))
      try kernel.add(.group(NexthopGroup(id: 2002, kind: .resilient, members: [.init(id: 3)], resilient: small)))
      let tables = try kernel.bucketTables()
      #expect(tables.map(\.group) == [2001, 2002])
      #expect(tables.map(\.buckets.count) == [65535, 8])
      let shares = Dictionary(grouping: tables[0].buckets, by: \.nexthop).mapValues(\.count)
      #expect(shares == [1: 32768, 2: 32767] || shares == [1: 32767, 2: 32768])
      #expect(try kernel.buckets(of: 2002).map(\.nexthop) == [UInt32](repeating: 3, count: 8))
    }
  }

  @Test func `Asking for the buckets of something else is refused with the kernel's words`() throws {
    try withRouter { kernel in
      try run("ip nexthop add id 1 via 10.0.1.2 dev o1; ip nexthop add id 9 group 1")
      var refused: KernelError?
      do throws(KernelError) { _ = try kernel.buckets(of: 9) } catch { refused = error }
      #expect(refused?.errno == .invalid && refused?.exitStatus == 3)
      #expect(refused.map { "\($0)" }?.contains("not of type resilient") == true)
      do throws(KernelError) {
        _ = try kernel.buckets(of: 77)
        Issue.record("group 77 has buckets")
      } catch {
        #expect(error.errno == .noEntry)
      }
    }
  }
}

@Suite struct LiveFurnishingTests {
  @Test func `Links, addresses and neighbours that were added are read back, and go when they are deleted`() throws {
    try withNetworkNamespace {
      var kernel = try Kernel()
      let pair = NewLink(
        .init("o1", index: 77, address: [2, 0, 0, 0, 0, 7], mtu: 1400),
        .veth(peer: .init("p1", index: 78, address: [2, 0, 0, 0, 0, 8], mtu: 1400)))
      try kernel.add(.link(pair))
      try kernel.change(LinkChange(index: 77, isUp: true, group: 5))
      try kernel.change(LinkChange(index: 78, isUp: true))
      let link = try #require(try kernel.links().first { $0.index == 77 })
      #expect(link.name == "o1" && link.kind == "veth" && link.mtu == 1400 && link.isUp && link.group == 5)
      #expect(try run("cat /sys/class/net/o1/address 2>/dev/null || ip -br link show o1").contains("02:00:00:00:00:07"))

      let four = InterfaceAddress(interface: 77, address: address("10.0.1.1"), prefixLength: 24)
      let six = InterfaceAddress(
        interface: 77, address: address("2001:db8:1::1"), prefixLength: 64,
        flags: InterfaceAddress.withoutDuplicateDetection)
      try kernel.add(.address(four))
      try kernel.add(.address(six))
      let addresses = try kernel.addresses().filter { $0.interface == 77 }.map(\.address)
      #expect(addresses.contains(four.address) && addresses.contains(six.address))

      let permanent = Neighbour(
        address: address("10.0.1.2"), interface: 77, state: .permanent, linkLayerAddress: [2, 0, 0, 0, 1, 2])
      let failed = Neighbour(address: address("2001:db8:1::9"), interface: 77, state: .failed)
      for neighbour in [permanent, failed] { try kernel.add(.neighbour(neighbour)) }
      let neighbours = try kernel.neighbours()
      #expect(neighbours.contains(permanent) && neighbours.contains(failed))
      #expect(throws: KernelError.self) { try kernel.add(.neighbour(permanent)) }
      try kernel.add(.neighbour(permanent), replacing: true)

      try kernel.delete(.neighbour(permanent))
      #expect(try !kernel.neighbours().contains { $0.address == permanent.address && $0.state == .permanent })
      try kernel.delete(.address(four))
      #expect(try !kernel.addresses().contains { $0.address == four.address })
      try kernel.delete(.link(pair))
      #expect(try kernel.links().map(\.name) == ["lo"])
    }
  }
}
