import Forwarding
import KernelRouting
import PacketSockets
import Routing
import TestSupport
import Testing
import Verification

/// Destinations that real ICMP redirects give another gateway.
@Suite("What ICMP redirects change is no exact prediction")
struct LiveRedirectTests {
  private static let router =
    LookupLab.interfaces + """

      ip link set in0 address 02:00:00:00:00:01
      for n in 1 2; do
        ip link set o$n address 02:00:00:00:0$n:aa
        # An interface with another MAC address has forgotten its neighbours.
        for host in 2 9; do
          for net in 10.1.$n. fe80::; do
            ip neigh replace $net$host dev o$n lladdr 02:00:00:00:0$n:0$host nud permanent
          done
        done
      done
      sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv4.fib_multipath_hash_seed=77
      ip route add default nexthop via 10.1.1.2 nexthop via 10.1.2.2
      ip -6 route add default nexthop via fe80::2 dev o1 nexthop via fe80::2 dev o2

      """
  private static let hosts = Array(1...40 as ClosedRange<UInt8>)
  /// The hosts that redirects are about.
  private static func isRedirected(_ host: UInt8) -> Bool { host % 2 == 0 }

  private static func destination(_ host: UInt8, _ family: AddressFamily) -> IPAddress {
    family == .ipv4 ? IPAddress(ipv4: 198 << 24 | 18 << 16 | UInt32(host)) : address("2001:db8::\(host)")
  }

  private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
    var sum = stride(from: 0, to: bytes.count, by: 2).reduce(UInt32(0)) {
      $0 + UInt32(bytes[$1]) << 8 + UInt32(bytes[$1 + 1])
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return Packets.bytes16(~UInt16(sum))
  }

  /// A redirect from the gateway .2 of link `link` to its .9, as the kernel of this machine takes one for what it has sent.
  private static func redirect(_ host: UInt8, _ link: UInt8, _ family: AddressFamily) -> [UInt8] {
    let about = destination(host, family)
    var message: [UInt8]
    let packet: [UInt8]
    switch family {
    case .ipv4:
      let own = address("10.1.\(link).1")
      // Of the messages of no socket, those about answers to an echo are heeded.
      let quoted = Packets.ipv4(own, about, 1, [0, 0, 0, 0, 0, 0, 0, 1])
      message = [5, 1, 0, 0] + address("10.1.\(link).9").networkBytes + quoted
      message.replaceSubrange(2..<4, with: checksum(message))
      packet = Packets.ipv4(address("10.1.\(link).2"), own, 1, message)
    case .ipv6:
      let (gateway, own) = (address("fe80::2"), address("fd00:\(link)::1"))
      message = [137, 0, 0, 0, 0, 0, 0, 0] + address("fe80::9").networkBytes + about.networkBytes
      let pseudo = gateway.networkBytes + own.networkBytes + [0, 0, 0, UInt8(message.count), 0, 0, 0, 58]
      message.replaceSubrange(2..<4, with: checksum(pseudo + message))
      var whole = Packets.ipv6(gateway, own, 58, message)
      whole[7] = 255
      packet = whole
    }
    return [2, 0, 0, 0, link, 0xaa, 2, 0, 0, 0, link, 2] + Packets.bytes16(family == .ipv4 ? 0x0800 : 0x86dd) + packet
  }

  /// Sends the redirects by both links, and waits until the kernel has counted them.
  private static func redirect(_ family: AddressFamily) throws {
    for link: UInt8 in [1, 2] {
      var socket = try PacketSocket(interface: "p\(link)", for: .sending)
      try socket.send(hosts.filter(isRedirected).map { redirect($0, link, family) })
    }
    let count = hosts.filter(isRedirected).count * 2
    // The namespace is the thread's; what `sh` runs has it as its own.
    let read = "cat /proc/self/net/snmp /proc/self/net/snmp6"
    try waitUntil("\(count) redirects of \(family)") {
      RedirectCounts(parsing: try run(read).utf8)[family] == UInt64(count)
    }
  }

  private static func waitUntil(_ what: String, _ condition: () throws -> Bool) throws {
    for _ in 0..<600 {
      if try condition() { return }
      _ = try run("sleep 0.05")
    }
    Issue.record("waited in vain: \(what)")
  }

  /// A flow that comes in by in0.
  private static func flow(_ host: UInt8, _ table: ForwardingTable) -> Flow {
    Flow(
      source: address("10.2.0.100"), destination: destination(host, .ipv4), ipProtocol: 17, sourcePort: 4000,
      destinationPort: 53, inputInterface: table.interfaceIndex("in0") ?? 0, origin: .forwarded, layer4Hash: .absent)
  }

  /// By host, the MAC address that a real packet to it leaves to.
  private static func ways(_ table: ForwardingTable) throws -> [UInt8: [UInt8]] {
    var one = try PacketSocket(interface: "p1")
    var two = try PacketSocket(interface: "p2")
    var sender = try PacketSocket(interface: "in0p", for: .sending)
    let head: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, 8, 0]
    try sender.send(hosts.map { head + Packets.packet(flow($0, table)) })
    var ways: [UInt8: [UInt8]] = [:]
    func look(_ frame: Span<UInt8>) {
      guard frame.count >= 42, frame[12] == 8, frame[13] == 0, frame[23] == 17, frame[30] == 198 else { return }
      ways[frame[33]] = (0..<6).map { frame[$0] }
    }
    try waitUntil("packets") {
      try one.receive(timeoutMilliseconds: 20, look)
      try two.receive(timeoutMilliseconds: 20, look)
      return ways.count == hosts.count
    }
    return ways
  }

  /// The MAC address of the nexthop that is predicted.
  private static func predicted(_ decision: Decision, _ table: ForwardingTable) -> [UInt8]? {
    guard let nexthop = decision.nexthop, let gateway = nexthop.gateway else { return nil }
    return table.state.neighbours.first { $0.address == gateway && $0.interface == nexthop.interface }?.linkLayerAddress
  }

  @Test("IPv4 packets that are forwarded")
  func forwarded() throws {
    try withNetworkNamespace {
      // IPv4 takes redirects where it forwards only if both settings say so.
      try run(Self.router + "for d in all o1 o2; do sysctl -qw net.ipv4.conf.$d.accept_redirects=1; done")
      var kernel = try Kernel()
      let before = ForwardingTable(try kernel.readState())
      #expect(before.state.redirects.isEmpty)
      for (host, way) in try Self.ways(before) {
        let decision = before.decide(Self.flow(host, before))
        #expect(decision.isExact && Self.predicted(decision, before) == way)
      }
      try Self.redirect(.ipv4)
      // No packet has gone by them, so that the kernel tells of none.
      let untold = ForwardingTable(try kernel.readState())
      #expect(untold.state.redirects.destinations.isEmpty)
      for host in Self.hosts { #expect(untold.decide(Self.flow(host, untold)).caveats == .routeException) }

      var seen: [UInt8: [UInt8]] = [:]
      try Self.waitUntil("packets to the other gateways") {
        seen = try Self.ways(untold)
        return seen.values.filter { $0[5] == 9 }.count >= 10
      }
      #expect(seen.allSatisfy { Self.isRedirected($0.key) || $0.value[5] == 2 })
      try run("for d in all o1 o2; do sysctl -qw net.ipv4.conf.$d.accept_redirects=0; done")
      let told = ForwardingTable(try kernel.readState())
      var batch = BatchDecider(told)
      var decisions = DecisionBatch()
      batch.decide(Self.hosts.map { Self.flow($0, told) }, into: &decisions)
      for (place, host) in Self.hosts.enumerated() {
        let decision = told.decide(Self.flow(host, told))
        #expect(decision.isExact == (seen[host]?[5] == 2) || Self.isRedirected(host), "host \(host)")
        if decision.isExact { #expect(Self.predicted(decision, told) == seen[host], "host \(host)") }
        if seen[host]?[5] == 9 { #expect(decision.caveats == .routeException, "host \(host)") }
        #expect(batch.decision(place, of: decisions).caveats == decision.caveats)
      }
    }
  }

  @Test("IPv6 flows of a host")
  func host() throws {
    try withNetworkNamespace {
      try run(Self.router + "sysctl -qw net.ipv6.conf.all.forwarding=0")
      var kernel = try Kernel()
      #expect(try kernel.readState().redirects.isEmpty)
      try Self.redirect(.ipv6)
      var redirected = 0
      var exact = 0
      // Where it forwards it takes none, but keeps what it has.
      for forwarding in [0, 1] {
        try run("sysctl -qw net.ipv6.conf.all.forwarding=\(forwarding)")
        let table = ForwardingTable(try kernel.readState())
        #expect(table.state.redirects.destinations.count >= 10)
        for host in Self.hosts {
          let flow = Flow(
            source: address("fd00:f::1"), destination: Self.destination(host, .ipv6), ipProtocol: 17, sourcePort: 4000,
            destinationPort: 53)
          let decision = table.decide(flow, for: .query)
          let leg = try kernel.lookup(#require(RouteQuery(asking: flow))).leg
          if leg?.gateway == address("fe80::9") { redirected += 1 }
          // Of what was learnt as a host by the second leg nothing tells once it forwards.
          let isUntold = forwarding == 1 && leg?.interface == table.interfaceIndex("o2")
          guard decision.isExact, !isUntold else { continue }
          exact += 1
          #expect(leg?.gateway == decision.nexthop?.gateway && leg?.interface == decision.nexthop?.interface)
        }
      }
      #expect(redirected >= 10 && exact >= 10)
    }
  }

  @Test("messages that a packet is too big change no gateway, and need nothing read")
  func tooBig() throws {
    try withNetworkNamespace {
      try run(Self.router + "for d in all o1 o2; do sysctl -qw net.ipv4.conf.$d.accept_redirects=1; done")
      for link: UInt8 in [1, 2] {
        let (own, gateway) = (address("10.1.\(link).1"), address("10.1.\(link).2"))
        var socket = try PacketSocket(interface: "p\(link)", for: .sending)
        try socket.send(
          Self.hosts.map { host in
            let quoted = Packets.ipv4(own, Self.destination(host, .ipv4), 1, [0, 0, 0, 0, 0, 0, 0, 1])
            var message: [UInt8] = [3, 4, 0, 0, 0, 0, 4, 0xb0] + quoted
            message.replaceSubrange(2..<4, with: Self.checksum(message))
            return [2, 0, 0, 0, link, 0xaa, 2, 0, 0, 0, link, 2, 8, 0] + Packets.ipv4(gateway, own, 1, message)
          })
      }
      try Self.waitUntil("an exception") { try run("ip route get 198.18.0.40 from 10.1.1.1").contains("mtu 1200") }
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      #expect(table.state.redirects.isEmpty)
      for (host, way) in try Self.ways(table) {
        let decision = table.decide(Self.flow(host, table))
        #expect(decision.isExact && Self.predicted(decision, table) == way, "host \(host)")
      }
    }
  }
}
