import JSON
import TestSupport
import Testing

/// `check` on live routers: a fault is found, and what the finding says puts it right.
@Suite("Live checks")
struct LiveCheckTests {
  /// A fault of a router that is else as it should be.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var commands: String
    var code: String
    var severity: String
    /// An address whose flows tell whether the fix does what it says.
    var destination: String?
    /// The interface that no flow takes after the fix, though some did before; empty where flows took one way alone before.
    var avoids = ""

    var testDescription: String { name }
  }

  static let legs =
    "ip route add 198.51.100.0/24 nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2 nexthop via 10.0.3.2 dev o3"
  static let legs6 =
    "ip route add 2001:db8:a::/48 nexthop via 2001:db8:1::2 dev o1 nexthop via 2001:db8:2::2 dev o2 "
    + "nexthop via 2001:db8:3::2 dev o3"
  static func group(_ words: String, route: String = "198.51.100.0/24") -> String {
    "ip nexthop add id 20 group \(words); ip route add \(route) nhid 20"
  }
  private static let lostCarrier = """
    ip link set p1 down
    \(settledLinks)
    """
  private static func fail(_ address: String, _ dev: String) -> String {
    "ip neigh replace \(address) dev \(dev) lladdr 02:00:00:00:00:01 nud failed"
  }

  static let cases: [Case] = [
    Case(
      name: "policy 0", commands: group("1/2") + "; sysctl -qw net.ipv4.fib_multipath_hash_policy=0",
      code: "ports-not-hashed", severity: "warning", destination: "198.51.100.7"),
    Case(
      name: "policy 0 of IPv6",
      commands: group("11/12", route: "2001:db8:a::/48") + "; sysctl -qw net.ipv6.fib_multipath_hash_policy=0",
      code: "ports-not-hashed", severity: "note", destination: "2001:db8:a::7"),
    Case(
      name: "fields of tunnels alone", commands: group("1/2") + "; sysctl -qw net.ipv4.fib_multipath_hash_fields=0xc0",
      code: "constant-hash", severity: "refusal", destination: "198.51.100.7"),
    Case(
      name: "fields without addresses",
      commands: group("1/2") + "; sysctl -qw net.ipv4.fib_multipath_hash_fields=0x30", code: "addresses-not-hashed",
      severity: "warning"),
    Case(
      name: "fields of sources", commands: group("1/2") + "; sysctl -qw net.ipv4.fib_multipath_hash_fields=0x35",
      code: "one-sided-hash", severity: "note"),
    Case(
      name: "policy 1 and veth", commands: group("1/2") + "; sysctl -qw net.ipv4.fib_multipath_hash_policy=1",
      code: "l4-hash", severity: "warning"),
    Case(
      name: "two policies", commands: "\(legs); \(legs6); sysctl -qw net.ipv6.fib_multipath_hash_policy=2",
      code: "mixed-policies", severity: "note"),
    Case(
      name: "a failed neighbour of a resilient group",
      commands: group("1/2/3 type resilient buckets 64 unbalanced_timer 600") + "; " + fail("10.0.1.2", "o1"),
      code: "neighbour-failed", severity: "refusal", destination: "198.51.100.7", avoids: "o1"),
    Case(
      name: "a failed neighbour of legs",
      commands: "\(legs); sysctl -qw net.ipv4.fib_multipath_use_neigh=0; " + fail("10.0.1.2", "o1"),
      code: "neighbour-failed", severity: "refusal", destination: "198.51.100.7", avoids: "o1"),
    Case(
      name: "a failed neighbour of IPv6 legs", commands: "\(legs6); " + fail("2001:db8:1::2", "o1"),
      code: "neighbour-failed", severity: "refusal", destination: "2001:db8:a::7", avoids: "o1"),
    Case(
      name: "two failed neighbours of IPv6 legs",
      commands: "\(legs6); " + fail("2001:db8:1::2", "o1") + "; " + fail("2001:db8:2::2", "o2"),
      code: "neighbour-failed", severity: "refusal"),
    Case(
      name: "a link that is down", commands: "\(legs); ip link set o1 down", code: "member-down", severity: "warning"),
    Case(
      name: "legs of which none is left",
      commands: "ip route add 198.51.100.0/24 nexthop via 10.0.1.2 dev o1 nexthop via 10.0.2.2 dev o2\n"
        + lostCarrier + "\nip link set o2 down; ! ip route get 198.51.100.7", code: "no-way-left", severity: "refusal"),
    Case(
      name: "a lost carrier",
      commands: "\(legs); sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=0\n" + lostCarrier,
      code: "member-without-carrier", severity: "refusal", destination: "198.51.100.7", avoids: "o1"),
    Case(
      name: "a lost carrier under IPv6",
      commands: "\(legs6); sysctl -qw net.ipv6.conf.all.ignore_routes_with_linkdown=0\n" + lostCarrier,
      code: "member-without-carrier", severity: "refusal", destination: "2001:db8:a::7", avoids: "o1"),
    Case(
      name: "legs that are used without carrier",
      commands: "\(legs); sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=0", code: "linkdown-used",
      severity: "warning"),
    Case(
      name: "IPv6 legs that are used without carrier",
      commands: "\(legs6); sysctl -qw net.ipv6.conf.all.ignore_routes_with_linkdown=0", code: "linkdown-used",
      severity: "warning"),
    Case(
      name: "one way twice in a group", commands: "ip nexthop add id 9 via 10.0.1.2 dev o1; " + group("1/9/2"),
      code: "duplicate-member", severity: "warning"),
    Case(
      name: "one way twice among legs",
      commands: legs.replacing("nexthop via 10.0.2.2 dev o2", with: "nexthop via 10.0.1.2 dev o1"),
      code: "duplicate-member", severity: "warning"),
    Case(
      name: "a member without buckets", commands: group("1/2/3 type resilient buckets 2 unbalanced_timer 600"),
      code: "starved-member", severity: "refusal"),
    Case(
      name: "too few buckets", commands: group("1/2/3 type resilient buckets 4 unbalanced_timer 600"),
      code: "share-error", severity: "warning"),
    Case(
      name: "no unbalanced timer", commands: group("1/2/3 type resilient buckets 64"), code: "busy-buckets",
      severity: "warning"),
    Case(name: "three legs", commands: legs, code: "collateral", severity: "note"),
    Case(name: "three legs of IPv6", commands: legs6, code: "collateral", severity: "note"),
    Case(name: "three members", commands: group("1/2/3"), code: "collateral", severity: "note"),
    Case(name: "sockets that are bound to an address", commands: legs, code: "local-traffic", severity: "note"),
    Case(
      name: "strict filters",
      commands: group("1/2") + "; ip nexthop add id 21 group 2/3; ip route add 198.51.101.0/24 nhid 21; "
        + "sysctl -qw net.ipv4.conf.all.rp_filter=1", code: "strict-reverse-path", severity: "note"),
    Case(name: "two MTUs", commands: group("1/2") + "; ip link set o1 mtu 1400", code: "mtu-differs", severity: "note"),
    Case(
      name: "two MTUs of legs", commands: "\(legs6); ip link set o1 mtu 1400", code: "mtu-differs", severity: "note"),
    Case(
      name: "two default routes",
      commands: "ip route add default via 10.0.1.2 dev o1; ip route append default via 10.0.2.2 dev o2",
      code: "default-rotation", severity: "warning", destination: "203.0.113.7"),
    Case(
      name: "nexthops of zebra", commands: "ip nexthop add id 9 via 10.0.1.9 dev o1 proto zebra; " + group("9/2"),
      code: "owner", severity: "warning"),
    Case(
      name: "a group without routes", commands: "ip nexthop add id 20 group 1/2", code: "unused-group", severity: "note"
    ),
    Case(name: "nexthops without groups", commands: "true", code: "unused-nexthop", severity: "note"),
  ]

  @Test("What is wrong is found, and is gone when the fix is pasted", arguments: cases)
  func repairs(item: Case) throws {
    try CheckLab.with { lab in
      try run(item.commands)
      let found = try lab.findings()
      let first = try #require(found.with(item.code, item.severity).first, "\(found.codes)")
      let before = try item.destination.map(lab.spread)
      try lab.paste(try #require(first["fix"]?.text))
      let left = try lab.findings()
      #expect(left.with(item.code, item.severity).isEmpty, "\(left)")
      guard let destination = item.destination, let before else { return }
      let after = try lab.spread(to: destination)
      #expect(after.values.reduce(0, +) == 300 && after.count > 1, "\(after)")
      if item.avoids.isEmpty {
        #expect(before.count == 1, "\(before)")
      } else {
        #expect(before[item.avoids[...], default: 0] > 50 && after[item.avoids[...]] == nil, "\(before) \(after)")
      }
    }
  }

  @Test("A strict filter drops what comes in where the finding says, and lets it in after the fix")
  func filters() throws {
    try CheckLab.with { lab in
      try run(
        Self.group("1/2") + "; ip nexthop add id 21 group 2/3; ip route add 198.51.101.0/24 nhid 21\n"
          + "sysctl -qw net.ipv4.conf.all.rp_filter=1")
      let found = try lab.findings().with("strict-reverse-path", "note")
      #expect(found.first?["text"]?.text?.contains("what comes in by o1 from 198.51.101.0/24, ") == true, "\(found)")
      let lookups = ["o1", "o2", "o3"].map { "ip route get 10.2.0.9 from 198.51.101.7 iif \($0)" }
      func admitted() throws -> [Bool] { try lookups.map { try run("if \($0); then echo yes; fi").contains("yes") } }
      #expect(try admitted() == [false, true, true])
      try lab.paste(try #require(found.first?["fix"]?.text))
      #expect(try admitted() == [true, true, true])
    }
  }

  @Test("A member that returned to nothing is found, and the timer of the fix has it served")
  func unbalanced() throws {
    try CheckLab.with { lab in
      let words = "type resilient buckets 16 idle_timer 600 unbalanced_timer"
      try run(Self.group("1/2/3 \(words) 0"))
      try run("ip nexthop replace id 20 group 1/2 \(words) 0")
      _ = try lab.spread(to: "198.51.100.7")
      try run("ip nexthop replace id 20 group 1/2/3 \(words) 0")
      let found = try lab.findings().with("unbalanced", "refusal")
      #expect(found.first?["text"]?.text?.contains("nexthop 3 has 0 of the ") == true, "\(found)")
      try lab.paste(try #require(found.first?["fix"]?.text))
      #expect(try lab.findings().filter { $0["code"]?.text == "unbalanced" }.isEmpty)
      #expect(try run("ip nexthop show id 20").contains("unbalanced_timer 600"))
    }
  }

  @Test(
    "A group is guarded once the fix has made it ours and started the guard, and nothing is left to be found",
    arguments: ["1/2", "1/2 type resilient buckets 64 unbalanced_timer 600"])
  func healing(words: String) throws {
    try CheckLab.with { lab in
      try run("ip nexthop del id 3; ip nexthop del id 4; for i in 1 2 3 4; do ip nexthop del id 1$i; done")
      try run(Self.group(words))
      let found = try lab.findings()
      #expect(found.codes == ["no-self-healing"], "\(found)")
      try lab.paste(try #require(found.first?["fix"]?.text))
      #expect(try lab.findings() == [])
      let text = try Program.run("check --journal \(lab.directory)/journal")
      #expect(text.status == 0 && text.output == "nothing found\n", "\(text)")
    }
  }

  @Test("The seed that was found is set, and moves nothing")
  func seed() throws {
    try CheckLab.with { lab in
      try run("sysctl -qw net.ipv4.fib_multipath_hash_seed=0\n" + Self.group("1/2"))
      let recovered = try Program.run("seed recover")
      #expect(recovered.status == 0 || recovered.status == 1, "\(recovered.error)")
      let found = try lab.findings().with("boot-seed", "note")
      let before = try lab.spread(to: "198.51.100.7")
      try lab.paste(try #require(found.first?["fix"]?.text))
      #expect(try lab.findings().filter { $0["code"]?.text?.hasSuffix("seed") == true }.isEmpty)
      #expect(try lab.spread(to: "198.51.100.7") == before)
    }
  }

  @Test("The text is grouped by severity, counts what it shows, and tells of what it does not")
  func text() throws {
    try CheckLab.with { lab in
      try run(
        Self.legs + "; sysctl -qw net.ipv4.fib_multipath_hash_policy=0 net.ipv4.fib_multipath_use_neigh=0; "
          + Self.fail("10.0.1.2", "o1"))
      let check = try Program.run("check")
      #expect(check.status == 1 && check.error == "")
      let paragraphs = check.output.split(separator: "\n\n")
      #expect(paragraphs.count == 3, "\(check.output)")
      #expect(paragraphs.first?.hasPrefix("refusal [neighbour-failed] 10.0.1.2 dev o1: ") == true)
      #expect(paragraphs.first?.contains("\n        sysctl -w net.ipv4.fib_multipath_use_neigh=1") == true)
      #expect(paragraphs.dropFirst().first?.hasPrefix("warning [ports-not-hashed] IPv4: ") == true)
      #expect(paragraphs.last?.hasPrefix("1 refusal, 1 warning; ") == true)
      #expect(paragraphs.last?.hasSuffix("below warning not shown: --severity note\n") == true)
      #expect(try Program.run("check --severity refusal").output.contains("\n1 refusal; "))
      #expect(try Program.run("check -6").status == 0)
      let wrong = try Program.run("check --severity dire")
      #expect(wrong.status == 2 && wrong.errorLines.count == 1)
    }
  }

  @Test("Commands for another namespace, and for a saved state, are those that are run there")
  func elsewhere() throws {
    try CheckLab.with { lab in
      try run(Self.group("1/2") + "; sysctl -qw net.ipv4.fib_multipath_hash_policy=0")
      try run("'\(Program.path)' snapshot save \(lab.directory)/state.json")
      let saved = try lab.findings("--snapshot \(lab.directory)/state.json").with("ports-not-hashed", "warning")
      let fix = try #require(saved.first?["fix"]?.text)
      #expect(fix.hasPrefix("sysctl -w net.ipv4."))
      let named = try lab.findings("--netns /proc/self/ns/net").with("ports-not-hashed", "warning")
      #expect(named.first?["fix"]?.text == "nsenter --net=/proc/self/ns/net " + fix)
      let side = try SideNamespace.make()
      try run(
        """
        nsenter -n -t \(side.process) sh -ec '
          sysctl -qw net.ipv4.fib_multipath_hash_policy=0
          ip link add o1 type veth peer name p1; ip link set p1 up; ip link set o1 up; ip addr add 10.0.1.1/24 dev o1
          ip nexthop add id 1 via 10.0.1.2 dev o1; ip nexthop add id 2 via 10.0.1.3 dev o1
          \(Self.group("1/2"))'
        """)
      let there = "--netns \(side.process)"
      let first = try lab.findings(there).with("ports-not-hashed", "warning").first
      try lab.paste(try #require(first?["fix"]?.text))
      #expect(try lab.findings(there).with("ports-not-hashed", "warning").isEmpty)
      #expect(try run("sysctl -n net.ipv4.fib_multipath_hash_policy") == "0\n")
    }
  }
}
