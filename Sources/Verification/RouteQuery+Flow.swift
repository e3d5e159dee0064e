package import KernelRouting
package import Routing

extension RouteQuery {
  /// The question to the kernel that stands for a flow; nil when RTM_GETROUTE can not ask it.
  ///
  /// The kernel accepts TCP, UDP, ICMP (for IPv4), ICMPv6 (for IPv6) and no protocol at all, and knows nothing of inner
  /// headers or of a hash that a NIC has set (`rtm_getroute_parse_ip_proto()`). Without an ingress interface it looks up
  /// as for a packet of its own.
  package init?(asking flow: Flow) {
    let icmp: UInt8 = flow.family == .ipv4 ? 1 : 58
    guard [0, 6, 17, icmp].contains(flow.ipProtocol), flow.inner == nil else { return nil }
    guard flow.flowLabel == 0 || flow.family == .ipv6 else { return nil }
    let hasPorts = flow.ipProtocol == 6 || flow.ipProtocol == 17
    let isForwarded = flow.origin == .forwarded
    guard !isForwarded || flow.inputInterface != 0 else { return nil }
    self.init(
      destination: flow.destination, source: flow.source.isUnspecified ? nil : flow.source,
      inputInterface: isForwarded ? flow.inputInterface : nil,
      outputInterface: flow.outputInterface == 0 ? nil : flow.outputInterface, mark: flow.mark, tos: flow.tos,
      userID: isForwarded ? nil : flow.userID, ipProtocol: flow.ipProtocol == 0 ? nil : flow.ipProtocol,
      sourcePort: hasPorts && flow.sourcePort != 0 ? flow.sourcePort : nil,
      destinationPort: hasPorts && flow.destinationPort != 0 ? flow.destinationPort : nil,
      flowLabel: flow.flowLabel == 0 ? nil : flow.flowLabel)
  }
}
