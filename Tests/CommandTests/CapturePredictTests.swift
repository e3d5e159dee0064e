import JSON
import TestSupport
import Testing

/// `predict` and `verify` on captures and on packets in hexadecimal.
@Suite("Predictions for packets")
struct CapturePredictTests {
  /// A router with two-legged default routes of both families; the kind `dummy` brings no layer-4 hash along.
  static let snapshot = """
    {"format":"ecmpctl-snapshot","version":1,
     "kernel":{"release":"6.18.44","machine":"x86_64"},
     "settings":{
       "ipv4":{"fib_multipath_hash_policy":POLICY,"fib_multipath_hash_seed":7,"forwarding":true,"accept_source_route":false},
       "ipv6":{"fib_multipath_hash_policy":POLICY,"forwarding":true},
       "interfaces":{"in0":{"rps":false}}},
     "links":[
       {"ifindex":1,"ifname":"lo","flags":65609,"operstate":"unknown","mtu":65536},
       {"ifindex":2,"ifname":"in0","flags":69699,"operstate":"up","mtu":1500,"kind":"dummy"},
       {"ifindex":3,"ifname":"o1","flags":69699,"operstate":"up","mtu":1500,"kind":"dummy"},
       {"ifindex":4,"ifname":"o2","flags":69699,"operstate":"up","mtu":1500,"kind":"dummy"}],
     "rules":[
       {"family":"inet","priority":32766,"action":"lookup","table":254},
       {"family":"inet6","priority":32766,"action":"lookup","table":254}],
     "routes":[
       {"type":"unicast","dst":"0.0.0.0/0","table":254,"protocol":4,"scope":0,"nexthops":[
         {"gateway":"10.1.1.2","ifindex":3,"weight":1},{"gateway":"10.1.2.2","ifindex":4,"weight":1}]},
       {"type":"unicast","dst":"::/0","table":254,"protocol":4,"scope":0,"metric":1024,"nexthops":[
         {"gateway":"fd00:1::2","ifindex":3,"weight":1},{"gateway":"fd00:2::2","ifindex":4,"weight":1}]}]}
    """

  static let udp = Packets.ipv4(
    address("10.2.0.100"), address("198.51.100.7"), 17, Packets.transport(17, 4000, 53))
  static let udp6 = Packets.ipv6(
    address("2001:db8::1"), address("2001:db8:1::7"), 17, Packets.transport(17, 4000, 53))

  static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  static func pcap(_ frames: [[UInt8]], linkType: UInt8 = 1, captured: Int = 65535) -> [UInt8] {
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    return [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + word(0) + word(0) + word(65535) + [linkType, 0, 0, 0]
      + frames.flatMap { word(0) + word(0) + word(min($0.count, captured)) + word($0.count) + $0.prefix(captured) }
  }

  static func write(_ file: [UInt8], to path: String) throws {
    // The shell's limit on one argument is 128 KiB.
    try run("true >\(path)")
    for start in stride(from: 0, to: file.count, by: 20_000) {
      let octal = file[start..<min(start + 20_000, file.count)]
        .map { "\\" + String(Int($0) + 0o1000, radix: 8).dropFirst() }.joined()
      try run("printf '\(octal)' >>\(path)")
    }
  }

  /// Runs a command on the snapshot; `x.pcap` of the arguments is the file.
  private func program(_ arguments: String, file: [UInt8] = [], policy: Int = 1, pipe: Bool = false) throws
    -> ProgramRun
  {
    try withTemporaryDirectory { directory in
      let text = Self.snapshot.split(separator: "POLICY").joined(separator: String(policy))
      try run("cat >\(directory)/s.json <<'E'\n\(text)\nE")
      try Self.write(file, to: "\(directory)/x.pcap")
      let words = arguments.split(separator: "x.pcap", omittingEmptySubsequences: false).joined(
        separator: "\(directory)/x.pcap")
      return try Program.run(
        "\(words) --snapshot \(directory)/s.json", prefix: pipe ? "cat \(directory)/x.pcap |" : "")
    }
  }

  private static let frames = [
    Packets.ethernet(0x0800, udp), Packets.ethernet(0x0806, [1, 2, 3]), Packets.ethernet(0x86dd, udp6),
    Packets.ethernet(0x0800, Packets.withChecksum(udp.prefix(8) + [1] + udp.dropFirst(9))), [1, 2],
  ]

  @Test("A capture gives a line for each frame, from a file and from a pipe", arguments: [false, true])
  func csv(pipe: Bool) throws {
    let result = try program(
      "predict -i in0 --flows \(pipe ? "-" : "x.pcap")", file: Self.pcap(Self.frames), pipe: pipe)
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 6)
    guard lines.count == 6 else { return }
    let flow = try program("predict -s 10.2.0.100 -d 198.51.100.7 -p udp --sport 4000 --dport 53 -i in0 -j")
    let expected = try JSONValue(parsing: flow.output)
    let (hash, dev) = (expected["hash"]?.wholeNumber ?? 0, expected["nexthop"]?["dev"]?.text ?? "")
    #expect(
      lines[1].hasPrefix("0,10.2.0.100,198.51.100.7,17,4000,53,10.1.") && lines[1].hasSuffix(",\(dev),,,,\(hash),exact")
    )
    #expect(lines[2] == "1,,,,,,,,,,,,exact")
    #expect(lines[3].hasPrefix("2,2001:db8::1,2001:db8:1::7,17,4000,53,fd00:") && lines[3].hasSuffix(",exact"))
    #expect(lines[4] == "3,10.2.0.100,198.51.100.7,17,4000,53,,,,,,,exact")
    #expect(lines[5] == "4,,,,,,,,,,,,exact")
    // The rows do not tell what becomes of these frames.
    #expect(result.errorLines.count == 1 && result.error.contains("3 of 5 dropped: 1 ("), "\(result.error)")
  }

  @Test("-4 and -6 leave the frames of one family, also those that are not forwarded", arguments: [false, true])
  func families(pipe: Bool) throws {
    let words = "predict -i in0 --flows \(pipe ? "-" : "x.pcap")"
    let lines = try program(words, file: Self.pcap(Self.frames), pipe: pipe).output.split(separator: "\n")
    try #require(lines.count == 6)
    for (family, rows) in [("-4", [1, 4]), ("-6", [3])] {
      let result = try program("\(words) \(family)", file: Self.pcap(Self.frames), pipe: pipe)
      let expected = rows.enumerated().map { "\($0)\(lines[$1].drop { $0 != "," })" }
      #expect(result.status == 0 && result.output.split(separator: "\n").dropFirst().map(String.init) == expected)
    }
  }

  @Test("The summary counts what is not forwarded by its reason, and bytes as weight")
  func summary() throws {
    let result = try program("predict -i in0 --flows x.pcap --output summary", file: Self.pcap(Self.frames))
    #expect(result.status == 0, "\(result.error)")
    for words in [
      "dropped: no IP packet: ARP", "TTL or hop limit is used up", "link-layer header", "every prediction is exact",
    ] {
      #expect(result.output.contains(words), "\(result.output)")
    }
    let json = try program("predict -i in0 --flows x.pcap --output summary -j", file: Self.pcap(Self.frames))
    let value = try JSONValue(parsing: json.output)
    #expect(value["flows"]?.wholeNumber == 5 && value["certainty"]?.text == "exact", "\(json.output)")
    #expect(value["others"]?.elements?.allSatisfy { $0["type"]?.text == "dropped" && $0["dropped"] != nil } == true)
    let total = result.output.split(separator: "\n").first { $0.hasPrefix("total") }
    #expect(total?.split(separator: " ").last == "\(Self.frames.reduce(0) { $0 + $1.count })")
  }

  @Test("NDJSON names the reason, and has no flow where there is none")
  func ndjson() throws {
    let result = try program("predict -i in0 --flows x.pcap -j", file: Self.pcap(Self.frames))
    let lines = try result.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    try #require(lines.count == 5)
    #expect(lines[1]["flow"] == nil && lines[1]["dropped"]?.text == "no IP packet: ARP")
    #expect(lines[1]["route"]?["type"]?.text == "dropped")
    #expect(lines[3]["flow"]?["src"]?.text == "10.2.0.100" && lines[3]["nexthop"] == nil)
  }

  @Test("Marks and layer-4 hashes go along with every frame")
  func arrival() throws {
    let result = try program(
      "predict -i in0 --mark 5 --l4hash 1000 --flows x.pcap -j", file: Self.pcap([Self.frames[0]]))
    let json = try JSONValue(parsing: result.output)
    #expect(json["hash"]?.wholeNumber == 500 && json["flow"]?["mark"]?.wholeNumber == 5, "\(result.output)")
  }

  @Test("A cut frame is uncertain where that matters")
  func cut() throws {
    let file = Self.pcap([Self.frames[0]], captured: 34)
    #expect(try program("predict -i in0 --flows x.pcap", file: file, policy: 0).output.hasSuffix(",exact\n"))
    #expect(try program("predict -i in0 --flows x.pcap", file: file).output.hasSuffix(",uncertain\n"))
    let shorter = Self.pcap([Self.frames[0]], captured: 20)
    let json = try JSONValue(parsing: program("predict -i in0 --flows x.pcap -j", file: shorter).output)
    #expect(json["caveats"]?.elements?.first?["code"]?.text == "capture-cut")
  }

  @Test("A capture that ends within a frame, with and without --keep-going")
  func truncated() throws {
    let file = Array(Self.pcap(Self.frames).dropLast())
    let stopped = try program("predict -i in0 --flows x.pcap", file: file)
    #expect(
      stopped.status == 2 && stopped.errorLines.count == 1 && stopped.error.contains("x.pcap: frame 5: "),
      "\(stopped.error)")
    let kept = try program("predict -i in0 --flows x.pcap --keep-going", file: file)
    #expect(kept.status == 1 && kept.output.split(separator: "\n").count == 5)
    #expect(kept.error.contains("x.pcap: frame 5: "))
    // What stands before the damage is predicted either way, but not summed up.
    #expect(stopped.output == kept.output)
    let summary = try program("predict -i in0 --flows x.pcap --output summary", file: file)
    #expect(summary.status == 2 && summary.output.isEmpty)
  }

  @Test(
    "Bad captures and packets get one line and status 2",
    arguments: [
      ("predict --flows x.pcap --input pcap", "unknown file format"),
      ("predict --flows x.pcap --packet 45", "exclude"), ("predict --flows x.pcap -s 10.0.0.1", "exclude"),
      ("predict --packet 4500000", "odd number"), ("predict --packet 45,00", "position 3"),
      ("predict --packet ' : '", "no bytes"), ("predict --packet 45 -s 10.0.0.1", "src is in the packet itself"),
      ("predict --packet 45 -i nowhere", "nowhere"), ("predict --packet 45 --link-type token-ring", "token-ring"),
      ("predict -d 10.0.0.1 --link-type ip", "--packet"),
    ])
  func bad(arguments: String, says: String) throws {
    let result = try program(arguments, file: Array("dst\n10.0.0.1\n".utf8))
    #expect(result.status == 2 && result.errorLines.count == 1 && result.error.contains(says), "\(result.error)")
  }

  @Test("A link type that can not be read is named")
  func linkType() throws {
    let result = try program("predict --flows x.pcap", file: Self.pcap([], linkType: 105))
    #expect(result.status == 2 && result.error.contains("IEEE802_11"), "\(result.error)")
  }

  @Test("A packet in hexadecimal, with or without its frame, hashes as its flow")
  func packet() throws {
    let flow = try program("predict 198.51.100.7 from 10.2.0.100 iif in0 ipproto udp sport 4000 dport 53")
    let bare = Self.hex(Self.udp)
    let colons = Self.udp.map { Self.hex([$0]) }.joined(separator: ":")
    for argument in [
      bare, colons, "'4500 \(bare.dropFirst(4))\n'", Self.hex(Packets.ethernet(0x0800, Self.udp)),
      "\(bare) --link-type ipv4", "02000000\(bare) --link-type null",
    ] {
      #expect(try program("predict -i in0 --packet \(argument)").output == flow.output, "\(argument)")
    }
    let arp = try program("predict -i in0 --packet \(Self.hex(Packets.ethernet(0x0806, [1])))")
    #expect(arp.output == "dropped frame (no IP packet: ARP) exact\n")
    let wrong = try program("predict -i in0 --packet \(bare) --link-type ipv6")
    #expect(wrong.output == "dropped frame (the version of the IP header is wrong) exact\n")
  }

  @Test("--explain shows the headers: outer, innermost and quoted")
  func explain() throws {
    let tunnel = Packets.ipv4(address("10.2.0.100"), address("198.51.100.7"), 47, Packets.gre(0x86dd, Self.udp6))
    let result = try program("predict -i in0 --packet \(Self.hex(tunnel)) --explain", policy: 2)
    for words in [
      "network header: 198.51.100.7 from 10.2.0.100 ipproto gre", "packet: 76 bytes, TTL 64",
      "innermost, as dissected: 2001:db8:1::7 from 2001:db8::1 ipproto udp sport 4000 dport 53",
      "hash input, inner header",
    ] { #expect(result.output.contains(words), "\(words) is missing in \(result.output)") }
    let error = Packets.ipv4(
      address("203.0.113.1"), address("10.2.0.100"), 1, [3, 1, 0, 0, 0, 0, 0, 0] + Self.udp)
    let quoted = try program("predict -i in0 --packet \(Self.hex(error)) --explain", policy: 0)
    #expect(quoted.output.contains("quoted by the ICMP error: 198.51.100.7 from 10.2.0.100 ipproto udp"))
  }
}
