import FlowSources
import Routing
import Testing

struct RandomFlowsTests {
  @Test("The same seed gives the same flows, another seed others")
  func deterministic() throws {
    let prefix = try Prefix(parsing: "198.51.100.0/24")
    let first = Array(RandomFlows(seed: 1, count: 100, to: prefix))
    #expect(first.count == 100)
    #expect(Array(RandomFlows(seed: 1, count: 100, to: prefix)) == first)
    #expect(Array(RandomFlows(seed: 2, count: 100, to: prefix)) != first)
    #expect(Array(RandomFlows(seed: 1, count: 50, to: prefix)) == Array(first.prefix(50)))
  }

  @Test("Parts, made in any order, are the whole", arguments: ["0.0.0.0/0", "::/0"])
  func parts(prefix: String) throws {
    let whole = RandomFlows(seed: 5, count: 1000, to: try Prefix(parsing: prefix))
    var rest = whole
    let parts = [1, 0, 400, 7, 1000, 3].map { rest.take($0) }
    #expect(parts.map(\.count) == [1, 0, 400, 7, 592, 0])
    #expect(rest.next() == nil)
    #expect(Array(parts.reversed().map { Array($0) }.reversed().joined()) == Array(whole))
    #expect(Set(whole).count == 1000)
  }

  @Test(
    "Flows stay in their prefixes",
    arguments: [
      ("198.51.100.0/24", "10.0.0.0/8"), ("2001:db8::/32", "2001:db8:1::/64"), ("0.0.0.0/0", ""), ("::/0", ""),
      ("192.0.2.1/32", "10.0.0.1/32"), ("2001:db8::/65", "2001:db8::1/128"),
    ])
  func prefixes(to: String, from: String) throws {
    let destinations = try Prefix(parsing: to)
    let sources = from.isEmpty ? nil : try Prefix(parsing: from)
    var seen: Set<IPAddress> = []
    for flow in RandomFlows(seed: 9, count: 500, to: destinations, from: sources) {
      #expect(destinations.contains(flow.destination))
      #expect(sources?.contains(flow.source) ?? true)
      #expect(flow.source.family == flow.destination.family)
      #expect(!flow.source.isLoopback && !flow.source.isMulticast && !flow.source.isUnspecified)
      #expect(flow.flowLabel == 0 || (flow.family == .ipv6 && flow.flowLabel < 1 << 20))
      seen.insert(flow.destination)
    }
    #expect(seen.count > (destinations.isHost ? 0 : 200))
  }

  @Test("Protocols come in their mix, with ports where they have any")
  func protocols() throws {
    let prefix = try Prefix(parsing: "2001:db8::/32")
    let mixed = Array(RandomFlows(seed: 3, count: 2000, to: prefix))
    #expect(Set(mixed.map(\.ipProtocol)) == [6, 17, 58])
    #expect((100...300).contains(mixed.count { $0.ipProtocol == 58 }))
    #expect(mixed.allSatisfy { ($0.ipProtocol == 58) == ($0.sourcePort == 0 && $0.destinationPort == 0) })
    let given = Array(RandomFlows(seed: 3, count: 50, to: prefix, ipProtocol: 47, inputInterface: 4))
    #expect(given.allSatisfy { $0.ipProtocol == 47 && $0.sourcePort == 0 && $0.origin == .forwarded })
    #expect(given.allSatisfy { $0.inputInterface == 4 })
    #expect(mixed.allSatisfy { $0.origin == .local })
  }

  @Test("The generator is SplitMix64")
  func generator() {
    // The first numbers of the reference implementation (Vigna, 2015) for seed 1234567.
    var generator = SplitMix64(seed: 1_234_567)
    let numbers = (0..<5).map { _ in generator.next() }
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(numbers == expected)
    var later = SplitMix64(seed: 1_234_567, skipping: 3)
    #expect(later.next() == expected[3])
  }

  @Test(
    "Protocol names both ways",
    arguments: [
      ("tcp", UInt8(6)), ("udp", 17), ("icmp", 1), ("ipv6-icmp", 58), ("sctp", 132), ("dccp", 33), ("udplite", 136),
      ("esp", 50), ("ah", 51), ("gre", 47), ("ipip", 4), ("ipv6", 41), ("ospf", 89),
    ])
  func names(name: String, number: UInt8) {
    #expect(IPProtocolName.number(of: name) == number)
    #expect(IPProtocolName.number(of: name.uppercased()) == number)
    #expect(IPProtocolName.name(of: number) == name)
  }

  @Test("Other names of a protocol")
  func aliases() {
    #expect(IPProtocolName.number(of: "icmpv6") == 58)
    #expect(IPProtocolName.number(of: "") == nil)
    #expect(IPProtocolName.number(of: "tcpx") == nil)
    #expect(IPProtocolName.name(of: 200) == nil)
  }
}
