package import Routing

/// A forwarded packet, as far as the multipath hash can see into it.
package struct DissectedPacket: Hashable, Sendable {
  /// The IP header that the packet is routed by: addresses, the first next header and the flow label; no ports.
  package var network: PacketHeaders
  /// The IP header that an ICMP error quotes, if it quotes a whole one; no ports.
  package var quoted: PacketHeaders?
  /// What the dissector knows when it stops at the first tunnel header.
  package var outer: PacketHeaders
  /// What the dissector knows at the end: the addresses of the last IP header that it could read.
  package var innermost: PacketHeaders
  /// The same on kernels that do not read link tags as 6.1 does; nil where the packet has none in a tunnel.
  package var innermostWithoutLinkTags: PacketHeaders?
  /// The whole TOS or traffic class byte of the network header.
  package var tos: UInt8
  /// `skb->hash` where it is set as a layer-4 hash, which no bytes of the packet show.
  package var layer4Hash: UInt32?
  /// Whether there is an inner header that was not given, so that `innermost` does not tell the truth about it.
  package var isInnerUnknown = false
  /// What the dissector wanted, and the packet has, and the capture lacks.
  package var cut: CaptureCut = []
  /// What decides whether the packet is forwarded; nil for one that is only described by a flow.
  package var facts: ForwardingFacts?

  init(
    network: PacketHeaders, quoted: PacketHeaders? = nil, outer: PacketHeaders, innermost: PacketHeaders, tos: UInt8
  ) {
    self.network = network
    self.quoted = quoted
    self.outer = outer
    self.innermost = innermost
    self.tos = tos
  }

  package var family: AddressFamily { network.family }

  /// Whether the dissector wanted bytes that the packet has and the capture lacks.
  package var isTruncated: Bool { !cut.isEmpty }
}

extension DissectedPacket {
  /// The packet as a kernel knows it.
  ///
  /// - Parameter readsLinkTags: `KernelBehaviour.readsLinkTags`.
  package func dissected(readingLinkTags readsLinkTags: Bool?) -> DissectedPacket {
    guard readsLinkTags == false, let innermostWithoutLinkTags else { return self }
    var packet = self
    packet.innermost = innermostWithoutLinkTags
    return packet
  }

  /// The packet that a forwarded flow describes: unfragmented and without extension headers.
  ///
  /// An ICMP error is one by its type; its inner header is the one that it quotes.
  package init(describedBy flow: Flow) {
    let isEncapsulation = IPProtocol.isEncapsulation(flow.ipProtocol)
    let network = PacketHeaders(
      source: flow.source, destination: flow.destination, ipProtocol: flow.ipProtocol,
      flowLabel: flow.family == .ipv6 ? flow.flowLabel : 0)
    var outer = network
    outer.isEncapsulated = isEncapsulation
    if IPProtocol.portsOffset(flow.ipProtocol) != nil {
      outer.sourcePort = flow.sourcePort
      outer.destinationPort = flow.destinationPort
    }
    var innermost = outer
    if isEncapsulation, let inner = flow.inner {
      innermost = PacketHeaders(inner, inside: outer)
    }
    self.init(network: network, outer: outer, innermost: innermost, tos: flow.tos)
    if let icmp = flow.icmp, flow.ipProtocol == flow.family.icmpProtocol, let inner = flow.inner,
      inner.source.family == flow.family, IPProtocol.isICMPError(icmp.type, family: flow.family)
    {
      quoted = PacketHeaders(
        source: inner.source, destination: inner.destination, ipProtocol: inner.ipProtocol, flowLabel: inner.flowLabel)
    }
    layer4Hash = flow.layer4Hash.value
    isInnerUnknown = isEncapsulation && (flow.inner.map { IPProtocol.isEncapsulation($0.ipProtocol) } ?? true)
  }

  /// The flow that the packet belongs to, for the routing lookup and for reports.
  ///
  /// - Parameter inputInterface: the index of the interface that the packet arrives on.
  package func flow(inputInterface: UInt32 = 0) -> Flow {
    var flow = Flow(
      source: network.source, destination: network.destination, ipProtocol: outer.ipProtocol,
      sourcePort: outer.sourcePort, destinationPort: outer.destinationPort, flowLabel: network.flowLabel,
      tos: tos, inputInterface: inputInterface, origin: .forwarded,
      layer4Hash: layer4Hash.map { .value($0) } ?? .unknown)
    // Without a readable inner IP header the innermost addresses are still the outer ones.
    if innermost.isEncapsulated, innermost.source != outer.source || innermost.destination != outer.destination {
      flow.inner = Flow.Inner(
        source: innermost.source, destination: innermost.destination, ipProtocol: innermost.ipProtocol,
        sourcePort: innermost.sourcePort, destinationPort: innermost.destinationPort,
        flowLabel: innermost.flowLabel)
    }
    return flow
  }
}

extension PacketHeaders {
  /// An inner header behind a tunnel header.
  fileprivate init(_ inner: Flow.Inner, inside outer: PacketHeaders) {
    let hasPorts = IPProtocol.portsOffset(inner.ipProtocol) != nil
    // The dissector keeps the label of an outer header when the inner one has none.
    let ownLabel = inner.source.family == .ipv6 ? inner.flowLabel : 0
    self.init(
      source: inner.source, destination: inner.destination, ipProtocol: inner.ipProtocol,
      sourcePort: hasPorts ? inner.sourcePort : 0, destinationPort: hasPorts ? inner.destinationPort : 0,
      flowLabel: ownLabel != 0 ? ownLabel : outer.flowLabel)
    isEncapsulated = true
  }
}
