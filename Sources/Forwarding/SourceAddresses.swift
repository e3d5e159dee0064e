import Routing

/// Chooses source addresses as `inet_select_addr()` does (net/ipv4/devinet.c).
struct SourceAddresses: Sendable {
  private static let secondary: UInt32 = 0x01
  private static let linkScope: UInt8 = 253

  private var byInterface: [UInt32: [InterfaceAddress]] = [:]
  private let interfaces: [UInt32]

  init(addresses: [InterfaceAddress], links: [Link]) {
    for address in addresses
    where address.address.family == .ipv4 && address.flags & Self.secondary == 0 {
      byInterface[address.interface, default: []].append(address)
    }
    interfaces = links.map(\.index)
  }

  /// The IPv4 address that the kernel prefers on `interface` towards `gateway`, for a route of `scope`;
  /// and whether the interface has others that a cached choice might hold instead.
  func preferred(interface: UInt32, gateway: IPAddress?, scope: UInt8) -> (address: IPAddress?, alternatives: Bool) {
    let own = byInterface[interface, default: []].filter { min($0.scope, Self.linkScope) <= scope }
    if let first = own.first {
      let target = Self.matchingValue(of: gateway)
      let match = target == 0 ? nil : own.first { Self.covers($0, target) }
      return ((match ?? first).address, own.count > 1)
    }
    for other in interfaces where other != interface {
      let found = byInterface[other, default: []].first { $0.scope != Self.linkScope && $0.scope <= scope }
      if let found { return (found.address, true) }
    }
    return (nil, false)
  }

  /// The kernel compares the first four bytes of the gateway, also when it is an IPv6 address.
  private static func matchingValue(of gateway: IPAddress?) -> UInt32 {
    guard let gateway else { return 0 }
    return gateway.family == .ipv4 ? gateway.ipv4Value : UInt32(truncatingIfNeeded: gateway.high >> 32)
  }

  private static func covers(_ address: InterfaceAddress, _ value: UInt32) -> Bool {
    let onLink = address.peer ?? address.address
    return Prefix(containing: onLink, length: address.prefixLength).contains(IPAddress(ipv4: value))
  }
}
