import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct LiveLookupTests {
  @Test func `The answer names the chosen nexthop, the table and the source`() throws {
    try withRouter { kernel in
      try run("ip route add 10.9.0.0/16 via 10.0.2.2 table 4242; ip rule add to 10.9.0.0/16 lookup 4242 pref 50")
      let answer = try kernel.lookup(RouteQuery(destination: address("10.9.1.1")))
      #expect(answer.leg == RouteLeg(gateway: address("10.0.2.2"), interface: 13))
      #expect(answer.route?.table == 4242)
      #expect(answer.route?.preferredSource == address("10.0.2.1"))
      let whole = try kernel.lookup(RouteQuery(destination: address("10.9.1.1"), wantsRoute: true))
      #expect(whole.route?.destination == prefix("10.9.0.0/16"))
      let six = try kernel.lookup(RouteQuery(destination: address("2001:db8:2::9")))
      #expect(six.leg?.interface == 13 && six.route?.table == RouteTable.main)
    }
  }

  @Test func `Refusals are answers with the kernel's errno`() throws {
    try withRouter { kernel in
      try run(
        """
        for f in -4 -6; do
          n=10.; m=.0.0/16; [ $f = -6 ] && n=2001:db8:f && m=::/48
          ip $f route add unreachable ${n}1$m
          ip $f route add prohibit ${n}2$m
          ip $f route add blackhole ${n}3$m
        done
        """)
      let expected: [(String, Errno)] = [
        ("203.0.113.1", .networkUnreachable), ("10.1.0.1", .hostUnreachable), ("10.2.0.1", .accessDenied),
        ("10.3.0.1", .invalid), ("2001:db8:ffff::1", .networkUnreachable), ("2001:db8:f1::1", .hostUnreachable),
        ("2001:db8:f2::1", .accessDenied), ("2001:db8:f3::1", .invalid),
      ]
      let answers = try kernel.lookup(expected.map { RouteQuery(destination: address($0.0)) })
      for (answer, (destination, errno)) in zip(answers, expected) {
        #expect(answer.refusal?.errno == errno, "\(destination): \(answer)")
      }
    }
  }

  @Test func `Every part of the question counts`() throws {
    try withRouter { kernel in
      try run(
        """
        ip route add 10.9.0.0/16 via 10.0.1.2
        ip route add 10.9.0.0/16 via 10.0.2.2 table 7
        echo 1 > /proc/sys/net/ipv4/ip_forward
        """)
      let base = RouteQuery(destination: address("10.9.1.1"))
      #expect(try kernel.lookup(base).leg?.interface == 11)
      let cases: [(String, (inout RouteQuery) -> Void)] = [
        ("fwmark 5", { $0.mark = 5 }),
        ("tos 0x10", { $0.tos = 0x10 }),
        ("not uidrange 0-0", { $0.userID = 4321 }),
        ("ipproto tcp", { $0.ipProtocol = 6 }),
        ("sport 1234", { $0.sourcePort = 1234 }),
        ("ipproto udp dport 4321", { $0.destinationPort = 4321 }),
        ("from 10.0.2.1", { $0.source = address("10.0.2.1") }),
        ("oif o2", { $0.outputInterface = 13 }),
        (
          "iif o1",
          {
            $0.inputInterface = 11
            $0.source = address("10.0.1.77")
          }
        ),
      ]
      for (selector, change) in cases {
        try run("ip rule add \(selector) lookup 7 pref 40")
        var query = base
        change(&query)
        #expect(try kernel.lookup(query).leg?.interface == 13, "\(selector)")
        if query.outputInterface == nil { #expect(try kernel.lookup(base).leg?.interface == 11, "not \(selector)") }
        try run("ip rule del pref 40")
      }
    }
  }

  @Test func `A batch is answered in order, and over every member of a group`() throws {
    try withRouter { kernel in
      try run(
        """
        echo 1 > /proc/sys/net/ipv4/fib_multipath_hash_policy
        ip nexthop add id 1 via 10.0.1.2 dev o1
        ip nexthop add id 2 via 10.0.2.2 dev o2
        ip nexthop add id 9 group 1/2
        ip route add 10.9.0.0/16 nhid 9
        """)
      let queries = (0..<5000).map { index in
        RouteQuery(
          destination: IPAddress(ipv4: 0x0a09_0000 + UInt32(index)), source: address("10.0.1.1"), ipProtocol: 17,
          sourcePort: UInt16(1000 + index), destinationPort: 53)
      }
      let answers = try kernel.lookup(queries)
      #expect(answers.count == queries.count)
      for (query, answer) in zip(queries, answers) {
        #expect(answer.route?.destination.address == query.destination)
      }
      let shares = Dictionary(grouping: answers, by: { $0.leg?.interface }).mapValues(\.count)
      #expect(Set(shares.keys) == [11, 13])
      #expect(shares.values.allSatisfy { (2000...3000).contains($0) }, "\(shares)")
      #expect(try kernel.lookup(queries) == answers)
      let counted = try #require(try kernel.nexthops()?.groups.first)
      if !counted.statistics.isEmpty { #expect(counted.statistics.map(\.packets).reduce(0, +) == 10000) }
    }
  }
}
