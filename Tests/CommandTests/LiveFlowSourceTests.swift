import Routing
import TestSupport
import Testing

/// Flows that the kernel has now, and random ones, through the command.
@Suite("Live flow sources")
struct LiveFlowSourceTests {
  private static let router = """
    for i in 1 2 3; do
      ip link add o$i type veth peer name p$i; ip link set o$i up; ip link set p$i up
      ip addr add 10.0.$i.1/24 dev o$i
      ip neigh add 10.0.$i.2 lladdr 02:00:00:00:00:0$i dev o$i nud permanent
    done
    ip route add 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2
    ip route add 198.51.100.0/24 via 10.0.3.2
    sysctl -qw net.ipv4.ip_forward=1 net.ipv4.fib_multipath_hash_policy=1
    [ ! -e /proc/sys/net/ipv4/fib_multipath_hash_seed ] || sysctl -qw net.ipv4.fib_multipath_hash_seed=77
    """
  private static let track = """
    nft -f - <<'N'
    table inet t {
      chain o { type filter hook output priority 0; ct state new accept; }
    }
    N
    """
  private static let bare = "setpriv --bounding-set=-all --inh-caps=-all"
  private static let header = "index,src,dst,proto,sport,dport,gateway,dev,nexthop_id,group_id,bucket,hash,certainty"

  private static func lines(_ run: ProgramRun) -> [Substring] { run.output.split(separator: "\n") }

  @Test("the sockets of another namespace are its flows")
  func sockets() throws {
    try withNetworkNamespace {
      let host = try SideNamespace.make()
      try host.enter { _ = try run(Self.router) }
      func open(_ kind: OpenSocket.Kind, _ port: UInt16, _ destination: String) throws -> OpenSocket {
        try host.enter {
          var socket = try OpenSocket(.ipv4, kind, port: port, mark: 5)
          try socket.connect(destination, 53)
          return socket
        }
      }
      let single = try open(.datagram, 4000, "198.51.100.7")
      let several = try open(.datagram, 4001, "203.0.113.7")
      let waiting = try open(.stream, 4002, "198.51.100.7")

      let all = try Program.run("predict --sockets --netns \(host.process)")
      #expect(all.status == 0 && all.error == "", "\(all.error)")
      let lines = Self.lines(all)
      #expect(lines.first.map(String.init) == Self.header && lines.count == 4)
      let flows = Set(lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) })
      #expect(flows.contains { $0[1...7] == ["10.0.3.1", "198.51.100.7", "17", "4000", "53", "10.0.3.2", "o3"] })
      #expect(flows.contains { $0[1...7] == ["10.0.3.1", "198.51.100.7", "6", "4002", "53", "10.0.3.2", "o3"] })
      let hashed = try #require(flows.first { $0[4] == "4001" })
      #expect(hashed[2] == "203.0.113.7" && hashed.last == "uncertain")
      #expect(flows.filter { $0[4] != "4001" }.allSatisfy { $0.last == "exact" })

      let established = try Program.run("predict --sockets --established --netns \(host.process) --output ndjson")
      #expect(Self.lines(established).count == 2)
      #expect(established.output.contains("\"code\":\"cached-route\""))
      #expect(established.output.contains("\"mark\":5") && established.output.contains("\"socket\":\"connected\""))
      #expect(try Self.lines(Program.run("predict -6 --sockets --netns \(host.process)")).count == 1)
      let verified = try Program.run("verify --sockets --netns \(host.process)")
      #expect(verified.status == 0 && verified.output.contains("3 flows compared"), "\(verified.output)")
      try host.enter {
        let unprivileged = try Program.run("predict --sockets --output ndjson", prefix: Self.bare)
        #expect(unprivileged.status == 0 && Self.lines(unprivileged).count == 3)
        #expect(!unprivileged.output.contains("\"mark\":"))
      }
      single.close()
      several.close()
      waiting.close()
    }
  }

  @Test("the connections that are tracked are flows, with their bytes as weight where these are counted")
  func connections() throws {
    try withNetworkNamespace {
      try run(Self.router)
      let none = try Program.run("predict --conntrack")
      #expect(none.status == 0 && none.errorLines.count == 1 && none.error.contains("no connection is tracked"))

      try run(Self.track + "\nsysctl -qw net.netfilter.nf_conntrack_acct=1")
      var counted = try OpenSocket(.ipv4, .datagram, port: 4000)
      try counted.connect("198.51.100.7", 53)
      try counted.write(72)
      try counted.write(72)
      let one = try Program.run("predict --conntrack")
      #expect(one.status == 0 && one.error == "", "\(one.error)")
      #expect(Self.lines(one) == [Self.header[...], "0,10.0.3.1,198.51.100.7,17,4000,53,10.0.3.2,o3,,,,,exact"])
      let summary = try Program.run("predict --conntrack --output summary")
      let total = Self.lines(summary).first { $0.hasPrefix("total") }
      #expect(total?.split(separator: " ").last == "200", "\(summary.output)")

      try run("sysctl -qw net.netfilter.nf_conntrack_acct=0")
      var uncounted = try OpenSocket(.ipv4, .datagram, port: 4001)
      try uncounted.connect("203.0.113.7", 53)
      try uncounted.write(72)
      let two = try Program.run("predict --conntrack --output ndjson")
      #expect(Self.lines(two).count == 2 && two.output.contains("\"cached-route\""))
      #expect(two.errorLines.count == 1 && two.error.contains("nf_conntrack_acct is off"))
      #expect(try Self.lines(Program.run("predict --conntrack --established")).count == 1)
      #expect(try Self.lines(Program.run("predict --conntrack --direction reply")).count == 1)

      for (arguments, says) in [("--conntrack -i o3", "needs --direction"), ("--sockets --tos 4", "mark, flowlabel")] {
        let wrong = try Program.run("predict \(arguments)")
        #expect(wrong.status == 2 && wrong.errorLines.count == 1 && wrong.error.contains(says), "\(wrong.error)")
      }
      let refused = try Program.run("predict --conntrack", prefix: Self.bare)
      #expect(refused.status == 4 && refused.output == "" && refused.errorLines.count == 1, "\(refused.error)")
      #expect(refused.error.contains("root"))
      counted.close()
      uncounted.close()
    }
  }

  @Test("random flows are the same for the same seed, and have what the command line says")
  func random() throws {
    try withNetworkNamespace {
      try run(Self.router)
      let arguments = "--random 300 --to 203.0.113.0/24 --from 192.0.2.0/24 --random-seed 9"
      let given = "-p udp --dport 53 -i o3 --l4hash none"
      let first = try Program.run("predict \(arguments) \(given)")
      #expect(first.status == 0 && first.error == "")
      #expect(try Program.run("predict \(arguments) \(given)").output == first.output)
      let flows = Self.lines(first).dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(flows.count == 300)
      #expect(flows.allSatisfy { $0[1].hasPrefix("192.0.2.") && $0[2].hasPrefix("203.0.113.") })
      #expect(flows.allSatisfy { $0[3] == "17" && $0[5] == "53" })
      let other = "--random 300 --to 203.0.113.0/24 --random-seed 10 \(given)"
      #expect(try Program.run("predict \(other)").output != first.output)
      let verified = try Program.run("verify \(arguments) -i o3")
      #expect(verified.status == 0 && verified.output.contains("300 flows compared"), "\(verified.output)")
    }
  }
}
