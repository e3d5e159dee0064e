extension TrackedConnection {
  /// Whether packets of a direction were seen. The answers to what is seen here may well take another way.
  package func hasTraffic(_ direction: Direction) -> Bool {
    direction == .original || status.contains(.seenReply)
  }

  /// What was counted of a direction; nil where nothing was.
  package func counters(_ direction: Direction) -> Counters? {
    direction == .original ? originalCounters : replyCounters
  }

  /// The packets of one direction as the routing lookup sees them.
  ///
  /// Destination NAT happens before the lookup (PREROUTING, `NF_IP_PRI_NAT_DST`), source NAT after it (POSTROUTING,
  /// `NF_IP_PRI_NAT_SRC`). For replies `nf_nat_packet()` undoes the one in the place of the other: in PREROUTING a reply
  /// gets back the destination that source NAT took from the original packets, in POSTROUTING the source that destination
  /// NAT took. So the lookup of both directions sees the two true ends: the source of the original tuple, and the source
  /// of the reply tuple, which is the original destination after NAT.
  ///
  /// What comes from an address of this machine is looked up by its socket, as a local flow; what goes to one is
  /// delivered, and is a flow all the same. Where NAT gives an own packet another destination address, the kernel looks
  /// up again, without protocol and ports (`ip_route_me_harder()`); that is not followed here.
  ///
  /// The kernel does not keep the ingress interface, the TOS and the flow label, nor whether `mark` is on the packets
  /// too; and the lookup of the connection may be an older one: that of a socket, or of a flowtable. All that is in
  /// `Flow.unknown`.
  ///
  /// The weight is the number of bytes that was counted, or 1 without a counter.
  ///
  /// - Parameter isOwn: whether an address belongs to this machine.
  package func flow(_ direction: Direction, isOwn: (IPAddress) -> Bool) -> Flow {
    let (tuple, from, to) = direction == .original ? (original, original, reply) : (reply, reply, original)
    let hasPorts = Flow.hasPorts(tuple.ipProtocol)
    let isLocal = isOwn(from.source)
    let isOld = isLocal || !status.isDisjoint(with: [.offloaded, .hardwareOffloaded])
    return Flow(
      source: from.source, destination: to.source, ipProtocol: tuple.ipProtocol,
      sourcePort: hasPorts ? from.sourcePort : 0, destinationPort: hasPorts ? to.sourcePort : 0, mark: mark,
      origin: isLocal ? .local : .forwarded, icmp: tuple.icmp,
      unknown: isOld ? [.mark, .tos, .flowLabel, .lookup] : [.mark, .tos, .flowLabel],
      weight: counters(direction)?.bytes ?? 1)
  }
}
