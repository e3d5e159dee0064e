import Routing

/// Chooses source addresses as `inet_select_addr()` does (net/ipv4/devinet.c).
struct SourceAddresses: Sendable {
  private static let secondary: UInt32 = 0x01
  private static let linkScope: UInt8 = 253
  private static let hostScope: UInt8 = 254

  private var byInterface: [UInt32: [InterfaceAddress]] = [:]
  private let interfaces: [UInt32]
  private let links: LinkTable

  init(addresses: [InterfaceAddress], links: [Link], table: LinkTable) {
    self.links = table
    for address in addresses
    where address.address.family == .ipv4 && address.flags & Self.secondary == 0 {
      byInterface[address.interface, default: []].append(address)
    }
    interfaces = links.map(\.index)
  }

  /// The IPv4 address that the kernel prefers on `interface` towards `gateway`, for a route of `scope`;
  /// and whether the interface has others that a cached choice might hold instead.
  func preferred(interface: UInt32, gateway: IPAddress?, scope: UInt8) -> (address: IPAddress?, alternatives: Bool) {
    let own = byInterface[interface, default: []].filter { min($0.scope, Self.hostScope) <= scope }
    if let first = own.first {
      let target = Self.matchingValue(of: gateway)
      let match = target == 0 ? nil : own.first { Self.covers($0, target) }
      return ((match ?? first).address, own.count > 1)
    }
    // The interfaces of a VRF lend each other addresses, the VRF device first, and so do those outside of all VRFs.
    let vrf = links.vrf(of: interface)
    if let vrf, let found = lent(by: vrf, scope: scope) { return (found, true) }
    for other in interfaces where other != interface && links.vrf(of: other) == vrf {
      if let found = lent(by: other, scope: scope) { return (found, true) }
    }
    return (nil, false)
  }

  /// The address that an interface gives to another that has none (`in_dev_select_addr()`).
  private func lent(by interface: UInt32, scope: UInt8) -> IPAddress? {
    byInterface[interface, default: []].first { $0.scope != Self.linkScope && $0.scope <= scope }?.address
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
