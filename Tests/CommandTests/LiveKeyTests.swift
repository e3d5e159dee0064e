import Routing
import TestSupport
import Testing

/// Predictions where the key is not known and the kernel hashes.
@Suite("Live measuring")
struct LiveKeyTests {
  private static let router = """
    for i in 1 2 3; do
      ip link add o$i type veth peer name p$i; ip link set o$i up; ip link set p$i up
      ip addr add 10.0.$i.1/24 dev o$i; ip addr add 2001:db8:$i::1/64 dev o$i nodad
      ip neigh add 10.0.$i.2 lladdr 02:00:00:00:00:0$i dev o$i nud permanent
      ip neigh add 2001:db8:$i::2 lladdr 02:00:00:00:00:0$i dev o$i nud permanent
      ip nexthop add id $i via 10.0.$i.2 dev o$i
    done
    ip nexthop add id 10 group 1,7/2,3/3
    ip nexthop add id 11 group 1,7/2,3/3 type resilient buckets 64
    ip route add 203.0.113.0/24 nhid 10
    ip route add 192.0.2.0/24 nhid 11
    ip route add 198.51.100.0/24 nexthop via 10.0.1.2 weight 2 nexthop via 10.0.2.2 nexthop via 10.0.3.2 weight 5
    ip route add 2001:db8:f::/48 nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2 nexthop via 2001:db8:3::2 weight 9
    """

  @Test("the kernel agrees with predictions by measured hashes", arguments: 0...3)
  func verify(policy: Int) throws {
    try withNetworkNamespace {
      try run(Self.router)
      for family in ["ipv4", "ipv6"] {
        try run("echo \(policy) >/proc/sys/net/\(family)/fib_multipath_hash_policy")
      }
      let run = try Program.run("verify --count 2000 --key measure --json")
      #expect(run.status == 0, "\(run.output)\(run.error)")
      #expect(run.output.contains("\"uncertain\":0") && run.output.contains("\"mismatches\":0"), "\(run.output)")
      let hashed = run.output.number(after: "\"hashed\":")
      #expect(hashed > 500, "\(run.output)")
    }
  }

  @Test(
    "frames of a capture are measured whole: tunnels in tunnels, extension headers and broken ones", arguments: [2, 3])
  func capture(policy: Int) throws {
    var random = SeededGenerator(seed: 5)
    let frames = (0..<400).map { _ -> [UInt8] in
      let family: AddressFamily = random.chance(50) ? .ipv4 : .ipv6
      let kind = random.pick(Traffic.allCases.filter { $0.exists(in: family) })
      let ends = family == .ipv4 ? ("10.9.0.1", "198.51.100.9") : ("2001:db8:e::1", "2001:db8:f::9")
      let packet = random.packet(kind, from: address(ends.0), to: address(ends.1))
      return Packets.ethernet(family == .ipv4 ? 0x0800 : 0x86dd, packet)
    }
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(
          Self.router + """

            ip link add in0 type veth peer name far0; ip link set in0 up; ip link set far0 up
            for f in ipv4 ipv6; do
              echo 0xfff >/proc/sys/net/$f/fib_multipath_hash_fields
              echo \(policy) >/proc/sys/net/$f/fib_multipath_hash_policy
            done
            echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
            """)
        try CapturePredictTests.write(CapturePredictTests.pcap(frames), to: "\(directory)/x.pcap")
        let run = try Program.run("predict -i in0 --l4hash none --measure --flows \(directory)/x.pcap")
        let lines = run.output.split(separator: "\n")
        #expect(run.status == 0 && lines.count == 1 + frames.count, "\(run.error)")
        #expect(lines.filter { $0.hasSuffix(",uncertain") }.isEmpty)
        #expect(lines.count { $0.contains(",o2,") } > 20)
      }
    }
  }

  @Test("the automatic choice says what it took")
  func automatic() throws {
    try withNetworkNamespace {
      try run(Self.router + "\necho 77 >/proc/sys/net/ipv4/fib_multipath_hash_seed")
      let known = try Program.run("predict -d 203.0.113.7 --key auto")
      #expect(known.status == 0)
      #expect(known.errorLines.first?.hasSuffix("key: seed 77 from net.ipv4.fib_multipath_hash_seed") == true)
    }
  }

  @Test("measuring without the privilege ends with 4 and one line")
  func privilege() throws {
    try withNetworkNamespace {
      try run(Self.router)
      let refused = try Program.run(
        "predict -s 10.0.0.1 -d 203.0.113.7 -i o1 --measure", prefix: "setpriv --bounding-set=-all --inh-caps=-all")
      #expect(refused.status == 4 && refused.errorLines.count == 1, "\(refused.error)")
      #expect(refused.error.contains("scratch network namespace"))
    }
  }

  @Test("what can not be measured here is said in one line", arguments: ["", "--seed 5 "])
  func elsewhere(option: String) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run("cat >\(directory)/s.json <<'E'\n\(BadInputTests.snapshot)\nE")
        let run = try Program.run("predict -d 10.0.0.1 --measure \(option)--snapshot \(directory)/s.json")
        #expect(run.status == 2 && run.errorLines.count == 1, "\(run.error)")
        #expect(run.error.contains(option.isEmpty ? "another machine" : "exclude"))
      }
    }
  }
}

extension String {
  /// The number that follows a text; 0 without one.
  fileprivate func number(after text: String) -> Int {
    guard let range = firstRange(of: text) else { return 0 }
    return Int(self[range.upperBound...].prefix(while: \.isNumber)) ?? 0
  }
}
