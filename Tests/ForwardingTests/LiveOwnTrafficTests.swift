import Forwarding
import KernelRouting
import PacketSockets
import Routing
import TestSupport
import Testing

/// What this machine sends over IPv6: answers of the kernel to echoes, which it looks up by the interface that the question
/// came in by, and what goes to addresses that may be its own.
@Suite("IPv6 traffic of this machine beside the kernel's")
struct LiveOwnTrafficTests {
  private static let host = address("2001:db8:b::9")

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Made on top of `LookupLab.interfaces`.
    let script: String
    /// Whether the answers to echoes that come in by o1 and by o2 take different ways.
    let isDivided: Bool
  }

  private static let cases = [
    Case(
      testDescription: "two routes of one metric that are no siblings",
      script: """
        ip -6 route add 2001:db8:b::/48 dev o1 metric 50; ip -6 route append 2001:db8:b::/48 dev o2 metric 50
        """, isDivided: true),
    Case(
      testDescription: "a rule for an output interface",
      script: """
        ip -6 route add 2001:db8:b::/48 dev o1 metric 50; ip -6 route add default dev o2 table 100
        ip -6 rule add pref 50 oif o2 lookup 100
        """, isDivided: true),
    Case(
      testDescription: "two routes of different metrics",
      script: """
        ip -6 route add 2001:db8:b::/48 dev o1 metric 50; ip -6 route append 2001:db8:b::/48 dev o2 metric 60
        """, isDivided: false),
    Case(
      testDescription: "one route",
      script: "ip -6 route add 2001:db8:b::/48 via fd00:3::2 dev o3", isDivided: false),
  ]

  @Test("Answers to echoes are exact where they do not depend on where the question came in", arguments: cases)
  func answers(_ one: Case) throws {
    try withNetworkNamespace {
      try run(
        LookupLab.interfaces + "\n" + one.script + """

          for n in 1 2; do ip neigh replace \(Self.host) dev o$n lladdr 02:00:00:00:0$n:09 nud permanent; done
          """)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      var ways: [Int?] = []
      for link in 1...2 {
        let own = address("fd00:\(link)::1")
        var flow = Flow(
          source: own, destination: Self.host, ipProtocol: 58, icmp: Flow.ICMPMessage(type: 129))
        flow.userID = 0
        let decision = table.decide(flow)
        let way = try Self.answer(to: own, by: link)
        if one.isDivided {
          #expect(decision.caveats == .icmpError)
          #expect(way == link)
        } else {
          #expect(decision.isExact)
          #expect(way.map { "o\($0)" } == decision.nexthop.map { table.interfaceName($0.interface) })
        }
        ways.append(way)
        flow.socket = .unconnected
        #expect(table.decide(flow).isExact)
      }
      #expect((ways[0] != ways[1]) == one.isDivided)
    }
  }

  /// What leaves by a link.
  private final class FarEnd {
    let number: Int
    var socket: PacketSocket

    init(_ number: Int) throws {
      self.number = number
      socket = try PacketSocket(interface: "p\(number)")
    }
  }

  @Test("The unspecified address is this machine, and an anycast address only where the kernel made it")
  func addresses() throws {
    try withNetworkNamespace {
      try run(
        LookupLab.interfaces + """

          ip -6 route add default via fd00:1::2
          ip -6 route add anycast 2001:db8:b::9 dev o3
          ip neigh replace 2001:db8:b::9 dev o3 lladdr 02:00:00:00:03:09 nud permanent
          """)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      for (destination, expected) in [("::", nil), ("fd00:3::", nil), ("2001:db8:b::9", 3), ("2001:db8:c::1", 1)] {
        let links = try (1...3).map(FarEnd.init)
        // What follows on the same way and is seen to come out was sent after it.
        for target in [destination, "2001:db8:ffff::1"] {
          var socket = try OpenSocket(.ipv6, .datagram)
          try socket.connect(target, 53)
          try socket.write(8)
        }
        var ways: Set<Int> = []
        var isOver = false
        for _ in 0..<1000 where !isOver {
          for far in links {
            try far.socket.receive(timeoutMilliseconds: 1) { frame in
              guard frame.count > 56, frame[12] == 0x86, frame[20] == 17 else { return }
              if frame[42] == 0xff, frame[43] == 0xff { isOver = true } else { ways.insert(far.number) }
            }
          }
        }
        let flow = Flow(
          source: .unspecified(.ipv6), destination: address(destination), ipProtocol: 17, sourcePort: 1000,
          destinationPort: 53, socket: .connected)
        let decision = table.decide(flow)
        #expect(decision.isExact)
        #expect(decision.nexthop.map { table.interfaceName($0.interface) } == expected.map { "o\($0)" })
        #expect(Array(ways) == (expected.map { [$0] } ?? []), "\(destination)")
      }
    }
  }

  /// The number of the link by which the answer to an echo leaves that comes in by a link; nil where there is none.
  private static func answer(to own: IPAddress, by link: Int) throws -> Int? {
    let links = try (1...3).map(FarEnd.init)
    let mac = try run("ip -br link show dev o\(link) | grep -o '..:..:..:..:..:..'")
    let octets = Self.linkLayerAddress(mac)
    try links[link - 1].socket.send([octets + [2, 0, 0, 0, 0, 9, 0x86, 0xdd] + echo(to: own)])
    var way: Int?
    for _ in 0..<1000 where way == nil {
      for far in links {
        try far.socket.receive(timeoutMilliseconds: 1) { frame in
          guard frame.count > 55, frame[12] == 0x86, frame[20] == 58, frame[54] == 129 else { return }
          way = far.number
        }
      }
    }
    return way
  }

  private static func linkLayerAddress(_ text: String) -> [UInt8] {
    text.split(separator: "\n")[0].split(separator: ":").compactMap { UInt8($0, radix: 16) }
  }

  private static func echo(to own: IPAddress) -> [UInt8] {
    var message: [UInt8] = [128, 0, 0, 0, 0, 1, 0, 1, 1, 2, 3, 4]
    let pseudo = host.networkBytes + own.networkBytes + [0, 0, 0, UInt8(message.count), 0, 0, 0, 58] + message
    var sum = stride(from: 0, to: pseudo.count, by: 2).reduce(UInt32(0)) {
      $0 + UInt32(pseudo[$1]) << 8 + UInt32(pseudo[$1 + 1])
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    message.replaceSubrange(2..<4, with: Packets.bytes16(~UInt16(sum)))
    return Packets.ipv6(host, own, 58, message)
  }
}
