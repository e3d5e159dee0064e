import Files
import Routing
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
        for output in ["csv", "summary", "ndjson"] {
          let divided = try Program.run("predict --flows \(directory)/flows --output \(output)")
          // With --keep-going there is one thread alone.
          let alone = try Program.run("predict --flows \(directory)/flows --output \(output) --keep-going")
          #expect(divided.status == 0 && alone.status == 0, "\(divided.error)")
          #expect(divided.output == alone.output)
          #expect(divided.output.utf8.count > (output == "summary" ? 100 : 4_000_000))
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
        // A header stands above flows alone.
        #expect(run.output.split(separator: "\n").count == (place == 0 ? 0 : place + 1))
        // Above it are the header, the flows, and two lines for each comment.
        let line = 2 + place + 2 * (place / 777 + 1)
        #expect(run.error.contains("/flows:\(line):24: "), "\(run.error)")
        let summary = try Program.run("predict --flows \(directory)/flows --output summary")
        #expect(summary.status == 2 && summary.output.isEmpty)
      }
    }
  }

  @Test("NDJSON gives what CSV gives")
  func ndjson() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try Self.make(directory)
        try run(
          """
          awk -F, 'NF == 7 && NR > 1 {
            printf "{\\"src\\":\\"%s\\",\\"dst\\":\\"%s\\",\\"proto\\":\\"%s\\",\\"sport\\":%s,\\"dport\\":%s,", $1, $2, $3, $4, $5
            printf "\\"iif\\":\\"%s\\",\\"weight\\":%s}\\n", $6, $7 }' \(directory)/flows >\(directory)/lines
          """)
        for output in ["csv", "summary"] {
          let lines = try Program.run("predict --flows \(directory)/lines --output \(output)")
          let csv = try Program.run("predict --flows \(directory)/flows --output \(output)")
          #expect(lines.status == 0 && lines.output == csv.output, "\(lines.error)")
        }
      }
    }
  }

  @Test("What a change does is the same, however the flows are divided")
  func whatIf() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try Self.make(directory)
        for change in ["nexthop del id 2", "nexthop replace id 51 group 1/2/3 type resilient buckets 64"] {
          for output in ["-j", "--list moved"] {
            let arguments = "whatif --change '\(change)' --flows \(directory)/flows \(output)"
            let (divided, alone) = (try Program.run(arguments), try Program.run("\(arguments) --keep-going"))
            #expect(divided.status == 0 && alone.status == 0, "\(divided.error)")
            #expect(divided.output == alone.output && divided.output.utf8.count > 500)
          }
        }
      }
    }
  }

  @Test("A capture gives what its flows give, with frames in between that are none")
  func capture() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try Self.make(directory)
        var frames: [[UInt8]] = []
        var text = "src,dst,proto,sport,dport,iif,l4hash\n"
        for number in 0..<20_000 as Range<UInt32> {
          let (source, destination) = (
            IPAddress(ipv4: 0x0a02_0000 | number), IPAddress(ipv4: 0xac10_0000 | number % 5 << 16 | number >> 3)
          )
          let ports = (UInt16(1 + number % 60_000), UInt16(1 + number % 999))
          let packet = Packets.ipv4(source, destination, 17, Packets.transport(17, ports.0, ports.1))
          frames.append(
            number % 100 == 7
              ? Packets.ethernet(0x0806, [1]) : Packets.ethernet(0x0800, packet + [UInt8](repeating: 0, count: 18)))
          text += "\(source),\(destination),17,\(ports.0),\(ports.1),p1,none\n"
        }
        for (name, bytes) in [("x.pcap", CapturePredictTests.pcap(frames)), ("x.csv", Array(text.utf8))] {
          let file = try OutputFile(path: "\(directory)/\(name)")
          try file.write(bytes)
          try file.commit()
        }
        let capture = try Program.run("predict -i p1 --l4hash none --flows \(directory)/x.pcap")
        let alone = try Program.run("predict -i p1 --l4hash none --flows \(directory)/x.pcap --keep-going")
        let flows = try Program.run("predict --flows \(directory)/x.csv")
        #expect(capture.status == 0 && alone.status == 0 && flows.status == 0, "\(capture.error)\(flows.error)")
        #expect(capture.output == alone.output)
        let expected = flows.output.split(separator: "\n").enumerated().map { line, text in
          line > 0 && (line - 1) % 100 == 7 ? "\(line - 1),,,,,,,,,,,,exact" : text
        }
        #expect(capture.output.split(separator: "\n") == expected)
        let piped = try Program.run(
          "predict -i p1 --l4hash none --flows -", prefix: "cat \(directory)/x.pcap |")
        #expect(piped.output == capture.output)
      }
    }
  }

  @Test("A slow pipe is answered line by line", arguments: ["csv", "ndjson", "bad"])
  func slow(kind: String) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try Self.make(directory)
        let lines =
          switch kind {
          case "csv": ["src,dst,proto,iif\\n10.2.0.1,172.16.0.1,17,p1\\n", "10.2.0.2,172.16.0.1,17,p1\\n"]
          case "ndjson": ["{\"dst\":\"172.16.0.1\",\"iif\":\"p1\"}\\n", "{\"dst\":\"172.16.0.1\",\"iif\":\"p1\"}\\n"]
          default: ["dst,iif\\n172.16.0.1,p1\\n172.16.0.300,p1\\n", "172.16.0.1,p1\\n"]
          }
        let output = try run(
          """
          start=$(date +%s%N)
          { printf '\(lines[0])'; sleep 8; printf '\(lines[1])'; } | {
            \(Program.path) predict --flows - 2>/dev/null || true
            echo "end $((($(date +%s%N) - start) / 1000000))"
          } | while read -r line; do echo "$((($(date +%s%N) - start) / 1000000)) $line"; done
          """)
        let answers = output.split(separator: "\n").map { $0.split(separator: " ") }
        // The header comes at once.
        let words = Array(answers.dropFirst())
        try #require(words.count == (kind == "bad" ? 2 : 3), "\(output)")
        // The first prediction comes before the second line does.
        #expect((Int(words[0][0]) ?? .max) < 6000, "\(output)")
        if kind == "bad" {
          #expect((Int(words[1][2]) ?? .max) < 6000, "\(output)")
        } else {
          #expect((Int(words[1][0]) ?? 0) > 7000, "\(output)")
        }
      }
    }
  }
}
