import JSON
import TestSupport
import Testing

/// A router in the calling thread's namespace with nothing wrong about it, and a journal directory of its own.
///
///     in0 10.2.0.1/24 --+--- o1 10.0.1.1/24 2001:db8:1::1/64 --- p1, in the same namespace
///     2001:db8:f::1/64  |    ...
///                       '--- o4 10.0.4.1/24 2001:db8:4::1/64
struct CheckLab {
  let directory: String

  private static let router = """
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
    for f in ipv4 ipv6; do
      sysctl -qw net.$f.fib_multipath_hash_policy=3 net.$f.fib_multipath_hash_fields=0x37
      sysctl -qw net.$f.conf.all.ignore_routes_with_linkdown=1
    done
    sysctl -qw net.ipv6.conf.default.ignore_routes_with_linkdown=1
    sysctl -qw net.ipv4.fib_multipath_hash_seed=4711 net.ipv4.fib_multipath_use_neigh=1
    ip link add in0 type veth peer name in0p; ip link set in0p up; ip link set in0 up
    ip addr add 10.2.0.1/24 dev in0; ip -6 addr add 2001:db8:f::1/64 dev in0 nodad
    for i in 1 2 3 4; do
      ip link add o$i type veth peer name p$i; ip link set p$i up; ip link set o$i up
      ip addr add 10.0.$i.1/24 dev o$i; ip -6 addr add 2001:db8:$i::1/64 dev o$i nodad
      ip nexthop add id $i via 10.0.$i.2 dev o$i; ip nexthop add id 1$i via 2001:db8:$i::2 dev o$i
    done
    """

  static func with(_ body: (CheckLab) throws -> Void) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try TestSupport.run(router)
        let lab = CheckLab(directory: directory)
        defer {
          _ = try? TestSupport.run("[ ! -e \(directory)/pids ] || kill -KILL $(cat \(directory)/pids) 2>&1 || true")
        }
        try body(lab)
      }
    }
  }

  private var journal: String { "\(directory)/journal" }

  /// What `check` finds, down to notes.
  func findings(_ options: String = "") throws -> [JSONValue] {
    // What is kept here says nothing of a saved state.
    let place = options.contains("--snapshot") ? "" : "--journal \(journal) "
    let run = try Program.run("check --severity note -j \(place)\(options)")
    #expect(run.error == "")
    var reader = JSONReader(Array(run.output.utf8))
    let found = try #require(try reader.value().elements)
    #expect(run.status == (found.isEmpty ? 0 : 1))
    return found
  }

  /// Runs a fix as it would be pasted. Transactions ask nobody and keep their journal here, and a service is a process.
  func paste(_ commands: String) throws {
    try TestSupport.run(
      """
      ecmpctl() {
        case "$1" in
        resilient) '\(Program.path)' "$@" --yes --no-verify --journal \(journal) ;;
        *) '\(Program.path)' "$@" ;;
        esac
      }
      systemctl() {
        '\(Program.path)' resilient guard --journal \(journal) >\(directory)/log 2>&1 &
        echo $! >>\(directory)/pids
        for i in $(seq 6000); do grep -qs keeps \(directory)/log && break; sleep 0.01; done
        grep -q keeps \(directory)/log
      }
      \(commands)
      """)
  }

  /// How many of 300 forwarded flows between two hosts leave by each interface, as RTM_GETROUTE says.
  func spread(to destination: String) throws -> [Substring: Int] {
    let isIPv6 = destination.contains(":")
    let words = "from \(isIPv6 ? "2001:db8:f::9" : "10.2.0.9") iif in0 ipproto udp dport 53"
    let output = try TestSupport.run(
      """
      for port in $(seq 1 300); do echo "route get \(destination) \(words) sport $port"; done >\(directory)/gets
      ip \(isIPv6 ? "-6" : "-4") -batch \(directory)/gets | grep -o 'dev o[0-9]'
      """)
    return Dictionary(grouping: output.split(separator: "\n"), by: { $0.dropFirst(4) }).mapValues(\.count)
  }
}

extension [JSONValue] {
  /// The findings with that code and severity.
  func with(_ code: String, _ severity: String) -> [JSONValue] {
    filter { $0["code"]?.text == code && $0["severity"]?.text == severity }
  }

  var codes: [String] { map { $0["code"]?.text ?? "" } }
}
