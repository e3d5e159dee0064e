import Routing

/// The few sources of one family that something may become of on their own account, told apart from all others by a
/// look at their first 16 bits.
struct SourceFilter: Sendable {
  static let bitWords = 1 << 10

  let prefixes: PrefixIndex
  /// A bit for each value of the first 16 bits of an address: whether a prefix covers an address that begins so. These
  /// are `bitWords` words.
  let mayCover: [UInt64]

  /// - Parameter prefixes: of the family, in any order and however often each.
  init(_ prefixes: [Prefix], family: AddressFamily) {
    self.prefixes = PrefixIndex(prefixes, family: family)
    var bits = [UInt64](repeating: 0, count: Self.bitWords)
    for prefix in prefixes {
      let first = family == .ipv4 ? Int(prefix.address.ipv4Value >> 16) : Int(prefix.address.high >> 48)
      let last = first | (1 << max(16 - Int(prefix.length), 0) - 1)
      for leading in first...last { bits[leading >> 6] |= 1 << UInt64(leading & 63) }
    }
    mayCover = bits
  }

  /// Whether one of the prefixes covers an IPv4 address.
  ///
  /// - Parameter mayCover: of the filter.
  @inline(__always)
  func covers4(_ address: UInt32, _ mayCover: Span<UInt64>) -> Bool {
    mayCover[Int(address &>> 22)] &>> UInt64(address &>> 16 & 63) & 1 != 0
      && prefixes.longest4(covering: address) >= 0
  }

  /// Whether one of the prefixes covers an IPv6 address.
  ///
  /// - Parameter mayCover: of the filter.
  @inline(__always)
  func covers6(_ high: UInt64, _ low: UInt64, _ mayCover: Span<UInt64>) -> Bool {
    mayCover[Int(truncatingIfNeeded: high &>> 54)] &>> (high &>> 48 & 63) & 1 != 0
      && prefixes.longest(covering: IPAddress(ipv6High: high, low: low)) >= 0
  }
}
