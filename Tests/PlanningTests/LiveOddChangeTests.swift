import KernelRouting
import Planning
import Rendering
import Routing
import TestSupport
import Testing

/// Changes whose effect is not what their words say, made by the kernel beside the same changes simulated.
@Suite struct LiveOddChangeTests {
  struct Course: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Made on top of `SimulationLab`.
    var script = ""
    /// Commands, each simulated from the state of the kernel before it; those between `;` together.
    let changes: [String]
    /// The doubts that the simulation has, in one of the changes.
    var doubts: Set<String> = []
  }

  private static let courses = [
    Course(
      testDescription: "An address that is to be changed, and is not there, is added",
      changes: ["addr change 10.7.1.1/24 dev o1", "-6 addr change 2001:db8:71::1/64 dev o1 nodad"]),
    Course(
      testDescription: "The addresses of one network have one scope",
      changes: [
        "addr add 10.0.1.7/24 dev o1 scope link", "addr add 10.7.1.1/24 dev o1 scope link",
        "addr add 10.7.1.2/24 dev o1 scope link", "addr add 10.7.1.3/24 dev o1",
      ]),
    Course(
      testDescription: "IPv6 keeps the addresses of a link that is down where it is told to",
      script: """
        sysctl -qw net.ipv6.conf.o1.keep_addr_on_down=1
        ip -6 addr add 2001:db8:71::1/64 dev o1 nodad
        ip -6 route add 2001:db8:a0::/48 nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2
        ip -6 route add 2001:db8:a1::/48 via 2001:db8:1::2
        """, changes: ["link set o1 down; link set o1 up", "link set o1 down", "link set o2 down; link set o2 up"]),
    Course(
      testDescription: "What is told for all interfaces goes before, and below 0 none keeps its addresses",
      script: """
        sysctl -qw net.ipv6.conf.o1.keep_addr_on_down=1 net.ipv6.conf.all.keep_addr_on_down=-1
        """, changes: ["link set o1 down; link set o1 up"]),
    Course(
      testDescription: "A deletion of a rule does not look at its not",
      script: "ip rule add pref 5 from 10.0.0.0/8 table 100; ip rule add pref 10 not from 10.0.0.0/8 table 100",
      changes: ["rule del not from 10.0.0.0/8 table 100", "rule del from 10.0.0.0/8 table 100"]),
    Course(
      testDescription: "A prefix of IPv6 has a route of each metric, of which the first goes with the last address",
      changes: [
        "-6 addr add 2001:db8:71::1/64 dev o1 nodad metric 300", "-6 addr add 2001:db8:71::2/64 dev o1 nodad",
        "-6 route add 2001:db8:71::/64 dev o1 metric 10 proto static", "-6 addr del 2001:db8:71::1/64 dev o1",
        "-6 addr del 2001:db8:71::2/64 dev o1",
      ]),
    Course(
      testDescription: "An address of IPv6 that is added again brings its prefix back",
      script: "ip -6 route del 2001:db8:1::/64 dev o1",
      changes: [
        "-6 addr replace 2001:db8:1::1/64 dev o1 nodad", "-6 addr replace 2001:db8:1::1/64 dev o1 nodad",
        "-6 addr replace 2001:db8:2::1/64 dev o2 nodad",
      ]),
    Course(
      testDescription: "A gateway of a route of link scope has to be of this machine",
      changes: [
        "route add 198.51.100.0/24 scope link via 10.0.1.2 dev o1",
        "route add 198.51.100.0/24 scope link via 10.0.1.1 dev o1",
        "route add 198.51.101.0/24 scope link via 10.0.1.2 dev o1 onlink",
        "route add 198.51.102.0/24 scope site via 10.0.1.2 dev o1",
        "route add 198.51.103.0/24 scope host via 10.0.1.2 dev o1",
      ]),
    Course(
      testDescription: "An address of IPv6 with a peer brings the prefixes of both",
      changes: [
        "-6 addr add 2001:db8:71::1 peer 2001:db8:72::1/64 dev o1 nodad", "-6 addr add 2001:db8:71::2/64 dev o1 nodad",
        "link set o1 mtu 1400", "-6 addr del 2001:db8:71::1/64 dev o1", "-6 addr del 2001:db8:71::2/64 dev o1",
        "-6 addr add 2001:db8:73::1 peer 2001:db8:73::2/128 dev o1 nodad", "-6 addr del 2001:db8:73::1/128 dev o1",
      ]),
    Course(
      testDescription: "Interfaces that are too small for IPv6, or on which it is off, take no routes of it",
      script: "ip link set o1 mtu 1200; sysctl -qw net.ipv6.conf.o2.disable_ipv6=1",
      changes: [
        "-6 route add 2001:db8:a0::/48 via fe80::9 dev o1", "-6 route add 2001:db8:a0::/48 via fe80::9 dev o2",
        "-6 route add 2001:db8:a0::/48 dev o1", "-6 route add 2001:db8:a0::/48 dev o2",
        "-6 route add 2001:db8:a0::/48 via 2001:db8:2::2 dev o2", "-6 addr add 2001:db8:71::1/64 dev o1 nodad",
        "-6 addr add 2001:db8:71::1/64 dev o2 nodad", "-6 addr replace 2001:db8:71::1/64 dev o2 nodad",
        "-6 route add 2001:db8:a0::/48 via 2001:db8:9::9 dev o2 onlink",
        "-6 route add 2001:db8:a0::/48 via fe80::9 dev o3",
      ]),
    Course(
      testDescription: "A deletion for some sources takes the route for all where there is none for some",
      script: """
        ip -6 route add 2001:db8:a0::/48 via 2001:db8:1::2; ip -6 route add 2001:db8:a1::/48 via 2001:db8:1::2
        ip -6 route add 2001:db8:a1::/48 from 2001:db8:71::/64 via 2001:db8:2::2
        """,
      changes: [
        "-6 route del 2001:db8:a0::/48 from 2001:db8:72::/64", "-6 route del 2001:db8:a1::/48 from 2001:db8:72::/64",
        "-6 route del 2001:db8:a1::/48 from 2001:db8:71::/64", "-6 route del 2001:db8:a1::/48 from 2001:db8:71::/64",
      ]),
    Course(
      testDescription: "What stands on a link has no larger MTU",
      script:
        "ip link add link o1 name m1 type macvlan; ip link set m1 up; ip link add link o1 name m2 mtu 1300 type macvlan",
      changes: ["link set o1 mtu 1400", "link set o1 mtu 1500", "link set m1 mtu 1500", "link set m1 mtu 1501"]),
    Course(
      testDescription: "A macvlan on a link that comes up without carrier has none",
      script: """
        ip link add link o1 name m1 type macvlan; ip link set m1 up; ip addr add 10.7.1.1/24 dev m1
        ip route add 198.51.100.0/24 via 10.7.1.2; sleep 0.3; ip link set o1 down; ip link set p1 down
        """, changes: ["link set o1 up", "link set p1 up"]),
    Course(
      testDescription: "Neighbours go with the setting that they are looked for, where that changes",
      script: """
        ip neigh add 10.0.1.2 dev o1 lladdr 02:00:00:00:00:01 nud permanent
        ip neigh add 2001:db8:1::2 dev o1 lladdr 02:00:00:00:00:01 nud stale
        """, changes: ["link set o1 arp on", "link set o1 arp off"]),
    Course(
      testDescription: "A hop of a list that is deleted by its interface is one hop",
      script: """
        ip -6 route add 2001:db8:a0::/48 nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2 nexthop via 2001:db8:2::3
        """, changes: ["-6 route del 2001:db8:a0::/48 nexthop dev o2", "-6 route del 2001:db8:a0::/48 dev o2"]),
    Course(
      testDescription:
        "A route whose other legs only have no carrier stays when an interface loses its last IPv4 address",
      script: """
        sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1
        ip route add 198.51.100.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2
        ip link set p2 down
        """, changes: ["addr flush dev o1 scope global"]),
    Course(
      testDescription: "Without forwarding, anycast addresses that were added by hand stay",
      script: "ip -6 route add anycast 2001:db8:71::9 dev o1",
      changes: ["sysctl -w net.ipv6.conf.all.forwarding=0", "link set p1 down", "link set p1 up"]),
    Course(
      testDescription: "A gateway of IPv6 on a link without carrier is found for the main table alone",
      script: "sysctl -qw net.ipv6.conf.all.ignore_routes_with_linkdown=1; ip link set p2 down",
      changes: [
        "-6 route add 2001:db8:a0::/48 via 2001:db8:2::2", "-6 route add 2001:db8:a0::/48 via 2001:db8:2::2 table 100",
        "-6 route add 2001:db8:a1::/48 via 2001:db8:1::2 table 100", "route add 198.51.100.0/24 via 10.0.2.2 table 100",
      ]),
    Course(
      testDescription: "Forwarding of IPv4 that is written again is that of no interface, but that of IPv6 of all",
      script: "sysctl -qw net.ipv4.conf.o1.forwarding=0 net.ipv6.conf.o1.forwarding=0",
      changes: [
        "sysctl -w net.ipv4.ip_forward=1", "sysctl -w net.ipv6.conf.all.forwarding=1",
        "sysctl -w net.ipv4.conf.all.forwarding=0", "sysctl -w net.ipv4.ip_forward=1",
      ]),
    Course(
      testDescription: "Broadcast addresses of their own, and networks of the loopback interface",
      changes: [
        "addr add 10.0.1.7/24 brd 10.0.1.77 dev o1", "addr add 10.7.1.1/24 brd + dev o1",
        "addr add 10.7.2.1/24 brd 10.7.2.77 dev o1", "addr del 10.7.2.1/24 dev o1", "addr add 10.7.3.1/25 dev lo",
        "addr add 10.7.3.2/25 dev lo", "addr del 10.7.3.2/25 dev lo", "addr del 10.7.3.1/25 dev lo",
      ]),
    Course(
      testDescription: "An address that is there with two lengths stays until the last one goes",
      script: "ip addr add 10.0.1.1/16 dev o1; ip route add 198.51.100.0/24 via 10.0.2.2 src 10.0.1.1",
      changes: ["addr del 10.0.1.1/16 dev o1", "addr add 10.7.1.1/24 dev o1", "addr del 10.0.1.1/24 dev o1"]),
    Course(
      testDescription: "Forwarding brings anycast addresses, and nothing else that is gone",
      script: "sysctl -qw net.ipv6.conf.all.forwarding=0; ip -6 route del 2001:db8:1::/64 dev o1",
      changes: [
        "sysctl -w net.ipv6.conf.all.forwarding=1", "sysctl -w net.ipv6.conf.o1.forwarding=0",
        "-6 addr add 2001:db8:71::1/64 dev lo", "sysctl -w net.ipv6.conf.all.forwarding=0",
      ]),
    Course(
      testDescription: "Routes of IPv6 to nowhere have no preference",
      changes: [
        "-6 route add throw 2001:db8:a0::/48 pref high", "-6 route add unreachable 2001:db8:a1::/48 pref low",
        "-6 route add 2001:db8:a2::/48 via 2001:db8:1::2 pref high",
      ]),
    Course(
      testDescription: "A prefix with routes for some sources hides the gateways in it",
      script: "ip -6 route add 2001:db8:1::/64 from 2001:db8:71::/64 via 2001:db8:2::2",
      changes: [
        "-6 route add 2001:db8:a0::/48 via 2001:db8:1::2 dev o1", "-6 route add 2001:db8:a1::/48 via 2001:db8:2::2",
        "-6 route add default from 2001:db8:71::/64 via 2001:db8:2::2",
        "-6 route add 2001:db8:a2::/48 via 2001:db8:1::2",
        "-6 route add 2001:db8:a3::/48 from 2001:db8:71::/64 nhid 99", "-6 addr add 2001:db8:71::1/64 dev o3 nodad",
        "-6 route add 2001:db8:a4::/48 via 2001:db8:1::2 dev o1 src 2001:db8:71::1",
      ]),
    Course(
      testDescription: "Routes of a daemon that takes router advertisements have siblings",
      changes: [
        "-6 route add 2001:db8:a0::/48 proto ra nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2 weight 3",
        "-6 route append 2001:db8:a0::/48 proto ra via 2001:db8:3::2",
        "-6 route replace 2001:db8:a0::/48 proto ra via 2001:db8:3::2",
        "-6 route add 2001:db8:a1::/48 proto ra via 2001:db8:1::2; -6 route append 2001:db8:a1::/48 proto ra via 2001:db8:2::2",
      ]),
    Course(
      testDescription: "Whether the kernel made a route of a router advertisement is not told",
      script: "ip -6 route add 2001:db8:a0::/48 proto ra via 2001:db8:1::2",
      changes: ["-6 route append 2001:db8:a0::/48 proto ra via 2001:db8:2::2"],
      doubts: ["advertised-route", "hidden-weight"]),
  ]

  @Test("What the kernel makes of it is what the simulation makes of it", arguments: courses)
  func course(_ course: Course) throws {
    try withNetworkNamespace {
      try SimulationLab.build()
      var kernel = try Kernel()
      try Self.waitForAddresses(&kernel)
      try run(course.script)
      var doubts: Set<String> = []
      for change in course.changes {
        let state = try SimulationLab.settle(&kernel)
        var simulation = Simulation(state)
        var refusal = ""
        for command in change.split(separator: ";") {
          let request = try CommandParser(names: .installed).change(String(command))
          do throws(ChangeRefusal) { try simulation.apply(request) } catch {
            refusal = "\(error)"
            #expect(error.isCertain, "\(command): \(error)")
          }
        }
        var answer = ""
        for command in change.split(separator: ";") {
          do { try run(command.hasPrefix("sysctl") ? "\(command)" : "ip \(command)") } catch let failure
            as CommandFailure
          {
            answer = failure.output.split(separator: "\n").first.map(String.init) ?? ""
          }
          // A carrier that is back before the kernel has looked was never gone.
          _ = try SimulationLab.settle(&kernel)
        }
        #expect(refusal == answer, "\(change)")
        doubts.formUnion(simulation.doubts.map(\.code))
        let differences = try Self.differences(simulation.state, &kernel)
        #expect(differences == [], "\(change)")
      }
      #expect(doubts == course.doubts)
    }
  }

  /// Waits until each address of IPv6 is in use, which it is a moment after its link is up.
  private static func waitForAddresses(_ kernel: inout Kernel) throws {
    for _ in 0..<600 {
      let state = try SimulationLab.settle(&kernel)
      let used = Set(state.routes.lazy.filter { $0.type == .local }.map(\.destination.address))
      if state.addresses.allSatisfy({ used.contains($0.address) }) { return }
      try run("sleep 0.05")
    }
    Issue.record("addresses are not used")
  }

  /// Waits, as addresses and prefixes of IPv6 follow a link that comes up a moment later.
  private static func differences(_ simulated: RoutingState, _ kernel: inout Kernel) throws -> [String] {
    var differences: [String] = []
    for _ in 0..<200 {
      differences = ComparableState.differences(simulated, try SimulationLab.settle(&kernel))
      if differences.isEmpty { break }
      try run("sleep 0.05")
    }
    return differences
  }
}
