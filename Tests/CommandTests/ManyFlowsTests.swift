import TestSupport
import Testing

/// Files that are divided among threads.
@Suite("predict with many flows")
struct ManyFlowsTests {
  /// A state with groups of all kinds, and a file of 100 000 flows to them, some of 4 MB, with comments in between.
  ///
  /// - Parameter bad: The flow that a bad line stands before.
  private static func make(_ directory: String, bad: Int = -1) throws {
    try run(
      """
      ip link add s1 type veth peer name p1
      for dev in lo s1 p1; do ip link set $dev up; done
      ip addr add 10.1.0.1/16 dev s1
      for n in 1 2 3 4; do ip nexthop add id $n via 10.1.0.1$n dev s1; done
      ip nexthop add id 50 group 1/2,2/3/4
      ip nexthop add id 51 group 1/2/3/4 type resilient buckets 64
      ip route add 172.16.0.0/16 nhid 50
      ip route add 172.17.0.0/16 nhid 51
      ip route add 172.18.0.0/16 nexthop via 10.1.0.11 dev s1 nexthop via 10.1.0.12 dev s1 weight 3
      ip route add 172.19.0.0/16 nhid 2
      sysctl -qw net.ipv4.fib_multipath_hash_seed=7 net.ipv4.fib_multipath_hash_policy=1 net.ipv4.ip_forward=1
      awk 'BEGIN { srand(7); print "src,dst,proto,sport,dport,iif,weight"
        for (n = 0; n < 100000; n++) {
          if (n % 777 == 0) print "# a comment\\n"
          if (n == \(bad)) print "10.2.0.1,172.16.0.1,17,70000,1,p1,1"
          printf "10.2.%d.%d,172.%d.3.%d,%s,%d,%d,p1,%d\\n", rand() * 256, rand() * 256, 16 + rand() * 5, rand() * 256,
            rand() < .5 ? "udp" : 6, 1024 + rand() * 60000, rand() * 1000, rand() * 1500 } }' >\(directory)/flows
      """)
  }

  @Test("The threads write what one thread writes")
  func equal() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try Self.make(directory)
        for output in ["csv", "summary"] {
          let divided = try Program.run("predict --flows \(directory)/flows --output \(output)")
          // With --keep-going there is one thread alone.
          let alone = try Program.run("predict --flows \(directory)/flows --output \(output) --keep-going")
          #expect(divided.status == 0 && alone.status == 0, "\(divided.error)")
          #expect(divided.output == alone.output)
          #expect(divided.output.utf8.count > (output == "csv" ? 4_000_000 : 100))
        }
      }
    }
  }

  @Test("A bad line ends it, after everything above it", arguments: [0, 1, 30000, 99999])
  func bad(place: Int) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try Self.make(directory, bad: place)
        let run = try Program.run("predict --flows \(directory)/flows")
        #expect(run.status == 2)
        #expect(run.output.split(separator: "\n").count == place + 1)
        // Above it are the header, the flows, and two lines for each comment.
        let line = 2 + place + 2 * (place / 777 + 1)
        #expect(run.error.contains("/flows:\(line):24: "), "\(run.error)")
        let summary = try Program.run("predict --flows \(directory)/flows --output summary")
        #expect(summary.status == 2 && summary.output.isEmpty)
      }
    }
  }
}
