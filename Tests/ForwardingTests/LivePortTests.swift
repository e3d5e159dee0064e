import Forwarding
import KernelRouting
import MultipathHash
import PacketSockets
import Routing
import TestSupport
import Testing

/// Real frames that come in by a port of a bridge, and frames that are encapsulated on their way out.
@Suite("Ports and encapsulations beside real frames")
struct LivePortTests {
  private static let count: UInt16 = 120

  private static let router =
    LookupLab.interfaces + """

      sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1
      sysctl -qw net.ipv4.fib_multipath_hash_seed=77
      ip route add default nexthop via 10.1.1.2 nexthop via 10.1.2.2
      ip -6 route add default nexthop via fd00:1::2 nexthop via fd00:2::2

      """

  /// UDP frames with source ports from 1000 on, from behind in0.
  private static func frames(_ family: AddressFamily, to destination: String, mac: UInt8 = 1) -> [[UInt8]] {
    (0..<count).map { number in
      let payload = Packets.transport(17, 1000 + number, 53)
      let packet =
        family == .ipv4
        ? Packets.ipv4(address("10.2.0.100"), address(destination), 17, payload)
        : Packets.ipv6(address("fd00:f::2"), address(destination), 17, payload)
      return [2, 0, 0, 0, 0, mac, 2, 0, 0, 0, 0, 9] + Packets.bytes16(family == .ipv4 ? 0x0800 : 0x86dd) + packet
    }
  }

  /// The link that each frame left by, by its source port; nil where none was seen.
  private static func ways(_ frames: [[UInt8]]) throws -> [Int?] {
    var sender = try PacketSocket(interface: "in0p", for: .sending)
    var links: [PacketSocketAt] = []
    for number in 1...3 { links.append(try PacketSocketAt(number)) }
    try sender.send(frames)
    var ways = [Int?](repeating: nil, count: frames.count)
    for link in links {
      for port in try link.sourcePorts() where ways.indices.contains(Int(port) - 1000) {
        ways[Int(port) - 1000] = link.number
      }
    }
    return ways
  }

  /// A socket that sees what leaves by a link.
  private final class PacketSocketAt {
    let number: Int
    private var socket: PacketSocket

    init(_ number: Int) throws {
      self.number = number
      socket = try PacketSocket(interface: "p\(number)")
    }

    func sourcePorts() throws -> [UInt16] {
      var ports: [UInt16] = []
      var silence = 0
      while silence < 5 {
        let before = ports.count
        try socket.receive(timeoutMilliseconds: 20) { frame in
          // The inner packet is at the end, its UDP header the last eight bytes but the payload.
          for start in stride(from: frame.count - 8, through: 34, by: -1)
          where frame[start + 2] == 0 && frame[start + 3] == 53 {
            ports.append(UInt16(frame[start]) << 8 | UInt16(frame[start + 1]))
            break
          }
        }
        silence = ports.count == before ? silence + 1 : 0
      }
      return ports
    }
  }

  private static func decide(_ frame: [UInt8], _ table: ForwardingTable, from ingress: String) throws -> Decision {
    let packet = try PacketDissector.dissect(frame: frame.span, linkType: .ethernet, originalLength: frame.count)
    var flow = packet.flow(inputInterface: try #require(table.interfaceIndex(ingress)))
    flow.layer4Hash = .absent
    return table.decide(flow, packet: packet)
  }

  @Test("what arrives at a port comes in by its bridge", arguments: [AddressFamily.ipv4, .ipv6], [true, false])
  func bridge(family: AddressFamily, forwards: Bool) throws {
    try withNetworkNamespace {
      let isIPv6 = family == .ipv6
      try run(
        Self.router + """
          ip link add br0 type bridge; ip link set br0 address 02:00:00:00:00:01; ip link set br0 up
          ip addr flush dev in0; ip link set in0 master br0
          ip addr add 10.2.0.1/24 dev br0; ip -6 addr add fd00:f::1/64 dev br0 nodad
          for family in -4 -6; do ip $family rule add iif br0 lookup 7; ip $family rule add iif in0 lookup 8; done
          ip route add default table 7 nexthop via 10.1.1.2 nexthop via 10.1.3.2
          ip -6 route add default table 7 nexthop via fd00:1::2 nexthop via fd00:3::2
          ip route add blackhole default table 8; ip -6 route add blackhole default table 8
          sysctl -qw net.ipv4.conf.br0.forwarding=\(forwards ? 1 : 0)
          """)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      let frames = Self.frames(family, to: isIPv6 ? "2001:db8::7" : "198.18.0.7")
      let decisions = try frames.map { try Self.decide($0, table, from: "in0") }
      #expect(decisions.allSatisfy { $0.isExact })
      let predicted = decisions.map { $0.nexthop.map { table.interfaceName($0.interface) } }
      #expect(
        predicted
          == (try frames.map { try Self.decide($0, table, from: "br0") }).map {
            $0.nexthop.map { table.interfaceName($0.interface) }
          })
      #expect(predicted == (try Self.ways(frames)).map { $0.map { "o\($0)" } })
      #expect(Set(predicted) == (forwards || isIPv6 ? ["o1", "o3"] : [nil]))
    }
  }

  @Test("what arrives below a macvlan in passthru mode comes in by that", arguments: AddressFamily.allCases)
  func passthru(family: AddressFamily) throws {
    try withNetworkNamespace {
      try run(
        Self.router + """
          ip link set in0 address 02:00:00:00:00:01
          ip link add mv0 link in0 type macvlan mode passthru; ip link set mv0 up
          for family in -4 -6; do ip $family rule add iif mv0 lookup 7; done
          ip route add default table 7 nexthop via 10.1.1.2 nexthop via 10.1.3.2
          ip -6 route add default table 7 nexthop via fd00:1::2 nexthop via fd00:3::2
          """)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      let frames = Self.frames(family, to: family == .ipv6 ? "2001:db8::7" : "198.18.0.7")
      let decisions = try frames.map { try Self.decide($0, table, from: "in0") }
      #expect(decisions.allSatisfy { $0.isExact })
      let predicted = decisions.map { $0.nexthop.map { table.interfaceName($0.interface) } }
      #expect(predicted == (try Self.ways(frames)).map { $0.map { "o\($0)" } })
      #expect(Set(predicted) == ["o1", "o3"])
    }
  }

  @Test(
    "a nexthop that looks up again what it has encapsulated leaves the prediction uncertain", arguments: [false, true])
  func encapsulation(isObject: Bool) throws {
    try withNetworkNamespace {
      let seg6 = "encap seg6 mode encap segs fd00:3::77"
      try run(
        Self.router + """
          ip link set in0 address 02:00:00:00:00:01
          ip -6 neigh replace fd00:3::77 dev o3 lladdr 02:00:00:00:03:77 nud permanent
          ip -6 nexthop add id 1 \(seg6) via fd00:1::2 dev o1; ip -6 nexthop add id 2 via fd00:2::2 dev o2
          ip nexthop add id 12 group 1/2
          """
          + (isObject
            ? "\nip -6 route add 2001:db8:5a::/48 nhid 12\n"
            : "\nip -6 route add 2001:db8:5a::/48 nexthop \(seg6) via fd00:1::2 dev o1 nexthop via fd00:2::2 dev o2\n"))
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      let frames = Self.frames(.ipv6, to: "2001:db8:5a::1")
      let decisions = try frames.map { try Self.decide($0, table, from: "in0") }
      for (decision, way) in zip(decisions, try Self.ways(frames)) {
        let name = decision.nexthop.map { table.interfaceName($0.interface) }
        #expect(decision.caveats == (name == "o1" ? .encapsulation : []))
        // The segment is behind o3.
        #expect(way == (name == "o1" ? 3 : 2))
      }
      #expect(Set(decisions.map(\.isExact)) == [true, false])
      var decider = BatchDecider(table)
      var batch = DecisionBatch()
      let flows = try frames.map { frame in
        let packet = try PacketDissector.dissect(frame: frame.span, linkType: .ethernet, originalLength: frame.count)
        var flow = packet.flow(inputInterface: try #require(table.interfaceIndex("in0")))
        flow.layer4Hash = .absent
        return flow
      }
      decider.decide(flows, into: &batch)
      for (place, flow) in flows.enumerated() { #expect(decider.decision(place, of: batch) == table.decide(flow)) }
    }
  }
}
