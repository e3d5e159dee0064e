/// A connected socket of this machine, as NETLINK_SOCK_DIAG tells of it.
package struct ConnectedSocket: Hashable, Sendable {
  /// Of one family with `destination`: an IPv6 socket with IPv4-mapped addresses sends IPv4 packets.
  package var source: IPAddress
  package var destination: IPAddress
  /// The IP protocol number.
  package var ipProtocol: UInt8
  /// Host order.
  package var sourcePort: UInt16
  package var destinationPort: UInt16
  /// Index of the interface that the socket is bound to; 0 for none.
  package var interface: UInt32
  /// `TCP_*` of linux/tcp.h (net/tcp_states.h); connected datagram sockets are in `established`.
  package var state: UInt8
  /// The owner; nil for a socket without one, which no program has open any more, or not yet.
  package var userID: UInt32?
  /// nil without CAP_NET_ADMIN, and for sockets that have none.
  package var mark: UInt32?
  /// The TOS or traffic class byte that the socket sends with.
  package var tos: UInt8

  /// TCP_ESTABLISHED.
  package static let established: UInt8 = 1

  package init(
    source: IPAddress, destination: IPAddress, ipProtocol: UInt8, sourcePort: UInt16, destinationPort: UInt16,
    interface: UInt32 = 0, state: UInt8 = Self.established, userID: UInt32? = nil, mark: UInt32? = nil, tos: UInt8 = 0
  ) {
    self.source = source
    self.destination = destination
    self.ipProtocol = ipProtocol
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.interface = interface
    self.state = state
    self.userID = userID
    self.mark = mark
    self.tos = tos
  }

  package var family: AddressFamily { destination.family }

  /// What the socket's next lookup hashes: its own address, and its real ports.
  ///
  /// A connected socket keeps the route of its connect() until a change of the routes makes it stale, and then looks up
  /// again, TCP when it sends the next segment (`ip_queue_xmit()`, `inet6_csk_xmit()`). The first lookup may
  /// have been another one: with a random port, or without a source. So this flow tells where the connection goes from
  /// the next change of the routes on; `Flow.unknown` says that its way until then may differ.
  package var flow: Flow {
    var unknown: Flow.Unknown = mark == nil ? [.lookup, .mark] : .lookup
    if family == .ipv6 { unknown.insert(.flowLabel) }
    return Flow(
      source: source, destination: destination, ipProtocol: ipProtocol, sourcePort: sourcePort,
      destinationPort: destinationPort, tos: tos, mark: mark ?? 0, outputInterface: interface, userID: userID,
      origin: .local, socket: .connected, unknown: unknown)
  }
}
