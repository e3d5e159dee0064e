package import Routing

/// A family of packets that one part of the kernel's dissector, or of its multipath hash, is there for.
package enum Traffic: String, CaseIterable, Hashable, Sendable {
  case udp = "UDP"
  case tcp = "TCP"
  case rarePorts = "SCTP, DCCP, UDP-Lite"
  case security = "ESP, AH"
  case icmp = "ICMP echo"
  case icmpErrors = "ICMP errors"
  case firstFragments = "first fragments"
  case laterFragments = "later fragments"
  case atomicFragments = "atomic fragments"
  case options = "IPv4 options"
  case extensions = "extension headers"
  case ipv4Inside = "IPv4 in IP"
  case ipv6Inside = "IPv6 in IP"
  case gre = "GRE"
  case greFields = "GRE checksum, key, sequence"
  case greRouting = "GRE routing, version"
  case pptp = "GRE of PPTP"
  case bridging = "GRE of Ethernet"
  case nested = "nested tunnels"
  case udpTunnels = "VXLAN, Geneve, GTP"
  case flowLabels = "flow labels"
  case otherProtocols = "other protocols"
  case truncated = "truncated transport"
  case chains = "random chains"
  case mutated = "mutated"

  /// Whether packets of the family can have this kind.
  package func exists(in family: AddressFamily) -> Bool {
    switch self {
    case .options: family == .ipv4
    case .extensions, .flowLabels, .atomicFragments: family == .ipv6
    default: true
    }
  }
}
