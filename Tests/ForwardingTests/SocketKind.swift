import Forwarding
import Glibc
import Routing

/// One way in which a program of this machine sends, and what may keep its way from being predicted.
struct SocketKind: Sendable {
  enum Source: Sendable {
    case unbound
    /// The address of a device or of lo.
    case bound
  }

  let name: String
  let ipProtocol: UInt8
  /// SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.
  var type: Int32
  var source = Source.unbound
  var bindsPort = false
  /// IP_BIND_ADDRESS_NO_PORT.
  var leavesPortOpen = false
  var connects = false
  var bindsDevice = false
  var marks = false
  var user: UInt32? = nil
  var labels = false
  /// The types of the ICMP messages it sends, the first for IPv4, the second for IPv6.
  var icmpTypes: [[UInt8]] = []
  var families = AddressFamily.allCases
  /// What an uncertain prediction may say, where the policy hashes ports and where it does not.
  var doubts: Caveats = []
  var doubtsWithoutPorts: Caveats = []

  static let stream = Int32(SOCK_STREAM.rawValue)
  static let datagram = Int32(SOCK_DGRAM.rawValue)
  static let raw = Int32(SOCK_RAW.rawValue)

  static let all: [SocketKind] = udp + tcp + icmp + others

  private static let udp: [SocketKind] = [
    SocketKind(name: "UDP sendto, bound", ipProtocol: 17, type: datagram, source: .bound, bindsPort: true),
    SocketKind(name: "UDP sendto, source unbound", ipProtocol: 17, type: datagram, bindsPort: true),
    SocketKind(name: "UDP sendto, nothing bound", ipProtocol: 17, type: datagram, doubts: .portsUnknown),
    SocketKind(
      name: "UDP connect, bound", ipProtocol: 17, type: datagram, source: .bound, bindsPort: true, connects: true),
    SocketKind(name: "UDP connect, source unbound", ipProtocol: 17, type: datagram, bindsPort: true, connects: true),
    SocketKind(
      name: "UDP connect, nothing bound", ipProtocol: 17, type: datagram, connects: true, doubts: .portsUnknown),
    SocketKind(
      name: "UDP sendto, SO_BINDTODEVICE", ipProtocol: 17, type: datagram, bindsPort: true, bindsDevice: true),
    SocketKind(
      name: "UDP connect, SO_BINDTODEVICE", ipProtocol: 17, type: datagram, bindsPort: true, connects: true,
      bindsDevice: true, doubts: .unboundSource, doubtsWithoutPorts: .unboundSource),
    SocketKind(
      name: "UDP connect, bound, SO_BINDTODEVICE", ipProtocol: 17, type: datagram, source: .bound, bindsPort: true,
      connects: true, bindsDevice: true),
    SocketKind(
      name: "UDP sendto, bound, SO_BINDTODEVICE", ipProtocol: 17, type: datagram, source: .bound, bindsPort: true,
      bindsDevice: true),
    SocketKind(name: "UDP sendto, SO_MARK", ipProtocol: 17, type: datagram, bindsPort: true, marks: true),
    SocketKind(
      name: "UDP connect, SO_MARK", ipProtocol: 17, type: datagram, bindsPort: true, connects: true, marks: true),
    SocketKind(name: "UDP sendto, another user", ipProtocol: 17, type: datagram, bindsPort: true, user: 4711),
    SocketKind(
      name: "UDP sendto, flow label", ipProtocol: 17, type: datagram, bindsPort: true, labels: true,
      families: [.ipv6]),
    SocketKind(
      name: "UDP connect, flow label", ipProtocol: 17, type: datagram, source: .bound, bindsPort: true, connects: true,
      labels: true, families: [.ipv6]),
    SocketKind(name: "UDP-Lite sendto", ipProtocol: 136, type: datagram, bindsPort: true),
    SocketKind(name: "UDP-Lite connect", ipProtocol: 136, type: datagram, bindsPort: true, connects: true),
  ]

  private static let tcp: [SocketKind] = [
    SocketKind(name: "TCP, bound", ipProtocol: 6, type: stream, source: .bound, bindsPort: true, connects: true),
    SocketKind(name: "TCP, source unbound", ipProtocol: 6, type: stream, bindsPort: true, connects: true),
    SocketKind(
      name: "TCP, nothing bound", ipProtocol: 6, type: stream, connects: true,
      doubts: [.randomSourcePort, .portsUnknown]),
    SocketKind(
      name: "TCP, IP_BIND_ADDRESS_NO_PORT", ipProtocol: 6, type: stream, source: .bound, leavesPortOpen: true,
      connects: true, doubts: [.randomSourcePort, .portsUnknown]),
    SocketKind(
      name: "TCP, SO_BINDTODEVICE", ipProtocol: 6, type: stream, bindsPort: true, connects: true, bindsDevice: true),
    SocketKind(
      name: "TCP, bound, SO_BINDTODEVICE", ipProtocol: 6, type: stream, source: .bound, bindsPort: true, connects: true,
      bindsDevice: true),
    SocketKind(name: "TCP, SO_MARK", ipProtocol: 6, type: stream, bindsPort: true, connects: true, marks: true),
  ]

  private static let echo: [[UInt8]] = [[8], [128]]
  private static let messages: [[UInt8]] = [[8, 0, 13, 14], [128, 129, 135, 139]]

  private static let icmp: [SocketKind] = [
    SocketKind(name: "ping", ipProtocol: 1, type: datagram, icmpTypes: echo),
    SocketKind(name: "ping, bound", ipProtocol: 1, type: datagram, source: .bound, icmpTypes: echo),
    SocketKind(
      name: "ping, connected", ipProtocol: 1, type: datagram, connects: true, icmpTypes: echo,
      doubts: [.unboundSource, .connectedPing],
      doubtsWithoutPorts: .unboundSource),
    SocketKind(
      name: "ping, bound and connected", ipProtocol: 1, type: datagram, source: .bound, connects: true, icmpTypes: echo,
      doubts: .connectedPing),
    SocketKind(name: "raw ICMP", ipProtocol: 1, type: raw, icmpTypes: messages),
    SocketKind(name: "raw ICMP, bound", ipProtocol: 1, type: raw, source: .bound, icmpTypes: messages),
    SocketKind(
      name: "raw ICMP, connected", ipProtocol: 1, type: raw, connects: true, icmpTypes: messages,
      doubts: [.unboundSource, .connectedPing], doubtsWithoutPorts: .unboundSource),
    SocketKind(name: "raw ICMP, SO_MARK", ipProtocol: 1, type: raw, marks: true, icmpTypes: messages),
  ]

  private static let others: [SocketKind] = [
    SocketKind(name: "raw OSPF, bound, SO_BINDTODEVICE", ipProtocol: 89, type: raw, source: .bound, bindsDevice: true),
    SocketKind(name: "raw OSPF", ipProtocol: 89, type: raw),
    SocketKind(
      name: "raw mobility headers", ipProtocol: 135, type: raw, source: .bound, families: [.ipv6], doubts: .portsUnknown
    ),
    SocketKind(name: "raw GRE, bound", ipProtocol: 47, type: raw, source: .bound),
    SocketKind(
      name: "raw ESP, connected", ipProtocol: 50, type: raw, connects: true, doubts: .unboundSource,
      doubtsWithoutPorts: .unboundSource),
  ]
}
