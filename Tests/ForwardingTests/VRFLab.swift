import Forwarding
import Routing

/// A router with a VRF, table 77, of three interfaces: `red` (10), which has r1, r2 and r3 (11 to 13), beside m1, m2 and
/// m3 (2 to 4). The main table and that of the VRF have the same routes, each over its own interfaces.
struct VRFLab {
  static let red: UInt32 = 10
  static let members: Set<UInt32> = [11, 12, 13]
  static let others: Set<UInt32> = [2, 3, 4]

  let family: AddressFamily
  var state: RoutingState

  init(_ release: String, _ family: AddressFamily, usesGroups: Bool = false) {
    self.family = family
    var links = Self.members.sorted().map { Link(index: $0, name: "r\($0 - 10)", flags: 0x1_1043, master: Self.red) }
    links += Self.others.sorted().map { Link(index: $0, name: "m\($0 - 1)", flags: 0x1_1043) }
    links.append(Link(index: 1, name: "lo", flags: 0x1_0049))
    links.append(Link(index: Self.red, name: "red", flags: 0x1_04c1, kind: "vrf", vrfTable: 77))
    var rule = Rule(family: family, priority: 1000, action: .lookup(table: 0))
    rule.isL3MasterDevice = true
    state = RoutingState(
      kernel: KernelIdentity(release: release, machine: "x86_64"), links: links,
      rules: Rule.defaults(family) + [rule], routes: [])
    state.settings.hashSeed = 1
    for (table, interfaces, group) in [(RouteTable.main, Self.others, 50), (77, Self.members, 60)]
      as [(UInt32, Set<UInt32>, UInt32)]
    {
      let legs = interfaces.sorted().map { RouteLeg(gateway: gateway($0), interface: $0) }
      var route = Route(destination: .everything(family), table: table, nexthops: .legs(.multipath(legs)))
      if usesGroups {
        let ids = legs.map { group + $0.interface }
        let nexthops = zip(ids, legs).map { id, leg in
          Nexthop(
            id: id, family: family, target: .device(interface: leg.interface, gateway: leg.gateway, encapsulation: nil))
        }
        state.nexthops = (state.nexthops ?? []) + nexthops
        state.groups.append(NexthopGroup(id: group, members: ids.map { NexthopGroup.Member(id: $0) }))
        route.nexthops = .object(id: group, expansion: .none)
      }
      state.routes.append(route)
    }
    for interface in [Self.red] + Self.members.sorted() + Self.others.sorted() {
      state.addresses.append(
        InterfaceAddress(
          interface: interface, address: own(interface), prefixLength: family == .ipv4 ? 24 : 64))
    }
  }

  func gateway(_ interface: UInt32) -> IPAddress { address(10, interface, 2) }

  func own(_ interface: UInt32) -> IPAddress { address(10, interface, 1) }

  private func address(_ first: UInt32, _ second: UInt32, _ last: UInt32) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: first << 24 | second << 16 | last)
    case .ipv6: IPAddress(ipv6High: 0xfd00 << 48 | UInt64(second) << 32, low: UInt64(last))
    }
  }

  /// The decisions for 64 flows that differ in their destination.
  func decisions(_ change: (inout Flow) -> Void, for question: ForwardingTable.Question = .query) -> [Decision] {
    let table = ForwardingTable(state)
    return (1...64).map { number in
      var flow = Flow(
        source: .unspecified(family),
        destination: family == .ipv4
          ? IPAddress(ipv4: 198 << 24 | UInt32(number)) : IPAddress(ipv6High: 0x2001_0db8 << 32, low: UInt64(number)),
        ipProtocol: 17, sourcePort: 1, destinationPort: 2)
      change(&flow)
      return table.decide(flow, for: question)
    }
  }

  /// The interfaces by which those flows leave; 0 stands for none.
  func interfaces(_ change: (inout Flow) -> Void, for question: ForwardingTable.Question = .query) -> Set<UInt32> {
    Set(decisions(change, for: question).map { $0.nexthop?.interface ?? 0 })
  }
}
