import Routing

/// A kind of change to a `ChangeLab`.
package struct ChangeKind: Sendable {
  package var name: String
  package var commands: @Sendable (ChangeLab) -> [String]

  init(_ name: String, _ commands: @escaping @Sendable (ChangeLab) -> [String]) {
    self.name = name
    self.commands = commands
  }

  package static let all = ofMembers + ofLinks + ofNeighbours + ofSettings + ofRoutes + ofRules

  private static let ofMembers = [
    ChangeKind("the first member leaves") { $0.set(Array($0.members.dropFirst())) },
    ChangeKind("the middle member leaves") { $0.set([$0.members[0], $0.members[2]]) },
    ChangeKind("the last member leaves") { $0.set(Array($0.members.dropLast())) },
    ChangeKind("two members leave") { $0.set([$0.members[1]]) },
    ChangeKind("a member joins at the end") { $0.set($0.members + [.init(link: 4, weight: 2)]) },
    ChangeKind("a member joins in front") { $0.set([.init(link: 4, weight: 1)] + $0.members) },
    ChangeKind("a member takes the place of another") {
      $0.set([$0.members[0], .init(link: 4, weight: 3), $0.members[2]])
    },
    ChangeKind("the order is reversed") { $0.set($0.members.reversed()) },
    ChangeKind("one weight is larger") { $0.set([.init(link: 1, weight: 20)] + $0.members.dropFirst()) },
    ChangeKind("all weights are equal") { $0.set($0.members.map { .init(link: $0.link, weight: 1) }) },
    ChangeKind("all weights are threefold") { $0.set($0.members.map { .init(link: $0.link, weight: $0.weight * 3) }) },
    ChangeKind("a member is drained") {
      $0.set([.init(link: 1, weight: 1)] + $0.members.dropFirst().map { .init(link: $0.link, weight: 85) })
    },
    ChangeKind("a member leaves and returns") { $0.set(Array($0.members.dropFirst())) + $0.set($0.members) },
    ChangeKind("another gateway on the same link") { lab in
      lab.kind == .legacy
        ? [
          "route replace \(lab.destination) metric 20 proto bgp nexthop via \(lab.gateway(1, host: 3)) dev o1 nexthop via \(lab.gateway(2)) dev o2"
        ]
        : ["nexthop replace id 1 via \(lab.gateway(1, host: 3)) dev o1"]
    },
    ChangeKind("another link for a member") { lab in
      lab.kind == .legacy
        ? lab.set([.init(link: 4, weight: 1)] + lab.members.dropFirst())
        : ["nexthop replace id 1 via \(lab.gateway(4)) dev o4"]
    },
    ChangeKind("a nexthop object is deleted") { _ in ["nexthop del id 2"] },
    ChangeKind("two nexthop objects are deleted") { _ in ["nexthop del id 1", "nexthop del id 3"] },
    ChangeKind("all nexthop objects are deleted") { _ in ["nexthop flush"] },
    ChangeKind("nexthop objects of a link are flushed") { _ in ["nexthop flush dev o3"] },
  ]

  private static let ofLinks = [
    ChangeKind("the first link goes down") { _ in ["link set o1 down"] },
    ChangeKind("the last link goes down") { _ in ["link set o3 down"] },
    ChangeKind("two links go down") { _ in ["link set o1 down", "link set o2 down"] },
    ChangeKind("every link goes down") { _ in ["link set o1 down", "link set o2 down", "link set o3 down"] },
    ChangeKind("a link goes down and up") { _ in ["link set o2 down", "link set o2 up"] },
    ChangeKind("carrier is lost") { _ in ["link set p2 down"] },
    ChangeKind("carrier is lost and back") { _ in ["link set p2 down", "link set p2 up"] },
    ChangeKind("carrier is lost where that is heeded") { lab in
      [
        "sysctl -w net.\(lab.family == .ipv4 ? "ipv4" : "ipv6").conf.all.ignore_routes_with_linkdown=1",
        "link set p2 down",
      ]
    },
    ChangeKind("an interface is deleted") { _ in ["link del o2"] },
    ChangeKind("an interface loses its address") { lab in
      ["addr del \(lab.family == .ipv4 ? "10.0.2.1/24" : "2001:db8:2::1/64") dev o2"]
    },
  ]

  private static let ofNeighbours = [
    ChangeKind("a neighbour fails") { ["neigh replace \($0.gateway(1)) dev o1 lladdr 02:00:00:00:00:01 nud failed"] },
    ChangeKind("the last neighbour fails") {
      ["neigh replace \($0.gateway(3)) dev o3 lladdr 02:00:00:00:00:03 nud failed"]
    },
    ChangeKind("every neighbour fails") { lab in
      (1...3).map { "neigh replace \(lab.gateway($0)) dev o\($0) lladdr 02:00:00:00:00:01 nud failed" }
    },
    ChangeKind("a neighbour fails and is there again") {
      [
        "neigh replace \($0.gateway(2)) dev o2 lladdr 02:00:00:00:00:02 nud failed",
        "neigh replace \($0.gateway(2)) dev o2 lladdr 02:00:00:00:00:02 nud permanent",
      ]
    },
    ChangeKind("a neighbour fails where that is heeded") {
      [
        "sysctl -w net.ipv4.fib_multipath_use_neigh=1",
        "neigh replace \($0.gateway(2)) dev o2 lladdr 02:00:00:00:00:02 nud failed",
      ]
    },
    ChangeKind("neighbours are forgotten") { _ in ["neigh flush dev o1 nud all", "neigh flush dev o2 nud all"] },
  ]

  private static let ofSettings = [
    ChangeKind("addresses alone are hashed") {
      ["sysctl -w net.\($0.family == .ipv4 ? "ipv4" : "ipv6").fib_multipath_hash_policy=0"]
    },
    ChangeKind("inner headers are hashed") {
      ["sysctl -w net.\($0.family == .ipv4 ? "ipv4" : "ipv6").fib_multipath_hash_policy=2"]
    },
    ChangeKind("chosen fields are hashed") { lab in
      let family = lab.family == .ipv4 ? "ipv4" : "ipv6"
      return ["sysctl -w net.\(family).fib_multipath_hash_fields=0x0037 net.\(family).fib_multipath_hash_policy=3"]
    },
    ChangeKind("another seed") { _ in ["sysctl -w net.ipv4.fib_multipath_hash_seed=99"] },
  ]

  private static let ofRoutes = [
    ChangeKind("a longer prefix takes one half") { ["route add \($0.half) via \($0.gateway(4)) dev o4"] },
    ChangeKind("one half is dropped") { ["route add blackhole \($0.half)"] },
    ChangeKind("a better metric refuses all") { ["route add unreachable \($0.destination) metric 10"] },
    ChangeKind("a worse metric changes nothing") {
      ["route add \($0.destination) metric 30 via \($0.gateway(4)) dev o4"]
    },
    ChangeKind("the route is deleted") { ["route del \($0.destination)"] },
    ChangeKind("route and default route are deleted") {
      ["route del \($0.destination)", "\($0.version) route del default"]
    },
    ChangeKind("one gateway takes the place of all") {
      ["route replace \($0.destination) metric 20 proto bgp via \($0.gateway(4)) dev o4"]
    },
    ChangeKind("a threshold group takes the place") {
      [
        "nexthop add id 60 group \($0.group($0.members))",
        "route replace \($0.destination) metric 20 proto bgp nhid 60",
      ]
    },
    ChangeKind("a resilient group takes the place") {
      [
        "nexthop add id 61 group \($0.group($0.members)) type resilient buckets 64",
        "route replace \($0.destination) metric 20 proto bgp nhid 61",
      ]
    },
    ChangeKind("legs take the place") { lab in
      let legs = lab.members.map { "nexthop via \(lab.gateway($0.link)) dev o\($0.link) weight \($0.weight)" }
      return ["route replace \(lab.destination) metric 20 proto bgp " + legs.joined(separator: " ")]
    },
    ChangeKind("routes of a protocol are flushed") { lab in
      ["sysctl -w net.ipv4.nexthop_compat_mode=0", "\(lab.version) route flush proto bgp"]
    },
  ]

  private static let ofRules = [
    ChangeKind("a rule sends UDP elsewhere") { ["\($0.version) rule add pref 100 ipproto udp table 100"] },
    ChangeKind("a rule sends ports elsewhere") {
      ["\($0.version) rule add pref 100 ipproto tcp dport 1-20000 table 100"]
    },
    ChangeKind("a rule refuses one half of the sources") {
      ["\($0.version) rule add pref 100 from \($0.halfOfSources) prohibit"]
    },
    ChangeKind("a rule for an interface") { ["\($0.version) rule add pref 100 iif o5 table 100"] },
    ChangeKind("a rule that hides default routes") {
      ["\($0.version) rule add pref 100 table 100 suppress_prefixlength 0"]
    },
    ChangeKind("the main table is not asked") {
      // IPv6 goes by its rules only once one was added.
      ["\($0.version) rule add pref 99 fwmark 99 nop", "\($0.version) rule del pref 32766"]
    },
  ]
}
