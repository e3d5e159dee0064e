package import Routing

/// A router whose route to `destination` is spread over three links of five, in one of the ways that there are.
///
/// Link 4 is free, link 5 is where flows come from.
package struct ChangeLab: Sendable, CustomStringConvertible {
  package enum Kind: String, CaseIterable, Sendable {
    case legacy, threshold, resilient
  }

  /// A leg or member: the number of its link, and its weight.
  package struct Member: Sendable {
    package var link: Int
    package var weight: Int

    package init(link: Int, weight: Int) {
      self.link = link
      self.weight = weight
    }
  }

  package let family: AddressFamily
  package let kind: Kind
  package let members: [Member]

  package init(family: AddressFamily, kind: Kind, members: [Member]) {
    self.family = family
    self.kind = kind
    self.members = members
  }

  package var description: String {
    "\(family) \(kind.rawValue) \(members.map { "\($0.link),\($0.weight)" }.joined(separator: "/"))"
  }

  package static let metric = 20

  package var destination: String { family == .ipv4 ? "198.51.100.0/24" : "2001:db8:100::/48" }

  /// One half of the destinations.
  package var half: String { family == .ipv4 ? "198.51.100.128/25" : "2001:db8:100:8000::/49" }

  package var everything: String { family == .ipv4 ? "0.0.0.0/0" : "::/0" }

  /// Where flows come from, and one half of that.
  package var sources: String { family == .ipv4 ? "10.0.5.128/25" : "2001:db8:5::/64" }

  package var halfOfSources: String { family == .ipv4 ? "10.0.5.192/26" : "2001:db8:5:0:8000::/65" }

  package var version: String { family == .ipv4 ? "-4" : "-6" }

  package func gateway(_ link: Int, host: Int = 2) -> String {
    family == .ipv4 ? "10.0.\(link).\(host)" : "2001:db8:\(link)::\(host)"
  }

  private func own(_ link: Int) -> String { family == .ipv4 ? "10.0.\(link).1/24" : "2001:db8:\(link)::1/64 nodad" }

  /// The commands of a shell that build it in an empty namespace.
  package var script: String {
    var lines = [
      "sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 net.ipv4.ip_forward=1"
        + " net.ipv6.conf.all.forwarding=1 net.ipv4.fib_multipath_hash_policy=1 net.ipv6.conf.default.accept_ra=0"
        + " net.ipv6.conf.default.router_solicitations=0"
        + " net.ipv6.fib_multipath_hash_policy=1 net.ipv4.fib_multipath_hash_seed=305419896",
      "ip -batch - <<END",
    ]
    for link in 1...5 {
      lines += [
        "link add o\(link) type veth peer name p\(link)", "link set p\(link) up", "link set o\(link) up",
        "addr add \(own(link)) dev o\(link)",
        "neigh replace \(gateway(link)) lladdr 02:00:00:00:00:0\(link) nud permanent dev o\(link)",
        "neigh replace \(gateway(link, host: 3)) lladdr 02:00:00:00:01:0\(link) nud permanent dev o\(link)",
      ]
    }
    lines += (1...4).map { "nexthop add id \($0) via \(gateway($0)) dev o\($0)" }
    lines += [
      "route add default via \(gateway(4)) dev o4",
      "route add default via \(gateway(4)) dev o4 table 100",
    ]
    if kind != .legacy { lines += set(members, verb: "add") }
    lines.append(
      "route add \(destination) metric \(Self.metric) proto bgp " + (kind == .legacy ? legs(members) : "nhid 50"))
    return (lines + ["END"]).joined(separator: "\n")
  }

  private func legs(_ members: [Member]) -> String {
    members.map { "nexthop via \(gateway($0.link)) dev o\($0.link) weight \($0.weight)" }.joined(separator: " ")
  }

  /// The commands that give the route these members, in its own way.
  package func set(_ members: [Member], verb: String = "replace") -> [String] {
    switch kind {
    case .legacy: return ["route \(verb) \(destination) metric \(Self.metric) proto bgp \(legs(members))"]
    case .threshold: return ["nexthop \(verb) id 50 group \(group(members))"]
    case .resilient:
      return ["nexthop \(verb) id 50 group \(group(members)) type resilient buckets 32 idle_timer 600"]
    }
  }

  package func group(_ members: [Member]) -> String { members.map { "\($0.link),\($0.weight)" }.joined(separator: "/") }
}
