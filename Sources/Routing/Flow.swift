/// One flow: what a packet or a socket shows to the routing lookup.
package struct Flow: Hashable, Sendable {
  /// Where the packet comes from, which decides how the kernel builds the hash key.
  package enum Origin: String, Hashable, Sendable {
    /// A packet that arrived on an interface: the kernel takes the packet itself apart.
    case forwarded
    /// A socket or the kernel itself: the kernel hashes the lookup key.
    case local
  }

  /// The inner header of an encapsulated flow. `source` and `destination` are of one family.
  package struct Inner: Hashable, Sendable {
    package var source: IPAddress
    package var destination: IPAddress
    package var ipProtocol: UInt8
    package var sourcePort: UInt16
    package var destinationPort: UInt16
    /// 20 bits, IPv6 only.
    package var flowLabel: UInt32

    package init(
      source: IPAddress, destination: IPAddress, ipProtocol: UInt8 = 0, sourcePort: UInt16 = 0,
      destinationPort: UInt16 = 0, flowLabel: UInt32 = 0
    ) {
      self.source = source
      self.destination = destination
      self.ipProtocol = ipProtocol
      self.sourcePort = sourcePort
      self.destinationPort = destinationPort
      self.flowLabel = flowLabel
    }
  }

  /// What kind of socket a local flow comes from, which decides how often the kernel looks its route up, and with what.
  package enum Socket: String, Hashable, Sendable, CaseIterable {
    /// `connect()` found the route. TCP sockets always are.
    case connected
    /// Each `sendto()` finds it.
    case unconnected
  }

  /// The two bytes that an ICMP or ICMPv6 message starts with.
  package struct ICMPMessage: Hashable, Sendable {
    package var type: UInt8
    package var code: UInt8

    package init(type: UInt8, code: UInt8 = 0) {
      self.type = type
      self.code = code
    }
  }

  /// What is known of a layer-4 hash that a packet brings along (`skb->hash` where `skb->l4_hash` is set).
  package enum Layer4Hash: Hashable, Sendable {
    /// Nothing: the ingress interface tells whether there may be one.
    case unknown
    /// The packet brings none.
    case absent
    /// The NIC, RPS or the sending socket has set this one.
    case value(UInt32)

    /// The hash, where it is known.
    package var value: UInt32? { if case .value(let hash) = self { hash } else { nil } }
  }

  /// What the source of a flow does not tell of it, so that the value that stands here may not be the true one.
  package struct Unknown: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let mark = Unknown(rawValue: 1 << 0)
    package static let tos = Unknown(rawValue: 1 << 1)
    package static let flowLabel = Unknown(rawValue: 1 << 2)
    /// Which lookup counts: an earlier one may be kept, that may have had another port or no source.
    package static let lookup = Unknown(rawValue: 1 << 3)
  }

  /// The address that a local socket is bound to; unspecified for none.
  package var source: IPAddress
  package var destination: IPAddress
  /// The IP protocol number; 0 when unknown.
  package var ipProtocol: UInt8
  /// Host order; 0 for protocols without ports, and for a local socket whose port is not bound.
  package var sourcePort: UInt16
  package var destinationPort: UInt16
  /// 20 bits, IPv6 only.
  package var flowLabel: UInt32
  /// The whole TOS or traffic class byte.
  package var tos: UInt8
  package var mark: UInt32
  /// Interface index of the ingress interface; 0 for local traffic.
  package var inputInterface: UInt32
  /// Interface index that the socket is bound to; 0 for none.
  package var outputInterface: UInt32
  /// The socket owner's user id; nil when unknown.
  package var userID: UInt32?
  package var origin: Origin
  /// nil when unknown.
  package var socket: Socket?
  /// nil when unknown, and for other protocols.
  package var icmp: ICMPMessage?
  /// Policy 1 uses such a hash instead of the header.
  package var layer4Hash: Layer4Hash
  package var inner: Inner?
  package var unknown: Unknown
  /// Bytes, packets or anything else: summed in reports.
  package var weight: UInt64

  package init(
    source: IPAddress, destination: IPAddress, ipProtocol: UInt8 = 0, sourcePort: UInt16 = 0,
    destinationPort: UInt16 = 0, flowLabel: UInt32 = 0, tos: UInt8 = 0, mark: UInt32 = 0,
    inputInterface: UInt32 = 0, outputInterface: UInt32 = 0, userID: UInt32? = nil, origin: Origin = .local,
    socket: Socket? = nil, icmp: ICMPMessage? = nil, layer4Hash: Layer4Hash = .unknown, inner: Inner? = nil,
    unknown: Unknown = [], weight: UInt64 = 1
  ) {
    self.source = source
    self.destination = destination
    self.ipProtocol = ipProtocol
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.flowLabel = flowLabel
    self.tos = tos
    self.mark = mark
    self.inputInterface = inputInterface
    self.outputInterface = outputInterface
    self.userID = userID
    self.origin = origin
    self.socket = socket
    self.icmp = icmp
    self.layer4Hash = layer4Hash
    self.inner = inner
    self.unknown = unknown
    self.weight = weight
  }

  package var family: AddressFamily { destination.family }

  /// Whether anything of it is a port: fragments, protocols without ports, and flows whose ports nobody told have none.
  package var bringsPorts: Bool { sourcePort != 0 || destinationPort != 0 }

  /// Whether packets of the protocol begin with two ports: TCP, UDP, DCCP, SCTP and UDP-Lite.
  package static func hasPorts(_ ipProtocol: UInt8) -> Bool {
    switch ipProtocol {
    case 6, 17, 33, 132, 136: true
    default: false
    }
  }
}
