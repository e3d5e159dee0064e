import Glibc
import KernelRouting
import Routing
import Scratch
import TestSupport

/// Commands for `ip` that make a random router of interfaces o1 to o6, some of which the kernel may refuse.
struct RandomRouter {
  private(set) var commands: [String] = []
  private var random: SeededGenerator
  private static let devices = 1...6

  /// What the tests try: ten, or as many as SHADOW_SEEDS says.
  static let seeds: ClosedRange<UInt64> = {
    let text = unsafe getenv("SHADOW_SEEDS").map { unsafe String(cString: $0) }
    return 1...(text.flatMap { UInt64($0) } ?? 10)
  }()

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    for device in Self.devices {
      commands.append("link set o\(device) up")
      for (family, address) in [("", "10.1.\(device).1/24"), ("-6 ", "fd00:\(device)::1/64 nodad")] {
        if random.chance(92) { commands.append("\(family)addr add \(address) dev o\(device)") }
      }
    }
    addNexthops()
    for number in 0..<60 { addRoute(number) }
    for number in 0..<12 where random.chance(60) { addRule(number) }
    addNeighbours()
  }

  private mutating func device() -> Int { random.pick(Array(Self.devices)) }

  private mutating func gateway(_ family: AddressFamily, _ device: Int) -> String {
    let host = Int(random.next() % 4) + 2
    return family == .ipv4 ? "10.1.\(device).\(host)" : "fd00:\(device)::\(host)"
  }

  private mutating func addNexthops() {
    for id in 1...12 {
      let family: AddressFamily = id <= 6 ? .ipv4 : .ipv6
      let device = device()
      let onlink = random.chance(20) ? " onlink" : ""
      let target = random.chance(10) ? "" : "via \(gateway(family, device))\(onlink) "
      let flag = family == .ipv6 ? "-6 " : ""
      commands.append("\(flag)nexthop add id \(id * 3) \(target)dev o\(device) proto \(random.pick([2, 4, 186]))")
    }
    for id in 100...107 {
      var ids = Array(id < 104 ? 1...6 : 7...12)
      ids.shuffle(using: &random)
      let count = Int(random.next() % 5) + 1
      let members = ids.prefix(count).map { "\($0 * 3),\(random.next() % 256 + 1)" }.joined(separator: "/")
      let buckets = random.pick([8, 31, 64, 200])
      let kind =
        id % 2 == 0
        ? "" : " type resilient buckets \(buckets) idle_timer \(random.pick([3, 50, 120])) unbalanced_timer 500"
      commands.append("nexthop add id \(id) group \(members)\(kind)")
      guard id % 2 == 1, random.chance(70) else { continue }
      for _ in 0..<3 {
        ids.shuffle(using: &random)
        let members = ids.prefix(count).map { "\($0 * 3),\(random.next() % 9 + 1)" }.joined(separator: "/")
        commands.append("nexthop replace id \(id) group \(members) type resilient")
      }
    }
  }

  private mutating func addRoute(_ number: Int) {
    let family: AddressFamily = number % 2 == 0 ? .ipv4 : .ipv6
    let length = random.pick([0, 8, 12, 20])
    let prefix =
      family == .ipv4
      ? "203.\(number % 7).\(number * 4).0/\(random.pick([22, 22, 24, 24]))"
      : "2001:db8:\(String(number % 9, radix: 16))::/\(random.pick([48, 48, 56, 64]))"
    let destination = length == 0 && random.chance(15) ? "default" : prefix
    var words = [
      family == .ipv6 ? "-6 route" : "route", random.pick(["add", "append", "append", "prepend", "replace"]),
    ]
    let type = random.chance(8) ? random.pick(["unreachable", "prohibit", "blackhole", "throw"]) : ""
    words += [type, destination]
    if random.chance(30) { words.append("metric \(random.pick([5, 70, 900]))") }
    if random.chance(25) { words.append("table \(random.pick([100, 200, 70000]))") }
    if random.chance(10), family == .ipv4 { words.append("tos \(random.pick(["0x10", "0x08"]))") }
    if random.chance(20) { words.append("proto \(random.pick([4, 99, 186]))") }
    if random.chance(10) { words.append("mtu lock 1400 hoplimit 9") }
    if type.isEmpty { words.append(nexthops(family)) }
    commands.append(words.filter { !$0.isEmpty }.joined(separator: " "))
  }

  private mutating func nexthops(_ family: AddressFamily) -> String {
    let device = device()
    let number = random.next() % 6
    let offset: UInt64 = family == .ipv4 ? 0 : 1
    switch random.next() % 6 {
    case 0: return "nhid \(100 + offset * 4 + number % 4)"
    case 1: return "nhid \((1 + offset * 6 + number) * 3)"
    case 2: return "via \(gateway(family, device)) dev o\(device)" + (random.chance(20) ? " onlink" : "")
    case 3:
      let isLink = family == .ipv4 && random.chance(50)
      return "dev o\(device)" + (isLink ? " scope link src 10.1.\(device).1" : "")
    default: break
    }
    var legs: [String] = []
    for _ in 0..<Int(random.next() % 4) + 2 {
      let device = self.device()
      let weight = random.chance(60) ? " weight \(random.next() % 256 + 1)" : ""
      let isMixed = family == .ipv4 && random.chance(15)
      let gateway = isMixed ? "inet6 fe80::\(device)" : gateway(family, device)
      legs.append("nexthop via \(gateway) dev o\(device)\(weight)\(random.chance(10) ? " onlink" : "")")
    }
    return legs.joined(separator: " ")
  }

  private mutating func addRule(_ number: Int) {
    let family = random.chance(50) ? "" : "-6 "
    let selector = random.pick([
      "fwmark \(number)", "fwmark 0x10/0x30", "iif o\(device())", "not oif o\(device())",
      "ipproto udp dport 1000-30000",
      "uidrange 0-0 sport 5", "tos 0x10", "iif lo",
    ])
    let action = random.pick([
      "lookup 100", "lookup 200", "lookup 70000", "lookup main suppress_prefixlength 0", "unreachable", "goto 32766",
      "nop",
    ])
    commands.append("\(family)rule add pref \(random.pick([50, 50, 60, 32766])) \(selector) \(action)")
  }

  private mutating func addNeighbours() {
    for device in Self.devices {
      for family in AddressFamily.allCases {
        for _ in 0..<3 where random.chance(60) {
          let state = random.pick([
            "permanent", "reachable", "stale", "failed", "incomplete", "noarp",
          ])
          commands.append(
            "neigh replace \(gateway(family, device)) dev o\(device) lladdr 2:0:0:0:\(device):9 nud \(state)")
        }
      }
    }
  }

  /// Builds the router in the calling thread's namespace, with the ends of its cables in another one.
  mutating func build(_ elsewhere: borrowing ScratchNamespace) throws {
    var kernel = try Kernel(visiting: ())
    let settings = [
      SysctlSetting("ipv4/fib_multipath_hash_policy", random.next() % 4),
      SysctlSetting("ipv6/fib_multipath_hash_policy", random.next() % 4),
      SysctlSetting("ipv4/fib_multipath_hash_seed", random.pick([0, random.next() & 0xffff_ffff])),
      SysctlSetting("ipv4/fib_multipath_use_neigh", random.chance(50)),
      SysctlSetting("ipv4/nexthop_compat_mode", random.chance(50)),
      SysctlSetting("ipv4/conf/all/forwarding", random.chance(80)),
      SysctlSetting("ipv6/conf/all/forwarding", random.chance(70)),
      SysctlSetting("ipv4/conf/all/rp_filter", random.next() % 3),
      SysctlSetting("ipv4/conf/all/ignore_routes_with_linkdown", random.chance(50)),
      SysctlSetting("ipv6/conf/all/ignore_routes_with_linkdown", random.chance(50)),
    ]
    for setting in settings { try setting.write() }
    for device in Self.devices {
      let end = NewLink.End("p\(device)", namespace: elsewhere.descriptor)
      // With one index for both ends the kernel may take a second to tell of a carrier.
      try kernel.add(.link(NewLink(NewLink.End("o\(device)", index: UInt32(100 + device)), .veth(peer: end))))
    }
    _ = try elsewhere.run { for device in Self.devices { try run("ip link set p\(device) up") } }
    let addresses = commands.prefix { $0.contains("link") || $0.contains("addr") }
    try Self.batch(Array(addresses))
    // Link-local addresses are sought for a second or two.
    try run("sleep 2.2")
    try Self.batch(Array(commands.dropFirst(addresses.count)))
    let (cut, low) = (device(), device())
    if random.chance(50) { _ = try elsewhere.run { try run("ip link set p\(cut) down") } }
    if random.chance(50) { try run("ip link set o\(low) down") }
    try run(settledLinks)
  }

  private static func batch(_ commands: [String]) throws {
    try run("ip -force -batch - >/dev/null 2>&1 <<'END' || true\n" + commands.joined(separator: "\n") + "\nEND")
  }
}
