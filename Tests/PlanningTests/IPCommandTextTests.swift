import Planning
import Rendering
import Routing
import TestSupport
import Testing

/// Planned changes as lines for `ip`, read back by the parser of commands.
@Suite struct IPCommandTextTests {
  private let text = IPCommandText(interfaces: [2: "o1", 3: "o#2", 4: "o$3", 5: "o4;x", 6: "o5`x`", 7: "o6.12@é"])

  /// The request that a change stands for, and the one that its line asks for.
  private func check(_ change: PlannedChange, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let line = try #require(text.line(change), sourceLocation: sourceLocation)
    let asked = try CommandParser().change(line)
    #expect(
      asked == change.request { $0 == 2 ? "o1" : "if\($0)" }, "\(line)", sourceLocation: sourceLocation)
  }

  @Test(
    "An encapsulation is asked for as it is shown to be",
    arguments: [
      "mpls 100", "mpls 100/200/300 ttl 7", "ip id 7 dst 192.0.2.1 src 192.0.2.2 ttl 3 tos 0x10",
      "ip id 7 dst 192.0.2.1 key csum", "ip6 id 9 dst 2001:db8::1 hoplimit 5 tc 0x20",
      "seg6 mode encap segs 2001:db8::1,2001:db8::2", "seg6 mode inline segs 2001:db8::1",
      "seg6local action End", "seg6local action End.X nh6 2001:db8::1", "seg6local action End.DX4 nh4 192.0.2.1",
      "seg6local action End.DX2 oif o1", "seg6local action End.DT4 vrftable 100", "seg6local action End.T table 100",
      "seg6local action End.X nh6 2001:db8::1 flavors psp,usd",
      "seg6local action End.B6 srh segs 2001:db8::1,2001:db8::2",
      "seg6local action End.B6.Encaps srh segs 2001:db8::1", "seg6local action End.DT6 table 100 count",
      "seg6local action End flavors next-csid lblen 48 nflen 16",
    ])
  func encapsulations(words: String) throws {
    for family in [AddressFamily.ipv4, .ipv6] {
      let gateway = family == .ipv4 ? "10.0.1.2" : "2001:db8:1::2"
      let change = try CommandParser().change("nexthop add id 5 encap \(words) via \(gateway) dev o1 proto 200")
      guard case .nexthop(let request) = change else { return }
      let encapsulation = try #require(request.encapsulation?.resolved { $0 == "o1" ? 2 : nil })
      let nexthop = Nexthop(
        id: 5, family: family,
        target: .device(interface: 2, gateway: IPAddress(gateway), encapsulation: encapsulation), protocol: 200)
      #expect(try CommandParser().change(try #require(text.line(.addNexthop(nexthop)))) == change)
      let leg = RouteLeg(gateway: IPAddress(gateway), interface: 2, encapsulation: encapsulation)
      let prefix = try Prefix(parsing: family == .ipv4 ? "198.51.100.0/24" : "2001:db8:a::/48")
      let route = Route(
        destination: prefix, metric: 1024, nexthops: .legs(.multipath([leg, leg])))
      let line = try #require(text.line(.replaceRoute(from: route, to: route)))
      guard case .route(let asked) = try CommandParser().change(line) else { return }
      #expect(asked.legs.map { $0.encapsulation?.resolved { $0 == "o1" ? 2 : nil } } == [encapsulation, encapsulation])
    }
  }

  @Test("An interface whose name a shell would not leave alone is named by its number", arguments: 3...7)
  func names(interface: UInt32) throws {
    let target = Nexthop.Target.device(interface: interface, gateway: IPAddress("10.0.1.2"), encapsulation: nil)
    let line = try #require(text.line(.addNexthop(Nexthop(id: 5, family: .ipv4, target: target))))
    #expect(line == "nexthop add id 5 via 10.0.1.2 dev " + (interface == 7 ? "o6.12@é" : "if\(interface)"))
    #expect(try run("echo \(line)") == line + "\n")
  }

  @Test("What ip can not be told has no line")
  func without() throws {
    let device = Nexthop.Target.device(interface: 2, gateway: nil, encapsulation: nil)
    #expect(text.line(.addNexthop(Nexthop(id: 5, family: .ipv6, target: device))) == nil)
    #expect(text.line(.addNexthop(Nexthop(id: 5, family: .ipv6, target: .blackhole))) == nil)
    let bpf = Encapsulation(type: 6, attributes: [])
    let target = Nexthop.Target.device(interface: 2, gateway: IPAddress("10.0.1.2"), encapsulation: bpf)
    #expect(text.line(.addNexthop(Nexthop(id: 5, family: .ipv4, target: target))) == nil)
    let heavy = NexthopGroup(id: 7, members: [.init(id: 1, weight: 257)])
    #expect(text.line(.addGroup(heavy)) == nil)
    let quick = NexthopGroup(
      id: 7, kind: .resilient, members: [.init(id: 1)],
      resilient: ResilientParameters(buckets: 8, idleTimer: 150, unbalancedTimer: 0))
    #expect(text.line(.addGroup(quick)) == nil)
  }

  @Test("Every attribute of a route is asked for")
  func route() throws {
    var extras = RouteExtras()
    extras.metrics = [
      RouteMetric(kind: 2, value: 1400), RouteMetric(kind: 4, value: 800), RouteMetric(kind: 12, value: 1),
      RouteMetric(kind: 13, value: 200), RouteMetric(kind: 16, value: 0, name: "reno"),
      RouteMetric(kind: 1, value: 1 << 2 | 1 << 13),
    ]
    extras.ttlPropagate = 1
    let route = Route(
      destination: try Prefix(parsing: "0.0.0.0/0"), table: 70_000, metric: 5, tos: 0x10, protocol: 77, scope: 0,
      nexthops: .object(id: 9, expansion: .none), preferredSource: IPAddress("10.0.1.1"), extras: extras)
    try check(.replaceRoute(from: route, to: route))
    let odd = Route(
      destination: try Prefix(parsing: "::/0"), metric: 1024,
      nexthops: .legs(.single(RouteLeg(gateway: IPAddress("fe80::1"), interface: 3, flags: .onlink))), preference: 3)
    try check(.replaceRoute(from: odd, to: odd))
    let realms = Route(
      destination: try Prefix(parsing: "198.51.100.0/24"),
      nexthops: .legs(
        .multipath([
          RouteLeg(gateway: IPAddress("10.0.1.2"), interface: 2, weight: 256, realms: 5 << 16 | 7),
          RouteLeg(gateway: IPAddress("2001:db8::1"), interface: 2),
        ])))
    try check(.replaceRoute(from: realms, to: realms))
  }
}
