import CSocketLab
import Forwarding
import Glibc
import PacketSockets
import Routing
import TestSupport

/// A host in the calling thread's namespace with four ways out; frames are seen where they arrive, on p1 to p4.
///
///     lo 10.99.0.1 fd00:99::1 --+--- o1 10.1.1.1/24 fd00:1::1/64 --- p1
///                               |    ...
///                               '--- o4 10.1.4.1/24 fd00:4::1/64 --- p4
///
/// The last 16 bits of a destination are the number of its flow, so that a frame tells which one it is of.
struct SocketLab: ~Copyable {
  static let network = """
    sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    sysctl -qw net.ipv4.ping_group_range='0 2147483647' net.ipv4.ip_forward=0
    ip addr add 10.99.0.1/32 dev lo; ip -6 addr add fd00:99::1/128 dev lo nodad
    for n in 1 2 3 4; do
      ip link add o$n type veth peer name p$n
      ip link set p$n up; ip link set o$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
      ip neigh replace 10.1.$n.2 dev o$n lladdr 02:00:00:00:00:0$n nud permanent
      ip neigh replace fd00:$n::2 dev o$n lladdr 02:00:00:00:00:0$n nud permanent
    done
    legs='nexthop via 10.1.1.2 weight 2 nexthop via 10.1.2.2 nexthop via 10.1.3.2 nexthop via 10.1.4.2'
    legs6='nexthop via fd00:1::2 weight 2 nexthop via fd00:2::2 nexthop via fd00:3::2 nexthop via fd00:4::2'
    ip route add 10.200.0.0/16 $legs; ip -6 route add 2001:db8:200::/64 $legs6
    ip route add 10.203.0.0/16 src 10.99.0.1 $legs; ip -6 route add 2001:db8:203::/64 src fd00:99::1 $legs6
    ip route add default table 100 $legs; ip -6 route add default table 100 $legs6
    ip route add default table 101 nexthop via 10.1.3.2 nexthop via 10.1.4.2
    ip -6 route add default table 101 nexthop via fd00:3::2 nexthop via fd00:4::2
    for f in -4 -6; do
      ip $f rule add pref 100 fwmark 7 lookup 101
      ip $f rule add pref 101 uidrange 4711-4711 lookup 100
    done
    ip rule add pref 102 from 10.1.2.1 lookup 101; ip -6 rule add pref 102 from fd00:2::1 lookup 101
    ip rule add pref 103 ipproto icmp dport 2048 fwmark 8 lookup 100
    """

  /// What takes nexthop objects; resilient groups came later than the others.
  static let objects = """
    for n in 1 2 3 4; do ip nexthop add id $n via 10.1.$n.2 dev o$n; ip nexthop add id 1$n via fd00:$n::2 dev o$n; done
    ip nexthop add id 100 group 1,2/2/3/4; ip nexthop add id 110 group 11,2/12/13/14
    ip route add 10.201.0.0/16 nhid 100; ip -6 route add 2001:db8:201::/64 nhid 110
    """
  static let resilientGroups = """
    ip nexthop add id 101 group 1/2/3/4 type resilient buckets 64
    ip nexthop add id 111 group 11/12/13/14 type resilient buckets 64
    ip route add 10.202.0.0/16 nhid 101; ip -6 route add 2001:db8:202::/64 nhid 111
    """

  private var p1: PacketSocket
  private var p2: PacketSocket
  private var p3: PacketSocket
  private var p4: PacketSocket

  init() throws {
    try run(Self.network)
    try run(Self.objects)
    try run(Self.resilientGroups)
    let p1 = try PacketSocket(interface: "p1")
    let p2 = try PacketSocket(interface: "p2")
    let p3 = try PacketSocket(interface: "p3")
    let p4 = try PacketSocket(interface: "p4")
    self.p1 = p1
    self.p2 = p2
    self.p3 = p3
    self.p4 = p4
  }

  /// The ways out of the flows whose frames have arrived: the last one where there is more than one frame.
  mutating func arrivals() throws -> [UInt16: String] {
    var arrivals: [UInt16: String] = [:]
    try Self.drain(&p1, "o1", into: &arrivals)
    try Self.drain(&p2, "o2", into: &arrivals)
    try Self.drain(&p3, "o3", into: &arrivals)
    try Self.drain(&p4, "o4", into: &arrivals)
    return arrivals
  }

  private static func drain(
    _ socket: inout PacketSocket, _ device: String, into arrivals: inout [UInt16: String]
  ) throws {
    while try socket.receive(
      timeoutMilliseconds: 0,
      { frame in
        guard let flow = number(of: frame) else { return }
        arrivals[flow] = device
      }) > 0
    {}
  }

  /// The number of the flow that an Ethernet frame belongs to; nil for what the kernel sends of itself.
  private static func number(of frame: Span<UInt8>) -> UInt16? {
    guard frame.count >= 34 else { return nil }
    switch (frame[12], frame[13]) {
    case (0x08, 0x00):
      guard frame[30] == 10, 200...203 ~= frame[31] else { return nil }
      return UInt16(frame[32]) << 8 | UInt16(frame[33])
    case (0x86, 0xdd):
      guard frame.count >= 54, frame[38] == 0x20, frame[39] == 0x01 else { return nil }
      return UInt16(frame[52]) << 8 | UInt16(frame[53])
    default: return nil
    }
  }

  /// A flow of the kind with everything that is free chosen at random.
  static func flow(
    _ kind: SocketKind, family: AddressFamily, number: UInt16, table: ForwardingTable,
    using generator: inout some RandomNumberGenerator
  ) -> Flow {
    let network = UInt32.random(in: 200...203, using: &generator)
    let isIPv4 = family == .ipv4
    var flow = Flow(
      source: .unspecified(family),
      destination: isIPv4
        ? IPAddress(ipv4: 10 << 24 | network << 16 | UInt32(number))
        // 200 reads as hexadecimal in the text of an address.
        : IPAddress(ipv6High: 0x2001_0db8_0200_0000 + UInt64(network - 200) << 16, low: UInt64(number)),
      ipProtocol: kind.ipProtocol == 1 ? family.icmpProtocol : kind.ipProtocol, userID: kind.user ?? getuid())
    if kind.source == .bound {
      let own =
        isIPv4
        ? ["10.1.1.1", "10.1.2.1", "10.1.3.1", "10.1.4.1", "10.99.0.1"]
        : ["fd00:1::1", "fd00:2::1", "fd00:3::1", "fd00:4::1", "fd00:99::1"]
      flow.source = own.randomElement(using: &generator).flatMap { IPAddress($0) } ?? flow.source
    }
    if kind.bindsPort { flow.sourcePort = UInt16.random(in: 1024...30000, using: &generator) }
    if [6, 17, 136].contains(kind.ipProtocol) {
      flow.destinationPort = UInt16.random(in: 1...UInt16.max, using: &generator)
    }
    if kind.bindsDevice {
      flow.outputInterface = table.interfaceIndex("o\(Int.random(in: 1...4, using: &generator))") ?? 0
    }
    if kind.marks { flow.mark = [7, 8, 9].randomElement(using: &generator) ?? 7 }
    if kind.labels { flow.flowLabel = UInt32.random(in: 1...0xfffff, using: &generator) }
    flow.socket = kind.connects ? .connected : .unconnected
    if !kind.icmpTypes.isEmpty {
      let type = kind.icmpTypes[isIPv4 ? 0 : 1].randomElement(using: &generator) ?? 8
      let code = kind.type == SocketKind.raw ? UInt8.random(in: 0...3, using: &generator) : 0
      flow.icmp = Flow.ICMPMessage(type: type, code: code)
    }
    return flow
  }

  /// Sends what the flow describes through a socket of the kind.
  static func send(
    _ kind: SocketKind, _ flow: Flow, table: ForwardingTable, transparently: Bool = false
  ) throws {
    var setup = csl_setup()
    setup.family = flow.family == .ipv4 ? AF_INET : AF_INET6
    setup.type = kind.type
    setup.protocol = Int32(flow.ipProtocol)
    setup.port = flow.sourcePort
    setup.leaves_port_open = kind.leavesPortOpen ? 1 : 0
    setup.mark = flow.mark
    setup.user = kind.user ?? .max
    setup.transparent = transparently ? 1 : 0
    var descriptor: Int32 = -1
    let device = flow.outputInterface == 0 ? "" : table.interfaceName(flow.outputInterface)
    let source = flow.source.isUnspecified ? "" : flow.source.description
    var status = unsafe csl_open(&setup, source, device, &descriptor)
    guard status == 0 else { throw CommandFailure(command: "open: \(kind.name)", status: status, output: "\(flow)") }
    var message = [UInt8](repeating: 0, count: 24)
    if let icmp = flow.icmp { (message[0], message[1]) = (icmp.type, icmp.code) }
    // The type of a mobility header.
    if flow.ipProtocol == 135 { message[2] = 5 }
    status = unsafe csl_send(
      descriptor, &setup, flow.destination.description, flow.destinationPort, flow.flowLabel, kind.connects ? 1 : 0,
      message, message.count)
    guard status == 0 else { throw CommandFailure(command: "send: \(kind.name)", status: status, output: "\(flow)") }
  }
}
