import JSON
import Placement
import Routing
import TestSupport
import Testing

/// Values that `steer` names, sent as real packets: each leaves by the path that it was named for.
@Suite("Live steering")
struct LiveSteerTests {
  /// Uneven weights of the four links.
  private static let weights = [1, 3, 5, 20]

  /// What gives the links of a lab their weights.
  private static func weighing(_ lab: MoveLab) -> String {
    guard lab.kind == .legacy else {
      let members = zip(MoveLab.links, weights).map { "\($0),\($1)" }.joined(separator: "/")
      return "ip nexthop replace id 50 group \(members)"
        + (lab.kind == .resilient ? " type resilient buckets 64 idle_timer 0" : "")
    }
    let legs = zip(MoveLab.links, weights).map { "nexthop via \(lab.gateway($0)) dev o\($0) weight \($1)" }
    return "ip route replace \(lab.destination) proto bgp metric 20 \(legs.joined(separator: " "))"
  }

  /// A path of the report: its link, and the values.
  private struct Path {
    let link: String
    let values: [UInt128]

    init(_ json: JSONValue) throws {
      link = try #require(json["nexthop"]?["dev"]?.text)
      values = try #require(json["values"]?.elements).map { value in
        try #require(value.wholeNumber.map { UInt128($0) } ?? value.text.flatMap { IPAddress($0) }?.number)
      }
    }
  }

  private static func report(_ arguments: String, status: Int32 = 0) throws -> JSONValue {
    let run = try Program.run("steer \(arguments) -j")
    #expect(run.status == status, "\(arguments): \(run.output)\(run.error)")
    return try JSONValue(parsing: run.output)
  }

  private static func paths(_ arguments: String, status: Int32 = 0) throws -> [Path] {
    try #require(report(arguments, status: status)["paths"]?.elements).map(Path.init)
  }

  private static func flow(_ lab: MoveLab) -> Flow {
    Flow(
      source: address(lab.source(7)), destination: address(lab.destination), ipProtocol: 17, sourcePort: 4000,
      destinationPort: 53, origin: .forwarded)
  }

  private static func options(_ lab: MoveLab) -> String {
    "-s \(lab.source(7)) -d \(lab.destination) -p udp --dport 53 -i in0 --l4hash none"
  }

  /// Sends a packet for each value, and says where it leaves by another path than it should.
  private static func compare(
    _ paths: [Path], _ field: SteerableField, _ base: Flow, _ traffic: SteerTraffic, _ what: String
  ) throws {
    for path in paths {
      for value in path.values {
        var flow = base
        field.set(value, in: &flow)
        let link = try traffic.link(of: flow)
        #expect(link == path.link, "\(what): \(field.rawValue) \(value)")
      }
    }
  }

  @Test(
    "packets from each source port leave by the path of that port, and the kernel's lookup agrees on thousands",
    arguments: AddressFamily.allCases, MoveLab.Kind.allCases)
  func sourcePorts(family: AddressFamily, kind: MoveLab.Kind) throws {
    let lab = MoveLab(family: family, kind: kind)
    try withNetworkNamespace {
      try run(lab.script + "\n" + Self.weighing(lab))
      let traffic = try SteerTraffic(lab)
      let paths = try Self.paths("\(Self.options(lab)) --count 20")
      #expect(paths.map(\.link) == ["o1", "o2", "o3", "o4"] && paths.allSatisfy { $0.values.count == 20 })
      try Self.compare(paths, .sourcePort, Self.flow(lab), traffic, "\(lab)")

      let steer = "'\(Program.path)' steer \(Self.options(lab)) --count 1000 --output csv |"
      let verified = try Program.run("verify --flows - -j", prefix: steer)
      #expect(verified.status == 0 && verified.output.contains("\"flows\":4000,\"hashed\":4000,"), "\(verified.output)")
      #expect(verified.output.contains("\"mismatches\":0"), "\(verified.output)")
      let predicted = try Program.run("predict --flows - --output summary", prefix: steer)
      #expect(
        predicted.output.split(separator: "\n").count { $0.contains("  1000  25.0%") } == 4, "\(predicted.output)")
      #expect(predicted.output.hasSuffix("every prediction is exact\n"))
    }
  }

  @Test(
    "sockets of this machine that are bound to the ports send by those paths", arguments: AddressFamily.allCases,
    MoveLab.Kind.allCases)
  func sockets(family: AddressFamily, kind: MoveLab.Kind) throws {
    let lab = MoveLab(family: family, kind: kind)
    try withNetworkNamespace {
      try run(lab.script + "\n" + Self.weighing(lab))
      let traffic = try SteerTraffic(lab)
      let paths = try Self.paths(
        "\(lab.destination) from \(lab.source(1)) ipproto udp dport 4791 --connected --count 5 --sport 49152-65535")
      #expect(paths.count == 4 && paths.allSatisfy { $0.values.count == 5 })
      for path in paths {
        for port in path.values {
          let link = try traffic.link {
            var socket = try OpenSocket(family, .datagram, source: lab.source(1), port: UInt16(port))
            try socket.connect(lab.destination, 4791)
            try socket.write(8)
          }
          #expect(link == path.link, "\(lab): port \(port)")
        }
      }
    }
  }

  /// What is varied, under which policy, and the flow that it belongs to.
  struct Variation: Sendable, CustomStringConvertible {
    var family: AddressFamily
    var policy: Int
    var fields = 0x37
    var field: SteerableField
    var options: String
    var inner: Flow.Inner?

    var description: String { "\(family) policy \(policy) \(field.rawValue)" }
  }

  private static let inner = Flow.Inner(
    source: address("192.0.2.1"), destination: address("192.0.2.2"), ipProtocol: 17, sourcePort: 5, destinationPort: 6)

  static let variations = [
    Variation(family: .ipv4, policy: 0, field: .source, options: "--src 10.2.0.0/24 --sport 4000"),
    Variation(family: .ipv6, policy: 0, field: .source, options: "--src fd00:f::100-fd00:f::fff --sport 4000"),
    Variation(family: .ipv6, policy: 0, field: .flowLabel, options: "-s fd00:f::7 --sport 4000 --vary flowlabel"),
    Variation(
      family: .ipv6, policy: 3, fields: 0x8, field: .flowLabel,
      options: "-s fd00:f::7 --sport 4000 --flowlabel 0x100-0x1ff,7,9"),
    Variation(
      family: .ipv4, policy: 1, field: .destinationPort, options: "-s 10.2.0.7 --sport 4000 --dport 33434-33534"),
    Variation(family: .ipv6, policy: 3, field: .destinationPort, options: "-s fd00:f::7 --sport 4000 --vary dport"),
    Variation(
      family: .ipv4, policy: 2, field: .innerSource,
      options: "-s 10.2.0.7 --inner-src 192.0.2.0/25 --inner-dst 192.0.2.2 --inner-proto udp", inner: inner),
    Variation(
      family: .ipv6, policy: 3, fields: 0x400, field: .innerSourcePort,
      options:
        "-s fd00:f::7 --vary inner-sport --inner-src 192.0.2.1 --inner-dst 192.0.2.2 --inner-proto udp --inner-dport 6",
      inner: inner),
  ]

  @Test("other fields steer as well, where the policy hashes them", arguments: variations)
  func otherFields(variation: Variation) throws {
    let lab = MoveLab(family: variation.family, kind: .threshold)
    try withNetworkNamespace {
      try run(lab.script)
      let family = variation.family == .ipv4 ? "ipv4" : "ipv6"
      try run(
        """
        sysctl -qw net.\(family).fib_multipath_hash_fields=\(variation.fields)
        sysctl -qw net.\(family).fib_multipath_hash_policy=\(variation.policy)
        """)
      let traffic = try SteerTraffic(lab)
      var flow = Self.flow(lab)
      flow.inner = variation.inner
      if variation.inner != nil { (flow.ipProtocol, flow.sourcePort, flow.destinationPort) = (4, 0, 0) }
      let ipProtocol = variation.inner == nil ? "udp" : "4"
      let port = variation.inner != nil || variation.field == .destinationPort ? "" : "--dport 53"
      let paths = try Self.paths(
        "-d \(lab.destination) -p \(ipProtocol) -i in0 \(port) --l4hash none \(variation.options) --count 4")
      #expect(paths.count == 4 && paths.allSatisfy { $0.values.count == 4 }, "\(variation)")
      try Self.compare(paths, variation.field, flow, traffic, "\(variation)")
    }
  }

  @Test("a path whose link is down has no value, and the others take what is left", arguments: AddressFamily.allCases)
  func deadPath(family: AddressFamily) throws {
    let lab = MoveLab(family: family, kind: .legacy)
    try withNetworkNamespace {
      // The weights are divided anew when the link goes down, and not when the setting changes.
      try run(
        lab.script + """

          sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1
          sysctl -qw net.ipv6.conf.o3.ignore_routes_with_linkdown=1
          ip link set p3 down
          \(settledLinks)
          """)
      let traffic = try SteerTraffic(lab, links: [1, 2, 4])
      let report = try Self.report("\(Self.options(lab)) --count 10", status: 1)
      #expect(report["complete"]?.flag == false)
      let problems = try #require(report["problems"]?.elements)
      #expect(problems.compactMap { $0["code"]?.text } == ["down"])
      #expect(problems.first?["text"]?.text?.contains("dev o3, which is dead, or its link is down") == true)
      let paths = try #require(report["paths"]?.elements).map(Path.init)
      #expect(paths.map(\.values.count) == [10, 10, 0, 10])
      try Self.compare(paths, .sourcePort, Self.flow(lab), traffic, "\(lab)")
    }
  }

  @Test("a failed neighbour is passed over, and that is said")
  func failedNeighbour() throws {
    let lab = MoveLab(family: .ipv4, kind: .threshold)
    try withNetworkNamespace {
      try run(lab.script + "\nip neigh replace \(lab.gateway(2)) dev o2 nud failed")
      let traffic = try SteerTraffic(lab)
      let report = try Self.report("\(Self.options(lab)) --count 10", status: 1)
      #expect(report["problems"]?.elements?.compactMap { $0["code"]?.text } == ["neighbour-failed"])
      let paths = try #require(report["paths"]?.elements).map(Path.init)
      #expect(paths.map(\.values.count) == [10, 0, 10, 10])
      try Self.compare(paths, .sourcePort, Self.flow(lab), traffic, "\(lab)")
      #expect(try Self.paths("\(Self.options(lab)) --via o1 --via \(lab.gateway(4))").map(\.link) == ["o1", "o4"])
    }
  }

  @Test(
    "the setting that is advised lets the field steer", arguments: AddressFamily.allCases,
    [
      ("sport", "--vary sport"), ("inner", "--vary inner-sport --inner-dst 192.0.2.2 --inner-proto tcp"),
      ("label", "--vary flowlabel --sport 5"),
    ])
  func advice(family: AddressFamily, field: (name: String, options: String)) throws {
    guard family == .ipv6 || field.name != "label" else { return }
    let lab = MoveLab(family: family, kind: .threshold)
    let name = family == .ipv4 ? "ipv4" : "ipv6"
    try withNetworkNamespace {
      try run(lab.script)
      var advised = 0
      for policy in 0...3 {
        try run(
          "sysctl -qw net.\(name).fib_multipath_hash_fields=3; sysctl -qw net.\(name).fib_multipath_hash_policy=\(policy)"
        )
        let ipProtocol = field.name == "inner" ? (family == .ipv4 ? "ipip" : "4") : "udp"
        let arguments =
          "-s \(lab.source(7)) -d \(lab.destination) -i in0 -p \(ipProtocol) \(field.options)"
          + (ipProtocol == "udp" ? " --dport 53 --l4hash none" : "")
        let before = try Program.run("steer \(arguments)")
        guard before.status == 1 else { continue }
        #expect(before.output.hasPrefix("policy \(policy) does not hash "), "\(before.output)")
        let settings = before.output.split { $0.isWhitespace || $0 == "," }.filter { $0.hasPrefix("net.\(name).") }
        try #require(!settings.isEmpty, "\(before.output)")
        for setting in settings { try run("sysctl -qw \(setting)") }
        let after = try Program.run("steer \(arguments)")
        #expect(after.status == 0, "\(policy), \(settings): \(after.output)")
        advised += 1
      }
      #expect(advised >= 2)
    }
  }

  @Test("where the kernel keeps the key to itself, its hashes are measured", arguments: AddressFamily.allCases)
  func measured(family: AddressFamily) throws {
    let lab = MoveLab(family: family, kind: .threshold)
    try withNetworkNamespace {
      try run(lab.script + "\nsysctl -qw net.ipv4.fib_multipath_hash_seed=0")
      let traffic = try SteerTraffic(lab)
      let paths = try Self.paths("\(Self.options(lab)) --count 10 --measure")
      #expect(paths.count == 4 && paths.allSatisfy { $0.values.count == 10 })
      try Self.compare(paths, .sourcePort, Self.flow(lab), traffic, "\(lab)")
    }
  }
}
