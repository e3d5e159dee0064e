import TestSupport

/// Commands that iproute2 takes, at random; the interfaces o1 and o2 appear in them.
final class RandomCommand {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  func command() -> [String] {
    switch Int.random(in: 0..<13, using: &generator) {
    case 0...3: route()
    case 4: routeFlush()
    case 5, 6: nexthop()
    case 7: rule()
    case 8: ruleFlush()
    case 9: link()
    case 10: address()
    case 11: neighbour()
    default: flush()
    }
  }

  /// The command with one thing in it that may be wrong.
  func damaged() -> [String] {
    var words = command()
    let first = words.first == "ip" ? 3 : 1
    let index = Int.random(in: first..<max(words.count, first + 1), using: &generator)
    guard index < words.count else { return words }
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: words.remove(at: index)
    case 1: words.insert(words[index], at: index)
    case 2: words[index] += pick(["x", "0", "/", ",", "-", "."])
    case 3: words[index].removeLast()
    case 4: words.swapAt(index, words.count - 1)
    case 5: words.insert(pick(Self.vocabulary), at: index)
    default: words[index] = pick(Self.vocabulary)
    }
    return words
  }

  static let vocabulary = [
    "dev", "via", "o1", "nexthop", "weight", "300", "0", "-1", "4294967296", "metric", "pr", "p", "s", "table",
    "default",
    "any", "0/0", "::/0", "inet6", "inet", "proto", "bgp", "group", "1/2", "1,257", "type", "resilient", "buckets",
    "onlink", "blackhole", "unreachable", "throw", "nud", "lladdr", "10.1", "0x10", "010", "fe80::1", "10.0.0.300",
    "scope", "link", "up", "mtu", "lock", "src", "from", "to", "not", "'", "\"\"", "", "e", "tos", "EF", "encap",
    "mpls",
  ]

  func pick(_ words: [String]) -> String { words.randomElement(using: &generator) ?? "" }

  func maybe(_ words: @autoclosure () -> [String], _ chance: Int = 3) -> [String] {
    Int.random(in: 0..<chance, using: &generator) == 0 ? words() : []
  }

  func number(_ range: ClosedRange<UInt32>) -> String {
    let value = UInt32.random(in: range, using: &generator)
    return switch Int.random(in: 0..<6, using: &generator) {
    case 0: "0x" + String(value, radix: 16)
    case 1: "0" + String(value, radix: 8)
    default: String(value)
    }
  }

  func isIPv6() -> Bool { Bool.random(using: &generator) }

  func address(_ isIPv6: Bool) -> String {
    let byte = UInt8.random(in: 1...254, using: &generator)
    return isIPv6 ? pick(["2001:db8:1::", "fe80::", "2001:db8::1:"]) + String(byte, radix: 16) : "10.0.1.\(byte)"
  }

  func prefix(_ isIPv6: Bool) -> String {
    let byte = UInt8.random(in: 0...255, using: &generator)
    if isIPv6 { return pick(["2001:db8:\(byte)::/48", "2001:db8::\(byte)", "2001:db8:\(byte)::/0x30", "::/0"]) }
    return pick(["10.\(byte)/16", "10.9.8.\(byte)", "10.\(byte).0.0/255.255.0.0", "0/0", "10.\(byte).0.0/020"])
  }

  private func route() -> [String] {
    let isIPv6 = isIPv6()
    let verb = pick(["add", "a", "append", "prepend", "replace", "r", "change", "chg", "del", "d", "delete"])
    return route(verb, prefix(isIPv6), isIPv6)
  }

  func route(_ verb: String, _ prefix: String, _ isIPv6: Bool) -> [String] {
    var words = ["route", verb]
    words += maybe([pick(["unicast", "blackhole", "unreach", "prohibit", "throw", "local", "to"])], 5)
    words.append(prefix)
    words += maybe([pick(["metric", "priority", "preference", "p", "m"]), number(0...5000)])
    words += maybe([pick(["table", "t", "tab"]), pick(["main", "local", "7", "1000", "0x100"])])
    words += maybe([pick(["proto", "protocol"]), pick(["bgp", "static", "boot", "42", "kernel"])])
    words += maybe(["scope", pick(["link", "host", "global", "0", "200"])], 6)
    words += maybe([pick(["tos", "dsfield", "d"]), pick(["EF", "10", "0x10", "AF11", "default"])], 6)
    words += maybe(["src", address(isIPv6)], 8)
    words += maybe(["mtu", pick(["1400", "lock 1300"])], 6).flatMap { $0.split(separator: " ").map(String.init) }
    words += maybe([pick(["rtt", "rttvar", "rto_min"]), pick(["300ms", "1.5s", "40", "2secs", "0.7sec"])], 6)
    words += maybe([pick(["advmss", "hoplimit", "cwnd", "initcwnd", "window", "ssthresh"]), number(1...200)], 6)
    words += maybe(["pref", pick(["low", "medium", "high"])], 8)
    words += maybe([pick(["realm", "realms"]), pick(["3", "1/2", "5/"])], 8)
    words += maybe(["expires", number(1...3600)], 9)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: words += ["nhid", number(1...9)]
    case 1: words += leg(isIPv6)
    default:
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        words += ["nexthop"] + leg(isIPv6) + maybe(["weight", number(1...256)])
      }
    }
    return words
  }

  private func leg(_ isIPv6: Bool) -> [String] {
    var words = maybe(encapsulation(), 5)
    let device = ["dev", pick(["o1", "o2"])]
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: words += device
    case 1: words += ["via", "inet6", address(true)] + device
    default: words += ["via", address(isIPv6)] + device
    }
    return words + maybe(["onlink"], 5)
  }

  func encapsulation() -> [String] {
    let segments = "2001:db8::1,2001:db8::2"
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: return ["encap", "mpls", pick(["100", "100/200", "0x10"])] + maybe(["ttl", number(1...255)])
    case 1: return ["encap", "ip", "id", number(1...900), "dst", address(false), "ttl", "64"] + maybe(["key", "csum"])
    case 2: return ["encap", "ip6", "id", "7", "dst", address(true), "hoplimit", "9", "tc", "10"]
    case 3: return ["encap", "seg6", "mode", pick(["encap", "inline", "l2encap"]), "segs", segments]
    case 4: return ["encap", "seg6local", "action", pick(["End", "End.X", "End.DT6"]), "nh6", address(true)]
    default: return ["encap", "ioam6", "trace", "prealloc", "type", "0x800000", "ns", "1", "size", "12"]
    }
  }

  private func routeFlush() -> [String] {
    let isIPv6 = isIPv6()
    return ["route", pick(["flush", "f"])] + maybe(["table", pick(["7", "all", "main", "cache"])])
      + maybe([pick(["proto", "protocol"]), pick(["bgp", "all", "9"])]) + maybe(["dev", "o1"])
      + maybe(["scope", pick(["link", "all"])]) + maybe(["type", pick(["unicast", "blackhole"])])
      + maybe(["from", pick(["root", "exact", "match"]), prefix(false)], 6)
      + [pick(["root", "match", "exact", "to"]), prefix(isIPv6)]
  }

  private func nexthop() -> [String] {
    let isIPv6 = isIPv6()
    let verb = pick(["add", "a", "replace", "r", "del", "delete"])
    var words = ["nexthop", verb, "id", number(1...9)]
    if verb.hasPrefix("d") { return words }
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: words += ["blackhole"]
    case 1: words += leg(isIPv6)
    default:
      words += ["group", pick(["1", "1/2", "1,5/2,256", "3/4,0x10", "1/2/3/4"])] + maybe(["fdb"], 6)
      words += maybe(["type", "mpath"], 4)
      words += maybe(
        ["type", "resilient"] + maybe(["buckets", number(1...65535)], 2) + maybe(["idle_timer", number(0...900)])
          + maybe(["unbalanced_timer", number(0...900)]))
    }
    return words + maybe(["proto", pick(["bgp", "static", "77"])])
  }

  private func rule() -> [String] {
    let isIPv6 = isIPv6()
    let family = isIPv6 ? ["ip", "-6"] : []
    return family + ["rule", pick(["add", "del", "a"])] + maybe(["not"], 5)
      + maybe(["from", pick(["all", prefix(isIPv6)])], 2) + maybe(["to", prefix(isIPv6)])
      + maybe([pick(["pref", "priority", "order", "p"]), number(1...32000)], 2)
      + maybe(["fwmark", pick(["7", "0x1/0xf", "0x20"])]) + maybe([pick(["iif", "dev", "oif"]), "o1"])
      + maybe(["uidrange", "0-100"], 5) + maybe(["ipproto", pick(["tcp", "udp", "17", "icmp"])])
      + maybe([pick(["sport", "dport"]), pick(["80", "1000-2000"])]) + maybe(["tos", "10"], 5)
      + maybe(["suppress_prefixlength", number(0...32)], 5) + maybe(["sup_group", "3"], 6)
      + maybe(["protocol", "bgp"], 5) + maybe(["tun_id", "99"], 6)
      + (pick(["t", "o"]) == "t"
        ? [pick(["table", "lookup"]), pick(["7", "main", "1000"])]
        : [pick(["blackhole", "unreachable", "prohibit", "goto 32766", "nop", "lookup 7"])]
          .flatMap { $0.split(separator: " ").map(String.init) })
  }

  private func ruleFlush() -> [String] {
    ["rule", "flush"] + maybe(["pref", number(1...100)]) + maybe(["from", "10.0.0.0/8"]) + maybe(["fwmark", "3/7"])
      + maybe(["iif", "o1"]) + ["table", pick(["77", "main"])] + maybe(["proto", pick(["bgp", "all"])])
  }

  private func link() -> [String] {
    ["link", pick(["set", "s", "change"])] + (pick(["a", "b"]) == "a" ? ["dev", "o1"] : [pick(["o1", "o2"])])
      + maybe([pick(["up", "down"])], 2) + maybe(["mtu", number(1280...1500)])
      + maybe(["group", pick(["0", "5", "default"])])
      + maybe(["txqueuelen", "100"], 5)
      + maybe(["address", "02:00:00:00:00:0\(Int.random(in: 1...9, using: &generator))"])
      + maybe([pick(["arp", "multicast", "allmulticast", "promisc"]), pick(["on", "off"])])
      + maybe(["alias", "uplink"], 6)
      + maybe(["nomaster"], 5) + maybe(["addrgenmode", pick(["none", "eui64", "random"])], 6)
      + maybe(["state", "up"], 8)
      + maybe(["gso_max_size", "65536"], 8) + maybe(["trailers", "on"], 8)
  }

  private func address() -> [String] {
    let isIPv6 = isIPv6()
    let length = isIPv6 ? "/64" : "/24"
    return [pick(["addr", "a", "address"]), pick(["add", "replace", "change", "del"])]
      + [address(isIPv6) + length, "dev", pick(["o1", "o2"])] + maybe(["scope", pick(["link", "host", "global"])])
      + maybe(["metric", number(1...99)]) + maybe(["nodad"], 5) + maybe(["noprefixroute"], 5)
      + (isIPv6
        ? [] : maybe([pick(["brd", "broadcast"]), pick(["+", "-", "10.0.1.255"])]) + maybe(["label", "o1:x"], 5))
      + maybe(["valid_lft", pick(["100", "forever"]), "preferred_lft", "50"], 5)
  }

  private func neighbour() -> [String] {
    let isIPv6 = isIPv6()
    return [pick(["neigh", "neighbour", "n", "neighbor"]), pick(["add", "replace", "change", "chg", "del"])]
      + [address(isIPv6), "dev", pick(["o1", "o2"])]
      + maybe(["lladdr", pick(["02:00:00:00:00:09", "2:0:0:0:0:a"])], 2)
      + maybe(["nud", pick(["permanent", "reachable", "stale", "noarp", "failed", "0x80"])]) + maybe(["router"], 6)
      + maybe(["extern_learn"], 6) + maybe(["protocol", "bgp"], 6)
  }

  private func flush() -> [String] {
    switch Int.random(in: 0..<3, using: &generator) {
    case 0:
      ["neigh", "flush", "dev", "o1"] + maybe(["nud", pick(["stale", "all", "failed"])]) + maybe(["to", "10.0.0.0/8"])
    case 1: ["addr", "flush", "dev", "o2"] + maybe(["scope", pick(["link", "all"])]) + maybe(["to", "10.0.0.0/8"])
    default:
      ["nexthop", "flush"] + maybe(["dev", "o1"]) + maybe(["groups"]) + maybe(["proto", "186"]) + maybe(["fdb"])
    }
  }
}
