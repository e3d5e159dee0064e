import JSON
import TestSupport

/// A router with a legacy route, a resilient group and a single path, and flows of very different weights.
enum SeedLab {
  static let seed: UInt32 = 7

  /// In the namespace of the thread.
  static let router = """
    ip link add in0 type veth peer name inp; ip link set in0 up; ip link set inp up; ip addr add 10.2.0.1/24 dev in0
    for i in 1 2 3 4; do
      ip link add o$i type veth peer name p$i; ip link set o$i up; ip link set p$i up; ip addr add 10.1.$i.1/24 dev o$i
      ip neigh add 10.1.$i.2 lladdr 02:00:00:00:00:0$i dev o$i nud permanent
      ip nexthop add id $i via 10.1.$i.2 dev o$i
    done
    sysctl -qw net.ipv4.ip_forward=1 net.ipv4.fib_multipath_hash_policy=1 net.ipv4.fib_multipath_hash_seed=\(seed)
    ip route add 198.51.100.0/24 nexthop via 10.1.1.2 nexthop via 10.1.2.2 nexthop via 10.1.3.2 nexthop via 10.1.4.2
    ip nexthop add id 50 group 1/2,3/3 type resilient buckets 64
    ip route add 198.51.101.0/24 nhid 50
    ip route add 198.51.102.0/24 nhid 1
    """

  struct Elephant {
    var source: String
    var destination: String
    var port: UInt16
    var weight: UInt64
    /// Whether the route has a choice.
    var isHashed: Bool

    /// For `ip -batch`.
    var query: String { "route get \(destination) from \(source) iif in0 ipproto udp sport \(port) dport 443" }
  }

  /// Flows that arrive on in0, to all three routes.
  static func elephants(_ count: Int, seed: UInt64 = 1) -> [Elephant] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
      Elephant(
        source: "10.2.0.\(2 + generator.next() % 250)",
        destination: "198.51.\(100 + index % 3).\(1 + generator.next() % 250)",
        port: UInt16(1 + generator.next() % 60_000), weight: 1 + 100_000 / (1 + generator.next() % 1000),
        isHashed: index % 3 < 2)
    }
  }

  static func csv(_ flows: [Elephant]) -> String {
    flows.reduce("src,dst,proto,sport,dport,iif,l4hash,weight\n") {
      $0 + "\($1.source),\($1.destination),udp,\($1.port),443,in0,none,\($1.weight)\n"
    }
  }

  /// The interface that the kernel sends each flow by.
  static func egresses(_ flows: [Elephant], _ directory: String) throws -> [String] {
    try TestSupport.run("cat >\(directory)/queries <<'E'\n\(flows.map(\.query).joined(separator: "\n"))\nE")
    let answers = try TestSupport.run("ip -batch \(directory)/queries").split(separator: "\n")
    return answers.compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "dev"), words.contains("from") else { return nil }
      return String(words[place + 1])
    }
  }

  static func json(_ run: ProgramRun) throws -> JSONValue {
    var reader = JSONReader(Array(run.output.utf8))
    return try reader.value()
  }
}
