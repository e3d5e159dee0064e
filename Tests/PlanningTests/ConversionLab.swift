import Planning
import Routing
import TestSupport

/// Routers with some twenty routes of every kind, as commands: they can be run, or simulated.
final class ConversionLab {
  private var generator: SeededGenerator
  private var legSets: [String] = []

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

  private func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  private func maybe(_ text: @autoclosure () -> String, _ chance: Int = 3) -> String {
    below(chance) == 0 ? " " + text() : ""
  }

  /// The commands, which every kernel takes after `SimulationLab.build()`.
  ///
  /// - Parameter routes: how many.
  func commands(routes: Int = 20) -> [String] {
    var commands: [String] = []
    for id in 1...4 { commands.append("nexthop add id \(id) via 10.0.\(id).2 dev o\(id) proto static") }
    for id in 5...8 { commands.append("nexthop add id \(id) via 2001:db8:\(id - 4)::2 dev o\(id - 4)") }
    commands.append("nexthop add id 20 group \(members([1, 2, 3, 4]))")
    commands.append("nexthop add id 21 group \(members([5, 6, 7, 8])) proto static")
    commands.append("nexthop add id 22 group \(members([1, 2, 3, 4])) type resilient buckets 64 idle_timer 60")
    for index in 0..<routes { commands.append(route(index)) }
    return commands
  }

  private func members(_ ids: [Int]) -> String {
    ids.shuffled(using: &generator).prefix(2 + below(3)).map { "\($0)" + (below(2) == 0 ? ",\(1 + below(9))" : "") }
      .joined(separator: "/")
  }

  private func leg(_ isIPv6: Bool) -> String {
    let link = 1 + below(4)
    let weight = maybe("weight \(1 + below(9))", 2)
    if isIPv6 {
      let gateway = pick(["2001:db8:\(link)::2", "2001:db8:\(link)::3", "2001:db8:\(link)::2", "fe80::\(link + 1)"])
      return "via \(gateway) dev o\(link)" + (below(9) == 0 ? " onlink" : "") + weight
    }
    switch below(9) {
    case 0: return "via inet6 2001:db8:\(link)::9 dev o\(link)" + weight
    case 1: return "via 192.0.2.\(link) dev o\(link) onlink" + weight
    case 2: return "dev o\(link)" + weight
    default: return "via 10.0.\(link).\(pick([2, 3])) dev o\(link)" + weight
    }
  }

  private func legs(_ isIPv6: Bool) -> String {
    let known = legSets.filter { $0.hasPrefix(isIPv6 ? "6" : "4") }
    if !known.isEmpty, below(2) == 0 { return String(pick(known).dropFirst()) }
    var legs: [String] = []
    while legs.count < 2 + below(3) {
      let leg = leg(isIPv6)
      // IPv6 takes no nexthop twice, whatever its weight and flags.
      let name = leg.split(separator: " ").prefix(4)
      if isIPv6, legs.contains(where: { $0.split(separator: " ").dropFirst().prefix(4) == name }) { continue }
      legs.append("nexthop " + leg)
    }
    let text = legs.joined(separator: " ")
    legSets.append((isIPv6 ? "6" : "4") + text)
    return text
  }

  private func route(_ index: Int) -> String {
    let isIPv6 = below(2) == 0
    var text = "route add " + (isIPv6 ? "2001:db8:a\(index)::/48" : "198.18.\(index).0/24")
    text += maybe("metric \(pick([10, 20, 512]))") + maybe("table 100", 5)
    if !isIPv6 { text += maybe("tos 0x\(pick(["10", "08", "04"]))", 5) }
    text += maybe("proto \(pick(["static", "77"]))", 2)
    text += maybe("mtu \(pick(["", "lock "]))1400", 5) + maybe("advmss 1200", 6) + maybe("initcwnd 20", 8)
    text += maybe("hoplimit 9", 8) + maybe("quickack 1", 8) + maybe("congctl reno", 9) + maybe("rtt 800", 9)
    text += maybe("src \(isIPv6 ? "2001:db8:1::1" : pick(["10.0.1.1", "10.0.2.1"]))", 5)
    if isIPv6 { text += maybe("pref \(pick(["high", "low"]))", 5) + maybe("expires 9000", 9) }
    switch below(8) {
    case 0: return text + " via \(isIPv6 ? "2001:db8:2::2" : "10.0.2.2")"
    case 1, 2: return text + " nhid \(isIPv6 ? 21 : 20)"
    case 3: return text + " nhid \(isIPv6 ? 21 : 22)"
    default: return text + " " + legs(isIPv6)
    }
  }
}

extension ConversionLab {
  /// What `SimulationLab.build()` makes, as a value.
  static var empty: RoutingState {
    let up: UInt32 = 0x1_0043
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: [Link(index: 1, name: "lo", flags: up | 0x8)]
        + (1...4).map { Link(index: $0 + 1, name: "o\($0)", flags: up, operationalState: 6, kind: "veth") },
      rules: Rule.defaults(.ipv4) + Rule.defaults(.ipv6), nexthops: [])
    state.settings.hashSeed = 305_419_896
    state.settings.ipv4Hash.policy = 1
    state.settings.ipv6Hash.policy = 1
    state.settings.ipv4ForwardingAll = true
    state.settings.ipv6ForwardingAll = true
    for number in 1...4 as ClosedRange<UInt32> {
      let own4 = IPAddress(ipv4: 0x0a00_0001 | number << 8)
      let own6 = IPAddress(ipv6High: 0x2001_0db8_0000_0000 | UInt64(number) << 16, low: 1)
      for (own, length) in [(own4, 24), (own6, 64)] as [(IPAddress, UInt8)] {
        state.addresses.append(InterfaceAddress(interface: number + 1, address: own, prefixLength: length))
        state.routes += [
          Route(
            destination: Prefix(containing: own, length: length), metric: own.family == .ipv6 ? 256 : nil,
            protocol: 2, scope: own.family == .ipv4 ? 253 : 0,
            nexthops: .legs(.single(RouteLeg(interface: number + 1)))),
          Route(
            destination: Prefix(host: own), table: RouteTable.local, type: .local, protocol: 2,
            scope: own.family == .ipv4 ? 254 : 0, nexthops: .legs(.single(RouteLeg(interface: number + 1)))),
        ]
      }
    }
    return state
  }

  /// The router of a seed, simulated.
  static func state(seed: UInt64) throws -> RoutingState {
    var simulation = Simulation(empty)
    let parser = CommandParser()
    for command in ConversionLab(seed: seed).commands() { try simulation.apply(try parser.change(command)) }
    return simulation.state
  }
}
