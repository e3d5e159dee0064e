import TestSupport

/// Commands that change the state of a `SimulationLab`, most of which the kernel takes.
final class RandomChange {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

  func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  func maybe(_ text: @autoclosure () -> String, _ chance: Int = 3) -> String {
    below(chance) == 0 ? " " + text() : ""
  }

  /// One command, which may call the links by their other names.
  func command() -> String {
    let command = plainCommand()
    guard below(6) == 0 else { return command }
    return command.replacing(" dev o", with: " dev uplink").replacing("link set o", with: "link set uplink")
  }

  private func plainCommand() -> String {
    switch below(40) {
    case 0...13: route()
    case 14...22: nexthop()
    case 23...25: group()
    case 26...27: rule()
    case 28...31: link()
    case 32...33: address()
    case 34...36: neighbour()
    case 37: sysctl()
    case 38: flush()
    default: pick(["link del o\(1 + below(4))", "nexthop del id \(1 + below(30))"])
    }
  }

  /// Commands that fill an empty lab.
  func beginning() -> [String] {
    var commands: [String] = []
    for id in 1...4 { commands.append("nexthop add id \(id) via 10.0.\(id).2 dev o\(id)") }
    for id in 1...4 { commands.append("nexthop add id \(id + 4) via 2001:db8:\(id)::2 dev o\(id)") }
    for _ in 0..<3 { commands.append(group()) }
    for _ in 0..<10 { commands.append(route(verb: "add")) }
    return commands
  }

  private func gateway(_ isIPv6: Bool, _ number: Int) -> String {
    let host = pick([2, 2, 2, 3, 1, 77])
    if isIPv6 { return pick(["2001:db8:\(number)::\(host)", "2001:db8:\(number)::\(host)", "fe80::\(host)"]) }
    return pick(["10.0.\(number).\(host)", "10.0.\(number).\(host)", "10.0.\(1 + below(4)).\(host)"])
  }

  private func leg(_ isIPv6: Bool) -> String {
    let number = 1 + below(4)
    switch below(12) {
    case 0: return "dev o\(number)"
    case 1: return "via \(gateway(isIPv6, number))"
    case 2 where !isIPv6: return "via inet6 \(gateway(true, number)) dev o\(number)"
    case 3: return "via \(isIPv6 ? "2001:db8:f::9" : "192.0.2.9") dev o\(number) onlink"
    default: return "via \(gateway(isIPv6, number)) dev o\(number)"
    }
  }

  private func legs(_ isIPv6: Bool) -> String {
    switch below(8) {
    case 0: return leg(isIPv6)
    case 1: return "nhid \(isIPv6 ? 5 + below(4) : 1 + below(4))"
    case 2, 3: return "nhid \(20 + below(6))"
    default:
      let count = 1 + below(4)
      return (0..<count).map { _ in "nexthop " + leg(isIPv6) + maybe("weight \(1 + below(9))", 2) }.joined(
        separator: " ")
    }
  }

  private func prefix(_ isIPv6: Bool) -> String {
    isIPv6
      ? pick(["2001:db8:a\(below(3))::/48", "2001:db8:a0::/64", "default"])
      : pick(["192.0.2.0/24", "198.51.10\(below(3)).0/24", "198.51.0.0/16", "default"])
  }

  func route(verb given: String? = nil) -> String {
    let isIPv6 = below(2) == 0
    let verb =
      given
      ?? pick(["add", "append", "append", "prepend", "replace", "replace", "replace", "change", "del", "del", "test"])
    var text = (isIPv6 ? "-6 " : "") + "route \(verb) "
    let type = below(12) == 0 ? pick(["blackhole", "unreachable", "prohibit", "throw"]) + " " : ""
    text += type + prefix(isIPv6) + maybe("metric \(pick([10, 20, 1024]))") + maybe("table 100", 5)
    if !isIPv6 { text += maybe("tos 0x\(pick(["10", "08", "04"]))", 7) }
    if verb != "del" {
      text += maybe("proto \(pick(["bgp", "static"]))", 3) + maybe("mtu 1400", 8)
      text += maybe("src \(isIPv6 ? "2001:db8:1::1" : pick(["10.0.1.1", "10.0.2.1", "10.0.9.9"]))", 10)
    }
    var way = type.isEmpty ? legs(isIPv6) : ""
    // What stands between IPv6 siblings is in no dump.
    let isAlone = !way.contains("via") || !type.isEmpty
    if isIPv6, isAlone, !["replace", "change", "del"].contains(verb), !text.contains("metric") {
      text += " metric 30"
    } else if isIPv6, isAlone, !["replace", "change", "del"].contains(verb) {
      way = type.isEmpty ? "via 2001:db8:1::2" : ""
    }
    if type.isEmpty, verb != "del" || below(2) == 0 { text += " " + way }
    return text
  }

  private func nexthop() -> String {
    let id = 1 + below(8)
    let isIPv6 = id > 4
    switch below(10) {
    case 0: return "nexthop del id \(pick([id, 20 + below(6)]))"
    case 1: return "nexthop \(pick(["add", "replace"])) id \(id) blackhole"
    case 2: return "nexthop add id \(id) \(leg(isIPv6))"
    case 3: return "nexthop replace id \(id) \(leg(!isIPv6))"
    case 4...6: return "nexthop replace id \(id) via \(gateway(isIPv6, (id - 1) % 4 + 1)) dev o\((id - 1) % 4 + 1)"
    default: return group()
    }
  }

  func group() -> String {
    let id = 20 + below(6)
    let isIPv6 = id % 2 == 1
    var ids = isIPv6 ? [5, 6, 7, 8] : [1, 2, 3, 4]
    if below(9) == 0 { ids[below(4)] = pick([1, 7, 9, 20]) }
    ids.shuffle(using: &generator)
    let members = ids.prefix(1 + below(4)).map { "\($0)" + (below(3) == 0 ? ",\(1 + below(20))" : "") }
    let isResilient = id >= 23 ? below(8) != 0 : below(20) == 0
    let verb = pick(["add", "replace", "replace", "replace"])
    var text = "nexthop \(verb) id \(id) group " + members.joined(separator: "/")
    if isResilient {
      text += " type resilient" + (below(5) == 0 ? "" : " buckets \(pick([16, 16, 16, 16, 32]))")
      text += maybe("idle_timer \(pick([1, 60]))") + maybe("unbalanced_timer \(pick([0, 30]))")
    }
    return text + maybe("proto bgp", 6)
  }

  private func rule() -> String {
    let isIPv6 = below(2) == 0
    return (isIPv6 ? "-6 " : "") + "rule \(pick(["add", "add", "del"]))"
      + maybe("pref \(pick([100, 200, 300]))", 2) + maybe("from \(isIPv6 ? "2001:db8:1::/48" : "10.0.1.0/24")")
      + maybe("to \(isIPv6 ? "2001:db8:a1::/48" : "198.51.100.0/24")") + maybe("fwmark \(pick(["7", "1/3"]))", 4)
      + maybe("iif o\(1 + below(4))", 4) + maybe("ipproto tcp", 5) + maybe("dport 80-90", 6)
      + " "
      + pick([
        "table 100", "table main", "blackhole", "unreachable", "goto 32766", "lookup 100 suppress_prefixlength 0",
      ])
  }

  private func link() -> String {
    let number = 1 + below(4)
    return "link set "
      + pick([
        "o\(number) down", "o\(number) up", "o\(number) up", "p\(number) down", "p\(number) up", "p\(number) up",
        "o\(number) mtu 1400", "o\(number) group 7",
      ])
  }

  private func address() -> String {
    let isIPv6 = below(2) == 0
    let number = 1 + below(4)
    return "addr \(pick(["add", "del", "replace"])) "
      + (isIPv6
        ? pick(["2001:db8:\(number)::1/64", "2001:db8:b\(number)::1/64"])
        : pick(["10.0.\(number).1/24", "10.1.\(number).1/24", "10.1.\(number).2/24", "10.2.\(number).1/32"]))
      + " dev o\(number)" + (isIPv6 ? " nodad" : "")
  }

  private func neighbour() -> String {
    let isIPv6 = below(2) == 0
    let number = 1 + below(4)
    let state = pick(["permanent", "stale", "noarp", "failed", "permanent"])
    return "neigh \(pick(["add", "replace", "replace", "del", "change"])) "
      + (isIPv6 ? "2001:db8:\(number)::2" : "10.0.\(number).2") + " dev o\(number)"
      + " lladdr 02:00:00:00:00:0\(number) nud \(state)"
  }

  private func sysctl() -> String {
    "sysctl -w net."
      + pick([
        "ipv4.fib_multipath_hash_policy=\(below(5))", "ipv6.fib_multipath_hash_policy=\(below(4))",
        "ipv4.fib_multipath_hash_fields=\(below(0x1100))", "ipv4.fib_multipath_hash_seed=\(below(99999))",
        "ipv4.fib_multipath_use_neigh=\(below(3))", "ipv4.conf.o1.ignore_routes_with_linkdown=1",
        "ipv6.conf.all.ignore_routes_with_linkdown=\(below(2))", "ipv4.conf.all.forwarding=\(below(2))",
        "ipv6.conf.all.forwarding=\(below(2))", "ipv4.conf.o2.rp_filter=\(below(3))",
        "ipv4.conf.o9.rp_filter=1",
      ])
  }

  private func flush() -> String {
    pick([
      "route flush table 100", "-6 route flush table 100", "route flush proto bgp", "-6 route flush proto bgp",
      "route flush 198.51.0.0/16", "route flush root 198.51.0.0/16", "route flush via 10.0.1.2",
      "route flush match 198.51.100.0/24", "route flush dev o1 proto bgp", "nexthop flush dev o1",
      "nexthop flush groups", "nexthop flush proto bgp", "neigh flush dev o1", "neigh flush dev o2 nud all",
      "rule flush pref 100", "addr flush dev o3 to 10.0.0.0/8", "route flush type blackhole table all",
    ])
  }
}
