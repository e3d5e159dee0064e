/// The two address families that Linux routes by multipath nexthops.
///
/// The raw value is the word that `ip -j` uses for the family.
package enum AddressFamily: String, Hashable, Sendable, CaseIterable {
  case ipv4 = "inet"
  case ipv6 = "inet6"

  /// The family with the kernel's number: `AF_INET` is 2, `AF_INET6` is 10; nil for any other.
  package init?(kernelValue: UInt8) {
    switch kernelValue {
    case 2: self = .ipv4
    case 10: self = .ipv6
    default: return nil
    }
  }

  /// `AF_INET` or `AF_INET6`.
  package var kernelValue: UInt8 { self == .ipv4 ? 2 : 10 }

  /// The IP protocol number of the family's ICMP: 1 or 58.
  package var icmpProtocol: UInt8 { self == .ipv4 ? 1 : 58 }

  /// Bits in an address: 32 or 128.
  package var addressLength: UInt8 { self == .ipv4 ? 32 : 128 }
}
