import Forwarding
import KernelRouting
import MultipathHash
import PacketSockets
import Routing
import TestSupport
import Testing

/// Real frames that come out of VXLAN tunnels, which leave their id with the packet for rules to select by.
@Suite("Rules for the ids of tunnels beside real frames")
struct LiveTunnelIDTests {
  private static let count: UInt16 = 60
  private static let tunnelID: UInt32 = 42

  /// UDP packets with source ports from 1000 on, each in a VXLAN frame to in0.
  private static func frames() -> [[UInt8]] {
    (0..<count).map { number in
      let packet = Packets.ipv4(
        address("10.77.0.100"), IPAddress(ipv4: 198 << 24 | 18 << 16 | UInt32(number)), 17,
        Packets.transport(17, 1000 + number, 53))
      let inner = [2, 0, 0, 0, 0, 0x77, 2, 0, 0, 0, 0, 8, 8, 0] + packet
      let vxlan: [UInt8] = [8, 0, 0, 0] + Packets.bytes16(0) + [UInt8(tunnelID), 0] + inner
      let udp = Packets.bytes16(5555) + Packets.bytes16(4789) + Packets.bytes16(UInt16(vxlan.count) + 8) + [0, 0]
      return [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, 8, 0]
        + Packets.ipv4(address("10.2.0.55"), address("10.2.0.1"), 17, udp + vxlan)
    }
  }

  /// The interfaces that the packets left by, by the last byte of their destination.
  private static func ways(_ frames: [[UInt8]]) throws -> [Int: String] {
    var sender = try PacketSocket(interface: "in0p", for: .sending)
    var ways: [Int: String] = [:]
    func look(_ socket: inout PacketSocket, _ name: String) throws {
      while try socket.receive(
        timeoutMilliseconds: 0,
        { frame in
          guard frame.count > 33, frame[12] == 8, frame[13] == 0, frame[30] == 198, frame[31] == 18 else { return }
          ways[Int(frame[33])] = name
        }) > 0
      {}
    }
    var p1 = try PacketSocket(interface: "p1")
    var p2 = try PacketSocket(interface: "p2")
    try sender.send(frames)
    for _ in 0..<600 where ways.count < frames.count {
      try look(&p1, "o1")
      try look(&p2, "o2")
      if ways.count < frames.count { try run("sleep 0.05") }
    }
    return ways
  }

  @Test(
    "what comes out of a tunnel may match, what comes in by others does not",
    arguments: [("external", "42", true), ("external", "not 42", true), ("id 42", "42", true), ("id 42", "43", false)])
  func tunnel(kind: String, selector: String, isOther: Bool) throws {
    try withNetworkNamespace {
      let isInverted = selector.hasPrefix("not")
      try run(
        LookupLab.interfaces + """

          sysctl -qw net.ipv4.fib_multipath_hash_policy=0 net.ipv4.fib_multipath_hash_seed=77
          ip link set in0 address 02:00:00:00:00:01
          ip link add vx0 address 02:00:00:00:00:77 type vxlan \(kind) dstport 4789 local 10.2.0.1
          ip link set vx0 up; ip addr add 10.77.0.1/24 dev vx0; sysctl -qw net.ipv4.conf.vx0.rp_filter=0
          ip route add 198.18.0.0/16 via 10.1.1.2 dev o1; ip route add default table 100 via 10.1.2.2 dev o2
          ip rule add pref 50 \(isInverted ? "not" : "") to 198.0.0.0/8 tun_id \(selector.split(separator: " ").last ?? "") \
            lookup 100
          """)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      let frames = Self.frames()
      let ways = try Self.ways(frames)
      #expect(ways.count == frames.count)
      #expect(Set(ways.values) == [isOther != isInverted ? "o2" : "o1"])
      for ingress in ["vx0", "in0", ""] {
        var flow = Flow(
          source: address(ingress == "in0" ? "10.2.0.100" : "10.77.0.100"), destination: address("198.18.0.7"),
          ipProtocol: 17, sourcePort: 1000, destinationPort: 53,
          inputInterface: table.interfaceIndex(ingress) ?? 0, origin: .forwarded)
        #expect(table.decide(flow).caveats == (ingress == "in0" ? [] : .unknownSelector), "\(ingress)")
        flow.destination = address("203.0.113.7")
        #expect(table.decide(flow).isExact)
      }
    }
  }
}
