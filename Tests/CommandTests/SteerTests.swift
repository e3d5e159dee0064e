import JSON
import TestSupport
import Testing

/// `steer` on the saved state of `PredictTests`, where nothing but the program decides.
@Suite("Steering from a snapshot")
struct SteerTests {
  private static let flow = "-s 10.2.0.100 -p udp --dport 53 -i swp51 --l4hash none"

  /// - Parameters:
  ///   - change: a text of the snapshot, and what stands in its place.
  ///   - then: shell words behind the program, such as a pipe from it.
  private func steer(
    _ arguments: String, change: (String, String)? = nil, then: (String) -> String = { _ in "" }
  ) throws -> ProgramRun {
    try withTemporaryDirectory { directory in
      var text = PredictTests.snapshot.split(separator: "SEED").joined(separator: "305419896")
      if let (old, new) = change { text = text.replacing(old, with: new) }
      try TestSupport.run("cat >\(directory)/s.json <<'E'\n\(text)\nE")
      return try Program.run("steer \(arguments) --snapshot \(directory)/s.json\(then("\(directory)/s.json"))")
    }
  }

  private static let keyless = (#""fib_multipath_hash_seed":305419896"#, #""fib_multipath_hash_seed":0"#)

  @Test("a table has the first port of each path, how many take it, and how sure that is")
  func table() throws {
    let run = try steer("-d 172.16.255.66 \(Self.flow)")
    #expect(run.status == 0 && run.error == "")
    #expect(
      run.output == """
        172.16.255.66 from 10.2.0.100 iif swp51 ipproto udp dport 53: sport 49152-65535,1024-49151, 64512 values, route 172.16.255.66/32 table main
            nexthop                values  share  expected         sport
            via 10.1.1.2 dev swp1  16239   25.2%  25.0%     exact  49152
            via 10.1.2.2 dev swp2  16086   24.9%  25.0%     exact  49160
            via 10.1.3.2 dev swp3  16100   25.0%  25.0%     exact  49158
            via 10.1.4.2 dev swp4  16087   24.9%  25.0%     exact  49153
        every prediction is exact

        """)
  }

  @Test("for a resilient group the buckets stand there, and that they can move")
  func buckets() throws {
    let run = try steer("198.51.100.7 from 10.2.0.100 iif swp51 ipproto udp dport 53 l4hash none --count 3")
    #expect(run.status == 0 && run.error == "")
    #expect(
      run.output == """
        198.51.100.7 from 10.2.0.100 iif swp51 ipproto udp dport 53: sport 49152-65535,1024-49151, 64512 values, route 198.51.100.0/24 table main
            nexthop                     values  share  expected         sport              bucket
            id 1 via 10.1.1.2 dev swp1  32136   49.8%  50.0%     exact  49152,49153,49156  3,3,3
            id 2 via 10.1.2.2 dev swp2  32376   50.2%  50.0%     exact  49154,49155,49158  0,0,0
        group 50 is resilient: a value stays with its bucket, and buckets move when members change
        every prediction is exact

        """)
    let unbalanced = try steer(
      "-d 198.51.100.7 \(Self.flow)", change: (#""unbalanced_time_ticks":0"#, #""unbalanced_time_ticks":5"#))
    #expect(unbalanced.output.contains("it is unbalanced now, and buckets are about to move"))
  }

  @Test("JSON has the documented keys")
  func json() throws {
    let run = try steer("-d 198.51.100.7 \(Self.flow) --sport 1000-1999 --via 2 --count 2 -j")
    let expected =
      #"{"flow":{"src":"10.2.0.100","dst":"198.51.100.7","proto":17,"sport":1000,"dport":53,"iif":"swp51","#
      + #""l4hash":"none","origin":"forwarded"},"vary":"sport","values":"1000-1999","examined":1000,"wanted":2,"#
      + #""route":{"dst":"198.51.100.0/24","table":"main","protocol":"static","metric":0},"routes":1,"policy":1,"#
      + #""paths":[{"nexthop":{"id":2,"gateway":"10.1.2.2","dev":"swp2","weight":1},"values":[1000,1001],"#
      + #""hashes":[506991204,126424676],"buckets":[0,0],"count":489,"share":0.489,"expected":0.5,"certainty":"exact","#
      + #""caveats":[]}],"elsewhere":[],"resilient":[{"group":50,"unbalanced":false}],"complete":true,"problems":[],"#
      + #""certainty":"exact","caveats":[]}"#
    #expect(run.status == 0 && run.error == "")
    #expect(run.output == expected + "\n")
  }

  @Test("the flows that come out are those that predict reads, whatever is in them", arguments: ["csv", "ndjson"])
  func flows(format: String) throws {
    for arguments in [
      "-d 172.16.255.66 \(Self.flow) --mark 7 --tos 4", "172.16.255.66 ipproto udp dport 53 --connected",
      "-d 198.51.101.9 -s 10.2.0.100 -p ipip -i swp51 --l4hash 0x10 --inner-src 192.0.2.0/24 --inner-dst 192.0.3.1",
      "172.16.255.66 ipproto udp dport 53 oif swp1 uid 7 --sport 5,9",
      "-d 192.0.2.7 -p icmp --icmp-type 8 --src 10.2.0.0/30 -i swp51",
    ] {
      let run = try steer("\(arguments) --count 5 --output \(format)") { snapshot in
        " | tee \(snapshot).out | '\(Program.path)' predict --flows - --snapshot \(snapshot) --output ndjson; cat \(snapshot).out"
      }
      #expect(!run.error.contains("-:"), "\(arguments): \(run.error)")
      let lines = run.output.split(separator: "\n")
      let predictions = lines.filter { $0.contains(#""certainty":"#) }
      #expect(
        predictions.count > 0 && lines.count == predictions.count * 2 + (format == "csv" ? 1 : 0), "\(run.output)")
    }
    let ports = try steer("-d 172.16.255.66 \(Self.flow) --via swp3 --count 3 --output \(format)")
    #expect(
      ports.output
        == (format == "csv"
          ? """
          src,dst,proto,sport,dport,origin,iif,l4hash
          10.2.0.100,172.16.255.66,17,49158,53,forwarded,swp51,none
          10.2.0.100,172.16.255.66,17,49163,53,forwarded,swp51,none
          10.2.0.100,172.16.255.66,17,49165,53,forwarded,swp51,none

          """
          : [49158, 49163, 49165].map {
            #"{"src":"10.2.0.100","dst":"172.16.255.66","proto":17,"sport":\#($0),"dport":53,"iif":"swp51","#
              + #""l4hash":"none","origin":"forwarded"}"# + "\n"
          }.joined()))
  }

  /// A question whose answer is no.
  struct Refusal: Sendable {
    var arguments: String
    /// A text of the snapshot.
    var old = ""
    /// What stands in its place.
    var new = ""
    var line: String

    init(_ arguments: String, _ line: String) { (self.arguments, self.line) = (arguments, line) }

    init(_ arguments: String, _ old: String, _ new: String, _ line: String) {
      (self.arguments, self.old, self.new, self.line) = (arguments, old, new, line)
    }
  }

  private static let policy1 = #""fib_multipath_hash_policy":1"#

  static let refusals: [Refusal] = [
    Refusal(
      "-d 172.16.255.66 \(flow)", policy1, #""fib_multipath_hash_policy":0"#,
      """
      policy 0 does not hash sport: every value takes via 10.1.2.2 dev swp2; vary src, or set \
      net.ipv4.fib_multipath_hash_policy=1, which moves other flows, too
      """),
    Refusal(
      "-d 172.16.255.66 \(flow)", policy1, #""fib_multipath_hash_policy":3,"fib_multipath_hash_fields":7"#,
      """
      policy 3 does not hash sport: every value takes via 10.1.3.2 dev swp3; vary src, or set \
      net.ipv4.fib_multipath_hash_fields=0x17, which moves other flows, too
      """),
    Refusal(
      "-d 198.51.101.9 \(flow) --sport 7 --mark 1-1000",
      "policy 1 does not hash mark: every value takes id 1 via 10.1.1.2 dev swp1; vary sport, dport, src or dst"),
    Refusal(
      "-d 172.16.255.66 -s 10.2.0.100 -p udp --dport 53 -i swp51 --l4hash 5",
      """
      the layer-4 hash of the packet stands for all fields, sport too: every value takes via 10.1.1.2 dev swp1; set \
      net.ipv4.fib_multipath_hash_fields=0x37 and net.ipv4.fib_multipath_hash_policy=3, which moves other flows, too
      """),
    Refusal(
      "-d 172.16.255.66 \(flow) --sport 5 --inner-src 10.0.0.0/24 --inner-dst 10.0.1.1",
      "policy 1 does not hash inner_src: every value takes via 10.1.3.2 dev swp3; vary sport, dport or src"),
    Refusal("-d 203.0.113.7 \(flow)", "no value of sport takes a nexthop: unreachable (64512)"),
    Refusal(
      "-d 172.16.255.66 \(flow) --via 10.1.9.2 --via swp51",
      """
      none of these nexthops is 10.1.9.2 or swp51: via 10.1.1.2 dev swp1, via 10.1.2.2 dev swp2, via 10.1.3.2 dev swp3, \
      via 10.1.4.2 dev swp4
      """),
  ]

  @Test("from a source that is none of this machine's no port leads anywhere, but a transparent socket is in doubt")
  func foreignSource() throws {
    let run = try steer("-d 203.0.113.7 -s 10.2.0.100 -p udp --dport 53")
    #expect(run.status == 1)
    #expect(
      run.output
        == "no value of sport takes a nexthop: dropped: the source address does not belong to this machine (64512)\n")
    #expect(run.errorLines.count == 1 && run.error.hasPrefix("ecmpctl: uncertain: foreign-source: "), "\(run.error)")
  }

  @Test("where the answer is no, one line says why", arguments: refusals)
  func negative(refusal: Refusal) throws {
    let change = refusal.old.isEmpty ? nil : (refusal.old, refusal.new)
    let run = try steer(refusal.arguments, change: change)
    #expect(run.status == 1 && run.error == "")
    #expect(run.output == refusal.line + "\n")
    // Standard output has flows alone.
    let flows = try steer(refusal.arguments + " --output csv", change: change)
    #expect(flows.status == 1 && flows.error == "ecmpctl: \(refusal.line)\n")
    #expect(flows.output.split(separator: "\n").dropFirst().allSatisfy { $0.contains(",17,") })
    let json = try JSONValue(parsing: try steer(refusal.arguments + " -j", change: change).output)
    #expect(json["complete"]?.flag == false)
    #expect(json["problems"]?[0]?["text"]?.text == refusal.line)
  }

  @Test("without the key no port is named, and the reason is")
  func keyless() throws {
    let run = try steer("-d 172.16.255.66 \(Self.flow)", change: Self.keyless)
    #expect(run.status == 1)
    #expect(run.output == "which of 4 nexthops a value takes can not be told: uncertain: seed-unknown\n")
    #expect(run.errorLines.count == 1 && run.error.contains("uncertain: seed-unknown: the hash key is not known"))
    let given = try steer("-d 172.16.255.66 \(Self.flow) --seed 305419896", change: Self.keyless)
    #expect(given.status == 0 && given.output.contains("49158"))
  }

  @Test("an uncertain path is named all the same, and marked")
  func uncertain() throws {
    for (arguments, code) in [
      ("-d 172.16.255.66 -s 10.2.0.100 -p udp --dport 53 -i swp51", "l4-hash"),
      ("172.16.255.66 ipproto udp dport 53", "unbound-source"),
      ("-d 172.16.255.66 -p tcp --dport 53 --src 10.2.0.0/24 -i eth0 --vary src --sport 9", "l4-hash"),
    ] {
      let run = try steer(arguments)
      #expect(run.status == 0, "\(arguments): \(run.output)")
      let lines = run.output.split(separator: "\n")
      #expect(lines.count { $0.contains("uncertain: \(code)  ") } == 4, "\(run.output)")
      #expect(lines.last?.hasPrefix("uncertain: ") == true && lines.last?.hasSuffix("(\(code))") == true)
      #expect(run.errorLines.count == 1 && run.error.hasPrefix("ecmpctl: uncertain: \(code): "))
      let json = try JSONValue(parsing: try steer(arguments + " -j").output)
      #expect(json["certainty"]?.text == "uncertain" && json["caveats"]?[0]?["code"]?.text == code)
      #expect(json["paths"]?.elements?.allSatisfy { $0["certainty"]?.text == "uncertain" } == true)
    }
  }

  @Test("a path with fewer values than asked for is named, and the others have theirs")
  func tooFew() throws {
    let run = try steer("-d 172.16.255.66 \(Self.flow) --sport 49152-49160 --count 2")
    #expect(run.status == 1)
    #expect(
      run.output.contains(
        "only 1 of the 9 values of sport that were tried take via 10.1.2.2 dev swp2, not 2: try others"))
    #expect(run.output.contains("dev swp4") && run.output.hasSuffix("every prediction is exact\n"))
  }

  @Test("sources of a whole network are looked at as far as it takes")
  func manySources() throws {
    let run = try steer(
      "-d 172.16.255.66 -p udp --sport 9 --dport 53 --src 10.0.0.0/8 -i swp51 --l4hash none --count 2")
    #expect(run.status == 0)
    #expect(
      run.output.hasPrefix(
        "172.16.255.66 iif swp51 ipproto udp sport 9 dport 53: src 10.0.0.0/8, the first 65536 of 16777216 values,"))
    let destinations = try steer(
      "-s 10.2.0.100 -p udp --sport 9 --dport 53 --dst 198.51.100.0/23 -i swp51 --l4hash none")
    #expect(destinations.status == 0)
    #expect(
      destinations.output.hasPrefix(
        "any of dst from 10.2.0.100 iif swp51 ipproto udp sport 9 dport 53: dst 198.51.100.0/23, 512 values, 2 routes\n"
      ))
  }

  @Test(
    "wrong usage is one line and status 2",
    arguments: [
      ("", "no flow given"), ("-d 172.16.255.66", "sport is for a protocol that has ports: give -p udp"),
      ("-d 172.16.255.66 -p icmp", "give -p udp"), ("-d 172.16.255.66 -p udp --sport 5", "nothing is left open"),
      ("-d 172.16.255.66 -p udp --sport 5-9 --dport 5-9", "sport and dport have several values"),
      ("-d 172.16.255.66 -p udp --sport 5-9 --vary dport", "--vary names dport, but sport has several values"),
      ("-d 172.16.255.66 -p udp --vary port", "is nothing to vary; it may be sport, dport"),
      ("-d 172.16.255.66 -p udp --vary src", "say which values of src to try, as in 10.0.0.0/24"),
      ("-d 172.16.255.66 -p udp --vary mark", "say which values of mark to try, as in 1-9"),
      ("-d 172.16.255.66 -p udp --src 2001:db8::/64", "different families"),
      ("-d 172.16.255.66 -p udp --vary flowlabel", "flowlabel is for IPv6 alone"),
      ("-d 172.16.255.66 -p udp --vary inner-sport", "inner_dst is missing"),
      ("-d 172.16.255.66 -p ipip --inner-dst 10.0.0.1 --vary inner-sport", "give --inner-proto udp"),
      ("-d 172.16.255.66 -p udp --sport 9-5", "\"9-5\" is no range"),
      ("-d 172.16.255.66 -p udp --via nowhere", "there is no interface"),
      ("-d 172.16.255.66 -p udp --via 'via swp1'", "is no gateway address"),
      ("-d 172.16.255.66 -p udp --via dev", "a value is missing"),
      ("-d 172.16.255.66 -p udp --via ''", "--via names no nexthop"),
      ("-d 172.16.255.66 -p udp --count 0", "--count is 1 to 65536"),
      ("-d 172.16.255.66 -p udp --each --via 1", "exclude each other"),
      ("-d 172.16.255.66 -p udp --output csv -j", "leave one out"), ("-p udp", "dst is missing"),
      ("172.16.255.66 sport 5-9 ipproto udp --sport 7-8", "sport and sport have several values"),
      ("172.16.255.66 sport 5-9 ipproto udp --sport 7", "sport is given twice"),
    ])
  func usage(arguments: String, reason: String) throws {
    let run = try steer(arguments)
    #expect(run.status == 2 && run.output == "" && run.errorLines.count == 1, "\(run.error)")
    #expect(run.error.contains(reason), "\(run.error)")
  }
}
