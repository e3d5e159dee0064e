internal import Netlink
package import Routing

/// How long a tracked connection has been silent, as far as the kernel lets it be computed: each packet starts the timeout
/// of the connection anew.
package struct ConnectionPause: Sendable {
  /// Seconds since the last packet of either direction; nil where the timeout is not the usual one of its kind.
  package let seconds: UInt32?

  /// The timeouts that the namespace of the calling thread gives to connections, in seconds.
  struct Timeouts: Sendable {
    var tcpEstablished: UInt32?
    var udp: UInt32?
    var udpStream: UInt32?

    static func read() -> Timeouts {
      Timeouts(
        tcpEstablished: Sysctl.number("netfilter/nf_conntrack_tcp_timeout_established"),
        udp: Sysctl.number("netfilter/nf_conntrack_udp_timeout"),
        udpStream: Sysctl.number("netfilter/nf_conntrack_udp_timeout_stream"))
    }
  }

  /// Reads the payload of an IPCTNL_MSG_CT_NEW message; nil for what is no established TCP or UDP connection.
  init?(wire: RawSpan, _ timeouts: Timeouts) throws(WireError) {
    guard let connection = try TrackedConnection(wire: wire), connection.isEstablished else { return nil }
    var left: UInt32?
    var cursor = AttributeCursor(from: TrackedConnection.headerSize)
    while let attribute = try cursor.next(in: wire) {
      if attribute.type == CTA_TIMEOUT { left = try wire.extracting(attribute.range).bigEndianUInt32() }
    }
    let usual: UInt32?
    switch connection.original.ipProtocol {
    case 6: usual = timeouts.tcpEstablished
    // Only a connection that has gone on for a while gets the longer one.
    case 17: usual = connection.status.contains(.assured) ? timeouts.udpStream : timeouts.udp
    default: return nil
    }
    guard let usual, let left, left <= usual else {
      seconds = nil
      return
    }
    seconds = usual - left
  }
}

extension Kernel {
  /// How long the established TCP and UDP connections that the namespace of the calling thread tracks have been silent,
  /// in seconds.
  ///
  /// It takes CAP_NET_ADMIN over the namespace.
  package static func connectionPauses(family: AddressFamily? = nil) throws(KernelError) -> [UInt32] {
    let timeouts = ConnectionPause.Timeouts.read()
    var reader = try connections(family: family) { (wire) throws(WireError) in
      try ConnectionPause(wire: wire, timeouts)
    }
    var pauses: [UInt32] = []
    while let pause = try reader.next() { if let seconds = pause.seconds { pauses.append(seconds) } }
    return pauses
  }
}
