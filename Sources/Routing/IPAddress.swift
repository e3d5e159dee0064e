/// An IPv4 or IPv6 address.
///
/// The value is numeric: bit 0 of `low` is the last bit of the address on the wire. An IPv4 address
/// occupies the low 32 bits of `low`; everything above is 0.
package struct IPAddress: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64
  package let family: AddressFamily

  /// An IPv4 address from its numeric value (10.0.0.1 is 0x0a000001).
  package init(ipv4 value: UInt32) {
    high = 0
    low = UInt64(value)
    family = .ipv4
  }

  /// An IPv6 address from its two numeric halves.
  package init(ipv6High high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
    family = .ipv6
  }

  /// The address whose bytes, in network order, are `bytes`: 4 for IPv4, 16 for IPv6; nil for any other count.
  package init?(networkBytes bytes: some Collection<UInt8>) {
    switch bytes.count {
    case 4:
      self.init(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    case 16:
      self.init(
        ipv6High: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
        low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) })
    default:
      return nil
    }
  }

  /// 0.0.0.0 or ::.
  package static func unspecified(_ family: AddressFamily) -> IPAddress {
    family == .ipv4 ? IPAddress(ipv4: 0) : IPAddress(ipv6High: 0, low: 0)
  }

  package var isUnspecified: Bool { high == 0 && low == 0 }

  /// The IPv4 value; the low 32 bits of an IPv6 address.
  package var ipv4Value: UInt32 { UInt32(truncatingIfNeeded: low) }

  /// The address as it stands in a packet: 4 or 16 bytes, network order.
  package var networkBytes: [UInt8] {
    switch family {
    case .ipv4:
      return (0..<4).map { UInt8(truncatingIfNeeded: low >> (24 - 8 * UInt64($0))) }
    case .ipv6:
      return (0..<16).map { index in
        let half = index < 8 ? high : low
        return UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64(index % 8)))
      }
    }
  }

  /// The first `length` bits of the address, the rest 0.
  ///
  /// - Parameter length: 0 to 32 for IPv4, 0 to 128 for IPv6.
  package func masked(to length: UInt8) -> IPAddress {
    switch family {
    case .ipv4:
      let mask: UInt32 = length == 0 ? 0 : ~0 << (32 - UInt32(min(length, 32)))
      return IPAddress(ipv4: ipv4Value & mask)
    case .ipv6:
      let bits = UInt64(min(length, 128))
      let highMask: UInt64 = bits == 0 ? 0 : ~0 << (64 - min(bits, 64))
      let lowMask: UInt64 = bits <= 64 ? 0 : ~0 << (128 - bits)
      return IPAddress(ipv6High: high & highMask, low: low & lowMask)
    }
  }

  /// 224.0.0.0/4 or ff00::/8.
  package var isMulticast: Bool {
    family == .ipv4 ? ipv4Value >> 28 == 0xe : high >> 56 == 0xff
  }

  /// 127.0.0.0/8 or ::1.
  package var isLoopback: Bool {
    family == .ipv4 ? ipv4Value >> 24 == 127 : high == 0 && low == 1
  }

  /// 169.254.0.0/16 or fe80::/10.
  package var isLinkLocal: Bool {
    family == .ipv4 ? ipv4Value >> 16 == 0xa9fe : high >> 54 == 0x3fa
  }
}

extension IPAddress: Comparable {
  /// IPv4 before IPv6, then by numeric value.
  package static func < (left: IPAddress, right: IPAddress) -> Bool {
    if left.family != right.family { return left.family == .ipv4 }
    return (left.high, left.low) < (right.high, right.low)
  }
}
