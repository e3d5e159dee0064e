/// An entry of the kernel's connection tracking table: a connection with the addresses of both its directions.
package struct TrackedConnection: Hashable, Sendable {
  /// Which way the packets of a connection go.
  package enum Direction: String, Hashable, Sendable, CaseIterable {
    /// As its first packet went.
    case original
    case reply
  }

  /// What tells the packets of one direction from others, as they are when they reach this machine: before any NAT.
  package struct Tuple: Hashable, Sendable {
    package var source: IPAddress
    package var destination: IPAddress
    /// The IP protocol number.
    package var ipProtocol: UInt8
    /// Host order; 0 for protocols without ports, and for GRE the key.
    package var sourcePort: UInt16
    package var destinationPort: UInt16
    /// ICMP and ICMPv6 alone.
    package var icmp: Flow.ICMPMessage?
    /// The identifier of an ICMP query; 0 for others.
    package var icmpIdentifier: UInt16
    /// The conntrack zone of the direction; 0 is the default one.
    package var zone: UInt16

    package init(
      source: IPAddress, destination: IPAddress, ipProtocol: UInt8, sourcePort: UInt16 = 0,
      destinationPort: UInt16 = 0, icmp: Flow.ICMPMessage? = nil, icmpIdentifier: UInt16 = 0, zone: UInt16 = 0
    ) {
      self.source = source
      self.destination = destination
      self.ipProtocol = ipProtocol
      self.sourcePort = sourcePort
      self.destinationPort = destinationPort
      self.icmp = icmp
      self.icmpIdentifier = icmpIdentifier
      self.zone = zone
    }
  }

  /// What was counted of one direction.
  package struct Counters: Hashable, Sendable {
    package var packets: UInt64
    /// Of IP packets, headers included.
    package var bytes: UInt64

    package init(packets: UInt64, bytes: UInt64) {
      self.packets = packets
      self.bytes = bytes
    }
  }

  /// `IPS_*`, linux/netfilter/nf_conntrack_common.h.
  package struct Status: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let seenReply = Status(rawValue: 1 << 1)
    package static let assured = Status(rawValue: 1 << 2)
    package static let confirmed = Status(rawValue: 1 << 3)
    package static let sourceNAT = Status(rawValue: 1 << 4)
    package static let destinationNAT = Status(rawValue: 1 << 5)
    package static let dying = Status(rawValue: 1 << 9)
    /// A flowtable forwards the connection.
    package static let offloaded = Status(rawValue: 1 << 14)
    /// Hardware does.
    package static let hardwareOffloaded = Status(rawValue: 1 << 15)
  }

  /// `TCP_CONNTRACK_*`, linux/netfilter/nf_conntrack_tcp.h.
  package enum TCPState: UInt8, Hashable, Sendable {
    case none = 0
    case synSent, synReceived, established, finWait, closeWait, lastAck, timeWait, close, synSent2
  }

  package var original: Tuple
  package var reply: Tuple
  package var status: Status
  /// The mark of the connection (`ct mark`), which rules of the firewall may or may not put on its packets.
  package var mark: UInt32
  /// nil for other protocols, and for a state that is not known here.
  package var tcpState: TCPState?
  /// nil for a connection that began while `net.netfilter.nf_conntrack_acct` was off.
  package var originalCounters: Counters?
  package var replyCounters: Counters?

  package init(
    original: Tuple, reply: Tuple, status: Status = [], mark: UInt32 = 0, tcpState: TCPState? = nil,
    originalCounters: Counters? = nil, replyCounters: Counters? = nil
  ) {
    self.original = original
    self.reply = reply
    self.status = status
    self.mark = mark
    self.tcpState = tcpState
    self.originalCounters = originalCounters
    self.replyCounters = replyCounters
  }

  package var family: AddressFamily { original.source.family }

  /// Whether both ends have agreed: TCP in ESTABLISHED, every other protocol once there was a reply.
  package var isEstablished: Bool {
    original.ipProtocol == 6 ? tcpState == .established : status.contains(.seenReply)
  }
}
