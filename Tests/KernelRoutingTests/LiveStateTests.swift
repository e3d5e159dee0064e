import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct LiveStateTests {
  @Test func `Settings are those of the namespace and of each interface`() throws {
    try withRouter { kernel in
      try run(
        """
        cd /proc/sys/net
        echo 3 > ipv4/fib_multipath_hash_policy
        echo 51 > ipv4/fib_multipath_hash_fields
        echo 1 > ipv6/fib_multipath_hash_policy
        echo 1 > ipv4/fib_multipath_use_neigh
        echo 0 > ipv4/nexthop_compat_mode
        echo 1 > ipv4/conf/all/forwarding
        echo 0 > ipv4/conf/o2/forwarding
        echo 2 > ipv4/conf/all/rp_filter
        echo 1 > ipv4/conf/o1/rp_filter
        echo 1 > ipv6/conf/o1/ignore_routes_with_linkdown
        echo 1 > ipv4/conf/all/ignore_routes_with_linkdown
        ip link add a.b type veth peer name a.c
        echo 1 > ipv4/conf/a.b/ignore_routes_with_linkdown
        unshare --mount sh -c 'mount -t sysfs sysfs /sys && echo 1 > /sys/class/net/a.b/queues/rx-0/rps_cpus &&
          echo 32 > /sys/class/net/a.c/queues/rx-0/rps_flow_cnt'
        [ ! -e ipv4/fib_multipath_hash_seed ] || echo 305419896 > ipv4/fib_multipath_hash_seed
        """)
      let settings = kernel.settings(links: try kernel.links())
      #expect(settings.ipv4Hash == HashSettings(policy: 3, fields: 51))
      #expect(settings.ipv6Hash == HashSettings(policy: 1, fields: 7))
      #expect(settings.useNeighbours == true && settings.nexthopCompatMode == false)
      #expect(settings.ipv4ForwardingAll == true && settings.ipv6ForwardingAll == false)
      #expect(settings.ipv4IgnoresLinkdownAll == true && settings.ipv6IgnoresLinkdownAll == false)
      #expect(settings.ipv4ReversePathFilterAll == 2)
      let o1 = try #require(settings.interfaces["o1"])
      #expect(o1.reversePathFilter == 1 && o1.ipv6IgnoresLinkdown == true && o1.ipv4IgnoresLinkdown == false)
      #expect(o1.ipv4Forwarding == true && o1.ipv6Forwarding == false)
      #expect(settings.interfaces["o2"]?.ipv4Forwarding == false)
      #expect(settings.interfaces["a.b"]?.ipv4IgnoresLinkdown == true)
      #expect(settings.interfaces["a.b"]?.receivePacketSteering == true, "rps_cpus")
      #expect(settings.interfaces["a.c"]?.receivePacketSteering == true, "rps_flow_cnt")
      // The device tree that the tests see is another namespace's; the right one is mounted for the reading.
      #expect(o1.receivePacketSteering == false && o1.driver == nil && o1.receiveHashing == false)
      let seed = try run("cat /proc/sys/net/ipv4/fib_multipath_hash_seed 2>/dev/null || true")
      #expect(settings.hashSeed == (seed.isEmpty ? nil : 0x1234_5678))
    }
  }

  @Test func `A state holds everything, and reads the same twice`() throws {
    try withRouter { kernel in
      try run(
        """
        ip nexthop add id 1 via 10.0.1.2 dev o1
        ip nexthop add id 2 via 10.0.2.2 dev o2
        ip nexthop add id 9 group 1/2 type resilient buckets 16
        ip route add 10.9.0.0/16 nhid 9
        ip -6 route add 2001:db8:a::/48 via 2001:db8:1::2
        """)
      let state = try kernel.readState()
      let release = try run("uname -r")
      #expect(state.kernel.release + "\n" == release)
      #expect(state.kernel.bootID?.count == 36 && state.kernel.version != nil)
      #expect(state.links.count == 5 && state.settings.interfaces.count == 5)
      #expect(state.nexthops?.map(\.id) == [1, 2])
      #expect(state.groups.map(\.id) == [9])
      #expect(state.bucketTables.map(\.buckets.count) == [16])
      #expect(state.routes.contains { $0.nexthopID == 9 })
      #expect(state.routes.contains { $0.family == .ipv6 })
      #expect(state.rules.count >= 5 && !state.addresses.isEmpty && !state.neighbours.isEmpty)
      // Addresses that are still being checked for duplicates bring routes when that is done.
      try run("for i in $(seq 600); do ip -6 address show tentative | grep -q . || break; sleep 0.1; done")
      let settled = try kernel.readState()
      let again = try kernel.readState()
      #expect(again.routes == settled.routes && again.rules == settled.rules && again.links == settled.links)
      #expect(try kernel.readState(routes: RouteFilter(table: 4242)).routes.isEmpty)
    }
  }

  @Test func `20000 routes are read, each with its own legs`() throws {
    try withRouter { kernel in
      let legs = "nexthop via 10.0.1.2 nexthop via 10.0.2.2"
      try run(
        """
        i=0
        while [ $i -lt 20000 ]; do
          w=""; [ $((i % 2)) = 1 ] && w=" weight 2"
          echo "route add 10.$((100 + i / 256)).$((i % 256)).0/24 \(legs)$w"
          i=$((i + 1))
        done | ip -batch -
        """)
      var count = 0
      var weights: [UInt16: Int] = [:]
      try kernel.forEachRoute(RouteFilter(family: .ipv4, table: RouteTable.main)) { route in
        guard case .multipath(let legs) = route.legs, let last = legs.last else { return }
        count += 1
        weights[last.weight, default: 0] += 1
      }
      #expect(count == 20000 && weights == [1: 10000, 2: 10000])
      #expect(try kernel.routes(RouteFilter(family: .ipv4, table: RouteTable.main)).count == 20002)
    }
  }

  @Test func `A body that throws ends the reading, and the kernel can be asked again`() throws {
    struct Enough: Error {}
    try withRouter { kernel in
      var seen = 0
      #expect(throws: Enough.self) {
        try kernel.forEachRoute { _ in
          seen += 1
          if seen == 3 { throw Enough() }
        }
      }
      #expect(seen == 3)
      let rest = try kernel.routes()
      #expect(rest.count > 3)
    }
  }

  @Test func `Adding twice and deleting nothing are refused in words`() throws {
    try withRouter { kernel in
      let route = Route(
        destination: prefix("10.9.0.0/16"),
        nexthops: .legs(.single(RouteLeg(gateway: address("10.0.1.2"), interface: 11))))
      try kernel.add(.route(route))
      var twice: KernelError?
      do throws(KernelError) { try kernel.add(.route(route)) } catch { twice = error }
      #expect(twice?.errno == .exists)
      #expect(twice.map { "\($0)" } == "can not add the route to 10.9.0.0/16: File exists")
      try kernel.add(.route(route), replacing: true)
      let member = NexthopGroup(id: 9, members: [.init(id: 77)])
      var unknown: KernelError?
      do throws(KernelError) { try kernel.add(.group(member)) } catch { unknown = error }
      #expect(unknown.map { "\($0)" } == "can not add nexthop group 9: Invalid argument: Invalid nexthop id")
    }
  }

  @Test func `A namespace is entered by path, name and process id`() throws {
    try withNetworkNamespace {
      let name = "ecmpctl-test-\(UInt32.random(in: 0...UInt32.max))"
      try run("ip netns add \(name); ip -n \(name) link add t0 type veth peer name t1")
      defer { _ = try? run("ip netns del \(name)") }
      #expect(try Self.hasT0(nil) == false)
      #expect(try Self.hasT0(name) == true)
      #expect(try Self.hasT0("/proc/self/ns/net") == false)
      #expect(try Self.hasT0("/run/netns/\(name)") == true)
      let child = try run("ip netns exec \(name) sleep 100 >/dev/null 2>&1 & echo $!").filter(\.isNumber)
      defer { _ = try? run("kill \(child)") }
      // The child is there before `ip` has moved it.
      try run(
        """
        i=0
        until grep -q sleep /proc/\(child)/comm || [ $i = 50 ]; do sleep 0.1; i=$((i + 1)); done
        """)
      #expect(try Self.hasT0(child) == true)
    }
  }

  /// Whether the namespace has the link t0. A thread that entered it comes back before this returns.
  private static func hasT0(_ namespace: String?) throws -> Bool {
    try withNetworkNamespace {
      var kernel = try Kernel(namespace: namespace.map(NetworkNamespace.init))
      return try kernel.links().contains { $0.name == "t0" }
    }
  }
}
