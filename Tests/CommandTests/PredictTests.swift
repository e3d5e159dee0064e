import JSON
import TestSupport
import Testing

/// `predict` on a saved state, where nothing but the program decides.
///
/// The expected nexthops were those of real packets on a router with this state.
@Suite("Predictions from a snapshot")
struct PredictTests {
  /// spine02 of the anycast network: four legs, a resilient and a hash-threshold group, a refusing route; seed 305419896.
  static let snapshot = """
    {"format":"ecmpctl-snapshot","version":1,
     "kernel":{"release":"6.18.44","machine":"x86_64"},
     "settings":{
       "ipv4":{"fib_multipath_hash_policy":1,"fib_multipath_hash_seed":SEED,"forwarding":true},
       "ipv6":{"fib_multipath_hash_policy":0,"forwarding":true}},
     "links":[
       {"ifindex":1,"ifname":"lo","flags":65609,"operstate":"unknown","mtu":65536},
       {"ifindex":2,"ifname":"swp1","flags":69699,"operstate":"up","mtu":1500,"kind":"veth"},
       {"ifindex":3,"ifname":"swp2","flags":69699,"operstate":"up","mtu":1500,"kind":"veth"},
       {"ifindex":4,"ifname":"swp3","flags":69699,"operstate":"up","mtu":1500,"kind":"veth"},
       {"ifindex":5,"ifname":"swp4","flags":69699,"operstate":"up","mtu":1500,"kind":"veth"},
       {"ifindex":6,"ifname":"swp51","flags":69699,"operstate":"up","mtu":1500,"kind":"veth"},
       {"ifindex":7,"ifname":"eth0","flags":69699,"operstate":"up","mtu":1500}],
     "rules":[
       {"family":"inet","priority":0,"action":"lookup","table":255},
       {"family":"inet","priority":32766,"action":"lookup","table":254},
       {"family":"inet6","priority":32766,"action":"lookup","table":254}],
     "nexthops":[
       {"id":1,"family":"inet","protocol":4,"scope":253,"ifindex":2,"gateway":"10.1.1.2"},
       {"id":2,"family":"inet","protocol":4,"scope":253,"ifindex":3,"gateway":"10.1.2.2"}],
     "groups":[
       {"id":50,"type":"resilient","group":[{"id":1,"weight":1},{"id":2,"weight":1}],"protocol":4,"scope":0,
        "resilient_args":{"buckets":4,"idle_timer_ticks":12000,"unbalanced_timer_ticks":0,"unbalanced_time_ticks":0}},
       {"id":51,"type":"mpath","group":[{"id":1,"weight":3},{"id":2,"weight":1}],"protocol":4,"scope":0}],
     "buckets":[{"id":50,"buckets":[{"nhid":2,"idle_ticks":1},{"nhid":2,"idle_ticks":1},{"nhid":1,"idle_ticks":1},
       {"nhid":1,"idle_ticks":1}]}],
     "routes":[
       {"type":"unicast","dst":"172.16.255.66/32","table":254,"protocol":186,"scope":0,"metric":20,"nexthops":[
         {"gateway":"10.1.1.2","ifindex":2,"weight":1},{"gateway":"10.1.2.2","ifindex":3,"weight":1},
         {"gateway":"10.1.3.2","ifindex":4,"weight":1},{"gateway":"10.1.4.2","ifindex":5,"weight":1}]},
       {"type":"unicast","dst":"198.51.100.0/24","table":254,"protocol":4,"scope":0,"nhid":50},
       {"type":"unicast","dst":"198.51.101.0/24","table":254,"protocol":4,"scope":0,"nhid":51},
       {"type":"unicast","dst":"192.0.2.0/24","table":254,"protocol":4,"scope":0,
        "nexthop":{"gateway":"10.1.1.2","ifindex":2,"weight":1}},
       {"type":"unreachable","dst":"203.0.113.0/24","table":254,"protocol":4,"scope":0}]}
    """

  private func predict(_ arguments: String, seed: UInt32 = 305_419_896) throws -> ProgramRun {
    try withTemporaryDirectory { directory in
      let text = Self.snapshot.split(separator: "SEED").joined(separator: String(seed))
      try TestSupport.run("cat >\(directory)/s.json <<'E'\n\(text)\nE")
      return try Program.run("predict \(arguments) --snapshot \(directory)/s.json")
    }
  }

  private static let flow = "from 10.2.0.100 iif swp51 ipproto udp dport 53 l4hash none"

  @Test(
    "one line says where the flow goes",
    arguments: [
      ("172.16.255.66 sport 32700", "172.16.255.66 from 10.2.0.100 via 10.1.3.2 dev swp3 ", "hash 1152055533 exact"),
      ("172.16.255.66 sport 31884", "172.16.255.66 from 10.2.0.100 via 10.1.1.2 dev swp1 ", "hash 196121135 exact"),
      (
        "198.51.100.7 sport 31884", "198.51.100.7 from 10.2.0.100 nhid 2 via 10.1.2.2 dev swp2 ",
        "group 50 bucket 1 hash 1980585197 exact"
      ),
      ("198.51.101.7 sport 31884", "198.51.101.7 from 10.2.0.100 nhid ", " exact"),
      ("192.0.2.7 sport 31884", "192.0.2.7 from 10.2.0.100 via 10.1.1.2 dev swp1 ", " exact"),
      ("203.0.113.7 sport 31884", "unreachable 203.0.113.7 from 10.2.0.100 ", " exact"),
      ("8.8.8.8 sport 31884", "unreachable 8.8.8.8 from 10.2.0.100 ", " exact"),
    ])
  func line(flow: String, start: String, end: String) throws {
    let run = try predict("\(flow) \(Self.flow)")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.error == "")
    #expect(run.output.hasPrefix(start), "\(run.output)")
    #expect(run.output.hasSuffix(end + "\n"), "\(run.output)")
  }

  @Test("the flags of cl-ecmpcalc and the words of ip route get say the same")
  func bothForms() throws {
    let flags = try predict("-s 10.2.0.100 -d 172.16.255.66 -p udp --sport 32700 --dport 53 -i swp51 --l4hash none -j")
    let words = try predict("172.16.255.66 sport 32700 \(Self.flow) --json")
    #expect(flags.output == words.output)
    #expect(!flags.output.isEmpty)
  }

  @Test("JSON has the documented keys")
  func json() throws {
    let run = try predict("198.51.100.7 sport 31884 \(Self.flow) -j")
    let expected =
      #"{"flow":{"src":"10.2.0.100","dst":"198.51.100.7","proto":17,"sport":31884,"dport":53,"iif":"swp51","#
      + #""l4hash":"none","origin":"forwarded"},"route":{"dst":"198.51.100.0/24","table":"main","protocol":"static","metric":0},"#
      + #""policy":1,"hash":1980585197,"group":{"id":50,"type":"resilient","buckets":4},"bucket":1,"#
      + #""nexthop":{"id":2,"gateway":"10.1.2.2","dev":"swp2","weight":1},"certainty":"exact","caveats":[]}"#
    #expect(run.output == expected + "\n")
  }

  @Test(
    "what is not exact says why",
    arguments: [
      (
        "TCP through a veth may carry the hash of its socket",
        "172.16.255.66 from 10.2.0.100 iif swp51 ipproto tcp sport 1 dport 2", "l4-hash"
      ),
      (
        "UDP through a veth may carry it too", "172.16.255.66 from 10.2.0.100 iif swp51 ipproto udp sport 1 dport 2",
        "l4-hash"
      ),
      ("and so may ping", "172.16.255.66 from 10.2.0.100 iif swp51 ipproto icmp", "l4-hash"),
      ("a NIC may supply a hash", "172.16.255.66 from 10.2.0.100 iif eth0 ipproto udp sport 1 dport 2", "l4-hash"),
      ("the ports are missing", "172.16.255.66 from 10.2.0.100 iif swp51 ipproto udp", "ports-unknown"),
      (
        "the ingress interface is missing",
        "172.16.255.66 from 10.2.0.100 origin forwarded ipproto udp sport 1 dport 2", "ingress-unknown"
      ),
      ("the source is unbound", "172.16.255.66 ipproto udp sport 1 dport 2", "unbound-source"),
      ("connect draws a random port", "172.16.255.66 ipproto tcp dport 2", "random-source-port"),
    ])
  func caveats(what: String, flow: String, code: String) throws {
    let run = try predict("\(flow) -j")
    let json = try JSONValue(parsing: run.output)
    #expect(json["certainty"]?.text == "uncertain", "\(what): \(run.output)")
    let codes = json["caveats"]?.elements?.compactMap { $0["code"]?.text } ?? []
    #expect(codes.contains(code), "\(what): \(codes)")
    #expect(json["nexthop"] != nil, "\(what): the likely nexthop is named all the same")
  }

  @Test("without a key no nexthop is claimed, unless it is given")
  func unknownKey() throws {
    let run = try predict("172.16.255.66 sport 32700 \(Self.flow) -j", seed: 0)
    let json = try JSONValue(parsing: run.output)
    #expect(json["certainty"]?.text == "uncertain")
    #expect(json["nexthop"] == nil)
    #expect(json["hash"] == nil)
    let given = try predict("172.16.255.66 sport 32700 \(Self.flow) --seed 305419896 -j", seed: 0)
    #expect(try JSONValue(parsing: given.output)["nexthop"]?["dev"]?.text == "swp3")
    let single = try predict("192.0.2.7 sport 1 \(Self.flow) -j", seed: 0)
    #expect(try JSONValue(parsing: single.output)["certainty"]?.text == "exact", "a single path needs no key")
  }

  @Test("CSV comes out in input order, with the documented columns")
  func csv() throws {
    let lines =
      #"printf 'dport,src,proto,dst,sport,iif,l4hash\n53,10.2.0.100,udp,172.16.255.66,32700,swp51,none\n"#
      + #"53,10.2.0.100,17,203.0.113.9,1,swp51,\n53,10.2.0.100,udp,198.51.100.7,31884,swp51,none\n' |"#
    let run = try withTemporaryDirectory { directory in
      let text = Self.snapshot.split(separator: "SEED").joined(separator: "305419896")
      try TestSupport.run("cat >\(directory)/s.json <<'E'\n\(text)\nE")
      return try Program.run("predict --flows - --snapshot \(directory)/s.json", prefix: lines)
    }
    #expect(
      run.output == """
        index,src,dst,proto,sport,dport,gateway,dev,nexthop_id,group_id,bucket,hash,certainty
        0,10.2.0.100,172.16.255.66,17,32700,53,10.1.3.2,swp3,,,,1152055533,exact
        1,10.2.0.100,203.0.113.9,17,1,53,,,,,,,exact
        2,10.2.0.100,198.51.100.7,17,31884,53,10.1.2.2,swp2,2,50,1,1980585197,exact

        """)
  }

  @Test("what predictions come as can be read again, and -i tells what CSV does not", arguments: ["csv", "ndjson"])
  func again(format: String) throws {
    let flows = "--random 50 --to 198.51.101.0/24 --random-seed 3 -i swp51 --l4hash none"
    try withTemporaryDirectory { directory in
      let text = Self.snapshot.split(separator: "SEED").joined(separator: "305419896")
      try TestSupport.run("cat >\(directory)/s.json <<'E'\n\(text)\nE")
      let options = "--snapshot \(directory)/s.json --output \(format)"
      let first = try Program.run("predict \(flows) \(options)")
      try TestSupport.run("cat >\(directory)/again <<'E'\n\(first.output)\nE")
      let second = try Program.run("predict --flows \(directory)/again -i swp51 --l4hash none \(options)")
      #expect(second.status == 0 && second.error == first.error, "\(second.error)")
      #expect(second.output == first.output && first.output.split(separator: "\n").count >= 50)
    }
  }

  @Test("--explain shows the bytes that went into the hash")
  func explain() throws {
    let run = try predict("172.16.255.66 sport 32700 \(Self.flow) --explain")
    for words in [
      "rule 32766, from all lookup main: matches", "172.16.255.66/32 metric 20, legacy multipath of 4 legs", "seed 305419896", "48 bytes",
      "sport and dport stand exchanged", "0a020064", "for selection 1152055533", "upper bound 1610612735", "chosen",
    ] {
      #expect(run.output.contains(words), "\(words) is missing in \(run.output)")
    }
  }
}
