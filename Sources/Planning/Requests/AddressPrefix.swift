package import Routing

/// An address and a prefix length as a command gives them: unlike in a `Prefix`, host bits stay.
///
/// Whether host bits are refused, cleared or kept is the kernel's business, and differs by object and family.
package struct AddressPrefix: Hashable, Sendable {
  package var address: IPAddress
  /// 0 to 32 for IPv4, 0 to 128 for IPv6.
  package var length: UInt8

  package init(_ address: IPAddress, length: UInt8) {
    self.address = address
    self.length = length
  }

  /// The prefix that the kernel keeps where it takes host bits at all.
  package var prefix: Prefix { Prefix(containing: address, length: length) }

  /// Whether bits beyond the length are set.
  package var hasHostBits: Bool { address != prefix.address }
}

extension AddressPrefix: CustomStringConvertible {
  package var description: String { "\(address)/\(length)" }
}
