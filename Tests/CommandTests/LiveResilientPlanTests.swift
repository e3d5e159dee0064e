import JSON
import TestSupport
import Testing

/// `resilient plan`, `revert` and `tune` as a user meets them.
@Suite("Live resilient plans")
struct LiveResilientPlanTests {
  private static let router = """
    sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 net.ipv4.ip_forward=1
    sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.fib_multipath_hash_policy=1
    sysctl -qw net.ipv4.fib_multipath_hash_seed=4711
    for i in 1 2 3 4; do
      ip link add o$i type veth peer name p$i; ip link set p$i up; ip link set o$i up
      ip addr add 10.0.$i.1/24 dev o$i; ip -6 addr add 2001:db8:$i::1/64 dev o$i nodad
    done
    legs=
    for i in 1 2 3 4; do legs="$legs nexthop via 10.0.$i.2 dev o$i"; done
    ip route add 198.51.100.0/24 metric 20 $legs
    ip route add 198.51.101.0/24 table 100 mtu lock 1400 $legs
    ip route add 2001:db8:a::/48 nexthop via 2001:db8:1::2 dev o1 weight 3 nexthop via 2001:db8:2::2 dev o2
    ip nexthop add id 1 via 10.0.1.9 dev o1; ip nexthop add id 2 via 10.0.2.9 dev o2
    ip nexthop add id 20 group 1/2; ip route add 198.51.102.0/24 nhid 20
    """

  private static let dump = "ip -d route show table all; ip -6 -d route show table all; ip -d nexthop"

  /// What `ip` shows, without the time that a table has been unbalanced.
  private static func state() throws -> [Substring] {
    try run(dump).split(separator: "\n").filter { !$0.contains("fe80::") && !$0.contains("multicast") }
  }

  private static func json(_ run: ProgramRun) throws -> JSONValue {
    var reader = JSONReader(Array(run.output.utf8))
    return try reader.value()
  }

  @Test("what plan prints can be run by a shell, and makes every route resilient")
  func batch() throws {
    try withTemporaryDirectory { directory in
      try withNetworkNamespace {
        try run(Self.router)
        let plan = try Program.run("resilient plan --all --random 2000 --to 198.51.100.0/24 -i o1")
        #expect(plan.status == 0, "\(plan.error)")
        #expect(plan.error == "")
        #expect(plan.output.hasPrefix("# convert 4 routes to resilient groups, in "))
        #expect(plan.output.contains("moves 75.0% of its forwarded flows, once; paid back after 5 membership changes"))
        #expect(plan.output.contains("of 2000 flows, 2000 take these routes, and "))
        #expect(
          plan.output.split(separator: "\n").allSatisfy {
            $0.count <= 100 || $0.hasPrefix("ip nexthop ") || $0.hasPrefix("ip route ")
          })
        let file = directory + "/plan.sh"
        try run("cat > \(file) <<'END'\n\(plan.output)END\nsh -e \(file)")
        let shown = try Program.run("show routes --table all")
        #expect(shown.output.components(of: " resilient, ") == 4, "\(shown.output)")
        #expect(try run("ip nexthop").contains("id 20 ") == false)
        let again = try Program.run("resilient plan --all")
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("# nothing is to be changed"))
        // Half of a plan is worse than none: ip takes timers of whole seconds.
        let before = try Self.state()
        let odd = try Program.run("resilient plan 198.51.100.0/24 --buckets 512 --idle-timer 1.5")
        #expect(odd.status == 0 && odd.output.contains("ip can not be told all of them"), "\(odd.output)")
        try run("sh -e <<'END'\n\(odd.output)END")
        #expect(try Self.state() == before)
      }
    }
  }

  @Test("a refused plan ends with status 1 and its reason, is not written, and its text changes nothing when run")
  func refused() throws {
    try withTemporaryDirectory { directory in
      try withNetworkNamespace {
        try run(Self.router)
        let before = try Self.state()
        let file = directory + "/plan.json"
        let plan = try Program.run("resilient plan 198.51.100.0/24 --buckets 2 -o \(file)")
        #expect(plan.status == 1)
        #expect(plan.errorLines.count == 1)
        #expect(plan.error.contains("gets none of 2 buckets"))
        #expect(plan.output.contains("--accept starved-member"))
        #expect(try run("ls \(directory)").contains("plan.json") == false)
        try run("sh -e <<'END'\n\(plan.output)END")
        #expect(try Self.state() == before)
        let accepted = try Program.run("resilient plan 198.51.100.0/24 --buckets 2 -o \(file) --accept starved-member")
        #expect(accepted.status == 0)
        #expect(try run("ls \(directory)").contains("plan.json"))
        #expect(try Program.run("resilient plan --all --accept not-simulated").status == 2)
        #expect(try Program.run("resilient plan --all --group 20").status == 2)
        #expect(try Program.run("resilient plan 203.0.113.0/24").status == 1)
        #expect(try Program.run("resilient plan --group 77").status == 1)
      }
    }
  }

  @Test("JSON has the commands, the shares and the hazards")
  func json() throws {
    try withNetworkNamespace {
      try run(Self.router)
      let plan = try Self.json(try Program.run("resilient plan 198.51.100.0/24 --two-steps -j"))
      #expect(plan["refused"] == .bool(false))
      guard case .array(let steps)? = plan["steps"], case .array(let conversions)? = plan["conversions"],
        case .array(let hazards)? = plan["hazards"]
      else {
        Issue.record("\(plan)")
        return
      }
      #expect(steps.count == 9)
      // Those of the text, which can be pasted.
      let commands = steps.compactMap { $0["command"]?.text }
      let text = try Program.run("resilient plan 198.51.100.0/24 --two-steps").output
      #expect(commands == text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init))
      #expect(commands.count == 9 && commands.allSatisfy { $0.hasPrefix("ip ") })
      #expect(conversions.first?["shares"] == .array([.double(0), .double(0.75)]))
      #expect(conversions.first?["break_even"] == .integer(5))
      #expect(hazards.contains { $0["code"] == .string("no-self-healing") })
    }
  }

  @Test("timers are advised by the pauses of the flows of a capture")
  func pauses() throws {
    try withTemporaryDirectory { directory in
      try withNetworkNamespace {
        try run(Self.router)
        // Two packets of one flow, 30 s apart; numbers are little-endian.
        let packet = Packets.ip(address("10.0.1.5"), address("198.51.100.7"), 17, Packets.transport(17, 1000, 53))
        let length = [UInt8(packet.count), 0, 0, 0]
        var file: [UInt8] =
          [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8) + [0, 0, 1, 0, 101, 0, 0, 0]
        for second in [10, 40] as [UInt8] {
          file += [second, 0, 0, 0, 0, 0, 0, 0] + length + length + packet
        }
        try run("printf '\(file.map { "\\" + String($0, radix: 8).leftPadded(3) }.joined())' >\(directory)/flows.pcap")
        let plan = try Program.run("resilient plan 198.51.100.0/24 --flows \(directory)/flows.pcap -i o1")
        #expect(plan.status == 0, "\(plan.error)")
        #expect(plan.output.contains(" idle_timer 60 unbalanced_timer 300"), "\(plan.output)")
        #expect(plan.output.contains("99 of 100 of the 1 flows are silent for at most 30 s"), "\(plan.output)")
      }
    }
  }

  @Test("a plan of a snapshot needs no router")
  func snapshot() throws {
    try withTemporaryDirectory { directory in
      let file = directory + "/router.json"
      try withNetworkNamespace {
        try run(Self.router)
        #expect(try Program.run("snapshot save \(file)").status == 0)
      }
      let plan = try Program.run("resilient plan --all --snapshot \(file) -6")
      #expect(plan.status == 0, "\(plan.error)")
      #expect(plan.output.hasPrefix("# convert 1 route to resilient groups"))
      #expect(try Program.run("resilient revert --all --snapshot \(file)").status == 2)
      #expect(try Program.run("resilient revert --all --snapshot \(file) --dry-run").status == 0)
    }
  }

  @Test("the plan's commands are those that ip -batch takes with ip in front, and whatif reads them")
  func pasted() throws {
    try withTemporaryDirectory { directory in
      let file = "\(directory)/plan.sh"
      var states: [[Substring]] = []
      for carryOut in ["sed 's/^ip //' \(file) | ip -batch -", "sh -e \(file)"] {
        try withNetworkNamespace {
          try run(Self.router)
          #expect(try Program.run("resilient plan --all >\(file)").status == 0)
          let commands = try run("grep -v '^#' \(file)").split(separator: "\n")
          #expect(!commands.isEmpty && commands.allSatisfy { $0.hasPrefix("ip ") }, "\(commands)")
          let change = try Program.run("whatif --batch \(file) --random 10 --to 198.51.100.0/24")
          #expect(change.status == 0, "\(change.error)")
          try run(carryOut)
          states.append(try Self.state())
        }
      }
      #expect(states[0] == states[1])
      #expect(states[0].contains { $0.contains("resilient") })
    }
  }

  @Test("a plan for another namespace names it in a comment, and can be run there as it is")
  func otherNamespace() throws {
    try withTemporaryDirectory { directory in
      let file = "\(directory)/plan.sh"
      try withNetworkNamespace {
        try run(Self.router)
        let place = "/proc/self/ns/net"
        let plan = try Program.run("resilient plan --all --netns \(place) >\(file)")
        #expect(plan.status == 0, "\(plan.error)")
        let lines = try run("cat \(file)").split(separator: "\n")
        #expect(
          lines.first
            == "# for the network namespace \(place): commands are to be run inside it, as with nsenter")
        #expect(lines.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("ip ") }, "\(lines)")
        let json = try Self.json(try Program.run("resilient plan --all --json --netns \(place)"))
        #expect(json["netns"] == .string(place))
        #expect(try Self.json(try Program.run("resilient plan --all --json"))["netns"] == nil)
        let batch = try Program.run("whatif --batch \(file) --random 10 --to 198.51.100.0/24")
        #expect(batch.status == 0, "\(batch.error)")
        try run("sh -e \(file)")
        #expect(
          try Program.run("resilient plan --all --netns \(place)").output.contains("# nothing is to be changed\n"))
      }
    }
  }

  @Test("a plan that was written for another namespace is carried out there, and nowhere else")
  func planForNamespace() throws {
    try withTemporaryDirectory { directory in
      try withNetworkNamespace {
        let spine = try SideNamespace.make()
        let other = try SideNamespace.make()
        try spine.enter { _ = try run(Self.router) }
        try other.enter { _ = try run(Self.router) }
        let file = directory + "/plan.json"
        let apply = "resilient apply --yes --no-verify --journal \(directory)/journal --plan \(file)"
        try run(
          """
          mkdir \(directory)/ns; touch \(directory)/ns/net
          mount --bind /proc/\(spine.process)/ns/net \(directory)/ns/net
          """)
        defer { _ = try? run("umount \(directory)/ns/net") }
        // By a path that means something else elsewhere.
        let plan = try Program.run(
          "resilient plan 198.51.100.0/24 --netns net -o \(file)", prefix: "cd \(directory)/ns &&")
        #expect(plan.status == 2, "a name without a slash is one of ip netns: \(plan.output)")
        let done = try Program.run(
          "resilient plan 198.51.100.0/24 --netns ./net -o \(file)", prefix: "cd \(directory)/ns &&")
        #expect(done.status == 0, "\(done.error)")

        let before = try other.enter { try Self.state() }
        let refused = try Program.run("\(apply) --netns \(other.process)")
        #expect(refused.status == 2 && refused.output == "", "\(refused.output)")
        #expect(
          refused.error.hasSuffix(
            ", which --netns \(other.process) is not: leave --netns out, or plan for it\n"), "\(refused.error)")
        #expect(refused.errorLines.count == 1, "\(refused.error)")
        let here = try Program.run("\(apply) --netns /proc/self/ns/net")
        #expect(here.status == 2 && here.error.contains("which --netns /proc/self/ns/net is not"), "\(here.error)")

        #expect(try Program.run("\(apply) --dry-run --netns \(spine.process)").status == 0)
        let applied = try Program.run(apply)
        #expect(applied.status == 0, "\(applied.error)")
        #expect(applied.output.contains(", in the network namespace \(directory)/ns/./net\n"), "\(applied.output)")
        #expect(try spine.enter { try Self.state() }.contains { $0.contains("resilient") })
        #expect(try other.enter { try Self.state() } == before)

        // A plan that names none is for where it is carried out.
        #expect(try spine.enter { try Program.run("resilient plan 198.51.102.0/24 -o \(file)") }.status == 0)
        #expect(try other.enter { try Program.run(apply) }.status == 0)
        #expect(try other.enter { try Self.state() }.contains { $0.contains("resilient") })

        // The process may be another one by then.
        for place in ["\(spine.process)", "/proc/\(spine.process)/ns/net"] {
          #expect(try Program.run("resilient plan 198.51.101.0/24 --netns \(place) -o \(file)").status == 0)
          #expect(try run("grep -c netns \(file) || true") == "0\n", "\(place)")
        }
        let named = try Program.run("resilient plan 198.51.101.0/24 --netns \(directory)/ns/net -o \(file)")
        #expect(named.status == 0, "\(named.error)")
        try run("sed -i 's|\"netns\": \"[^\"]*\"|\"netns\": \"no-such\"|' \(file)")
        let gone = try Program.run(apply)
        #expect(gone.status == 2 && gone.errorLines.count == 1, "\(gone.error)")
        #expect(
          gone.error.hasPrefix("ecmpctl: \(file) is for the network namespace no-such: there is no"), "\(gone.error)")
      }
    }
  }

  @Test("planned, applied, tuned and reverted: everything is as it was before")
  func there() throws {
    try withTemporaryDirectory { directory in
      try withNetworkNamespace {
        try run(Self.router)
        let before = try Self.state()
        let journal = "--journal \(directory)/journal"
        let file = directory + "/plan.json"
        #expect(try Program.run("resilient plan --all -o \(file)").status == 0)
        let applied = try Program.run("resilient apply --plan \(file) --yes \(journal)")
        #expect(applied.status == 0, "\(applied.output)\(applied.error)")
        #expect(try Self.state() != before)
        let group = try run("ip route show 198.51.100.0/24 | sed -n 's/.*nhid \\([0-9]*\\).*/\\1/p'").filter(\.isNumber)
        let tuned = try Program.run("resilient tune --group \(group) --idle-timer 30 --yes \(journal)")
        #expect(tuned.status == 0, "\(tuned.output)\(tuned.error)")
        #expect(try run("ip nexthop get id \(group)").contains("idle_timer 30 "))
        // What is named is done also where nobody can be asked.
        let named = try Program.run("resilient tune --group \(group) --idle-timer 40 \(journal) </dev/null")
        #expect(named.status == 0 && named.output.contains("in place, in 1 step\n"), "\(named.error)")
        #expect(try run("ip nexthop get id \(group)").contains("idle_timer 40 "))
        let first = try Program.run("resilient revert 198.51.101.0/24 \(journal) </dev/null")
        #expect(first.status == 0 && first.output.contains("take 1 route back"), "\(first.output)\(first.error)")
        #expect(try run("ip route show table 100").contains("nexthop via"))
        for words in ["revert --all", "apply --all"] {
          let refused = try Program.run("resilient \(words) \(journal) </dev/null")
          #expect(refused.status == 2 && refused.error.contains("nobody is there to be asked"), "\(refused.error)")
        }
        let dry = try Program.run("resilient revert --all --dry-run \(journal)")
        #expect(dry.status == 0)
        #expect(dry.output.contains("\nip nexthop add id 20 group 1/2"))
        let reverted = try Program.run("resilient revert --all --yes \(journal)")
        #expect(reverted.status == 0, "\(reverted.output)\(reverted.error)")
        #expect(try Self.state() == before)
      }
    }
  }

  @Test(
    "wrong usage is told in one line",
    arguments: [
      "plan", "plan --all --buckets 0", "plan --all --idle-timer -1", "plan --all --accept nonsense", "tune --group 5",
      "tune --group 5 --members 1/1", "tune --group 5 --members x", "revert", "revert --all --confirm-within 0 --yes",
      "plan 10.0.0.1/8", "plan --all --revert-to legacy", "plan --all --revert --buckets 32",
      "plan --all --revert --two-steps", "apply --resume --dry-run",
    ])
  func usage(arguments: String) throws {
    try withNetworkNamespace {
      let run = try Program.run("resilient \(arguments)")
      #expect(run.status == 2, "\(run.output)\(run.error)")
      #expect(run.errorLines.count == 1)
    }
  }
}

extension String {
  /// With zeros before it.
  fileprivate func leftPadded(_ length: Int) -> String { String(repeating: "0", count: length - count) + self }

  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
