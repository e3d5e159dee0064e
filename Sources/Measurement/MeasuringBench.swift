import KernelRouting
import Netlink
import Routing
import Scratch

/// The furniture of the scratch namespace: interfaces, and as many distinct gateways as the largest group has members.
///
/// The gateways are IPv6 addresses, which serve the routes of both families; IPv4 ones where the kernel has no IPv6.
struct MeasuringBench {
  let families: [AddressFamily]

  static let egress: UInt32 = 11
  /// The router's side of the interfaces that queries come in by, and frames: one for each measuring table.
  static let ingress: [UInt32] = [21, 23, 25]
  /// Nexthop objects have higher ids than the groups: when the namespace ends, objects go in the order of their ids, and a
  /// group that went first need not be mended for each of its members.
  private static let firstNexthop: UInt32 = 1 << 20
  private static let linkLocal: UInt64 = 0xfe80 << 48

  static let egressPeerName = "sink"
  static func ingressName(_ table: Int) -> String { "in\(table)" }
  static func ingressPeerName(_ table: Int) -> String { "far\(table)" }
  /// The link-layer address of the router on every ingress interface; locally administered.
  static let routerAddress: [UInt8] = [2, 0, 0, 0, 1, 1]

  /// Makes the interfaces, and lets any packet through.
  init(_ scratch: inout ScratchNamespace) throws(KernelError) {
    families = try Self.openRouter(&scratch)
    var ends = [(NewLink.End("out", index: Self.egress), NewLink.End(Self.egressPeerName, index: Self.egress + 1))]
    for (table, index) in Self.ingress.enumerated() {
      ends.append(
        (
          NewLink.End(Self.ingressName(table), index: index, address: Self.routerAddress),
          NewLink.End(Self.ingressPeerName(table), index: index + 1)
        ))
    }
    for (near, far) in ends {
      try scratch.kernel.add(.link(NewLink(near, .veth(peer: far))))
      for end in [near, far] { try scratch.kernel.change(LinkChange(index: end.index ?? 0, isUp: true)) }
    }
  }

  /// Makes a router of the namespace that lets any packet through.
  ///
  /// - Returns: the families that it routes.
  static func openRouter(_ scratch: inout ScratchNamespace) throws(KernelError) -> [AddressFamily] {
    // Reverse path filters are inherited from the first namespace.
    for scope in ["all", "default"] {
      try scratch.set([
        SysctlSetting("ipv4/conf/\(scope)/rp_filter", 0), SysctlSetting("ipv4/conf/\(scope)/forwarding", true),
      ])
    }
    let hasIPv6 = try setUpIPv6(scratch)
    try scratch.kernel.change(LinkChange(index: 1, isUp: true))
    return hasIPv6 ? AddressFamily.allCases : [.ipv4]
  }

  private static func setUpIPv6(_ scratch: borrowing ScratchNamespace) throws(KernelError) -> Bool {
    do throws(KernelError) {
      for scope in ["all", "default"] {
        try scratch.set([
          SysctlSetting("ipv6/conf/\(scope)/disable_ipv6", 0), SysctlSetting("ipv6/conf/\(scope)/forwarding", true),
          SysctlSetting("ipv6/conf/\(scope)/accept_dad", 0),
        ])
      }
      return true
    } catch {
      guard error.errno == .noEntry else { throw error }
      return false
    }
  }

  private var gatewayFamily: AddressFamily { families.contains(.ipv6) ? .ipv6 : .ipv4 }

  func gateway(_ member: Int) -> IPAddress {
    switch gatewayFamily {
    case .ipv6: IPAddress(ipv6High: Self.linkLocal, low: 1 << 32 | UInt64(member))
    case .ipv4: IPAddress(ipv4: 198 << 24 | 18 << 16 | UInt32(member))
    }
  }

  /// The member that the kernel has chosen; nil for none of ours.
  func member(_ leg: RouteLeg?) -> Int? {
    guard let gateway = leg?.gateway, gateway.family == gatewayFamily else { return nil }
    let member: Int
    switch gatewayFamily {
    case .ipv6: member = Int(gateway.low & 0xffff)
    case .ipv4: member = Int(gateway.ipv4Value & 0xffff)
    }
    return gateway == self.gateway(member) ? member : nil
  }

  /// Adds the nexthop objects of a range of members.
  func addNexthops(_ members: Range<Int>, _ kernel: inout Kernel) throws(KernelError) {
    let onlink = UInt32(NexthopFlags.onlink.rawValue)
    for member in members {
      try kernel.add(
        .nexthop(
          Nexthop(
            id: Self.id(member), family: gatewayFamily,
            target: .device(interface: Self.egress, gateway: gateway(member), encapsulation: nil), flags: onlink)))
    }
  }

  static func id(_ member: Int) -> UInt32 { firstNexthop + UInt32(member) }

  /// Adds default routes over a group in a table, and rules that send a mark of the same number there.
  ///
  /// - Parameter ingress: the name of an interface whose packets go there too.
  func addTable(_ table: UInt32, ingress: String? = nil, _ kernel: inout Kernel) throws(KernelError) {
    for family in families {
      try kernel.add(
        .route(
          Route(
            destination: .everything(family), table: table, protocol: 4,
            nexthops: .object(id: table, expansion: .none))))
      var rule = Rule(family: family, priority: table, action: .lookup(table: table))
      rule.mark = table
      rule.markMask = .max
      try kernel.add(.rule(rule))
      if let ingress { try kernel.add(.rule(arrivalRule(table: table, ingress: ingress, family))) }
    }
  }

  /// What sends packets that come in by an interface to a table.
  func arrivalRule(table: UInt32, ingress: String, _ family: AddressFamily) -> Rule {
    var rule = Rule(family: family, priority: 20_000 + table, action: .lookup(table: table))
    rule.inputInterface = ingress
    return rule
  }
}
