import JSON
import TestSupport
import Testing

/// A flow in the words of `ip route get` is the flow that `ip` would ask about.
@Suite("The words of ip route get")
struct RouteGetWordsTests {
  private func predict(_ words: String) throws -> ProgramRun {
    try withTemporaryDirectory { directory in
      try run("cat >\(directory)/s.json <<'E'\n\(BadInputTests.snapshot)\nE")
      return try Program.run("predict \(words) --snapshot \(directory)/s.json")
    }
  }

  @Test(
    "are read as ip reads them",
    arguments: [
      ("10.0.0.2 tos 10", #""dst":"10.0.0.2","tos":16,"#),
      ("10.0.0.2 dsfield 0x08", #""dst":"10.0.0.2","tos":8,"#),
      ("10.0.0.2 tos AF11", #""dst":"10.0.0.2","tos":40,"#),
      ("10.0.0.2 mark 010 uid 0x5", #""dst":"10.0.0.2","mark":8,"uid":5,"#),
      ("10.0.0.2 sport 010 dport 0x10", #""src":"0.0.0.0","dst":"10.0.0.2","proto":0,"sport":8,"dport":16,"#),
      ("10.0.0.2/32 from 10.0.0.1/32", #""src":"10.0.0.1","dst":"10.0.0.2","#),
      ("to 10.2 from any", #""dst":"10.2.0.0","#),
      ("default", #""dst":"0.0.0.0","#),
      ("-6 default", #""dst":"::","#),
      ("10.0.0.2 fibmatch notify", #""dst":"10.0.0.2","origin""#),
      ("10.0.0.2 connected", #""dst":"10.0.0.2","socket":"connected","#),
      (
        "10.0.0.2 from 10.0.0.1 iif o1 connected", #""src":"10.0.0.1","dst":"10.0.0.2","iif":"o1","origin":"forwarded""#
      ),
      ("10.0.0.2 dev uplink0", #""dst":"10.0.0.2","oif":"o1","#),
    ])
  func reading(words: String, flow: String) throws {
    let run = try predict("\(words) -j")
    #expect(run.output.hasPrefix(#"{"flow":{"# + flow), "\(run.output)\(run.error)")
  }

  @Test(
    "that ip refuses are refused",
    arguments: [
      ("10.0.0.2 tos 100", "no TOS byte"), ("10.0.0.2 tos nothing", "no TOS byte"), ("10.0.0.2 mark 5/0xff", "no mark"),
      ("10.0.0.2 mark 08", "no mark"), ("10.0.0.2 from 10.0.0.0/24", "one address"),
      ("10.0.0.2 from default", "one address"), ("10.0.0.2 vrf o1", "no VRF"), ("10.0.0.2 to", "missing"),
      ("10.0.0.2 frm 10.0.0.1", "neither an address"), ("10.0.0.2/33", "neither an address"),
    ])
  func refusal(words: String, says: String) throws {
    let run = try predict(words)
    #expect(run.status == 2 && run.output.isEmpty && run.error.contains(says), "\(run.error)")
  }

  @Test("a prefix in place of an address is taken as ip takes it, with a warning")
  func warning() throws {
    let run = try predict("10.0.0.2/24 -j")
    #expect(run.error.contains("10.0.0.2 is taken of 10.0.0.2/24") && run.output.contains(#""dst":"10.0.0.2""#))
  }

  @Test("an option for one family does not go with an address of the other")
  func family() throws {
    for words in ["-6 10.0.0.2", "-4 ::1", "-6 --random 3 --to 10.0.0.0/8", "-4 --flows /dev/null"] {
      let run = try predict(words)
      #expect(run.status == 2 && run.output.isEmpty && run.errorLines.count == 1, "\(words): \(run.error)")
    }
    #expect(try predict("-6 ::1").status == 0)
  }

  @Test("lead to the device that ip finds")
  func live() throws {
    try withNetworkNamespace {
      try run(
        """
        ip link set lo up
        for n in 1 2 3; do
          ip link add o$n type veth peer name p$n
          ip addr add 10.1.$n.1/24 dev o$n
          ip link set o$n up; ip link set p$n up
          ip route add 198.51.100.0/24 via 10.1.$n.2 table 10$n
        done
        ip link property add dev o3 altname uplink3
        ip rule add tos 0x10 table 102
        ip rule add fwmark 8 table 103
        ip rule add to 198.51.100.0/24 table 101 pref 32800
        """)
      for words in [
        "198.51.100.7", "198.51.100.7 tos 10", "198.51.100.7 tos 0x10", "198.51.100.7 mark 010", "198.51.100.7/32",
        "198.51.100.7 connected", "198.51.100.7 from 10.1.1.1/32 tos 10 notify", "198.51.100.7 tos 8",
        "10.1.3.9 dev uplink3",
      ] {
        let found = try run("ip route get \(words) | tail -n +1")
        let device = found.split(separator: " ").drop { $0 != "dev" }.dropFirst().first.map(String.init)
        let predicted = try Program.run("predict \(words) -j")
        let json = try JSONValue(parsing: predicted.output)
        #expect(json["nexthop"]?["dev"]?.text == device, "\(words): \(found)\(predicted.output)")
      }
    }
  }
}
