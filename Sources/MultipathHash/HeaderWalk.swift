import Routing

/// The flow dissector's walk from header to header.
///
/// Mirrors __skb_flow_dissect() with the keys of `flow_keys_dissector`, net/core/flow_dissector.c, Linux 6.12.
struct HeaderWalk {
  /// What comes after a header.
  enum Next {
    case stop
    /// A header of this Ethernet protocol.
    case network(UInt16)
    /// A header of this IP protocol, right behind the IP header.
    case transport(UInt8)
    /// As `transport`, behind another header: these count against the limit.
    case furtherTransport(UInt8)
  }

  /// Where the next header starts.
  var offset = 0
  /// Nil until the first IP header.
  var headers: PacketHeaders?
  /// What was known when the first tunnel header was met.
  var outer: PacketHeaders?
  /// The version of the last IP header.
  var lastFamily = AddressFamily.ipv4
  /// Whether an HSR, PRP or PPPoE header was met.
  var metLinkTag = false
  /// Whether those are read as by 6.1 and later; 5.10 stops at HSR and PRP, and takes any PPPoE header for one of a session.
  let readsLinkTags: Bool
  /// The length that the packet says it has.
  let claimedLength: Int
  private(set) var cut: CaptureCut = []

  /// How many times the kernel goes on after a header that is followed by another one.
  private static let continuationLimit = 15

  init(claimedLength: Int, readsLinkTags: Bool = true) {
    self.claimedLength = claimedLength
    self.readsLinkTags = readsLinkTags
  }

  /// Walks from the network header to the end; nil when there is no IP header at the start.
  mutating func run(
    _ etherType: UInt16, in bytes: Span<UInt8>, network: PacketHeaders, quoted: PacketHeaders?, tos: UInt8
  ) -> DissectedPacket? {
    var continuations = 0
    var next = Next.network(etherType)
    walk: while true {
      switch next {
      case .stop:
        break walk
      case .network(let type):
        next = networkHeader(type, in: bytes)
      case .transport(let ipProtocol), .furtherTransport(let ipProtocol):
        next = transportHeader(ipProtocol, in: bytes)
      }
      if case .transport = next { continue }
      continuations += 1
      if continuations > Self.continuationLimit { break }
    }
    guard let headers else { return nil }
    var packet = DissectedPacket(
      network: network, quoted: quoted, outer: outer ?? headers, innermost: headers, tos: tos)
    packet.cut = cut
    if metLinkTag, readsLinkTags {
      var old = HeaderWalk(claimedLength: claimedLength, readsLinkTags: false)
      let packetOfOld = old.run(etherType, in: bytes, network: network, quoted: nil, tos: tos)
      packet.innermostWithoutLinkTags = packetOfOld?.innermost
      packet.cut.formUnion(old.cut)
    }
    return packet
  }

  /// Whether `count` bytes stand at `position`; remembers what is lost when only the capture lacks them.
  ///
  /// - Parameter loss: what can not be known without them, where no tunnel header was met before.
  mutating func has(
    _ count: Int, at position: Int, in bytes: Span<UInt8>, orElse loss: CaptureCut = .outerHeader
  ) -> Bool {
    if bytes.holds(count, at: position) { return true }
    if position + count <= claimedLength {
      cut.formUnion(outer == nil || loss == .quoted ? loss : loss.intersection(.inner))
    }
    return false
  }

  /// Marks that a tunnel header was met; the first one ends the outer view.
  mutating func enterTunnel() {
    headers?.isEncapsulated = true
    if outer == nil { outer = headers }
  }
}
