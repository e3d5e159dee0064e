import Forwarding
import KernelRouting
import PacketSockets
import Routing
import TestSupport
import Testing

/// Real sockets are the oracle: what each sends is predicted before it connects or sends, and seen where it arrives.
@Suite("Predictions equal the ways of real sockets")
struct LiveSocketTests {
  /// For each policy and seed; with four policies and two seeds a thousand of each kind and family.
  private static let sockets = 125
  private static let seeds: [UInt32] = [305_419_896, 4_294_967_295]

  @Test("every kind of socket, every policy, two seeds", arguments: 0...3)
  func everyKind(policy: Int) throws {
    try withNetworkNamespace {
      var lab = try SocketLab()
      for seed in Self.seeds {
        try run(
          """
          sysctl -qw net.ipv4.fib_multipath_hash_policy=\(policy) net.ipv6.fib_multipath_hash_policy=\(policy)
          sysctl -qw net.ipv4.fib_multipath_hash_fields=0x37 net.ipv6.fib_multipath_hash_fields=0x3f
          # Linux before 6.11 has no seed: there only what is not hashed can be predicted.
          [ ! -e /proc/sys/net/ipv4/fib_multipath_hash_seed ] || sysctl -qw net.ipv4.fib_multipath_hash_seed=\(seed)
          """)
        var kernel = try Kernel()
        let state = try kernel.readState()
        let table = ForwardingTable(state)
        let unknown: Caveats = state.settings.hashSeed == nil ? [.seedUnknown, .unboundSource, .portsUnknown] : []
        for kind in SocketKind.all {
          for family in kind.families {
            try expectAgreement(kind, family, policy: policy, seed: seed, table: table, unknown: unknown, lab: &lab)
          }
        }
      }
    }
  }

  @Test("IPv4 answers of the kernel", arguments: [1, 3])
  func answers(policy: Int) throws {
    try withNetworkNamespace {
      var lab = try SocketLab()
      try run(
        """
        sysctl -qw net.ipv4.fib_multipath_hash_policy=\(policy) net.ipv4.fib_multipath_hash_fields=0x37
        sysctl -qw net.ipv4.fib_multipath_hash_seed=77
        """)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      var link = try PacketSocket(interface: "p1", for: .sending)
      let own = address("10.99.0.1")
      for (request, answer): (UInt8, UInt8) in [(8, 0), (13, 14)] {
        _ = try lab.arrivals()
        let hosts = (0..<100 as Range<UInt16>).map { IPAddress(ipv4: 10 << 24 | 200 << 16 | UInt32($0) + 256) }
        try link.send(
          hosts.map { host in
            var message: [UInt8] = [request, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
            message.replaceSubrange(2..<4, with: Packets.bytes16(~(UInt16(request) << 8)))
            return [UInt8](repeating: 0xff, count: 6) + [2, 0, 0, 0, 0, 9, 8, 0] + Packets.ipv4(host, own, 1, message)
          })
        var arrivals: [UInt16: String] = [:]
        for _ in 0..<600 where arrivals.count < hosts.count {
          arrivals.merge(try lab.arrivals()) { $1 }
          if arrivals.count < hosts.count { try run("sleep 0.05") }
        }
        #expect(Set(arrivals.values).count == 4)
        for (number, host) in hosts.enumerated() {
          var flow = Flow(source: own, destination: host, ipProtocol: 1, userID: 0)
          flow.icmp = Flow.ICMPMessage(type: answer)
          let decision = table.decide(flow)
          #expect(decision.caveats == (answer == 0 ? [] : .icmpError))
          flow.icmp = Flow.ICMPMessage(type: 0)
          let untyped = table.decide(flow).nexthop.map { table.interfaceName($0.interface) }
          #expect(arrivals[UInt16(number) + 256] == untyped, "type \(answer) to \(host)")
        }
      }
    }
  }

  @Test("sockets that send from addresses of others", arguments: SocketKind.all.filter { $0.source == .bound })
  func transparent(kind: SocketKind) throws {
    guard kind.families.contains(.ipv4) else { return }
    try withNetworkNamespace {
      var lab = try SocketLab()
      try run("sysctl -qw net.ipv4.fib_multipath_hash_policy=0 net.ipv4.fib_multipath_hash_seed=77")
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      var generator = SeededGenerator(seed: 4)
      var flows: [Flow] = []
      for number in 0..<60 as Range<UInt16> {
        var flow = SocketLab.flow(kind, family: .ipv4, number: number, table: table, using: &generator)
        flow.source = IPAddress(ipv4: 203 << 24 | UInt32(number) + 1)
        flows.append(flow)
        try SocketLab.send(kind, flow, table: table, transparently: true)
      }
      let arrivals = try lab.arrivals()
      #expect(arrivals.count == flows.count)
      for var flow in flows {
        let unknown = table.decide(flow)
        #expect(unknown.caveats == .foreignSource && unknown.outcome == .dropped(.sourceNotLocal))
        // What the kernel tells of a socket that is there.
        flow.unknown = .lookup
        let decision = table.decide(flow)
        #expect(decision.caveats.contains(.foreignSource))
        let way = decision.nexthop.map { table.interfaceName($0.interface) }
        #expect(way == arrivals[UInt16(flow.destination.ipv4Value & 0xffff)], "\(flow)")
      }
    }
  }

  @Test("an anycast address, which takes one of the ways to it", arguments: SocketKind.all.filter { !$0.bindsDevice })
  func anycast(kind: SocketKind) throws {
    guard kind.families.contains(.ipv4), kind.doubtsWithoutPorts.isEmpty else { return }
    try withNetworkNamespace {
      var lab = try SocketLab()
      try run(
        """
        sysctl -qw net.ipv4.fib_multipath_hash_policy=0 net.ipv4.fib_multipath_hash_seed=77
        ip link set o1 arp off; ip link set o2 arp off
        for net in 200 201 202 203; do ip route add anycast 10.$net.0.0/16 nexthop dev o1 nexthop dev o2; done
        """)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      var generator = SeededGenerator(seed: 5)
      var flows: [Flow] = []
      for number in 0..<60 as Range<UInt16> {
        flows.append(SocketLab.flow(kind, family: .ipv4, number: number, table: table, using: &generator))
        try SocketLab.send(kind, flows[flows.count - 1], table: table)
      }
      let arrivals = try lab.arrivals()
      #expect(Set(arrivals.values) == ["o1", "o2"] && arrivals.count == flows.count)
      for (number, flow) in flows.enumerated() {
        let decision = table.decide(flow)
        let way = decision.nexthop.map { table.interfaceName($0.interface) }
        #expect(decision.isExact && way == arrivals[UInt16(number)], "\(flow)")
      }
    }
  }

  /// A socket in a list.
  private final class Held {
    var value: OpenSocket

    init(_ value: consuming OpenSocket) { self.value = value }
  }

  /// Rules that select by what a socket may not have when it connects, with the routes of their table.
  private static let selectors = [
    "from fd00:99::1", "ipproto tcp sport 1024-65534", "ipproto udp sport 1024-65534", "ipproto tcp dport 1-3020",
    "ipproto udp dport 1-3020", "from fd00:99::1 ipproto tcp sport 1024-65534", "from fd00:2::1",
  ]

  @Test(
    "open sockets go the way that is predicted of them, or it is in doubt whether they keep another one",
    arguments: selectors, AddressFamily.allCases)
  func kept(selector: String, family: AddressFamily) throws {
    try withNetworkNamespace {
      var lab = try SocketLab()
      let isIPv6 = family == .ipv6
      let rule =
        isIPv6
        ? selector
        : selector.replacing("fd00:99::1", with: "10.99.0.1").replacing("fd00:2::1", with: "10.1.2.1")
      let route = isIPv6 ? "2001:db8:203::/64 via fd00:1::2 src fd00:99::1" : "10.203.0.0/16 via 10.1.1.2 src 10.99.0.1"
      let option = isIPv6 ? "-6" : "-4"
      try run(
        """
        ip \(option) rule del pref 100; ip \(option) rule del pref 101; ip \(option) rule del pref 102
        ip \(option) route del \(isIPv6 ? "2001:db8:203::/64" : "10.203.0.0/16"); ip \(option) route add \(route)
        ip \(option) route add default table 102 via \(isIPv6 ? "fd00:3::2" : "10.1.3.2")
        ip \(option) rule add pref 10 \(rule) lookup 102
        """)
      let own = isIPv6 ? "fd00:99::1" : "10.99.0.1"
      var sockets: [Held] = []
      for number in 1...40 as ClosedRange<UInt16> {
        let kind: OpenSocket.Kind = number % 2 == 0 ? .stream : .datagram
        let isBound = number % 4 < 2
        let socket = Held(
          try OpenSocket(family, kind, source: isBound ? own : "", port: number % 8 < 4 ? 2000 + number : 0))
        let text = isIPv6 ? "2001:db8:203::\(String(number, radix: 16))" : "10.203.0.\(number)"
        try socket.value.connect(text, 3000 + number)
        if kind == .datagram { try socket.value.write(8) }
        sockets.append(socket)
      }
      let arrivals = try lab.arrivals()
      #expect(arrivals.count == sockets.count)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      var reader = try Kernel.connectedSockets(established: false)
      var seen = 0
      var doubts = 0
      while let socket = try reader.next() {
        guard socket.family == family else { continue }
        let decision = table.decide(socket.flow)
        seen += 1
        guard decision.isExact else {
          #expect(decision.caveats == .cachedRoute)
          doubts += 1
          continue
        }
        let way = decision.nexthop.map { table.interfaceName($0.interface) }
        #expect(way == arrivals[socket.destinationPort - 3000], "\(socket)")
      }
      #expect(seen == sockets.count)
      #expect((doubts > 0) == (isIPv6 && (selector.hasPrefix("from fd00:99::1") || selector.contains("tcp sport"))))
    }
  }

  private func expectAgreement(
    _ kind: SocketKind, _ family: AddressFamily, policy: Int, seed: UInt32, table: ForwardingTable,
    unknown: Caveats, lab: inout SocketLab
  ) throws {
    let what = "\(kind.name), \(family.rawValue), policy \(policy), seed \(seed)"
    var generator = SeededGenerator(seed: UInt64(seed) + UInt64(policy))
    var predictions: [(flow: Flow, decision: Decision)] = []
    _ = try lab.arrivals()
    for number in 0..<Self.sockets {
      let flow = SocketLab.flow(kind, family: family, number: UInt16(number), table: table, using: &generator)
      predictions.append((flow, table.decide(flow)))
      try SocketLab.send(kind, flow, table: table)
    }
    let arrivals = try lab.arrivals()
    #expect(arrivals.count == Self.sockets, "\(what): every socket sends")
    var uncertain = 0
    var doubts: Caveats = []
    var wrong: [String] = []
    for (number, prediction) in predictions.enumerated() {
      let decision = prediction.decision
      guard decision.isExact else {
        uncertain += 1
        doubts.formUnion(decision.caveats)
        continue
      }
      let predicted = decision.nexthop.map { table.interfaceName($0.interface) }
      let real = arrivals[UInt16(number)]
      if predicted != real { wrong.append("\(prediction.flow): \(decision), real \(real ?? "none")") }
    }
    #expect(wrong.isEmpty, "\(what): \(wrong.count) wrong, the first: \(wrong.first ?? "")")
    let allowed = (policy == 1 || policy == 3 ? kind.doubts : kind.doubtsWithoutPorts).union(unknown)
    #expect(doubts.isSubset(of: allowed), "\(what): \(uncertain) uncertain: \(doubts.list.map(\.code))")
  }
}
