package import Routing

/// A question to the kernel's own lookup: RTM_GETROUTE, as `ip route get` asks it.
///
/// Asking is not free of effects: a lookup through a resilient group marks the bucket as used.
package struct RouteQuery: Hashable, Sendable {
  package var destination: IPAddress
  /// Of the destination's family.
  package var source: IPAddress?
  /// Interface index of the ingress: the kernel then looks as for a packet that it forwards. IPv4 needs a source too.
  package var inputInterface: UInt32?
  /// Interface index that the flow is bound to.
  package var outputInterface: UInt32?
  package var mark: UInt32
  /// The whole TOS byte.
  package var tos: UInt8
  /// nil asks as the user of this process.
  package var userID: UInt32?
  /// TCP, UDP, ICMP or ICMPv6; nil counts as UDP for IPv4 and as 0 for IPv6.
  package var ipProtocol: UInt8?
  package var sourcePort: UInt16?
  package var destinationPort: UInt16?
  /// 20 bits. IPv6 only: the kernel refuses it for IPv4, and before 6.14.
  package var flowLabel: UInt32?
  /// Answer with the route as it stands in its table instead of with the chosen nexthop.
  package var wantsRoute: Bool

  package init(
    destination: IPAddress, source: IPAddress? = nil, inputInterface: UInt32? = nil, outputInterface: UInt32? = nil,
    mark: UInt32 = 0, tos: UInt8 = 0, userID: UInt32? = nil, ipProtocol: UInt8? = nil, sourcePort: UInt16? = nil,
    destinationPort: UInt16? = nil, flowLabel: UInt32? = nil, wantsRoute: Bool = false
  ) {
    self.destination = destination
    self.source = source
    self.inputInterface = inputInterface
    self.outputInterface = outputInterface
    self.mark = mark
    self.tos = tos
    self.userID = userID
    self.ipProtocol = ipProtocol
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.flowLabel = flowLabel
    self.wantsRoute = wantsRoute
  }
}
