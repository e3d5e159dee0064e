internal import Netlink
package import Routing

extension Kernel {
  /// The connections that the network namespace of the calling thread tracks, of one family or of both.
  ///
  /// It takes CAP_NET_ADMIN over the namespace. Nothing is tracked where no firewall rule and no NAT asks for it.
  package static func trackedConnections(
    family: AddressFamily? = nil
  ) throws(KernelError) -> DumpReader<TrackedConnection> {
    try connections(family: family) { (wire) throws(WireError) in try TrackedConnection(wire: wire) }
  }

  /// The same, with what `decode` makes of each.
  static func connections<Object: Sendable>(
    family: AddressFamily?, _ decode: @escaping @Sendable (RawSpan) throws(WireError) -> Object?
  ) throws(KernelError) -> DumpReader<Object> {
    var payload = AttributeWriter()
    // AF_UNSPEC is 0; the version is NFNETLINK_V0.
    payload.append(header: [family?.kernelValue ?? 0, 0, 0, 0])
    let operation = "read the tracked connections"
    let feature = "connection tracking over netlink (nf_conntrack_netlink)"
    let request = DumpRequest<Object>(
      type: NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, answer: NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW,
      payload: payload, feature: (feature, [.invalid, .notSupported]), decode: decode)
    var reader: DumpReader<Object>
    do throws(NetlinkError) {
      reader = try DumpReader(.netfilter, [request], operation: operation)
    } catch {
      throw error.errno == .protocolNotSupported
        ? .missingFeature(feature, operation: operation) : KernelError(error)
    }
    try reader.begin()
    return reader
  }

  /// Whether the namespace of the calling thread counts the bytes of the connections that begin now
  /// (`net.netfilter.nf_conntrack_acct`); nil where it tracks none.
  package static var countsConnections: Bool? { Sysctl.flag("netfilter/nf_conntrack_acct") }

  /// The connected TCP, UDP, UDP-Lite and DCCP sockets of the calling thread's network namespace.
  ///
  /// Of TCP sockets those that may still send: neither listening ones nor those in TIME_WAIT. It takes no privilege; but
  /// marks are told only with CAP_NET_ADMIN.
  ///
  /// - Parameter established: only those in ESTABLISHED.
  package static func connectedSockets(established: Bool = false) throws(KernelError) -> DumpReader<ConnectedSocket> {
    let states = established ? 1 << UInt32(ConnectedSocket.established) : sendingStates
    var requests: [DumpRequest<ConnectedSocket>] = []
    for (ipProtocol, feature) in [(6, "tcp_diag"), (17, "udp_diag"), (136, nil), (33, nil)] as [(UInt8, String?)] {
      for family in AddressFamily.allCases {
        requests.append(
          DumpRequest(
            type: SOCK_DIAG_BY_FAMILY, answer: SOCK_DIAG_BY_FAMILY,
            payload: ConnectedSocket.request(family: family, ipProtocol: ipProtocol, states: states),
            // The kernel has no sockets of a rare protocol that it has not, or not loaded.
            absences: feature == nil ? [.noEntry] : [], feature: feature.map { ($0, [.noEntry]) }
          ) { (wire) throws(WireError) in try ConnectedSocket(wire: wire, ipProtocol: ipProtocol) })
      }
    }
    var reader: DumpReader<ConnectedSocket>
    do throws(NetlinkError) {
      reader = try DumpReader(.socketDiagnostics, requests, operation: "read the sockets")
    } catch {
      throw KernelError(error)
    }
    try reader.begin()
    return reader
  }

  /// TCP_ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, CLOSING and NEW_SYN_RECV.
  private static var sendingStates: UInt32 { [1, 2, 3, 4, 5, 8, 9, 11, 12].reduce(0) { $0 | 1 << UInt32($1) } }
}
