import Forwarding
import KernelRouting
import Routing
import TestSupport
import Testing
import Verification

/// What a router lets in only where a setting says so, and sources that it looks up the way back to only at times.
@Suite("What is let in equals what the kernel lets in")
struct LiveAdmissionTests {
  private typealias Lab = LiveVerdictTests

  /// A packet of the router's family, and what is not known of it.
  private struct Packet {
    var source: String
    var destination: String
    var caveats: Caveats = []
    /// The marker that tells it from the other packets.
    var marker: UInt16 = 0

    init(_ source: String, _ destination: String = "198.18.0.7", _ caveats: Caveats = []) {
      self.source = source
      self.destination = destination
      self.caveats = caveats
    }

    var row: LiveVerdictTests.Row {
      let (source, destination) = (address(source), address(destination))
      let payload = LiveVerdictTests.udp(marker)
      let packet =
        source.family == .ipv4
        ? Packets.ipv4(source, destination, 17, payload) : Packets.ipv6(source, destination, 17, payload)
      return LiveVerdictTests.Row(
        description: "\(source) to \(destination)", frame: LiveVerdictTests.frame(packet), caveats: caveats)
    }
  }

  /// Sends the packets through a router that is changed first, and asks the kernel about them, too.
  private static func compare(_ change: String, _ packets: [Packet]) throws {
    try withNetworkNamespace {
      try run(Lab.router + "\n" + change)
      let marked = packets.enumerated().map { place, packet in
        var packet = packet
        packet.marker = UInt16(place + 1)
        return packet
      }
      try Lab.compare(marked.map(\.row), change)
      var kernel = try Kernel()
      var verification = Verification(ForwardingTable(try kernel.readState()))
      let ingress = try #require(verification.table.interfaceIndex("in0"))
      for packet in packets where packet.caveats.isEmpty {
        for mark in [0, 7] as [UInt32] {
          let flow = Flow(
            source: address(packet.source), destination: address(packet.destination), ipProtocol: 17, sourcePort: 9,
            destinationPort: 53, mark: mark, inputInterface: ingress, origin: .forwarded, layer4Hash: .absent)
          try verification.add(flow, kernel: &kernel)
        }
      }
      try verification.flush(kernel: &kernel)
      for mismatch in verification.mismatches {
        Issue.record("\(change): \(mismatch.flow): \(mismatch.predicted) | kernel: \(mismatch.kernel)")
      }
      #expect(verification.uncertain == 0, "\(change): \(verification.caveats.list.map(\.code))")
    }
  }

  @Test(
    "IPv4 from this machine's addresses, of 127.0.0.0/8, and with a mark",
    arguments: [
      "", "sysctl -qw net.ipv4.conf.in0.accept_local=1", "sysctl -qw net.ipv4.conf.all.accept_local=1",
      "sysctl -qw net.ipv4.conf.in0.rp_filter=1", "sysctl -qw net.ipv4.conf.in0.rp_filter=2",
      "sysctl -qw net.ipv4.conf.in0.accept_local=1 net.ipv4.conf.in0.rp_filter=1",
      "sysctl -qw net.ipv4.conf.in0.accept_local=1 net.ipv4.conf.in0.rp_filter=2",
      "sysctl -qw net.ipv4.conf.in0.accept_local=1; ip rule add pref 9 to 10.77.0.0/16 lookup main",
      "sysctl -qw net.ipv4.conf.in0.route_localnet=1", "sysctl -qw net.ipv4.conf.all.route_localnet=1",
      "sysctl -qw net.ipv4.conf.in0.route_localnet=1 net.ipv4.conf.in0.accept_local=1",
      "sysctl -qw net.ipv4.conf.o1.route_localnet=1",
      "sysctl -qw net.ipv4.conf.in0.rp_filter=1; ip rule add pref 9 fwmark 7 lookup 99",
      "ip rule add pref 9 fwmark 7 lookup 99; ip route add 10.2.0.0/24 dev o1 table 99; "
        + "sysctl -qw net.ipv4.conf.in0.rp_filter=1 net.ipv4.conf.in0.src_valid_mark=1",
      "ip rule add pref 9 fwmark 7 lookup 99; ip route add 10.2.0.0/24 dev o1 table 99; "
        + "sysctl -qw net.ipv4.conf.in0.rp_filter=1 net.ipv4.conf.all.src_valid_mark=1",
      "ip rule add pref 9 fwmark 7 lookup 99; ip route add 10.2.0.0/24 dev o1 table 99; "
        + "sysctl -qw net.ipv4.conf.in0.rp_filter=1",
    ])
  func sources(settings: String) throws {
    // A source of 127.0.0.0/8 that no interface has is let in, unless the way back is looked up.
    let routes = settings.contains("in0.route_localnet") || settings.contains("all.route_localnet")
    let doubt: Caveats = routes && !settings.contains("accept_local") ? .sourceHistory : []
    try Self.compare(
      "ip route add 127.9.0.0/24 via 10.1.1.2 table local proto kernel\n" + settings,
      [
        Packet("10.2.0.100"), Packet("10.2.0.1"), Packet("10.1.1.1"), Packet("10.2.0.1", "10.1.1.1"),
        Packet("10.1.1.1", "10.2.0.255"), Packet("127.0.0.1"), Packet("127.0.0.5", "198.18.0.7", doubt),
        Packet("10.2.0.100", "127.9.0.5"), Packet("10.2.0.100", "127.0.0.1"),
        Packet("127.0.0.5", "10.1.1.1", doubt), Packet("0.0.0.0"), Packet("0.0.0.0", "255.255.255.255"),
        Packet("0.0.0.0", "0.0.0.0"), Packet("0.0.0.0", "10.2.0.255"), Packet("10.2.0.1", "255.255.255.255"),
        Packet("10.2.0.100", "255.255.255.255"), Packet("255.255.255.255", "255.255.255.255"),
      ])
  }

  @Test(
    "sources that are refused where the kernel looks up the way back",
    arguments: [
      // What has been in the namespace is not to be seen, so that all that is there now is told with a doubt.
      ("", Caveats.sourceHistory), ("sysctl -qw net.ipv4.conf.in0.accept_local=1", .sourceHistory),
      ("ip route add 192.0.2.0/24 via 10.1.1.2 realms 5", []),
      ("ip route add 192.0.2.0/24 nexthop via 10.1.1.2 realms 1/2 nexthop via 10.1.2.2", []),
      ("ip rule add pref 32766 realms 3 lookup main; ip rule del pref 32766", []),
      ("ip rule add pref 9 to 10.77.0.0/16 lookup main", []),
      ("ip route add local 10.78.0.0/16 dev lo", []), ("sysctl -qw net.ipv4.conf.in0.rp_filter=1", []),
      ("sysctl -qw net.ipv4.conf.in0.accept_local=1; ip route add 192.0.2.0/24 via 10.1.1.2 realms 5", []),
    ] as [(String, Caveats)])
  func broadcasts(change: String, caveats: Caveats) throws {
    let ofLoopback: Caveats = change.contains("accept_local") ? [] : caveats
    try Self.compare(
      "ip addr add 10.9.0.1/24 dev lo\n" + change,
      [
        Packet("10.2.0.255", "198.18.0.7", caveats), Packet("10.1.1.255", "198.18.0.7", caveats),
        Packet("10.9.0.5", "198.18.0.7", ofLoopback), Packet("10.9.0.1"), Packet("10.2.0.1"), Packet("10.2.0.100"),
      ])
  }

  @Test(
    "local flows from 127.0.0.0/8",
    arguments: ["", "net.ipv4.conf.o1.route_localnet=1", "net.ipv4.conf.all.route_localnet=1"])
  func localFlows(setting: String) throws {
    try withNetworkNamespace {
      try run(Lab.router + (setting.isEmpty ? "" : "\nsysctl -qw \(setting)"))
      var kernel = try Kernel()
      let state = try kernel.readState()
      var verification = Verification(ForwardingTable(state))
      for host in 1...40 {
        let flow = Flow(
          source: address("127.0.0.1"), destination: address("198.18.0.\(host)"), ipProtocol: 17, sourcePort: 9,
          destinationPort: 53)
        try verification.add(flow, kernel: &kernel)
      }
      try verification.flush(kernel: &kernel)
      #expect(verification.mismatchCount == 0, "\(setting): \(verification.mismatches)")
      #expect(verification.uncertain == 0 && verification.compared == 40)
      #expect(setting.isEmpty || verification.hashed > 10)
    }
  }

  @Test(
    "packets for everybody on another network",
    arguments: [
      "", "net.ipv4.conf.all.bc_forwarding=1", "net.ipv4.conf.in0.bc_forwarding=1",
      "net.ipv4.conf.all.bc_forwarding=1 net.ipv4.conf.in0.bc_forwarding=1",
      "net.ipv4.conf.all.bc_forwarding=1 net.ipv4.conf.o1.bc_forwarding=1",
      "net.ipv4.conf.all.bc_forwarding=1 net.ipv4.conf.in0.bc_forwarding=1 net.ipv4.conf.in0.rp_filter=1",
    ])
  func directedBroadcasts(settings: String) throws {
    try Self.compare(
      settings.isEmpty ? "" : "sysctl -qw \(settings)",
      [
        Packet("10.2.0.100", "10.1.1.255"), Packet("10.2.0.100", "10.2.0.255"), Packet("10.2.0.1", "10.1.1.255"),
        Packet("10.1.1.77", "10.1.1.255"), Packet("10.1.1.77", "10.1.2.255"),
        Packet("10.2.0.100", "255.255.255.255"), Packet("0.0.0.0", "10.1.1.255"),
      ])
  }

  @Test(
    "IPv6 where forwarding or all of it is off",
    arguments: [
      "sysctl -qw net.ipv6.conf.all.forwarding=0",
      "sysctl -qw net.ipv6.conf.all.forwarding=0 net.ipv6.conf.in0.force_forwarding=1",
      "sysctl -qw net.ipv6.conf.all.forwarding=0 net.ipv6.conf.o1.force_forwarding=1",
      "sysctl -qw net.ipv6.conf.all.forwarding=0 net.ipv6.conf.all.force_forwarding=1",
      "sysctl -qw net.ipv6.conf.in0.force_forwarding=1 net.ipv6.conf.all.forwarding=0",
      "sysctl -qw net.ipv6.conf.in0.disable_ipv6=1", "sysctl -qw net.ipv6.conf.all.disable_ipv6=1",
      "sysctl -qw net.ipv6.conf.o1.disable_ipv6=1",
      """
      ip nexthop add id 1 via fd00:1::2 dev o1; ip nexthop add id 2 via fd00:2::2 dev o2
      ip nexthop add id 3 group 1/2; ip -6 route add 2001:db8:5::/64 nhid 3; ip -6 route add 2001:db8:6::/64 nhid 1
      sysctl -qw net.ipv6.conf.o1.disable_ipv6=1
      """,
    ])
  func forwarding6(change: String) throws {
    let destinations = (1...6).map { "2001:db8:5::\($0)" } + ["2001:db8:6::1", "2001:db8::7", "fd00:1::1", "fd00:f::1"]
    try Self.compare(change, destinations.map { Packet("fd00:f::2", $0) })
  }
}
