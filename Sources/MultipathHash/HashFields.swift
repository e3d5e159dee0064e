/// A set of header fields: the bits of `fib_multipath_hash_fields`.
package struct HashFields: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let source = HashFields(rawValue: 0x001)
  package static let destination = HashFields(rawValue: 0x002)
  package static let ipProtocol = HashFields(rawValue: 0x004)
  /// IPv6 only.
  package static let flowLabel = HashFields(rawValue: 0x008)
  package static let sourcePort = HashFields(rawValue: 0x010)
  package static let destinationPort = HashFields(rawValue: 0x020)
  package static let innerSource = HashFields(rawValue: 0x040)
  package static let innerDestination = HashFields(rawValue: 0x080)
  package static let innerIPProtocol = HashFields(rawValue: 0x100)
  /// IPv6 only.
  package static let innerFlowLabel = HashFields(rawValue: 0x200)
  package static let innerSourcePort = HashFields(rawValue: 0x400)
  package static let innerDestinationPort = HashFields(rawValue: 0x800)

  /// The fields of the outer header.
  package static let outerMask = HashFields(rawValue: 0x03f)
  /// The fields of the innermost header.
  package static let innerMask = HashFields(rawValue: 0xfc0)

  /// The inner fields of the set, named as if they were outer ones.
  package var innerAsOuter: HashFields { HashFields(rawValue: rawValue >> 6).intersection(.outerMask) }

  /// The words of the command line for the fields of the set, in the order of the bits; unknown bits have none.
  package var names: [String] {
    Self.allNames.enumerated().compactMap { bit, name in rawValue >> UInt32(bit) & 1 == 1 ? name : nil }
  }

  private static let allNames = [
    "src", "dst", "proto", "flowlabel", "sport", "dport",
    "inner-src", "inner-dst", "inner-proto", "inner-flowlabel", "inner-sport", "inner-dport",
  ]
}
