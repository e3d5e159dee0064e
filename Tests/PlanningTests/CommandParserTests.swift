import Planning
import Routing
import Testing

/// What commands mean.
@Suite struct CommandParserTests {
  private struct Row: CustomTestStringConvertible {
    var testDescription: String
    var text: String
    var change: RoutingChange

    init(_ description: String, _ text: String, _ change: RoutingChange) {
      testDescription = description
      self.text = text
      self.change = change
    }
  }

  private static func prefix(_ text: String, _ length: UInt8) -> AddressPrefix {
    AddressPrefix(IPAddress(text) ?? .unspecified(.ipv4), length: length)
  }

  private static func route(
    _ mode: RequestMode, _ address: String, _ length: UInt8, _ alter: (inout RouteRequest) -> Void = { _ in }
  ) -> RoutingChange {
    let destination = prefix(address, length)
    var request = RouteRequest(mode: mode, family: destination.address.family, destination: destination)
    request.type = mode == .delete ? .unspecified : .unicast
    request.protocol = mode == .delete ? 0 : 3
    alter(&request)
    return .route(request)
  }

  private static func leg(_ gateway: String?, _ interface: String?, weight: UInt16 = 1) -> LegRequest {
    var leg = LegRequest()
    leg.gateway = gateway.flatMap { IPAddress($0) }
    leg.interface = interface
    leg.weight = weight
    return leg
  }

  private static func nexthop(
    _ mode: RequestMode, _ id: UInt32?, _ alter: (inout NexthopRequest) -> Void = { _ in }
  ) -> RoutingChange {
    var request = NexthopRequest(mode: mode)
    request.id = id
    alter(&request)
    return .nexthop(request)
  }

  private static func rule(
    _ mode: RequestMode, action: UInt8, _ alter: (inout RuleRequest) -> Void
  ) -> RoutingChange {
    var request = RuleRequest(mode: mode, family: .ipv4, action: action)
    alter(&request)
    return .rule(request)
  }

  private static func link(_ target: LinkTarget, _ alter: (inout LinkRequest) -> Void) -> RoutingChange {
    var request = LinkRequest(target: target)
    alter(&request)
    return .link(request)
  }

  private static let routes: [Row] = [
    Row(
      "a gateway", "ip route add 10.0.0.0/8 via 192.0.2.1",
      route(.add, "10.0.0.0", 8) { $0.leg = leg("192.0.2.1", nil) }),
    Row(
      "abbreviations", "r r 10/8 dev o1 p 7",
      route(.replace, "10.0.0.0", 8) {
        $0.leg.interface = "o1"
        $0.scope = 253
        $0.metric = 7
      }),
    Row(
      "host bits, which only the kernel refuses", "route add 10.0.0.1/8 nhid 3",
      route(.add, "10.0.0.1", 8) { $0.nexthopID = 3 }),
    Row(
      "a default of the gateway's family", "route append default via fe80::1 dev o1",
      route(.append, "::", 0) { $0.leg = leg("fe80::1", "o1") }),
    Row(
      "a default of the family option", "ip -6 route prepend default dev o1",
      route(.prepend, "::", 0) { $0.leg.interface = "o1" }),
    Row(
      "a gateway of the other family", "route change 10.0.0.0/8 via inet6 fe80::1 dev o1",
      route(.change, "10.0.0.0", 8) {
        $0.leg.otherFamilyGateway = IPAddress("fe80::1")
        $0.leg.interface = "o1"
      }),
    Row(
      "several nexthops", "route add 10/8 proto bgp nexthop via 192.0.2.1 weight 256 nexthop dev o2 onlink",
      route(.add, "10.0.0.0", 8) {
        $0.protocol = 186
        $0.legs = [leg("192.0.2.1", nil, weight: 256), leg(nil, "o2")]
        $0.legs[1].isOnlink = true
      }),
    Row(
      "within a nexthop the first gateway and the last interface count",
      "route add 10/8 nexthop via 192.0.2.1 via 192.0.2.2 dev a dev b",
      route(.add, "10.0.0.0", 8) {
        $0.legs = [leg("192.0.2.1", "b")]
      }),
    Row("a deletion matches what it does not name", "route del 10/8", route(.delete, "10.0.0.0", 8) { $0.scope = 255 }),
    Row(
      "a deletion of an IPv6 route", "route del 2001:db8::/32 metric 9",
      route(.delete, "2001:db8::", 32) { $0.metric = 9 }),
    Row(
      "a local route goes to the table local", "route add local 10.0.0.1 dev lo",
      route(.add, "10.0.0.1", 32) {
        $0.type = .local
        $0.table = .number(255)
        $0.scope = 254
        $0.leg.interface = "lo"
      }),
    Row(
      "a large table wins over a small one", "route add blackhole 10/8 table 70000 table 5",
      route(.add, "10.0.0.0", 8) {
        $0.type = .blackhole
        $0.table = .number(70000)
      }),
    Row(
      "a VRF's table", "route add 10/8 vrf red dev o1",
      route(.add, "10.0.0.0", 8) {
        $0.table = .vrf("red")
        $0.scope = 253
        $0.leg.interface = "o1"
      }),
    Row(
      "metrics in their units", "route add 10/8 nhid 1 mtu lock 1400 rtt 300ms rttvar 10 rto_min 1.5s congctl bbr",
      route(.add, "10.0.0.0", 8) {
        $0.nexthopID = 1
        $0.metrics = [
          RouteMetric(kind: 2, value: 1400), RouteMetric(kind: 4, value: 2400), RouteMetric(kind: 5, value: 10),
          RouteMetric(kind: 13, value: 1500), RouteMetric(kind: 16, value: 0, name: "bbr"),
          RouteMetric(kind: 1, value: 1 << 2 | 1 << 13),
        ]
      }),
    Row(
      "everything else",
      "route add 2001:db8::/32 from 2001:db8:1::/48 dev o1 src 2001:db8::1 pref high expires 60 ttl-propagate disabled realm 1/2",
      route(.add, "2001:db8::", 32) {
        $0.source = prefix("2001:db8:1::", 48)
        $0.leg.interface = "o1"
        $0.leg.realms = 0x10002
        $0.preferredSource = IPAddress("2001:db8::1")
        $0.preference = 1
        $0.expires = 60
        $0.ttlPropagate = 0
      }),
    Row(
      "labels", "route add 10/8 encap mpls 100/200 via 192.0.2.1",
      route(.add, "10.0.0.0", 8) {
        $0.leg = leg("192.0.2.1", nil)
        let labels: [UInt8] = [0, 6, 0x40, 0, 0, 0x0c, 0x81, 0]
        $0.leg.encapsulation = EncapsulationRequest(type: 1, attributes: [.init(1, .bytes(labels))])
      }),
  ]

  private static let nexthops: [Row] = [
    Row(
      "a gateway", "nexthop add id 1 via 192.0.2.1 dev o1 onlink",
      nexthop(.add, 1) {
        $0.family = .ipv4
        $0.gateway = IPAddress("192.0.2.1")
        $0.interface = "o1"
        $0.isOnlink = true
      }),
    Row(
      "an interface alone is IPv4", "nexthop replace id 0x10 dev o1",
      nexthop(.replace, 16) {
        $0.family = .ipv4
        $0.interface = "o1"
      }),
    Row(
      "a blackhole", "ip -6 nexthop add blackhole proto 77",
      nexthop(.add, nil) {
        $0.family = .ipv6
        $0.isBlackhole = true
        $0.protocol = 77
      }),
    Row(
      "a group", "nexthop add id 9 group 1/2,256 fdb type mpath",
      nexthop(.add, 9) {
        $0.group = [.init(id: 1), .init(id: 2, weight: 256)]
        $0.isFDB = true
        $0.groupType = .hashThreshold
      }),
    Row(
      "a resilient group", "nexthop replace id 9 group 1 type resilient buckets 64 idle_timer 30 proto bgp",
      nexthop(.replace, 9) {
        $0.group = [.init(id: 1)]
        $0.groupType = .resilient
        $0.resilient = ResilientRequest()
        $0.resilient?.buckets = 64
        $0.resilient?.idleTimer = 3000
        $0.protocol = 186
      }),
    Row(
      "a resilient group that leaves all to the kernel", "nexthop replace id 9 group 1 type resilient",
      nexthop(.replace, 9) {
        $0.group = [.init(id: 1)]
        $0.groupType = .resilient
      }),
    Row("a deletion", "nexthop del id 3", nexthop(.delete, 3)),
    Row("a flush by id is a deletion", "nexthop flush id 3 whatever follows", nexthop(.delete, 3)),
  ]

  private static let others: [Row] = [
    Row(
      "a rule", "rule add from 10/8 fwmark 1/0xf iif o1 sport 1-9 pref 5 table 7",
      rule(.add, action: 1) {
        $0.source = prefix("10.0.0.0", 8)
        $0.mark = 1
        $0.markMask = 15
        $0.inputInterface = "o1"
        $0.sourcePorts = Rule.Range(first: 1, last: 9)
        $0.priority = 5
        $0.table = 7
      }),
    Row(
      "a rule's prefix of the other family does not change the rule's", "rule add from 2001:db8::/32",
      rule(.add, action: 1) {
        $0.source = prefix("2001:db8::", 32)
        $0.table = 254
      }),
    Row(
      "a rule that goes on elsewhere", "rule add goto 100 pref 50",
      rule(.add, action: 2) {
        $0.target = 100
        $0.priority = 50
      }),
    Row(
      "a rule's deletion", "rule del to 10/8 prohibit",
      rule(.delete, action: 8) { $0.destination = prefix("10.0.0.0", 8) }),
    Row(
      "a link", "link set dev o1 up mtu 1400 master br0 name p1 arp off",
      link(.interface("o1")) {
        $0.isUp = true
        $0.mtu = 1400
        $0.master = .interface("br0")
        $0.name = "p1"
        $0.changedFlags = 0x80
        $0.flags = 0x80
      }),
    Row("all links of a group", "link set group 5 down", link(.group(5)) { $0.isUp = false }),
    Row(
      "a link out of its master", "link set o1 nomaster group 3",
      link(.interface("o1")) {
        $0.master = LinkRequest.Master.none
        $0.group = 3
      }),
    Row("a link's deletion", "ip link del o1 type veth", .deleteLink(.interface("o1"))),
    Row(
      "sysctls with dots and slashes", "sysctl -w net.ipv4.conf.o1/5.rp_filter=2 net/ipv4/ip_forward=1",
      .sysctl([
        SysctlRequest("net/ipv4/conf/o1.5/rp_filter", "2"), SysctlRequest("net/ipv4/ip_forward", "1"),
      ])),
  ]

  @Test("A route's command means the request that ip sends", arguments: routes)
  private func route(row: Row) throws { #expect(try CommandParser().change(row.text) == row.change) }

  @Test("A nexthop's command means the request that ip sends", arguments: nexthops)
  private func nexthop(row: Row) throws { #expect(try CommandParser().change(row.text) == row.change) }

  @Test("A command for rules, links and sysctls means the request that is sent", arguments: others)
  private func other(row: Row) throws { #expect(try CommandParser().change(row.text) == row.change) }

  @Test("An address takes its length, scope, peer and broadcast address as ip gives them")
  func addresses() throws {
    guard case .address(let plain) = try CommandParser().change("addr add 10.1.2.3/24 brd + dev o1"),
      case .address(let peer) = try CommandParser().change("addr add 127.0.0.1 peer 10.0.0.2/30 dev o1 metric 5"),
      case .address(let gone) = try CommandParser().change("addr del 10.1.2.3 dev o1")
    else {
      Issue.record("no addresses")
      return
    }
    #expect(plain.local == plain.address && plain.prefixLength == 24 && plain.broadcast == IPAddress("10.1.2.255"))
    #expect(peer.address == IPAddress("10.0.0.2") && peer.prefixLength == 30 && peer.scope == 254 && peer.metric == 5)
    #expect(gone.address == nil && gone.prefixLength == 32 && gone.mode == .delete)
  }

  @Test("A neighbour is permanent unless its command says otherwise")
  func neighbours() throws {
    guard case .neighbour(let plain) = try CommandParser().change("neigh add fe80::1 lladdr 2:0:0:0:0:a dev o1"),
      case .neighbour(let stale) = try CommandParser().change("neigh chg 10.0.0.1 nud stale dev o1 router")
    else {
      Issue.record("no neighbours")
      return
    }
    #expect(plain.state == .permanent && plain.linkLayerAddress == [2, 0, 0, 0, 0, 10] && plain.interface == "o1")
    #expect(stale.state == .stale && stale.mode == .change && stale.isRouter && stale.linkLayerAddress == nil)
  }

  @Test("Flushes hold what they select")
  func flushes() throws {
    guard case .flushRoutes(let routes) = try CommandParser().change("route flush table all root 10/8 proto bgp"),
      case .flushRoutes(let defaults) = try CommandParser().change("route flush default"),
      case .flushNexthops(let nexthops) = try CommandParser().change("nexthop flush"),
      case .flushNeighbours(let neighbours) = try CommandParser().change("neigh flush dev o1 nud stale nud none"),
      case .flushAddresses(let addresses) = try CommandParser().change("addr flush dev o1 to 10/8 dynamic"),
      case .flushRules(let rules) = try CommandParser(family: .ipv6).change("rule flush pref 5")
    else {
      Issue.record("no flushes")
      return
    }
    #expect(routes.family == nil && routes.table == .all && routes.protocol == 186 && routes.destinationMatch == nil)
    #expect(routes.destinationRoot == .prefix(Self.prefix("10.0.0.0", 8)))
    #expect(defaults.family == .ipv4 && defaults.destinationRoot == .default && defaults.destinationMatch == .default)
    #expect(nexthops.isEverything && neighbours.states == 0x104 && neighbours.interface == "o1")
    #expect(addresses.family == .ipv4 && addresses.flagMask == .permanent && addresses.flags == [])
    #expect(rules.family == .ipv6 && rules.priority == 5)
  }

  @Test("The program may be called by its path, and by sudo")
  func launchers() throws {
    let plain = try CommandParser().change("ip nexthop del id 3")
    for text in ["sudo ip nexthop del id 3", "/sbin/ip nexthop del id 3", "sudo /usr/sbin/ip nexthop del id 3"] {
      #expect(try CommandParser().change(text) == plain, "\(text)")
      #expect(try CommandParser().batch(Array(text.utf8)).map(\.words) == [["ip", "nexthop", "del", "id", "3"]])
    }
    let sysctl = try CommandParser().change("sysctl -w net.ipv4.ip_forward=0")
    #expect(try CommandParser().change("sudo /sbin/sysctl -w net.ipv4.ip_forward=0") == sysctl)
    #expect(throws: CommandError.self) { try CommandParser().change("/sbin/nip nexthop del id 3") }
  }

  @Test("A batch has comments, blank lines, quotes and continued lines")
  func batch() throws {
    let text = "# first\n\nroute add 10/8 \\\n  dev 'o1' # \\\n\tip nexthop del id 3\r\n  rule add ta\\\nble 7"
    let steps = try CommandParser().batch(Array(text.utf8))
    #expect(steps.map(\.line) == [3, 5, 6])
    #expect(
      steps.map(\.change) == [
        Self.route(.add, "10.0.0.0", 8) {
          $0.leg.interface = "o1"
          $0.scope = 253
        }, Self.nexthop(.delete, 3), Self.rule(.add, action: 1) { $0.table = 7 },
      ])
  }

  @Test("A batch's flushes of nexthops add up, as those of one run of ip do")
  func carriedSelection() throws {
    let text = "nexthop flush dev o1 proto 4\nnexthop flush proto 186\nnexthop flush\nip nexthop flush\n"
    var first = NexthopSelector()
    first.interface = "o1"
    first.protocol = 4
    var second = first
    second.protocol = 186
    var third = NexthopSelector()
    third.isEverything = true
    third.protocol = 186
    var last = NexthopSelector()
    last.isEverything = true
    let changes = try CommandParser().batch(Array(text.utf8)).map(\.change)
    #expect(changes == [first, second, third, last].map(RoutingChange.flushNexthops))
  }
}
