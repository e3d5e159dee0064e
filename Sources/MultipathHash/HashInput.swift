package import Routing

/// The bytes that one SipHash runs over, as they lie in the kernel's memory.
///
/// The tail of `struct flow_keys` from its member `basic` on, Linux 5.18 and later: 48 bytes for IPv4, 72 for IPv6.
package struct HashInput: Sendable {
  /// How the flow label lies in memory, which differs between the kernel's code paths.
  package enum FlowLabelOrder: Hashable, Sendable {
    /// As in the IPv6 header.
    case network
    /// As an integer of the machine.
    case host
  }

  /// Which header the fields come from.
  package enum Level: String, Hashable, Sendable {
    case outer
    case inner
  }

  package let family: AddressFamily
  package let level: Level
  /// What was copied from the headers, named by outer fields; everything else is 0.
  package let fields: HashFields
  package let areAddressesSwapped: Bool
  package let arePortsSwapped: Bool
  /// The bytes, eight a word, the first in the lowest bits; IPv4 uses the first six words.
  package let words: InlineArray<9, UInt64>
  /// Whether the most significant byte of the flow label comes first.
  let isFlowLabelBigEndian: Bool

  /// Copies the fields from the headers and puts them in the kernel's canonical order.
  ///
  /// Addresses and ports are ordered independently of each other, so that both directions of a flow hash alike.
  /// Mirrors __flow_hash_consistentify(), net/core/flow_dissector.c, Linux 6.12.
  package init(
    _ fields: HashFields, of headers: PacketHeaders, family: AddressFamily, level: Level = .outer,
    flowLabelOrder: FlowLabelOrder, isLittleEndian: Bool
  ) {
    let nothing = IPAddress.unspecified(family)
    var source = fields.contains(.source) ? headers.source : nothing
    var destination = fields.contains(.destination) ? headers.destination : nothing
    areAddressesSwapped = Self.precedes(destination, source, family: family, isLittleEndian: isLittleEndian)
    if areAddressesSwapped { swap(&source, &destination) }

    // Ports are kept as a little-endian read of their network-order bytes from here on.
    var sourcePort = fields.contains(.sourcePort) ? headers.sourcePort.byteSwapped : 0
    var destinationPort = fields.contains(.destinationPort) ? headers.destinationPort.byteSwapped : 0
    arePortsSwapped =
      isLittleEndian
      ? destinationPort < sourcePort : destinationPort.byteSwapped < sourcePort.byteSwapped
    if arePortsSwapped { swap(&sourcePort, &destinationPort) }

    let ipProtocol = fields.contains(.ipProtocol) ? headers.ipProtocol : 0
    isFlowLabelBigEndian = flowLabelOrder == .network || !isLittleEndian
    let label = fields.contains(.flowLabel) ? headers.flowLabel & 0xf_ffff : 0
    let storedLabel = isFlowLabelBigEndian ? label.byteSwapped : label

    var words = InlineArray<9, UInt64>(repeating: 0)
    words[0] = UInt64(ipProtocol) << 16 | UInt64(storedLabel) << 32
    words[3] = UInt64(sourcePort) << 32 | UInt64(destinationPort) << 48
    switch family {
    case .ipv4:
      words[4] = UInt64(source.ipv4Value.byteSwapped) << 32
      words[5] = UInt64(destination.ipv4Value.byteSwapped)
    case .ipv6:
      // Addresses start in the middle of a word.
      let quarters = (
        source.high.byteSwapped, source.low.byteSwapped, destination.high.byteSwapped, destination.low.byteSwapped
      )
      words[4] = quarters.0 << 32
      words[5] = quarters.0 >> 32 | quarters.1 << 32
      words[6] = quarters.1 >> 32 | quarters.2 << 32
      words[7] = quarters.2 >> 32 | quarters.3 << 32
      words[8] = quarters.3 >> 32
    }
    self.words = words
    self.family = family
    self.level = level
    self.fields = fields
  }

  /// Whether the kernel finds `left` smaller than `right`; IPv4 addresses are compared as integers of the machine.
  private static func precedes(
    _ left: IPAddress, _ right: IPAddress, family: AddressFamily, isLittleEndian: Bool
  ) -> Bool {
    guard family == .ipv4 else { return (left.high, left.low) < (right.high, right.low) }
    return isLittleEndian
      ? left.ipv4Value.byteSwapped < right.ipv4Value.byteSwapped : left.ipv4Value < right.ipv4Value
  }

  /// Words in use: 6 or 9.
  package var wordCount: Int { Self.wordCount(family) }

  /// The words that an input of the family has.
  package static func wordCount(_ family: AddressFamily) -> Int { family == .ipv4 ? 6 : 9 }

  /// The low half of the SipHash; the kernel never uses 0 and takes 1 instead.
  package func hash(key: HashKey) -> UInt32 {
    let hash = UInt32(truncatingIfNeeded: SipHash24.hash(words.span.extracting(first: wordCount), key: key))
    return hash == 0 ? 1 : hash
  }
}
