package import Routing

/// What of a packet the hash looks at: `fib_multipath_hash_policy`, 0 to 3.
package enum HashPolicy: UInt8, Hashable, Sendable, CaseIterable {
  /// Addresses; for IPv6 also the flow label and the next header.
  case layer3 = 0
  /// Addresses, protocol and ports, or a hash that the packet brings along.
  case layer4 = 1
  /// The addresses of the innermost header.
  case layer3Inner = 2
  /// What `fib_multipath_hash_fields` selects.
  case custom = 3

  /// The policy that the sysctl names; an absent sysctl means policy 0, nil a policy this program does not know.
  package init?(sysctl value: UInt8?) {
    self.init(rawValue: value ?? 0)
  }

  /// What the policy can read, for routes of the family.
  ///
  /// Policy 2 is listed by its inner fields, which are the outer ones for a packet that encapsulates nothing.
  ///
  /// - Parameter custom: `fib_multipath_hash_fields`, read by policy 3 only.
  package func fields(for family: AddressFamily, custom: HashFields) -> HashFields {
    switch self {
    case .layer3:
      family == .ipv4 ? [.source, .destination] : [.source, .destination, .ipProtocol, .flowLabel]
    case .layer4:
      [.source, .destination, .ipProtocol, .sourcePort, .destinationPort]
    case .layer3Inner:
      [.innerSource, .innerDestination, .innerIPProtocol, .innerFlowLabel]
    case .custom:
      family == .ipv4 ? custom.subtracting(.flowLabel) : custom
    }
  }

  /// The fields that are hashed where a packet has no inner header, and the policy looks at inner ones alone; empty for the
  /// other policies, as what they hash of a plain packet are the outer ones of `fields`.
  ///
  /// Policy 2 hashes the innermost header, which of a plain packet is the only one (`fib_multipath_hash()`,
  /// `rt6_multipath_hash()`).
  package func fieldsWithoutInner(for family: AddressFamily) -> HashFields {
    guard self == .layer3Inner else { return [] }
    return HashPolicy.layer3.fields(for: family, custom: [])
  }
}
