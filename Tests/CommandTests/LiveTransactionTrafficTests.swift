import Glibc
import PacketSockets
import Routing
import TestSupport
import Testing

/// 10 000 packets a second, forwarded over routes while they are converted and taken back again.
@Suite("Live traffic over a conversion", .serialized)
struct LiveTransactionTrafficTests {
  private static let packetsPerSecond = 10_000

  /// Four ways out, an interface that packets come in by, and gateways that need not be asked for; a route over a group
  /// and one with legs, of each family.
  private static let router = """
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    ip link add in0 address 02:00:00:00:00:01 type veth peer name in0p
    ip link set in0p up; ip link set in0 up
    ip addr add 10.9.0.1/24 dev in0; ip -6 addr add fd00:9::1/64 dev in0 nodad
    for n in 1 2 3 4; do
      ip link add o$n type veth peer name p$n; ip link set p$n up; ip link set o$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
      ip neigh replace 10.1.$n.2 dev o$n lladdr 02:00:00:00:0$n:02 nud permanent
      ip neigh replace fd00:$n::2 dev o$n lladdr 02:00:00:00:0$n:02 nud permanent
      ip nexthop add id $n via 10.1.$n.2 dev o$n; ip nexthop add id 1$n via fd00:$n::2 dev o$n
      legs4="$legs4 nexthop via 10.1.$n.2 dev o$n"; legs6="$legs6 nexthop via fd00:$n::2 dev o$n"
    done
    ip nexthop add id 10 group 1/2/3/4; ip nexthop add id 20 group 11/12/13/14
    ip route add 198.51.100.0/24 nhid 10; ip -6 route add 2001:db8:1::/64 nhid 20
    ip route add 203.0.113.0/24 $legs4; ip -6 route add 2001:db8:2::/64 $legs6
    """

  @Test(
    "no packet is lost over conversions and the ways back, of groups and of legs",
    arguments: ["198.51.100.0/24", "203.0.113.0/24", "2001:db8:1::/64", "2001:db8:2::/64"])
  func conversions(prefix: String) throws {
    let rounds = 6
    let outcome = try Self.run(prefix) { journal in
      // Every other way back is that of what is not confirmed.
      """
      for i in $(seq \(rounds)); do
        '\(Program.path)' resilient apply \(prefix) --yes --no-verify --confirm-within 600 --journal \(journal)
        if [ $((i % 2)) = 0 ]; then
          '\(Program.path)' resilient rollback --journal \(journal)
        else
          '\(Program.path)' resilient confirm --journal \(journal)
          '\(Program.path)' resilient revert \(prefix) --yes --no-verify --journal \(journal)
        fi
      done
      """
    }
    print("\(prefix): \(outcome.sent) packets in \(rounds) conversions there and back, \(outcome.lost) lost")
    #expect(outcome.sent > 10_000)
    #expect(outcome.lost == 0, "of \(outcome.sent)")
  }

  @Test("what a bare replace of IPv6 legs loses is what the plan says of it")
  func gap() throws {
    let moves = 20_000
    let outcome = try Self.run("2001:db8:2::/64") { journal in
      """
      legs=; for n in 1 2 3 4; do legs="$legs nexthop via fd00:$n::2 dev o$n"; done
      mkdir -p \(journal)
      for i in $(seq \(moves / 2)); do
        echo route replace 2001:db8:2::/64 nhid 20; echo route replace 2001:db8:2::/64 $legs
      done >\(journal)/batch
      ip -batch \(journal)/batch
      """
    }
    print("bare replaces: \(outcome.sent) packets in \(moves) replaces, \(outcome.lost) lost")
    // Some 10 of them, which depends on how busy the machine is.
    #expect(outcome.lost < moves / 100, "of \(outcome.sent)")
  }

  /// Sends packets of 64 flows at a constant rate while a shell script runs.
  ///
  /// - Parameter script: of a directory for journals.
  private static func run(
    _ prefix: String, _ script: (String) -> String
  ) throws -> (sent: Int, lost: Int) {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try TestSupport.run(router)
        let to = try Prefix(parsing: prefix).address
        let destination = address(to.family == .ipv4 ? "\(to)".dropLast() + "1" : "\(to)1")
        let from = address(to.family == .ipv4 ? "10.9.0.2" : "fd00:9::2")
        let frames = (0..<64).map { flow in
          Packets.ethernet(
            to.family == .ipv4 ? 0x0800 : 0x86dd,
            Packets.ip(from, destination, 17, Packets.transport(17, 1024 + UInt16(flow), 53)))
        }
        let before = try forwarded(to.family)
        try TestSupport.run(
          """
          cd \(directory)
          cat >script <<'END'
          set -e
          \(script("\(directory)/journal"))
          END
          { sh script >out 2>&1 || status=$?; echo ${status:-0} >status.new; mv status.new status; } >/dev/null 2>&1 &
          """)
        let sent = try send(frames, until: "\(directory)/status")
        let status = try TestSupport.run("cat \(directory)/status")
        let output = try TestSupport.run("tail -n 5 \(directory)/out")
        #expect(status == "0\n", "\(output)")
        return (sent, sent - (try forwarded(to.family) - before))
      }
    }
  }

  /// - Parameter path: of the file that ends it.
  /// - Returns: how many frames were sent.
  private static func send(_ frames: [[UInt8]], until path: String) throws -> Int {
    var sender = try PacketSocket(interface: "in0p", for: .sending)
    let clock = ContinuousClock()
    let start = clock.now
    var sent = 0
    while unsafe access(path, F_OK) != 0 {
      let (seconds, attoseconds) = start.duration(to: clock.now).components
      let due =
        Int(seconds) * packetsPerSecond + Int(attoseconds / (1_000_000_000_000_000_000 / Int64(packetsPerSecond)))
      let count = min(due - sent, frames.count)
      if count > 0 {
        try sender.send((0..<count).map { frames[(sent + $0) % frames.count] })
        sent += count
      } else {
        usleep(200)
      }
    }
    return sent
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
