import Files
import Routing
import Snapshots
import TestSupport
import Testing

/// The dumps of Dumps/router come from Linux 6.12 and iproute2 6.1.0, set up by its setup.txt.
struct SnapshotImportTests {
  static func dump(_ name: String) throws -> SnapshotImport.Source {
    let directory = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return SnapshotImport.Source(
      file: name, bytes: try InputFile.contents(of: "/\(directory)/Dumps/router/\(name)"))
  }

  static func router() throws -> SnapshotImport {
    var sources = SnapshotImport()
    sources.routes = try dump("route.json")
    sources.ipv6Routes = try dump("route6.json")
    sources.nexthops = try dump("nexthop.json")
    sources.buckets = try dump("bucket.json")
    sources.rules = try dump("rule.json")
    sources.ipv6Rules = try dump("rule6.json")
    sources.links = try dump("link-details.json")
    sources.addresses = try dump("addr.json")
    sources.neighbours = try dump("neigh.json")
    sources.sysctls = try dump("sysctl.txt")
    sources.counters = try dump("snmp.txt")
    sources.release = try dump("uname.txt")
    return sources
  }

  private static func route(_ destination: String, table: UInt32 = 254) throws -> Route {
    let prefix = try Prefix(parsing: destination)
    let routes = try router().snapshot().state.routes
    return try #require(routes.first { $0.destination == prefix && $0.table == table })
  }

  private static let o1 = RouteLeg(gateway: IPAddress("10.1.1.2"), interface: 3)
  private static let o2 = RouteLeg(gateway: IPAddress("10.1.2.2"), interface: 5)

  // MARK: Routes

  @Test("Both families come in once, in the order of the dumps")
  func families() throws {
    let snapshot = try Self.router().snapshot()
    let routes = snapshot.state.routes
    #expect(routes.filter { $0.family == .ipv4 }.count == 33)
    #expect(routes.filter { $0.family == .ipv6 }.count == 41)
    var mixed = try Self.router()
    mixed.ipv6Routes = nil
    #expect(try mixed.snapshot().state.routes == routes, "one dump of both families says the same")
  }

  @Test("Without -d the routes are the same")
  func plainRoutes() throws {
    var plain = try Self.router()
    plain.routes = try Self.dump("route-plain.json")
    plain.ipv6Routes = nil
    #expect(try plain.snapshot().state.routes.count == 74)
    let expected = try Self.router().snapshot().state.routes
    #expect(try plain.snapshot().state.routes == expected)
  }

  @Test("Legacy multipath with weights and a dead leg")
  func multipath() throws {
    let route = try Self.route("198.51.100.0/24")
    #expect(route.protocol == 186)
    #expect(route.metric == 20)
    #expect(route.type == .unicast)
    var second = Self.o2
    second.weight = 3
    let third = RouteLeg(gateway: IPAddress("10.1.4.2"), interface: 9, flags: [.dead, .linkdown])
    #expect(route.nexthops == .legs(.multipath([Self.o1, second, third])))
  }

  @Test("Metrics, TOS and realms")
  func metrics() throws {
    let route = try Self.route("198.51.101.0/24")
    #expect(route.tos == 0x10)
    var first = Self.o1
    first.realms = 0x0003_0004
    #expect(route.legs == .multipath([first, Self.o2]))
    let expected: [RouteMetric] = [
      .init(kind: 2, value: 1400), .init(kind: 4, value: 1600), .init(kind: 5, value: 40), .init(kind: 8, value: 1300),
      .init(kind: 10, value: 9), .init(kind: 11, value: 20), .init(kind: 12, value: 1), .init(kind: 13, value: 300),
      .init(kind: 15, value: 1), .init(kind: 16, value: 0, name: "reno"),
    ]
    #expect(route.extras?.metrics == expected)
  }

  @Test("A single leg with onlink, a preferred source and a realm")
  func single() throws {
    let route = try Self.route("198.51.102.0/24")
    var leg = Self.o1
    leg.flags = .onlink
    #expect(route.nexthops == .legs(.single(leg)))
    #expect(route.flags == 4)
    #expect(route.preferredSource == IPAddress("10.1.1.1"))
    #expect(route.extras?.realms == 5)
  }

  @Test("IPv4 via IPv6 gateways")
  func via() throws {
    #expect(
      try Self.route("198.51.103.0/24").legs == .single(RouteLeg(gateway: IPAddress("fe80::2"), interface: 5)))
    let multipath = try Self.route("198.51.104.0/24")
    #expect(multipath.protocol == 77)
    #expect(
      multipath.legs
        == .multipath([RouteLeg(gateway: IPAddress("2001:db8:1::2"), interface: 3), RouteLeg(interface: 5)]))
  }

  @Test(
    "Types without a leg, tables by number",
    arguments: [
      ("203.0.113.0/26", UInt32(254), RouteType.blackhole),
      ("203.0.113.64/26", 254, .unreachable),
      ("203.0.113.128/26", 123, .prohibit),
      ("203.0.113.192/26", 123, .throw),
    ])
  func types(destination: String, table: UInt32, type: RouteType) throws {
    let route = try Self.route(destination, table: table)
    #expect(route.type == type)
    #expect(route.nexthops == .legs(.none))
  }

  @Test("An encapsulation's members are not taken for the route's")
  func encapsulation() throws {
    let route = try Self.route("192.0.2.16/28")
    #expect(route.tos == 0)
    var leg = Self.o1
    leg.encapsulation = Encapsulation(type: 2, attributes: [])
    #expect(route.legs == .single(leg))
    guard case .single(let seg6) = try Self.route("2001:db8:e::/48").legs else {
      Issue.record("no single leg")
      return
    }
    #expect(seg6.encapsulation?.type == 5)
    #expect(seg6.gateway == IPAddress("2001:db8:1::2"))
  }

  @Test("Routes over objects keep the id and the kernel's expansion")
  func objects() throws {
    #expect(try Self.route("198.51.110.0/24").nexthops == .object(id: 1, expansion: .single(Self.o1)))
    #expect(
      try Self.route("198.51.112.0/24").nexthops == .object(id: 11, expansion: .multipath([Self.o1, Self.o2])))
    #expect(try Self.route("198.51.112.0/24").protocol == 11)
  }

  @Test("IPv6: default, preference, lifetime, source prefix")
  func ipv6() throws {
    let route = try Self.route("::/0")
    #expect(route.legs == .single(RouteLeg(gateway: IPAddress("fe80::9"), interface: 3)))
    #expect(route.preference == 1)
    #expect(route.metric == 50)
    #expect(try Self.route("2001:db8:d::/48").extras?.expires == 499_600)
    #expect(try Self.route("2001:db8:b::/48").source?.description == "2001:db8:ffff::/48")
  }

  // MARK: Objects

  @Test("Nexthop objects, with the family that ip does not print")
  func nexthops() throws {
    let nexthops = try #require(try Self.router().snapshot().state.nexthops)
    let expected: [Nexthop] = [
      .init(
        id: 1, family: .ipv4, target: .device(interface: 3, gateway: IPAddress("10.1.1.2"), encapsulation: nil),
        protocol: 4, scope: 253),
      .init(
        id: 2, family: .ipv4, target: .device(interface: 5, gateway: IPAddress("10.1.2.2"), encapsulation: nil),
        scope: 253),
      .init(
        id: 3, family: .ipv6, target: .device(interface: 7, gateway: IPAddress("fe80::3"), encapsulation: nil),
        scope: 253),
      .init(id: 4, family: .ipv4, target: .blackhole),
      .init(id: 5, family: .ipv4, target: .device(interface: 7, gateway: nil, encapsulation: nil), scope: 254),
      .init(
        id: 7, family: .ipv6, target: .device(interface: 5, gateway: IPAddress("2001:db8:2::2"), encapsulation: nil),
        scope: 253),
      .init(id: 8, family: .ipv4, target: .fdb(gateway: IPAddress("10.7.7.7")), scope: 253),
      .init(
        id: 9, family: .ipv4,
        target: .device(
          interface: 3, gateway: IPAddress("10.1.1.2"), encapsulation: Encapsulation(type: 2, attributes: [])),
        scope: 253),
    ]
    #expect(nexthops == expected)
    var plain = try Self.router()
    plain.nexthops = try Self.dump("nexthop-plain.json")
    #expect(try plain.snapshot().state.nexthops == expected, "without -d")
  }

  @Test("Groups and buckets")
  func groups() throws {
    let state = try Self.router().snapshot().state
    let expected: [NexthopGroup] = [
      .init(id: 10, members: [.init(id: 1), .init(id: 2, weight: 3)]),
      .init(
        id: 11, kind: .resilient, members: [.init(id: 1), .init(id: 2)],
        resilient: ResilientParameters(buckets: 8, idleTimer: 6000, unbalancedTimer: 30000)),
      .init(id: 12, members: [.init(id: 3), .init(id: 7)]),
      .init(id: 13, members: [.init(id: 8)], isFDB: true),
      .init(id: 14, members: [.init(id: 4)], protocol: 186),
    ]
    #expect(state.groups == expected)
    #expect(state.bucketTables.map(\.group) == [11])
    #expect(state.bucketTables[0].buckets.map(\.nexthop) == [2, 2, 2, 2, 1, 1, 1, 1])
    #expect(state.bucketTables[0].buckets[0].idleTime == 334)
  }

  // MARK: Rules

  @Test("Rules with every selector")
  func rules() throws {
    let rules = try Self.router().snapshot().state.rules
    let ipv4 = Dictionary(
      rules.filter { $0.family == .ipv4 }.map { ($0.priority, $0) }, uniquingKeysWith: { first, _ in first })

    var rule = Rule(family: .ipv4, priority: 100, action: .lookup(table: 123))
    rule.source = try Prefix(parsing: "10.0.0.0/8")
    rule.destination = try Prefix(parsing: "192.0.2.0/24")
    (rule.inputInterface, rule.outputInterface) = ("o1", "o2")
    (rule.mark, rule.markMask) = (0x10, 0xff)
    #expect(ipv4[100] == rule)

    rule = Rule(family: .ipv4, priority: 101, action: .lookup(table: 254))
    rule.isInverted = true
    rule.flags = 2
    rule.source = try Prefix(parsing: "10.0.0.1/32")
    rule.tos = 0x10
    rule.suppressPrefixLength = 0
    #expect(ipv4[101] == rule)

    rule = Rule(family: .ipv4, priority: 102, action: .lookup(table: 123))
    rule.ipProtocol = 17
    rule.sourcePorts = .init(first: 100, last: 200)
    rule.destinationPorts = .init(first: 53, last: 53)
    rule.suppressInterfaceGroup = 42
    #expect(ipv4[102] == rule)

    #expect(ipv4[103]?.userIDs == .init(first: 1000, last: 2000))
    #expect(ipv4[103]?.action == .prohibit)
    #expect(ipv4[104]?.action == .goto(priority: 200))
    #expect(ipv4[104]?.mark == 7 && ipv4[104]?.markMask == .max)
    #expect(ipv4[105]?.flags == 4, "unresolved")
    #expect(ipv4[106]?.tunnelID == 99 && ipv4[106]?.action == .unreachable)
    #expect(ipv4[107]?.action == .blackhole)
    #expect(ipv4[108]?.action == .nop)
    #expect(ipv4[200]?.realms == 0x0003_0004 && ipv4[200]?.protocol == 4)
    #expect(ipv4[1000]?.isL3MasterDevice == true && ipv4[1000]?.action == .lookup(table: 0))
    #expect(ipv4[32767] == Rule(family: .ipv4, priority: 32767, action: .lookup(table: 253)))

    let ipv6 = rules.filter { $0.family == .ipv6 }
    #expect(ipv6.map(\.priority) == [0, 110, 1000, 32766])
    #expect(ipv6[1].inputInterface == "lo")
    #expect(ipv6[1].destinationPorts == .init(first: 1, last: 1024))
  }

  // MARK: Links, addresses, neighbours, settings

  @Test("Links with the flags that ip hides")
  func links() throws {
    let links = try Self.router().snapshot().state.links
    let expected: [(UInt32, String, UInt32, UInt8, String?, UInt32?, UInt32?, UInt32)] = [
      (1, "lo", 0x10049, 0, nil, nil, nil, 0), (2, "p1", 0x11043, 6, "veth", nil, nil, 0),
      (3, "o1", 0x11043, 6, "veth", nil, nil, 0), (4, "p2", 0x11043, 6, "veth", nil, nil, 0),
      (5, "o2", 0x11043, 6, "veth", nil, nil, 0), (6, "p3", 0x11043, 6, "veth", 10, nil, 0),
      (7, "o3", 0x11043, 6, "veth", nil, nil, 0), (8, "p4", 0x01002, 2, "veth", nil, nil, 0),
      (9, "o4", 0x01003, 3, "veth", nil, nil, 42), (10, "br0", 0x11043, 6, "bridge", nil, nil, 0),
      (11, "vrf7", 0x104c1, 6, "vrf", nil, 77, 0),
    ]
    try #require(links.count == expected.count)
    for (link, row) in zip(links, expected) {
      let wanted = Link(
        index: row.0, name: row.1, flags: row.2, operationalState: row.3,
        mtu: row.0 == 1 ? 65536 : row.0 == 11 ? 65575 : 1500,
        // The ends of each pair have neighbouring indexes.
        kind: row.4, master: row.5, lower: row.4 == "veth" ? row.0 ^ 1 : nil, vrfTable: row.6, group: row.7)
      #expect(link == wanted, "\(row.1)")
    }
  }

  @Test("Addresses and neighbours")
  func addresses() throws {
    let state = try Self.router().snapshot().state
    let o1 = state.addresses.filter { $0.interface == 3 }
    #expect(o1.map(\.address.description).prefix(3) == ["10.1.1.1", "10.200.0.1", "2001:db8:1::1"])
    #expect(o1[1].peer == IPAddress("10.200.0.2"))
    #expect(o1[1].prefixLength == 32)
    #expect(o1[2].flags == 0x82)
    #expect(o1[3].scope == 253)
    #expect(
      state.neighbours == [
        Neighbour(
          address: IPAddress(ipv4: 0x0a01_0202), interface: 5, state: .stale, linkLayerAddress: [2, 0, 0, 0, 0, 3]),
        Neighbour(
          address: IPAddress(ipv4: 0x0a01_0102), interface: 3, state: .permanent, linkLayerAddress: [2, 0, 0, 0, 0, 2]),
        Neighbour(
          address: IPAddress(ipv6High: 0x2001_0db8_0001_0000, low: 2), interface: 3, state: .permanent,
          linkLayerAddress: [2, 0, 0, 0, 0, 2]),
      ])
  }

  @Test("Sysctls and the release")
  func settings() throws {
    let state = try Self.router().snapshot().state
    let settings = state.settings
    #expect(settings.ipv4Hash == HashSettings(policy: 1, fields: 7))
    #expect(settings.ipv6Hash == HashSettings(policy: 3, fields: 7))
    #expect(settings.hashSeed == 12345)
    #expect(settings.useNeighbours == true)
    #expect(settings.nexthopCompatMode == true)
    #expect(settings.ipv4ForwardingAll == false && settings.ipv6ForwardingAll == false)
    #expect(settings.ipv4ReversePathFilterAll == 0)
    #expect(settings.autoFlowLabels == 1)
    #expect(settings.skipNotifyOnDeviceDown == false)
    #expect(settings.interfaces["o4"]?.ipv4IgnoresLinkdown == true)
    #expect(settings.interfaces["o1"]?.ipv4Forwarding == true)
    #expect(settings.interfaces["o1"]?.ipv6Forwarding == false)
    #expect(settings.interfaces.count == 11)
    #expect(state.kernel == KernelIdentity(release: "6.12.95+deb12-cloud-amd64", machine: "unknown"))
  }

  @Test("Odd lines of sysctl and uname")
  func oddSystems() throws {
    var sources = SnapshotImport()
    sources.sysctls = .init(
      file: "s",
      bytes: Array(
        """
        sysctl: permission denied on key 'net.core.bpf_jit_harden'
        net.ipv4.conf.eth0/100.rp_filter = 2\r
        net.ipv4.tcp_rmem = 4096\t131072\t6291456
        net.ipv4.fib_multipath_hash_policy=99999

        """.utf8))
    sources.release = .init(
      file: "u", bytes: Array("Linux r1 6.1.0-18-arm64 #1 SMP Debian 6.1.76-1 (2024-02-01) aarch64 GNU/Linux\n".utf8))
    let state = try sources.snapshot().state
    #expect(state.settings.interfaces["eth0.100"]?.reversePathFilter == 2)
    #expect(state.settings.ipv4Hash.policy == nil)
    #expect(state.kernel == KernelIdentity(release: "6.1.0-18-arm64", machine: "aarch64"))
  }

  // MARK: Missing and bad sources

  @Test("An import that has everything notes only what ip never shows")
  func notes() throws {
    #expect(
      try Self.router().snapshot().notes == [
        "the machine is not known (no `uname -a`): taken to be little-endian",
        "IPv6 multipath routes are taken to hide no other routes and preferences, which `ip` does not show",
        "`ip -j` does not show which route metrics are locked",
        "the parameters of encapsulations are not imported, only their types",
      ])
  }

  @Test("Routes alone make a snapshot, and the notes say what is missing")
  func routesAlone() throws {
    var sources = SnapshotImport()
    sources.routes = try Self.dump("route-plain.json")
    let snapshot = try sources.snapshot()
    #expect(snapshot.state.routes.count == 74)
    #expect(snapshot.state.nexthops == nil)
    #expect(snapshot.state.rules == Rule.defaults(.ipv4) + Rule.defaults(.ipv6))
    let names = Dictionary(snapshot.state.links.map { ($0.index, $0.name) }, uniquingKeysWith: { $1 })
    let route = try #require(snapshot.state.routes.first { $0.destination.description == "192.0.2.9/32" })
    guard case .single(let leg) = route.legs else {
      Issue.record("no single leg")
      return
    }
    #expect(names[leg.interface] == "o3")
    #expect(
      snapshot.notes == [
        "the kernel release is not known (no `uname -r`)",
        "the machine is not known (no `uname -a`): taken to be little-endian",
        "the sysctls are not known (no `sysctl net`): hash policies count as 0, and the seed as unknown",
        "ICMP redirects are taken to have changed no gateway (no `cat /proc/net/snmp /proc/net/snmp6`)",
        "the addresses are not known (no `ip -j addr`)",
        "the neighbours are not known (no `ip -j neigh`)",
        "nexthop objects are not known (no `ip -j nexthop`)",
        "the IPv4 rules are not known (no `ip -j rule`): taken to be the default ones",
        "the IPv6 rules are not known (no `ip -6 -j rule`): taken to be the default ones",
        "IPv6 multipath routes are taken to hide no other routes and preferences, which `ip` does not show",
        "links are not known (no `ip -j link`): interfaces are taken to be up, and their indexes are made up",
        "`ip -j` does not show which route metrics are locked",
        "the parameters of encapsulations are not imported, only their types",
      ])
  }

  @Test("Links without -d, or from the addresses' dump, lack only kinds and VRF tables")
  func plainLinks() throws {
    let full = try Self.router().snapshot().state.links
    let plain: [Link] = full.map {
      Link(
        index: $0.index, name: $0.name, flags: $0.flags, operationalState: $0.operationalState, mtu: $0.mtu,
        master: $0.master, lower: $0.lower, group: $0.group)
    }
    var sources = try Self.router()
    sources.links = try Self.dump("link.json")
    #expect(try sources.snapshot().state.links == plain)
    #expect(
      try sources.snapshot().notes.contains(
        "the kinds of links and the tables of VRFs are not known (no `ip -j -d link`)"))
    sources.links = nil
    #expect(try sources.snapshot().state.links == plain)
  }

  @Test("Empty dumps are no errors", arguments: ["", "\n", "[]", "[{},{}]"])
  func empty(text: String) throws {
    var sources = SnapshotImport()
    let source = SnapshotImport.Source(file: "f", bytes: Array(text.utf8))
    sources.routes = source
    sources.nexthops = source
    sources.buckets = source
    sources.rules = source
    let state = try sources.snapshot().state
    #expect(state.routes.isEmpty && state.nexthops == [] && state.bucketTables.isEmpty)
    #expect(state.rules == Rule.defaults(.ipv6), "no IPv4 rules were there, and IPv6 ones are not known")
  }

  @Test("Names of the router's own need its files")
  func ownNames() throws {
    var sources = SnapshotImport()
    let dump = #"[{"dst":"10.0.0.0/8","dev":"eth0","table":"blue","protocol":"mine"}]"#
    sources.routes = .init(file: "route.json", bytes: Array(dump.utf8))
    let error = #expect(throws: SnapshotError.self) { try sources.snapshot() }
    #expect(
      error?.description == "route.json:1: [0].table: expected the number or a standard name of a routing table "
        + #"(a name of the router's own needs its rt_tables file), found "blue""#)
    sources.tableNames = .init(file: "rt_tables", bytes: Array("# mine\n 77\tblue # x\n".utf8))
    sources.protocolNames = .init(file: "rt_protos", bytes: Array("0x2a mine\n".utf8))
    let route = try sources.snapshot().state.routes[0]
    #expect(route.table == 77 && route.protocol == 42)
    sources.tableNames = .init(file: "rt_tables", bytes: Array("\nblue 77\n".utf8))
    #expect(throws: SnapshotError.wrongLine(file: "rt_tables", line: 2, phrase: "expected a number and a name")) {
      try sources.snapshot()
    }
  }

  @Test(
    "A bad dump is named with its place",
    arguments: [
      ("[{\"dst\":\"10.0.0.0/8\",", "f:1:22: the file ends early; save or copy it again"),
      ("default via 10.0.0.1 dev eth0\n", "f:1:1: not JSON: expected a value; a dump is what `ip -j` prints"),
      ("{}", "f:1: expected an array, as `ip -j` prints, found an object"),
      (#"[{"dev":"x"}]"#, #"f:1: [0]: expected the key "dst""#),
      (#"[{"dst":"10.0.0.0/99"}]"#, #"f:1: [0].dst: expected an IPv4 prefix or default, found "10.0.0.0/99""#),
      (
        #"[{"dst":"1.2.3.4","nexthops":[{"dev":"lo"},{"dev":7}]}]"#,
        "f:1: [0].nexthops[1].dev: expected the name of an interface, found 7"
      ),
      (
        #"[{"dst":"1.2.3.4","dev":"eth9"}]"#,
        #"f:1: [0].dev: expected the name of an interface in the link dump, found "eth9""#
      ),
      ("[{},\n\n{\n\"dst\":7}]", "f:3: [1].dst: expected a string, found 7"),
      (#"[{"dst":"1.2.3.4","expires":"soon"}]"#, #"f:1: [0].expires: expected a time in seconds, found "soon""#),
    ])
  func badRoutes(text: String, message: String) throws {
    var sources = SnapshotImport()
    sources.links = try Self.dump("link.json")
    sources.routes = .init(file: "f", bytes: Array(text.utf8))
    let error = #expect(throws: SnapshotError.self) { try sources.snapshot() }
    #expect(error?.description == message)
  }

  @Test("Damaged dumps are read or refused, and never trap")
  func damage() throws {
    let router = try Self.router()
    for seed in UInt64(0)..<250 {
      var random = SeededGenerator(seed: seed)
      var sources = router
      func spoil(_ source: inout SnapshotImport.Source?) {
        guard let count = source?.bytes.count else { return }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          let byte = "{}[]\",:0123456789-.e\\nfx".utf8.randomElement(using: &random) ?? 0
          source?.bytes[Int.random(in: 0..<count, using: &random)] = byte
        }
      }
      spoil(&sources.nexthops)
      spoil(&sources.buckets)
      spoil(&sources.rules)
      spoil(&sources.neighbours)
      spoil(&sources.sysctls)
      spoil(&sources.counters)
      if seed % 5 == 0 { spoil(&sources.routes) }
      do throws(SnapshotError) {
        _ = try sources.snapshot()
      } catch {
        #expect(!error.description.contains("\n"), "seed \(seed)")
      }
    }
  }

  @Test("what ip leaves behind when the kernel refuses a dump counts as nothing", arguments: ["", "\n", "[", "[ \n"])
  func refusedDump(text: String) throws {
    var bundle = SnapshotImport()
    bundle.buckets = SnapshotImport.Source(file: "bucket.json", bytes: Array(text.utf8))
    #expect(try bundle.snapshot().state.bucketTables.isEmpty)
  }
}
