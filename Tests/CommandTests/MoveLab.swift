import Routing

/// A router in the calling thread's namespace that spreads one address over four links, and loses the third of them.
///
///                      .--- o1 10.1.1.1/24 fd00:1::1/64 --- p1   gateway .2, ::2
///     in0p --- in0 ----+--- o2                              p2
///      10.2.0.1/24     |--- o3, which fails and returns     p3
///     fd00:f::1/64     '--- o4                              p4
///
/// The gateways are neighbour entries: what is sent to one comes out of the far end of its link.
struct MoveLab: Sendable, CustomStringConvertible {
  enum Kind: String, CaseIterable, Sendable {
    case legacy, threshold, resilient
  }

  let family: AddressFamily
  let kind: Kind

  static let links = 1...4
  static let failing = "o3"
  /// Of `in0`.
  static let linkLayerAddress: [UInt8] = [2, 0, 0, 0, 0xff, 1]

  var description: String { "\(family) \(kind.rawValue)" }

  var destination: String { family == .ipv4 ? "172.16.255.66" : "2001:db8:255::66" }

  /// The address of a client.
  func source(_ host: Int) -> String { family == .ipv4 ? "10.2.0.\(host)" : "fd00:f::\(host)" }

  func gateway(_ link: Int) -> String { family == .ipv4 ? "10.1.\(link).2" : "fd00:\(link)::2" }

  /// What a link is given once it is up again, as lines for `ip -batch`: its neighbour, and for IPv6 its address.
  func settling(_ link: Int) -> [String] {
    (family == .ipv4 ? [] : ["addr add fd00:\(link)::1/64 dev o\(link) nodad"]) + [neighbour(link)]
  }

  private func neighbour(_ link: Int) -> String {
    "neigh replace \(gateway(link)) dev o\(link) lladdr 02:00:00:00:00:0\(link) nud permanent"
  }

  private func nexthop(_ link: Int) -> String { "nexthop add id \(link) via \(gateway(link)) dev o\(link)" }

  /// - Parameter idleTimer: in seconds, for a resilient group.
  private func group(_ verb: String, idleTimer: Int = 600) -> String {
    "nexthop \(verb) id 50 group " + Self.links.map(String.init).joined(separator: "/")
      + (kind == .resilient ? " type resilient buckets 64 idle_timer \(idleTimer)" : "")
  }

  /// The commands of a shell that build it in an empty namespace.
  var script: String {
    var lines = [
      "sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 net.ipv4.ip_forward=1",
      "sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.all.forwarding=1",
      "sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1",
      "sysctl -qw net.ipv4.fib_multipath_hash_seed=305419896",
      "ip -batch - <<END",
      "link add in0 address 02:00:00:00:ff:01 type veth peer name in0p", "link set in0p up", "link set in0 up",
      "addr add 10.2.0.1/24 dev in0", "addr add fd00:f::1/64 dev in0 nodad",
    ]
    for link in Self.links {
      lines += [
        "link add o\(link) type veth peer name p\(link)", "link set p\(link) up", "link set o\(link) up",
        "addr add 10.1.\(link).1/24 dev o\(link)", "addr add fd00:\(link)::1/64 dev o\(link) nodad", neighbour(link),
      ]
    }
    let route = "route add \(destination) proto bgp metric 20 "
    if kind == .legacy {
      lines.append(route + Self.links.map { "nexthop via \(gateway($0)) dev o\($0)" }.joined(separator: " "))
    } else {
      lines += Self.links.map(nexthop) + [group("add"), route + "nhid 50"]
    }
    return (lines + ["END"]).joined(separator: "\n")
  }

  /// What takes the failing link away, as lines for `ip -batch`.
  var failure: [String] { ["link set \(Self.failing) down"] }

  /// What brings it back. Its object has ended with it; IPv6 has lost its address, too.
  var recovery: [String] {
    ["link set \(Self.failing) up"] + settling(3) + (kind == .legacy ? [] : [nexthop(3), group("replace")])
  }

  /// For a resilient group: buckets that were not used for a second are idle.
  var relaxation: [String] { [group("replace", idleTimer: 1)] }
}
