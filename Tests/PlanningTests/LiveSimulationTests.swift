import KernelRouting
import Planning
import Rendering
import Routing
import TestSupport
import Testing

/// Changes made by the kernel beside the same changes simulated.
@Suite struct LiveSimulationTests {
  @Test(
    "What the kernel makes of a change is what the simulation makes of it", arguments: 1...6 as ClosedRange<UInt64>)
  func randomChanges(seed: UInt64) throws {
    let findings = try Self.compare(seed: seed, steps: 120)
    for finding in findings.differences { Issue.record("seed \(seed): \(finding)") }
    #expect(findings.taken > 25, "seed \(seed)")
    #expect(findings.refused > 5, "seed \(seed)")
  }

  /// Of the links o1 and its other end, p1, in every order that matters.
  private static let carriers = [
    ["p1 down", "o1 down", "o1 up", "p1 up"], ["o1 down", "p1 down", "o1 up", "p1 up"],
    ["p1 down", "p1 up", "o1 down", "o1 up"], ["o1 down", "p1 down", "p1 up", "o1 up"],
    ["p1 down", "o1 down", "o1 up", "o1 group 3", "o2 down", "p1 up", "o2 up"],
  ]

  @Test(
    "Legs of a link that comes up before its carrier are as the kernel has them", arguments: carriers, [0, 1])
  func carrier(order: [String], ignoring: Int) throws {
    let differences = try withNetworkNamespace {
      try SimulationLab.build()
      try run(
        """
        sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=\(ignoring)
        sysctl -qw net.ipv6.conf.all.ignore_routes_with_linkdown=\(ignoring)
        ip route add 198.51.100.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2 weight 3 nexthop via 10.0.3.2
        ip -6 route add 2001:db8:100::/48 nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2 nexthop via 2001:db8:3::2
        """)
      var kernel = try Kernel()
      var findings = Findings()
      for change in order { try Self.compare("link set \(change)", &kernel, &findings) }
      #expect(findings.taken == order.count)
      return findings.differences
    }
    for difference in differences { Issue.record("\(difference)") }
  }

  @Test("Settings of what is let in are as the kernel has them")
  func admission() throws {
    let order = [
      "ipv4.conf.o1.accept_local=1", "ipv4.conf.all.accept_local=1", "ipv4.conf.o2.route_localnet=2",
      "ipv4.conf.all.src_valid_mark=1", "ipv4.conf.default.src_valid_mark=0", "ipv4.conf.o1.bc_forwarding=1",
      "ipv4.conf.o1.accept_local=0", "ipv4.conf.o9.accept_local=1", "ipv6.conf.o1.force_forwarding=1",
      "ipv6.conf.o1.force_forwarding=2", "ipv6.conf.default.force_forwarding=1", "ipv6.conf.all.forwarding=0",
      "ipv6.conf.all.force_forwarding=1", "ipv6.conf.all.forwarding=1", "ipv6.conf.o1.forwarding=0",
      "ipv6.conf.all.forwarding=0", "ipv6.conf.all.forwarding=0",
    ]
    let differences = try withNetworkNamespace {
      try SimulationLab.build()
      var kernel = try Kernel()
      var findings = Findings()
      for setting in order { try Self.compare("sysctl -w net.\(setting)", &kernel, &findings) }
      #expect(findings.unsimulated == 0)
      // IPv6 takes its addresses and routes with it; defaults are for some interfaces.
      for setting in [
        "ipv6.conf.o1.disable_ipv6=1", "ipv4.conf.default.rp_filter=1", "ipv4.conf.default.accept_local=1",
      ] {
        try Self.compare("sysctl -w net.\(setting)", &kernel, &findings)
      }
      #expect(findings.unsimulated == 3)
      return findings.differences
    }
    for difference in differences { Issue.record("\(difference)") }
  }

  @Test("Rules lose their interfaces and find them as those of the kernel do")
  func ruleInterfaces() throws {
    let order = [
      "rule add pref 50 iif o1 lookup 5", "rule add pref 51 oif o9 lookup 5", "-6 rule add pref 52 not iif o9 lookup 5",
      "rule add pref 53 iif other lookup 5", "rule add pref 54 iif o1 oif o2 lookup 5", "link set o1 down",
      "link set o1 name o9", "rule add pref 55 iif o1 lookup 5", "link set o9 name o1", "link set o1 up",
      "link set o2 down", "link set o2 name other", "link del o1", "link del other",
    ]
    let differences = try withNetworkNamespace {
      try SimulationLab.build()
      try run("ip link property add dev o2 altname o22")
      var kernel = try Kernel()
      var findings = Findings()
      for command in order { try Self.compare(command, &kernel, &findings) }
      #expect(findings.taken + findings.unsimulated == order.count && findings.unsimulated < 3)
      return findings.differences
    }
    for difference in differences { Issue.record("\(difference)") }
  }

  struct Findings {
    var taken = 0
    var refused = 0
    var unsimulated = 0
    var differences: [String] = []
  }

  static func compare(seed: UInt64, steps: Int) throws -> Findings {
    try withNetworkNamespace {
      try SimulationLab.build()
      var findings = Findings()
      let random = RandomChange(seed: seed)
      var kernel = try Kernel()
      let beginning = random.beginning()
      for step in 0..<(beginning.count + steps) {
        let command = step < beginning.count ? beginning[step] : random.command()
        try compare(command, &kernel, &findings)
        // Links that were deleted come back, or there would soon be nothing left.
        if step % 25 == 24 { try restore(&kernel) }
      }
      return findings
    }
  }

  /// A table that once held a route stays, which no dump tells.
  private static func isSame(_ simulated: String, _ real: String) -> Bool {
    if simulated.isEmpty, real.hasSuffix("FIB table does not exist.") { return true }
    // Which group comes first decides.
    let member: Set = [
      "Error: Blackhole nexthop can not be a member of a group with more than one path.",
      "Error: IPv6 routes can not use an IPv4 nexthop.",
    ]
    if member.contains(simulated), member.contains(real) { return true }
    let missing: Set = [
      "Error: FIB table does not exist.", "RTNETLINK answers: No such process",
      "RTNETLINK answers: No such file or directory",
    ]
    return simulated == real || missing.contains(simulated) && missing.contains(real)
  }

  private static func restore(_ kernel: inout Kernel) throws {
    let state = try kernel.readState()
    for number in 1...4 {
      if !state.links.contains(where: { $0.name == "o\(number)" }) {
        try SimulationLab.makeLink(number)
      } else {
        try run(
          """
          ip link set o\(number) up; ip link set p\(number) up
          ip addr replace 10.0.\(number).1/24 dev o\(number)
          ip -6 addr replace 2001:db8:\(number)::1/64 dev o\(number) nodad
          """)
      }
    }
    for number in 1...4 {
      _ = try? run("ip nexthop add id \(number) via 10.0.\(number).2 dev o\(number)")
      _ = try? run("ip nexthop add id \(number + 4) via 2001:db8:\(number)::2 dev o\(number)")
    }
  }

  private static func compare(_ command: String, _ kernel: inout Kernel, _ findings: inout Findings) throws {
    let before = try SimulationLab.settle(&kernel)
    var simulation = Simulation(before)
    // No packet has passed since the groups were made.
    simulation.assumesUnusedBuckets = true
    var refusal: ChangeRefusal?
    // What `ip` does not take is for other tests.
    guard let change = try? CommandParser(names: .installed).change(command) else { return }
    do throws(ChangeRefusal) { try simulation.apply(change) } catch { refusal = error }
    // What is not known is said, and not compared.
    if !(refusal?.isCertain ?? true) || !simulation.doubts.isEmpty {
      findings.unsimulated += 1
      _ = try? run(command.hasPrefix("sysctl") ? command : "ip \(command)")
      return
    }
    var answer: String?
    do {
      try run(command.hasPrefix("sysctl") ? command : "ip \(command)")
      findings.taken += 1
    } catch let failure as CommandFailure {
      answer = failure.output.split(separator: "\n").first.map(String.init) ?? ""
      findings.refused += 1
    }
    // `sysctl` ends with status 0 where the file is missing, and says so.
    if refusal != nil || answer != nil {
      if !isSame(refusal?.description ?? "", answer ?? "") {
        findings.differences.append(
          "\(command): simulated \(refusal.map { "\($0)" } ?? "taken"), kernel \(answer ?? "took it")")
      }
      return
    }
    // Addresses and prefixes of IPv6 follow a link that comes up a moment later.
    var differences = ComparableState.differences(simulation.state, try SimulationLab.settle(&kernel))
    for _ in 0..<100 where !differences.isEmpty && (command.hasPrefix("link") || command.hasPrefix("addr")) {
      try run("sleep 0.05")
      differences = ComparableState.differences(simulation.state, try SimulationLab.settle(&kernel))
    }
    if !differences.isEmpty {
      let links = before.links.map { "\($0.name)\($0.isUp ? "" : " down")\($0.hasCarrier ? "" : " no carrier")" }
      findings.differences.append(
        "\(command): " + (differences.prefix(8) + [links.joined(separator: ", ")]).joined(separator: "\n    "))
    }
  }
}
