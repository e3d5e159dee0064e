import Forwarding
import KernelRouting
import PacketSockets
import Routing
import TestSupport
import Testing

/// Real frames through NAT are the oracle for the flows of tracked connections: where each direction leaves the router.
///
///     clients 10.50.0.0/16 --- pc1 c1 --+-- router --+-- s1 ps1 --- servers 10.60.0.0/16
///                              pc2 c2 --'            '-- s4 ps4
///
/// The router translates a service address to a server's, and hides clients behind its own addresses.
@Suite("Flows of tracked connections through NAT")
struct LiveTranslationTests {
  private static let network = """
    sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    for d in c1:11 c2:12 s1:21 s2:22 s3:23 s4:24; do
      n=${d#*:}; d=${d%:*}
      ip link add $d type veth peer name p$d
      ip link set $d address 02:00:00:00:00:01 up; ip link set p$d address 02:00:00:00:00:02 up
      # Frames are for nobody's address, or this machine would forward what has come out of it again.
      ip addr add 10.$n.0.1/24 dev $d; ip addr add fd00:$n::1/64 dev $d nodad
      ip neigh add 10.$n.0.2 lladdr 02:00:00:00:00:03 dev $d nud permanent
      ip neigh add fd00:$n::2 lladdr 02:00:00:00:00:03 dev $d nud permanent
    done
    for f in 4 6; do
      via() { if [ $f = 4 ]; then echo "nexthop via 10.$1.0.2"; else echo "nexthop via fd00:$1::2"; fi; }
      clients=10.50.0.0/16 servers=10.60.0.0/16
      [ $f = 4 ] || clients=2001:db8:50::/64 servers=2001:db8:60::/64
      ip -$f route add $clients $(via 11) $(via 12)
      ip -$f route add $servers $(via 21) $(via 22) $(via 23) $(via 24)
    done
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1
    # Linux before 6.11 has no seed: there only what is not hashed can be predicted.
    [ ! -e /proc/sys/net/ipv4/fib_multipath_hash_seed ] || sysctl -qw net.ipv4.fib_multipath_hash_seed=305419896
    for f in ip ip6; do
      server=10.60.0.7:8080; [ $f = ip ] || server=[2001:db8:60::7]:8080
      service=203.0.113.80; [ $f = ip ] || service=2001:db8:ff::80
      nft -f - <<N
    table $f n {
      chain before { type nat hook prerouting priority -100; $f daddr $service udp dport 80 dnat to $server; }
      chain after { type nat hook postrouting priority 100; oifname "s*" masquerade; }
    }
    N
    done
    """

  private static let flows: Range<UInt16> = 0..<200
  private static let firstPort: UInt16 = 20_000

  private static func addresses(_ family: AddressFamily) -> (clients: IPAddress, server: IPAddress, service: IPAddress)
  {
    family == .ipv4
      ? (address("10.50.0.0"), address("10.60.0.7"), address("203.0.113.80"))
      : (address("2001:db8:50::"), address("2001:db8:60::7"), address("2001:db8:ff::80"))
  }

  private static func client(_ number: UInt16, _ family: AddressFamily) -> IPAddress {
    let network = addresses(family).clients
    return family == .ipv4
      ? IPAddress(ipv4: network.ipv4Value + UInt32(number) + 1)
      : IPAddress(ipv6High: network.high, low: UInt64(number) + 1)
  }

  private static func frame(_ flow: Flow) -> [UInt8] {
    Packets.ethernet(flow.family == .ipv4 ? 0x0800 : 0x86dd, Packets.packet(flow))
  }

  /// A UDP packet that came out of a device of the router.
  private struct Arrival {
    var device: String
    var source: IPAddress
    var destination: IPAddress
    var sourcePort: UInt16
    var destinationPort: UInt16

    /// nil for what is no UDP packet of the family.
    init?(_ frame: Span<UInt8>, device: String, family: AddressFamily) {
      let isIPv4 = family == .ipv4
      let (transport, addresses, width) = isIPv4 ? (34, 26, 4) : (54, 22, 16)
      func word(_ offset: Int) -> UInt16 { UInt16(frame[offset]) << 8 | UInt16(frame[offset + 1]) }
      func address(_ start: Int) -> IPAddress? { IPAddress(networkBytes: (start..<start + width).map { frame[$0] }) }
      guard frame.count >= transport + 8, word(12) == (isIPv4 ? 0x0800 : 0x86dd), frame[isIPv4 ? 23 : 20] == 17,
        let source = address(addresses), let destination = address(addresses + width)
      else { return nil }
      self.device = device
      self.source = source
      self.destination = destination
      sourcePort = word(transport)
      destinationPort = word(transport + 2)
    }
  }

  /// The other end of a link of the router.
  private final class Port {
    let device: String
    private var socket: PacketSocket

    init(_ device: String) throws {
      self.device = device
      socket = try PacketSocket(interface: "p\(device)")
    }

    func send(_ frames: [[UInt8]]) throws { try socket.send(frames) }

    func arrivals(_ family: AddressFamily) throws -> [Arrival] {
      var arrivals: [Arrival] = []
      while try socket.receive(
        timeoutMilliseconds: 100,
        { frame in
          if let arrival = Arrival(frame, device: device, family: family) { arrivals.append(arrival) }
        }) > 0
      {}
      return arrivals
    }
  }

  @Test("both directions leave where they are predicted to", arguments: AddressFamily.allCases)
  func bothDirections(family: AddressFamily) throws {
    try withNetworkNamespace {
      try run(Self.network)
      var kernel = try Kernel()
      let state = try kernel.readState()
      let table = ForwardingTable(state)
      let clients = try ["c1", "c2"].map(Port.init)
      let servers = try ["s1", "s2", "s3", "s4"].map(Port.init)
      let (_, server, service) = Self.addresses(family)

      // To the service, by way of the servers' links, and back from where each came out.
      try clients[0].send(
        Self.flows.map { number in
          Self.frame(
            Flow(
              source: Self.client(number, family), destination: service, ipProtocol: 17,
              sourcePort: Self.firstPort + number, destinationPort: 80))
        })
      let requests = try servers.flatMap { port in
        let arrivals = try port.arrivals(family)
        try port.send(
          arrivals.map {
            Self.frame(
              Flow(
                source: $0.destination, destination: $0.source, ipProtocol: 17, sourcePort: $0.destinationPort,
                destinationPort: $0.sourcePort))
          })
        return arrivals
      }
      #expect(requests.count == Self.flows.count)
      #expect(requests.allSatisfy { $0.destination == server && $0.destinationPort == 8080 })
      #expect(requests.allSatisfy { table.isOwn($0.source) }, "masqueraded")
      let replies = try clients.flatMap { try $0.arrivals(family) }
      #expect(replies.count == Self.flows.count)
      #expect(replies.allSatisfy { $0.source == service && $0.sourcePort == 80 })

      let asked = Dictionary(requests.map { ($0.sourcePort, $0.device) }) { first, _ in first }
      let answered = Dictionary(replies.map { ($0.destinationPort, $0.device) }) { first, _ in first }
      #expect(Set(asked.values).count == 4 && Set(answered.values).count == 2)

      try expectPredictions(family, state, table, [.original: asked, .reply: answered])
    }
  }

  /// - Parameter ways: where the packets of each direction came out, by the client's port.
  private func expectPredictions(
    _ family: AddressFamily, _ state: RoutingState, _ table: ForwardingTable,
    _ ways: [TrackedConnection.Direction: [UInt16: String]]
  ) throws {
    let (_, _, service) = Self.addresses(family)
    var connections = 0
    var otherwise = 0
    var reader = try Kernel.trackedConnections(family: family)
    while let connection = try reader.next() {
      connections += 1
      let number = connection.original.sourcePort
      for (direction, real) in ways {
        var flow = connection.flow(direction) { table.isOwn($0) }
        flow.layer4Hash = .absent
        let decision = table.decide(flow)
        guard state.settings.hashSeed != nil else {
          #expect(decision.caveats == .seedUnknown)
          continue
        }
        #expect(decision.isExact && decision.isHashed, "\(decision.caveats.list.map(\.code))")
        #expect(decision.nexthop.map { table.interfaceName($0.interface) } == real[number], "\(direction): \(flow)")
        // The packets as they leave would go elsewhere.
        if direction == .original { flow.source = connection.reply.destination } else { flow.source = service }
        if table.decide(flow).nexthop != decision.nexthop { otherwise += 1 }
      }
    }
    #expect(connections == Self.flows.count)
    #expect(state.settings.hashSeed == nil || otherwise > 100)
  }
}
