import PacketSockets
import Routing
import TestSupport
import Testing

/// Packets forwarded over routes while they are converted and taken back again.
@Suite("Live traffic over a conversion", .serialized)
struct LiveTransactionTrafficTests {
  /// Conversions there and back.
  private static let rounds = 15

  /// In addition to the router: an interface that packets come in by, and gateways that need not be asked for.
  private static let ingress = """
    ip link add in0 address 02:00:00:00:00:01 type veth peer name in0p
    ip link set in0p up; ip link set in0 up
    ip addr add 10.9.0.1/24 dev in0; ip -6 addr add fd00:9::1/64 dev in0 nodad
    for n in 1 2 3 4; do
      for host in 2 7; do
        ip neigh replace 10.1.$n.$host dev o$n lladdr 02:00:00:00:0$n:0$host nud permanent
        ip neigh replace fd00:$n::$host dev o$n lladdr 02:00:00:00:0$n:0$host nud permanent
      done
    done
    """

  @Test("no IPv4 packet is lost, whether the routes had legs or groups")
  func ipv4() throws {
    for (kind, destination) in [("groups", "198.51.100.1"), ("legs", "203.0.113.1")] {
      let outcome = try Self.run(source: "10.9.0.2", destination: destination)
      print(
        "IPv4 over \(kind): \(outcome.sent) packets in \(Self.rounds) conversions there and back, \(outcome.lost) lost")
      #expect(outcome.sent > 1000)
      #expect(outcome.lost == 0, "\(kind)")
    }
  }

  @Test("no IPv6 packet is lost between groups; from legs and back the kernel's own gap is small")
  func ipv6() throws {
    for (kind, destination) in [("groups", "2001:db8:1::1"), ("legs", "2001:db8:2::1")] {
      let outcome = try Self.run(source: "fd00:9::2", destination: destination)
      print(
        "IPv6 over \(kind): \(outcome.sent) packets in \(Self.rounds) conversions there and back, \(outcome.lost) lost")
      #expect(outcome.sent > 1000)
      #expect(kind == "groups" ? outcome.lost == 0 : outcome.lost < outcome.sent / 1000, "\(kind)")
    }
  }

  /// Sends packets of many flows all the time while the routes are converted and taken back.
  private static func run(source: String, destination: String) throws -> (sent: Int, lost: Int) {
    var result = (sent: 0, lost: 0)
    try TransactionLab.with { lab in
      try TestSupport.run(ingress)
      let frames = (0..<64).map { flow in
        let (from, to) = (address(source), address(destination))
        let payload = Packets.transport(17, 1024 + UInt16(flow), 53)
        return Packets.ethernet(from.family == .ipv4 ? 0x0800 : 0x86dd, Packets.ip(from, to, 17, payload))
      }
      var sender = try PacketSocket(interface: "in0p", for: .sending)
      let before = try forwarded(address(source).family)
      try TestSupport.run(
        """
        cd \(lab.directory)
        {
          for i in $(seq \(rounds)); do
            '\(Program.path)' resilient apply --plan \(lab.plan) --yes --no-verify --confirm-within 600 --journal \(lab.journal)
            '\(Program.path)' resilient rollback --journal \(lab.journal)
          done >out 2>&1 || status=$?
          echo ${status:-0} >status
        } >/dev/null 2>&1 &
        """)
      while try TestSupport.run("cat \(lab.directory)/status 2>/dev/null || true") == "" {
        for _ in 0..<10 {
          try sender.send(frames)
          result.sent += frames.count
          // 64 packets in 5 ms are some 10 000 in a second.
          try TestSupport.run("sleep 0.003")
        }
      }
      let status = try TestSupport.run("cat \(lab.directory)/status")
      let output = try TestSupport.run("cat \(lab.directory)/out")
      #expect(status == "0\n", "\(output)")
      result.lost = result.sent - (try forwarded(address(source).family) - before)
    }
    return result
  }

  /// How many packets the namespace has forwarded.
  private static func forwarded(_ family: AddressFamily) throws -> Int {
    let command =
      family == .ipv4
      ? "awk '/^Ip:/ { if (n++) print $c; else for (c = 1; $c != \"ForwDatagrams\";) c++ }' /proc/self/net/snmp"
      : "awk '/^Ip6OutForwDatagrams/ { print $2 }' /proc/self/net/snmp6"
    return Int(try TestSupport.run(command).filter(\.isNumber)) ?? 0
  }
}
