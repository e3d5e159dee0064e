import KernelRouting
import Routing
import TestSupport

/// A random configuration of the router: settings, routes of every kind, and trouble.
struct Configuration {
  /// How a route spreads its traffic.
  enum Kind: String, CaseIterable {
    case legacy
    case threshold = "hash-threshold"
    case resilient
  }

  var settings: [SysctlSetting] = []
  var groups: [NexthopGroup] = []
  var routes: [Route] = []
  var rules: [Rule] = []
  /// What only `ip` does: failed neighbours, devices that go down.
  var commands: [String] = []
  /// Takes neighbours away; those that have failed may be gone by themselves.
  var removals: [String] = []
  /// Undoes `commands`, after `removals`.
  var remedies: [String] = []
  /// How groups change after half of the frames.
  var replacements: [NexthopGroup] = []
  /// Settings that change after half of the frames.
  var laterSettings: [SysctlSetting] = []

  private static let tableOfRules: UInt32 = 100

  /// - Parameter seed: 0 leaves the key to the kernel.
  init(lab: Lab, keyed: Bool, using random: inout SeededGenerator) {
    settings = Self.hashSettings(lab.abilities, keyed: keyed, &random)
    if random.chance(40) { laterSettings = Self.hashSettings(lab.abilities, keyed: keyed, &random) }
    settings += Self.lookupSettings(lab, &random)
    let kinds = Kind.allCases.filter { $0 != .resilient || lab.abilities.hasResilientGroups }
    for family in AddressFamily.allCases {
      var number = 0
      for kind in kinds {
        for _ in 0..<2 {
          number += 1
          addRoute(to: Self.prefix(number, family), kind, lab, &random)
        }
      }
      if random.chance(30) { addRules(family, lab, &random) }
      if lab.hasVRF {
        addRoute(to: Self.prefix(90, family), table: Lab.vrfTable, random.pick(kinds), lab, &random)
      }
      addTrouble(family, &random)
    }
    if random.chance(30) {
      commands.append("link set o\(Gateway.fallibleDevice) down")
      remedies.append("link set o\(Gateway.fallibleDevice) up")
      // A device that goes down loses its neighbours.
      for gateway in Gateway.all(on: [Gateway.fallibleDevice]) {
        remedies += AddressFamily.allCases.map { Lab.neighbour(gateway, $0, state: "permanent") }
      }
    }
  }

  // MARK: Settings

  private static func hashSettings(
    _ abilities: KernelAbilities, keyed: Bool, _ random: inout SeededGenerator
  ) -> [SysctlSetting] {
    var settings: [SysctlSetting] = []
    if abilities.hasSeed {
      settings.append(SysctlSetting("ipv4/fib_multipath_hash_seed", keyed ? 1 + random.next() % 0xffff_ffff : 0))
    }
    for family in ["ipv4", "ipv6"] {
      let policy = UInt8(random.next() % UInt64(abilities.policies.count))
      settings.append(SysctlSetting("\(family)/fib_multipath_hash_policy", policy))
      guard abilities.policies.contains(3) else { continue }
      let mixture = 1 + random.next() % 0xfff
      let fields = random.pick([mixture, mixture, mixture, 0x37, 1 << (random.next() % 12)])
      settings.append(SysctlSetting("\(family)/fib_multipath_hash_fields", fields))
    }
    return settings
  }

  private static func lookupSettings(_ lab: Lab, _ random: inout SeededGenerator) -> [SysctlSetting] {
    var settings = [SysctlSetting("ipv4/fib_multipath_use_neigh", random.chance(50))]
    let ignores = random.chance(50)
    for family in ["ipv4", "ipv6"] {
      settings.append(SysctlSetting("\(family)/conf/all/ignore_routes_with_linkdown", ignores))
      // The common one comes first: for IPv6 it sets those of all devices.
      let own = "o\(Gateway.carrierlessDevice)"
      settings.append(SysctlSetting("\(family)/conf/\(own)/ignore_routes_with_linkdown", random.chance(50)))
    }
    return settings
  }

  // MARK: Routes

  static func prefix(_ number: Int, _ family: AddressFamily) -> Prefix {
    switch family {
    case .ipv4: Prefix(containing: IPAddress(ipv4: 0xcb00_0000 | UInt32(number) << 8), length: 24)
    case .ipv6:
      Prefix(containing: IPAddress(ipv6High: 0x2001_0db8_0000_0000 | UInt64(number) << 16, low: 0), length: 48)
    }
  }

  private mutating func addRoute(
    to prefix: Prefix, table: UInt32 = RouteTable.main, _ kind: Kind, _ lab: Lab, _ random: inout SeededGenerator
  ) {
    let count: Int = random.pick([1, 2, 2, 3, 3, 4, 5, 8, 12])
    let family = prefix.family
    let nexthops: RouteNexthops
    if kind == .legacy {
      // The kernel finds an IPv6 gateway without carrier only for IPv6 routes of its main table.
      let canCross = family == .ipv4 && random.chance(50)
      let isFree = !canCross && (family == .ipv4 || table == RouteTable.main)
      let troubled = isFree ? [Gateway.fallibleDevice, Gateway.carrierlessDevice] : [Gateway.fallibleDevice]
      let devices = lab.soundDevices + troubled
      let gateways = Gateway.all(on: devices).shuffled(using: &random).prefix(max(2, count))
      let legs = gateways.map { gateway in
        // IPv4 routes may have gateways of the other family (RTA_VIA).
        let hopFamily: AddressFamily = canCross && random.chance(20) ? .ipv6 : family
        return RouteLeg(
          gateway: gateway.address(hopFamily), interface: lab.interfaces[gateway.interface] ?? 0,
          weight: UInt16(Self.weight(upTo: lab.legWeight, &random)))
      }
      nexthops = .legs(.multipath(Array(legs) + Self.tunnelLegs(family, lab, &random)))
    } else {
      let id = UInt32(100 + groups.count)
      groups.append(Self.group(id, kind, family, count: count, lab, &random))
      if random.chance(50) { addReplacement(of: groups[groups.count - 1], family, lab, &random) }
      nexthops = .object(id: id, expansion: .none)
    }
    routes.append(Route(destination: prefix, table: table, protocol: 99, nexthops: nexthops))
  }

  /// Device-only legs, which IPv6 routes can not have.
  private static func tunnelLegs(
    _ family: AddressFamily, _ lab: Lab, _ random: inout SeededGenerator
  ) -> [RouteLeg] {
    var legs: [RouteLeg] = []
    for tunnel in lab.tunnels where family == .ipv4 && tunnel.families.contains(.ipv4) && random.chance(15) {
      legs.append(
        RouteLeg(
          interface: lab.interfaces[tunnel.name] ?? 0, weight: UInt16(Self.weight(upTo: lab.legWeight, &random))))
    }
    return legs
  }

  private static func weight(upTo limit: UInt32, _ random: inout SeededGenerator) -> UInt32 {
    let limits: [UInt32] = [1, 4, 16, min(256, limit), limit]
    return 1 + random.number() % random.pick(limits)
  }

  private static func group(
    _ id: UInt32, _ kind: Kind, _ family: AddressFamily, count: Int, _ lab: Lab,
    _ random: inout SeededGenerator
  ) -> NexthopGroup {
    let gateways = Gateway.all(on: lab.soundDevices).shuffled(using: &random).prefix(count)
    var members = gateways.map { gateway in
      let hopFamily: AddressFamily = family == .ipv4 && random.chance(10) ? .ipv6 : family
      return NexthopGroup.Member(
        id: gateway.nexthopID(hopFamily), weight: Self.weight(upTo: lab.abilities.maximalWeight, &random))
    }
    for tunnel in lab.tunnels where tunnel.families.contains(family) && random.chance(15) {
      members.append(
        NexthopGroup.Member(
          id: tunnel.nexthopID(family), weight: Self.weight(upTo: lab.abilities.maximalWeight, &random)))
    }
    guard kind == .resilient else { return NexthopGroup(id: id, members: members) }
    let limit: UInt16 = random.pick([16, 300, 300, 300, 4096, random.chance(20) ? 65535 : 64])
    let buckets: UInt16 = 1 + random.number() % limit
    return NexthopGroup(
      id: id, kind: .resilient, members: members,
      resilient: ResilientParameters(buckets: buckets, idleTimer: 12000, unbalancedTimer: 0))
  }

  /// Other members and weights for a group; a resilient one keeps its buckets where it can.
  private mutating func addReplacement(
    of group: NexthopGroup, _ family: AddressFamily, _ lab: Lab, _ random: inout SeededGenerator
  ) {
    let count: Int = random.pick([1, 2, 3, 4, 6])
    var other = Self.group(group.id, .threshold, family, count: count, lab, &random)
    other.kind = group.kind
    other.resilient = group.resilient
    if random.chance(50) {
      other.members = Array(group.members.prefix(1)) + other.members.filter { $0.id != group.members[0].id }
    }
    replacements.append(other)
  }

  /// Rules that need the protocol and the ports, so that the kernel takes packets apart before the lookup.
  private mutating func addRules(_ family: AddressFamily, _ lab: Lab, _ random: inout SeededGenerator) {
    let kinds = Kind.allCases.filter { $0 != .resilient || lab.abilities.hasResilientGroups }
    addRoute(to: .everything(family), table: Self.tableOfRules, random.pick(kinds), lab, &random)
    for offset in 0..<(1 + random.next() % 2) {
      var rule = Rule(
        family: family, priority: 100 + UInt32(offset), action: .lookup(table: Self.tableOfRules))
      if random.chance(25) { rule.inputInterface = random.pick(["in1", "in2"]) }
      switch random.next() % 6 {
      case 0: rule.tos = 0x10
      case 1: rule.ipProtocol = random.pick([6, 132, family == .ipv4 ? 1 : 58, 44, 50])
      case 2, 3: (rule.ipProtocol, rule.destinationPorts) = (17, Rule.Range(first: 1, last: 30000))
      default: (rule.ipProtocol, rule.sourcePorts) = (random.pick([6, 17]), Rule.Range(first: 20000, last: 50000))
      }
      rules.append(rule)
    }
  }

  /// Neighbours that have failed, and valid ones of other states.
  private mutating func addTrouble(_ family: AddressFamily, _ random: inout SeededGenerator) {
    let gateways = Gateway.all(on: Gateway.devices).filter { $0.device != Gateway.fallibleDevice }
      .shuffled(using: &random)
    let failed = random.chance(40) ? Int(random.next() % 6) : 0
    let others = random.chance(40) ? 4 : 0
    for (position, gateway) in gateways.prefix(failed + others).enumerated() {
      let state = position < failed ? "failed" : random.pick(["stale", "reachable", "noarp"])
      commands.append(Lab.neighbour(gateway, family, state: state))
      // Packets wait at an entry that has failed; with it they go.
      removals.append("neigh del \(gateway.address(family)) dev \(gateway.interface)")
      remedies.append(Lab.neighbour(gateway, family, state: "permanent"))
    }
  }
}
