import TestSupport
import Testing

/// Addresses and interfaces that kernels treat in ways of their own.
@Suite("Odd addresses and interfaces equal what the kernel does with real frames")
struct LiveOddAddressTests {
  private typealias Lab = LiveVerdictTests

  private static func rows(_ pairs: [(String, String)], from marker: UInt16) -> [LiveVerdictTests.Row] {
    pairs.enumerated().map { place, pair in
      let (source, destination) = (address(pair.0), address(pair.1))
      let payload = Lab.udp(marker + UInt16(place))
      let packet = Packets.ip(source, destination, 17, payload)
      return LiveVerdictTests.Row(description: "\(source) to \(destination)", frame: Lab.frame(packet))
    }
  }

  @Test("addresses")
  func addresses() throws {
    let (v4, v6) = ("10.2.0.100", "fd00:f::2")
    try withNetworkNamespace {
      try run(Lab.router)
      try Lab.compare(
        Self.rows(
          [
            ("0.0.0.5", "198.18.0.7"), (v4, "0.0.0.5"), (v4, "0.255.0.1"), ("0.255.0.1", "198.18.0.9"),
            (v4, "255.255.255.254"), ("255.255.255.254", "198.18.0.7"), (v4, "223.255.255.255"),
            (v4, "10.1.1.255"), (v4, "169.254.7.7"), (v4, "192.0.2.255"),
            ("198.18.0.7", "198.18.0.7"), ("10.1.1.2", "10.1.1.2"),
          ], from: 100))
      try Lab.compare(
        Self.rows(
          [
            (v6, "::ffff:198.18.0.7"), (v6, "::198.18.0.7"), ("::198.18.0.7", "2001:db8::7"), (v6, "::2"),
            ("::2", "2001:db8::7"), (v6, "fec0::1"), ("fec0::1", "2001:db8::7"), (v6, "100::1"),
            ("100::1", "2001:db8::7"),
            (v6, "64:ff9b::c612:7"), ("64:ff9b::c612:7", "2001:db8::7"), (v6, "2002:c612:7::1"),
            ("2002:7f00:1::1", "2001:db8::7"), (v6, "2002:7f00:1::1"), (v6, "fe00::1"), ("fe00::1", "2001:db8::7"),
            (v6, "febf::1"), ("febf::1", "2001:db8::7"), (v6, "fd00:1::"), (v6, "fd00:f::"),
            (v6, "ff00::1"), (v6, "ff01::1"), (v6, "ff05::1:3"), ("2001:db8::7", "2001:db8::7"),
          ], from: 200))
    }
  }

  @Test(
    "interfaces",
    arguments: [
      "ip link set in0 mtu 1279", "ip link set in0 mtu 1280", "ip link set o1 mtu 1000", "ip addr flush dev in0",
      "ip addr flush dev in0; ip -6 addr flush dev in0",
      "sysctl -qw net.ipv6.conf.in0.forwarding=0",
      "sysctl -qw net.ipv6.conf.o1.forwarding=0 net.ipv6.conf.o2.forwarding=0",
      "sysctl -qw net.ipv4.conf.o1.forwarding=0 net.ipv4.conf.o2.forwarding=0", "ip link set o1 arp off",
      "ip link set in0 arp off", "sysctl -qw net.ipv4.ip_forward_use_pmtu=1", "ip link set o2 down",
      "ip link set o1 group 9",
      "sysctl -qw net.ipv4.conf.in0.proxy_arp=1 net.ipv6.conf.in0.proxy_ndp=1", "ip link set in0 multicast off",
    ])
  func interfaces(change: String) throws {
    try withNetworkNamespace {
      try run(Lab.router + "\n" + change)
      try Lab.compare(
        Self.rows(
          (1...12).flatMap { host in
            [("10.2.0.100", "198.18.0.\(host)"), ("fd00:f::2", "2001:db8::\(host)"), ("192.0.2.\(host)", "198.18.0.7")]
          }, from: 300), change)
    }
  }
}
