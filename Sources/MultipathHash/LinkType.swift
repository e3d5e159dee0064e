/// What a frame of a capture begins with.
package enum LinkType: String, Hashable, Sendable, CaseIterable {
  case ethernet
  /// A bare IP packet of either version.
  case ip
  case ipv4
  case ipv6
  /// Linux cooked capture, version 1: what the interface `any` of old tools gives.
  case cooked
  /// Linux cooked capture, version 2.
  case cooked2
  /// BSD loopback: an address family of the machine that captured.
  case null
  /// OpenBSD loopback: an address family in network order.
  case loop

  /// The link type of a number, as capture files have it (LINKTYPE_*) or as libpcap translates it (DLT_*).
  package init?(number: Int) {
    switch number {
    case 1: self = .ethernet
    // LINKTYPE_RAW, and DLT_RAW of OpenBSD and of all others.
    case 12, 14, 101: self = .ip
    case 228: self = .ipv4
    case 229: self = .ipv6
    case 113: self = .cooked
    case 276: self = .cooked2
    case 0: self = .null
    case 108: self = .loop
    default: return nil
    }
  }

  /// What a lone frame looks like: a bare IP packet where its length says so, else an Ethernet frame where that carries
  /// a well-known protocol, else whatever its first bits say.
  package init(guessedFrom frame: Span<UInt8>) {
    let version = frame.byte(at: 0) >> 4
    let fits =
      switch version {
      case 4: Int(frame.number16(at: 2)) == frame.count && frame.byte(at: 0) & 0xf >= 5
      case 6: Int(frame.number16(at: 4)) + HeaderSize.ipv6 == frame.count
      default: false
      }
    if fits {
      self = .ip
    } else if frame.count >= PacketDissector.ethernetHeader, EtherType.isNamed(frame.number16(at: 12)) {
      self = .ethernet
    } else {
      self = version == 4 || version == 6 ? .ip : .ethernet
    }
  }
}
