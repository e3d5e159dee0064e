import KernelRouting
import Routing
import Scratch
import Shadow
import TestSupport
import Testing

@Suite("Commands and events in a shadow")
struct LiveCommandTests {
  private static func withShadow(_ body: (inout Shadow) throws -> Void) throws {
    try withNetworkNamespace {
      try run(
        [LookupLab.interfaces, LookupLab.legacyRoutes, LookupLab.objects, LookupLab.singleRoutes].joined(
          separator: "\n"))
      var kernel = try Kernel(visiting: ())
      let before = try kernel.readState()
      var shadow = try Shadow(rebuilding: before)
      #expect(shadow.differences == [])
      try body(&shadow)
      let after = try kernel.readState()
      #expect(after.routes == before.routes && after.links == before.links, "the machine's own state must stay")
    }
  }

  @Test("the same commands lead to the same state in the shadow and on the machine")
  func sameCommands() throws {
    try withNetworkNamespace {
      try run(
        [LookupLab.interfaces, LookupLab.legacyRoutes, LookupLab.objects, LookupLab.singleRoutes].joined(
          separator: "\n"))
      var kernel = try Kernel(visiting: ())
      var shadow = try Shadow(rebuilding: try kernel.readState(), buckets: .allIdle)
      let commands = [
        "ip nexthop del id 3", "ip nexthop replace id 100 group 1/2,7/4",
        "ip nexthop replace id 102 group 2/1/5,3 type resilient idle_timer 2", "ip link set o4 down",
        "ip link set p7 down", "ip route replace 198.51.100.0/26 nexthop via 10.1.5.2 nexthop via 10.1.6.2 weight 9",
        "ip -6 route append 2001:db8:1::/64 via fd00:5::2", "ip -6 route del 2001:db8:2::/64 via fd00:1::2",
        "ip rule add pref 77 fwmark 5 lookup 100", "ip addr del 10.1.2.1/24 dev o2", "ip link set o4 up",
        "ip neigh replace 10.1.5.2 dev o5 lladdr 2:0:0:0:0:9 nud failed", "ip link set p7 up", "ip link del o6",
        "sysctl -w net.ipv4.fib_multipath_hash_policy=2 net.ipv6.fib_multipath_hash_policy=1",
        "sysctl -w net.ipv4.fib_multipath_use_neigh=1", "ip route flush 192.0.2.0/24",
      ]
      for command in commands {
        let results = try shadow.run([command.split(separator: " ").map(String.init)])
        #expect(results.map(\.status) == [0])
        try run(command)
        if command.contains("link") { try run(settledLinks) }
      }
      // What became of the shadow is what a shadow of the machine as it is now is made of.
      let live = try kernel.readState()
      let after = try shadow.readState()
      #expect(Shadow.differences(from: live, to: after).map(\.description) == [])
      let queries = try queries(about: live, count: 2000, seed: 9)
      #expect(try kernel.lookup(queries).map(Answered.init) == shadow.kernel.lookup(queries).map(Answered.init))
    }
  }

  @Test("the first command that fails ends the run, and is told with what ip says")
  func failure() throws {
    try Self.withShadow { shadow in
      let commands = ["ip route del 198.51.102.0/24", "ip route del 203.0.113.0/24", "ip nexthop del id 1"]
      var failure: ShadowError?
      do throws(ShadowError) {
        _ = try shadow.run(commands.map { $0.split(separator: " ").map(String.init) })
      } catch {
        failure = error
      }
      #expect(
        failure
          == .commandFailed("ip route del 203.0.113.0/24", status: 2, output: "RTNETLINK answers: No such process"))
      let state = try shadow.readState()
      #expect(!state.routes.contains { "\($0.destination)" == "198.51.102.0/24" })
      #expect(state.nexthops?.contains { $0.id == 1 } == true)
      failure = nil
      do throws(ShadowError) {
        _ = try shadow.runBatch(["nexthop del id 1", "route del 203.0.113.0/24", "nexthop del id 2"])
      } catch {
        failure = error
      }
      #expect(
        failure == .commandFailed("route del 203.0.113.0/24", status: 1, output: "RTNETLINK answers: No such process"))
      #expect(try shadow.readState().nexthops?.map(\.id).contains(1) == false)
      #expect(try shadow.readState().nexthops?.map(\.id).contains(2) == true)
      #expect(try shadow.runBatch(["route add 2001:db8:77::/64 dev o1"], options: ["-6"]).status == 0)
      #expect(
        try shadow.run([["ip", "nexthop", "show", "id", "2"]]).map(\.output) == [
          "id 2 via 10.1.2.2 dev o2 scope link \n"
        ])
    }
  }

  @Test(
    "no command leaves the shadow",
    arguments: [
      "ip -n other route add default dev o1", "ip -netns 1 link", "ip -net other link", "ip link set o1 netns 1",
      "rm -rf x", "sh -c true",
      "ip route add 10.0.0.0/8 encap ip id 5 dst 1.2.3.4 vxlan_opts 7 dev o1",
    ])
  func refused(command: String) throws {
    try withNetworkNamespace {
      var shadow = try Shadow(rebuilding: try Self.smallState())
      #expect(throws: ShadowError.self) { _ = try shadow.run([command.split(separator: " ").map(String.init)]) }
    }
  }

  private static func smallState() throws -> RoutingState {
    var kernel = try Kernel(visiting: ())
    return try kernel.readState()
  }

  @Test("links, carriers and neighbours change as by themselves")
  func events() throws {
    try withNetworkNamespace {
      // The other ends are in another namespace, as those of real devices are nowhere.
      let elsewhere = try ScratchNamespace()
      var kernel = try Kernel(visiting: ())
      for n in 1...3 as ClosedRange<UInt32> {
        let end = NewLink.End("p\(n)", namespace: elsewhere.descriptor)
        try kernel.add(.link(NewLink(NewLink.End("o\(n)", index: 10 * n), .veth(peer: end))))
        _ = try elsewhere.run { try run("ip link set p\(n) up") }
      }
      try run(
        """
        for n in 1 2 3; do ip link set o$n up; ip addr add 10.1.$n.1/24 dev o$n; done
        \(settledLinks)
        for n in 1 2 3; do
          ip nexthop add id $n via 10.1.$n.2 dev o$n; ip neigh add 10.1.$n.2 dev o$n lladdr 2:0:0:0:0:$n nud reachable
        done
        ip nexthop add id 10 group 1/2/3
        ip route add 198.51.100.0/24 nhid 10
        ip route add 203.0.113.0/24 nexthop via 10.1.1.2 nexthop via 10.1.2.2 nexthop via 10.1.3.2
        """)
      var shadow = try Shadow(rebuilding: try kernel.readState())
      #expect(shadow.differences == [])
      func legs() throws -> [NexthopFlags] {
        let route = try shadow.readState().routes.first { "\($0.destination)" == "203.0.113.0/24" }
        guard case .multipath(let legs) = route?.legs else { return [] }
        return legs.map(\.flags)
      }
      let gateway = try #require(IPAddress("10.1.1.2"))
      try shadow.happen(.neighbour(gateway, answers: false))
      #expect(try shadow.readState().neighbours.first { $0.address == gateway }?.state == .failed)
      try shadow.happen(.neighbour(gateway, answers: true))
      #expect(try shadow.readState().neighbours.first { $0.address == gateway }?.state == .reachable)
      try shadow.happen(.carrier("o2", isPresent: false))
      #expect(try legs() == [[], .linkdown, []])
      #expect(try shadow.readState().nexthops?.map(\.id) == [1, 3])
      try shadow.happen(.carrier("o2", isPresent: true))
      #expect(try legs() == [[], [], []])
      try shadow.happen(.link("o3", isUp: false))
      #expect(try legs() == [[], [], [.dead, .linkdown]])
      try shadow.happen(.link("o3", isUp: true))
      #expect(try legs() == [[], [], []])
      #expect(throws: ShadowError.noInterface("o9")) { try shadow.happen(.link("o9", isUp: true)) }
      #expect(throws: ShadowError.noCable("lo")) { try shadow.happen(.carrier("lo", isPresent: false)) }
      let nobody = try #require(IPAddress("10.9.9.9"))
      #expect(throws: ShadowError.noNeighbour("10.9.9.9")) { try shadow.happen(.neighbour(nobody, answers: true)) }
      #expect(try kernel.readState().nexthops?.map(\.id) == [1, 2, 3])
    }
  }
}
