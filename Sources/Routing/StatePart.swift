/// A part of a routing state that may not have been read, so that what stands in its place says nothing.
package struct StatePart: RawRepresentable, Hashable, Sendable, Comparable {
  /// As it stands in a snapshot.
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }

  package static let ipv4Routes = StatePart(rawValue: "ipv4_routes")
  package static let ipv6Routes = StatePart(rawValue: "ipv6_routes")
  package static let ipv4Rules = StatePart(rawValue: "ipv4_rules")
  package static let ipv6Rules = StatePart(rawValue: "ipv6_rules")
  /// Nexthop objects and groups.
  package static let nexthops = StatePart(rawValue: "nexthops")
  /// The bucket tables of some resilient groups.
  package static let buckets = StatePart(rawValue: "buckets")
  /// Interfaces, or their kinds, which tell VRFs.
  package static let links = StatePart(rawValue: "links")
  package static let addresses = StatePart(rawValue: "addresses")
  package static let neighbours = StatePart(rawValue: "neighbours")
  package static let ipv4Settings = StatePart(rawValue: "ipv4_settings")
  package static let ipv6Settings = StatePart(rawValue: "ipv6_settings")
  package static let release = StatePart(rawValue: "release")
  /// The exceptions that ICMP redirects have made for single destinations.
  package static let redirects = StatePart(rawValue: "redirects")
  /// The byte order.
  package static let machine = StatePart(rawValue: "machine")
  /// What `ip -j` does not print, which decides nothing: who made a rule, the other end of some links, statistics, locks of
  /// metrics, parameters of encapsulations, the multicast neighbours.
  package static let details = StatePart(rawValue: "details")
  /// Something, and it was not written down what.
  package static let unspecified = StatePart(rawValue: "unspecified")

  /// The parts that this program knows what depends on.
  package static let known: Set<StatePart> = [
    ipv4Routes, ipv6Routes, ipv4Rules, ipv6Rules, nexthops, buckets, links, addresses, neighbours, ipv4Settings,
    ipv6Settings, redirects, release, machine, details,
  ]

  package static func routes(_ family: AddressFamily) -> StatePart { family == .ipv4 ? ipv4Routes : ipv6Routes }
  package static func rules(_ family: AddressFamily) -> StatePart { family == .ipv4 ? ipv4Rules : ipv6Rules }
  package static func settings(_ family: AddressFamily) -> StatePart { family == .ipv4 ? ipv4Settings : ipv6Settings }

  package static func < (left: StatePart, right: StatePart) -> Bool { left.rawValue < right.rawValue }

  /// For people; the name itself for one that this program does not know.
  package var text: String {
    switch self {
    case .ipv4Routes: "the IPv4 routes"
    case .ipv6Routes: "the IPv6 routes"
    case .ipv4Rules: "the IPv4 rules"
    case .ipv6Rules: "the IPv6 rules"
    case .nexthops: "the nexthop objects"
    case .buckets: "buckets"
    case .links: "the links or their kinds"
    case .addresses: "the addresses"
    case .neighbours: "the neighbours"
    case .ipv4Settings: "the sysctls of IPv4"
    case .ipv6Settings: "the sysctls of IPv6"
    case .redirects: "the exceptions of ICMP redirects"
    case .release: "the kernel release"
    case .machine: "the machine"
    case .details: "what ip -j does not print"
    default: rawValue
    }
  }
}
