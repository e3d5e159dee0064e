/// What the way through a router looks at in a packet beside what is hashed.
package struct ForwardingFacts: Hashable, Sendable {
  /// A source route option of IPv4.
  package enum SourceRoute: Hashable, Sendable {
    case loose
    case strict
  }

  /// TTL or hop limit, as the packet arrives.
  package var hopLimit: UInt8
  /// Bytes of the packet, from the network header on.
  package var length: Int
  /// IPv4 without DF.
  package var mayBeFragmented: Bool
  package var sourceRoute: SourceRoute?
  /// Whether an IPv6 routing header has segments left, to which the machine that it is addressed to may send it on.
  package var hasSegmentsLeft = false
  /// Whether it has a CIPSO or CALIPSO label, which the kernel judges by tables that can not be read here.
  package var isLabelled = false
  /// Whether the link-layer destination is a broadcast or multicast address.
  package var isLinkBroadcast = false
  /// Why the kernel drops the packet although it can be taken apart.
  package var fault: PacketFault?

  init(hopLimit: UInt8, length: Int, mayBeFragmented: Bool) {
    self.hopLimit = hopLimit
    self.length = length
    self.mayBeFragmented = mayBeFragmented
  }
}
