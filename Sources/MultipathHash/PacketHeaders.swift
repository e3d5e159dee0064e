package import Routing

/// The header fields that the hash can read, from one place in a packet or from a lookup key.
package struct PacketHeaders: Hashable, Sendable {
  package var source: IPAddress
  package var destination: IPAddress
  package var ipProtocol: UInt8
  /// Host order; 0 where the protocol has none. ESP and AH show the halves of their SPI.
  package var sourcePort: UInt16
  package var destinationPort: UInt16
  /// 20 bits.
  package var flowLabel: UInt32
  /// Whether a tunnel header was met on the way.
  package var isEncapsulated = false
  /// Whether the last IP header belongs to a fragment, the first one included.
  package var isFragment = false

  package init(
    source: IPAddress, destination: IPAddress, ipProtocol: UInt8, sourcePort: UInt16 = 0,
    destinationPort: UInt16 = 0, flowLabel: UInt32 = 0
  ) {
    self.source = source
    self.destination = destination
    self.ipProtocol = ipProtocol
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.flowLabel = flowLabel
  }

  package var family: AddressFamily { source.family }
}
