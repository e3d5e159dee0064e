import Files
import TestSupport
import Testing

/// `-4` and `-6` keep files of flows to one family.
@Suite("One family of a file")
struct FamilyTests {
  private static let router = """
    for n in 1 2; do ip link add o$n type veth peer name p$n; ip link set p$n up; ip link set o$n up
    ip addr add 10.1.$n.1/24 dev o$n; ip addr add 2001:db8:$n::1/64 dev o$n nodad; done
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.fib_multipath_hash_seed=7
    ip route add 198.51.100.0/24 nexthop via 10.1.1.2 nexthop via 10.1.2.2
    ip route add 2001:db8:100::/48 nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2
    """

  /// Flow `n` of a file where the families take turns, as CSV.
  private static func row(_ n: Int) -> String {
    let family = n % 3 == 0 ? ("2001:db8:9::", "2001:db8:100::") : ("203.0.113.", "198.51.100.")
    return "\(family.0)\(n % 200 + 1),\(family.1)\(n % 100 + 1),udp,\(n % 60000),53,p1"
  }

  private static func isIPv6(_ row: some StringProtocol) -> Bool { row.contains(":") }

  @Test("leaves the rows of the family, numbered as if there were no others", arguments: ["csv", "ndjson"])
  func rows(format: String) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        let flows = (0..<5000).map(Self.row)
        let file = try OutputFile(path: "\(directory)/flows")
        if format == "csv" {
          try file.write(Array(("src,dst,proto,sport,dport,iif\n" + flows.joined(separator: "\n")).utf8))
        } else {
          let lines = flows.map { row in
            let fields = row.split(separator: ",")
            return
              #"{"src":"\#(fields[0])","dst":"\#(fields[1])","proto":"udp","sport":\#(fields[3]),"dport":53,"iif":"p1"}"#
          }
          try file.write(Array(lines.joined(separator: "\n").utf8))
        }
        try file.commit()
        let all = try Program.run("predict --flows \(directory)/flows").output.split(separator: "\n").dropFirst()
        #expect(all.count == 5000)
        for family in ["-4", "-6"] {
          let some = try Program.run("predict --flows \(directory)/flows \(family)")
          #expect(some.status == 0, "\(some.error)")
          let expected = all.filter { Self.isIPv6($0) == (family == "-6") }.enumerated().map { number, row in
            "\(number)\(row.drop { $0 != "," })"
          }
          #expect(some.output.split(separator: "\n").dropFirst().map(String.init) == expected)
          let piped = try Program.run("predict --flows - \(family)", prefix: "cat \(directory)/flows |")
          #expect(piped.output == some.output)
        }
      }
    }
  }

  @Test("is what verify and whatif take of it, too")
  func others() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        try run(
          "printf 'src,dst,proto,sport,dport,iif\\n\((0..<9).map(Self.row).joined(separator: "\\n"))' >\(directory)/flows"
        )
        for (family, count) in [("-4", 6), ("-6", 3)] {
          let verify = try Program.run("verify --flows \(directory)/flows \(family)")
          #expect(
            verify.status == 0 && verify.output.hasPrefix("\(count) flows compared "), "\(verify.output)\(verify.error)"
          )
          let whatif = try Program.run("whatif --link-down o1 --flows \(directory)/flows \(family) -j")
          #expect(whatif.output.contains(#""flows":\#(count),"#), "\(whatif.output)\(whatif.error)")
        }
      }
    }
  }

  @Test(
    "has nothing to do with a prefix or a group of the other one",
    arguments: [
      ("resilient plan 198.51.100.0/24 -6", "198.51.100.0/24"), ("resilient plan --group 50 -6", "group 50"),
      ("resilient apply --group 50 -6 --dry-run", "group 50"),
      ("resilient revert 2001:db8:100::/48 -4 --dry-run", "2001:db8:100::/48"),
      ("resilient tune --group 50 --idle-timer 5 -6 --dry-run", "group 50"), ("watch 50 -6 --for 0", "group 50"),
      ("show groups 50 -6", "group 50"), ("show buckets 50 -6", "group 50"),
    ])
  func otherFamily(arguments: String, what: String) throws {
    try withNetworkNamespace {
      try run(Self.router)
      try run(
        """
        for n in 1 2; do ip nexthop add id $n via 10.1.$n.2 dev o$n; ip nexthop add id 1$n via 2001:db8:$n::2 dev o$n; done
        ip nexthop add id 50 group 1/2 type resilient buckets 8; ip nexthop add id 51 group 11/12
        ip route add 198.51.101.0/24 nhid 50; ip route add 198.51.102.0/24 nhid 51
        """)
      let run = try Program.run(arguments)
      #expect(run.status == 2 && run.output == "", "\(run.output)")
      let family = arguments.contains(" -6") ? "6" : "4"
      #expect(run.error == "ecmpctl: \(what) is not of the family that -\(family) asks for\n")
      // IPv4 routes may use gateways of IPv6.
      #expect(try Program.run("resilient plan --group 51 -4").output.contains("198.51.102.0/24"))
    }
  }

  @Test("does not hide bad lines, nor what stands above them")
  func badLines() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        try run("printf 'src,dst\\n::1,::2\\n1.1.1.1,2.2.2.2\\nbad,3.3.3.3\\n::3,::4\\n' >\(directory)/flows")
        let stopped = try Program.run("predict --flows \(directory)/flows -6")
        #expect(stopped.status == 2 && stopped.error == "ecmpctl: \(directory)/flows:4:1: \"bad\" is no IP address\n")
        #expect(stopped.output.split(separator: "\n").dropFirst().map { $0.prefix(9) } == ["0,::1,::2"])
        let passed = try Program.run("predict --flows \(directory)/flows -6 --keep-going")
        #expect(passed.status == 1 && passed.error.contains("1 bad record passed over"), "\(passed.error)")
        #expect(passed.output.split(separator: "\n").dropFirst().map { $0.prefix(9) } == ["0,::1,::2", "1,::3,::4"])
      }
    }
  }
}
