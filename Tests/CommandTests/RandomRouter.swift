import TestSupport

/// The commands that make a router with some twenty routes of every kind, out of everything that the kernel keeps of a
/// route: shared groups and shared sets of legs, every attribute, encapsulations.
struct RandomRouter {
  private var generator: SeededGenerator
  private var legSets: (ipv4: [String], ipv6: [String]) = ([], [])
  /// For `ip -batch`.
  private(set) var commands: [String] = []

  /// Four interfaces `o1` to `o4`, with an address of each family.
  static let interfaces = """
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    for n in 1 2 3 4; do
      ip link add o$n address 02:00:00:00:01:0$n type veth peer name p$n address 02:00:00:00:02:0$n
      ip link set p$n up; ip link set o$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
    done
    # Until the routes that the kernel makes by itself are there.
    for i in $(seq 1200); do
      [ $(ip -6 route show table all | wc -l) = 45 ] && break
      sleep 0.05
    done
    """

  /// Everything that `ip` shows of routes and nexthop objects, without the time that passes meanwhile.
  static func picture() throws -> String {
    try run(
      """
      for family in -4 -6; do
        ip $family -j -d route show table all | sed 's/},{"\\(type\\|dst\\)"/},\\n{"\\1"/g; s/"expires":[0-9]*/"expires":0/g'
        echo
      done
      ip -j -d nexthop | sed 's/"flags":\\[\\([^]]*\\)\\]},/&\\n/g; s/"unbalanced_time":[0-9.e+-]*/"unbalanced_time":0/g'
      """)
  }

  /// The lines of two pictures that only one of them has.
  static func differences(_ before: String, _ after: String) -> [String] {
    let lines = [before, after].map { $0.split(separator: "\n").map(String.init) }
    return lines[0].filter { !lines[1].contains($0) }.map { "- \($0)" }
      + lines[1].filter { !lines[0].contains($0) }.map { "+ \($0)" }
  }

  /// The router of a seed, in the calling thread's namespace.
  static func build(seed: UInt64) throws {
    let commands = RandomRouter(seed: seed).commands.joined(separator: "\n")
    try run("\(interfaces)\nip -batch - <<'END'\n\(commands)\nEND")
  }

  init(seed: UInt64, routes: Int = 20) {
    generator = SeededGenerator(seed: seed)
    addObjects()
    for index in 0..<routes { addRoute(index) }
  }

  // MARK: Objects

  private mutating func addObjects() {
    for link in 1...4 {
      commands += [
        "nexthop add id \(link) via 10.1.\(link).2 dev o\(link)" + maybe("proto static"),
        "nexthop add id 1\(link) via fd00:\(link)::2 dev o\(link)" + maybe("proto 88"),
      ]
    }
    commands += [
      "nexthop add id 5 via 192.0.2.1 dev o1 onlink proto boot", "nexthop add id 6 dev o2",
      "nexthop add id 7 via 10.1.3.9 dev o3" + encapsulation(isIPv6: false),
      "nexthop add id 15 via fe80::9 dev o2", "nexthop add id 16 via fd00:4::9 dev o4" + encapsulation(isIPv6: true),
    ]
    // Groups of IPv4 routes may have members of both families.
    commands += [
      "nexthop add id 100 group " + members([1, 2, 3, 4, 5, 6, 7, 12]) + maybe("proto static"),
      "nexthop add id 101 group " + members([11, 12, 13, 14, 15, 16]) + maybe("proto 88"),
      "nexthop add id 102 group " + members([1, 2, 3, 4])
        + maybe("type resilient buckets 64 idle_timer 30", "type resilient buckets 70", percent: 50),
    ]
  }

  private mutating func members(_ ids: [Int]) -> String {
    let count = 2 + Int(generator.next() % 3)
    return ids.shuffled(using: &generator).prefix(count).map { id in
      generator.chance(50) ? "\(id)" : "\(id),\(generator.pick([1, 2, 3, 7, 10]))"
    }.joined(separator: "/")
  }

  private mutating func encapsulation(isIPv6: Bool) -> String {
    let kinds = [
      " encap ip id 5 dst 10.9.9.9", " encap ip id 6 src 10.1.1.1 dst 10.9.9.8 ttl 8 tos 4",
      " encap ip6 id 7 dst fd00:9::9 hoplimit 12", " encap seg6 mode encap segs fc00::1,fc00::2",
    ]
    let own = [
      " encap seg6local action End.X nh6 fd00:1::7", " encap seg6 mode inline segs fc00::3",
      " encap seg6local action End.DX4 nh4 10.1.2.7",
    ]
    return generator.pick(isIPv6 ? kinds + own : kinds)
  }

  // MARK: Routes

  /// A space and one of the choices, so many times of a hundred; else nothing.
  private mutating func maybe(_ choices: String..., percent: UInt64 = 20) -> String {
    generator.chance(percent) ? " " + generator.pick(choices) : ""
  }

  private mutating func leg(isIPv6: Bool) -> String {
    let link = 1 + Int(generator.next() % 4)
    let host: Int = generator.pick([2, 3, 4])
    var way: String
    if isIPv6 {
      way = generator.chance(15) ? "via fe80::\(host) dev o\(link)" : "via fd00:\(link)::\(host) dev o\(link)"
      if generator.chance(10) { way = "via fd77::\(host) dev o\(link) onlink" }
    } else {
      switch generator.next() % 8 {
      case 0: way = "via inet6 fd00:\(link)::\(host) dev o\(link)"
      case 1: way = "via 192.0.2.\(link) dev o\(link) onlink"
      case 2: way = "dev o\(link)"
      default: way = "via 10.1.\(link).\(host) dev o\(link)"
      }
    }
    let weight = maybe("weight 2", "weight 3", "weight 9", "weight 20", percent: 40)
    return (generator.chance(15) ? encapsulation(isIPv6: isIPv6) + " " : "") + way + weight
  }

  private mutating func legs(isIPv6: Bool) -> String {
    let known = isIPv6 ? legSets.ipv6 : legSets.ipv4
    if !known.isEmpty, generator.chance(40) { return generator.pick(known) }
    let count = 2 + Int(generator.next() % 3)
    var legs: [String] = []
    var gateways: Set<String> = []
    while legs.count < count {
      let leg = leg(isIPv6: isIPv6)
      // IPv6 takes no gateway twice.
      let words = leg.split(separator: " ").map(String.init)
      let gateway = words.firstIndex(of: "via").map { words[$0 + 1] + words[$0 + 3] } ?? leg
      if isIPv6, !gateways.insert(gateway).inserted { continue }
      legs.append("nexthop " + leg)
    }
    let text = legs.joined(separator: " ")
    if isIPv6 { legSets.ipv6.append(text) } else { legSets.ipv4.append(text) }
    return text
  }

  private mutating func addRoute(_ index: Int) {
    let isIPv6 = generator.chance(50)
    // Every third one shares its prefix with others of another metric, table or TOS.
    let place = index % 3 == 0 ? index / 6 : index
    var text = isIPv6 ? "route add 2001:db8:\(place)::/48" : "route add 198.18.\(place).0/24"
    if generator.chance(8) { text = isIPv6 ? "route add ::/0" : "route add 0.0.0.0/0" }
    if generator.chance(8) { text = isIPv6 ? "route add 2001:db8::\(index)" : "route add 203.0.113.\(index)" }
    // Every route of its own key; the first one has none of its own.
    if index > 0 { text += " metric \(generator.pick([1, 2, 20, 1024]) + index * 2048)" }
    text += maybe("table 100", "table 70000")
    if !isIPv6 { text += maybe("tos 0x10", "tos 0x08", "tos 0x04", "tos 0x1c") }
    text += maybe("proto static", "proto 77", "proto boot", "proto 200", percent: 50)
    text += attributes(isIPv6: isIPv6) + nexthops(isIPv6: isIPv6)
    commands.append(text)
  }

  private mutating func attributes(isIPv6: Bool) -> String {
    var text = maybe("mtu 1400", "mtu lock 1400") + maybe("advmss 1200", percent: 8)
    text += maybe("initcwnd 20", percent: 8) + maybe("initrwnd 30", percent: 8) + maybe("hoplimit 9", percent: 8)
    text += maybe("quickack 1", percent: 8) + maybe("congctl reno", percent: 8) + maybe("rtt 800", percent: 8)
    text += maybe("rttvar 90", percent: 8) + maybe("rto_min 40", percent: 8) + maybe("cwnd lock 9", percent: 8)
    text += maybe("window 5000", percent: 8) + maybe("ssthresh 7", percent: 8) + maybe("features ecn", percent: 8)
    text += maybe("fastopen_no_cookie 1", percent: 8) + maybe("reordering 5", percent: 8)
    if isIPv6 {
      text += maybe("src fd00:1::1", "src fd00:2::1") + maybe("pref high", "pref low")
      text += maybe("expires 9000", percent: 10)
    } else {
      text += maybe("src 10.1.1.1", "src 10.1.2.1") + maybe("scope site", percent: 10)
    }
    return text
  }

  private mutating func nexthops(isIPv6: Bool) -> String {
    switch generator.next() % 16 {
    case 0: return isIPv6 ? " via fd00:2::2 dev o2" : " via 10.1.2.2 dev o2"
    case 1: return " nhid \(isIPv6 ? 13 : 3)"
    case 2, 3, 4: return " nhid \(isIPv6 ? 101 : 100)"
    case 5, 6: return " nhid \(isIPv6 ? 101 : 102)"
    default: return " " + legs(isIPv6: isIPv6)
    }
  }
}
