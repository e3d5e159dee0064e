import JSON
import TestSupport
import Testing

/// Seeds of routers one after the other, and of pairs.
@Suite("Live seeds of several routers")
struct LiveSeedTierTests {
  /// The router before `SeedLab`, whose second nexthop it is; in the namespace of the thread.
  private static let upstream = """
    for i in 1 2 3 4; do
      ip link add a$i type veth peer name b$i; ip link set a$i up; ip link set b$i up; ip addr add 10.$i.0.9/24 dev a$i
      ip neigh add 10.$i.0.1 lladdr 02:00:00:00:00:0$i dev a$i nud permanent
    done
    ip link add in0 type veth peer name inp; ip link set in0 up; ip link set inp up; ip addr add 10.9.0.1/24 dev in0
    sysctl -qw net.ipv4.ip_forward=1 net.ipv4.fib_multipath_hash_policy=1
    sysctl -qw net.ipv4.fib_multipath_hash_seed=\(SeedLab.seed)
    ip route add 10.2.0.0/16 dev in0
    ip route add 198.51.100.0/22 nexthop via 10.1.0.1 nexthop via 10.2.0.1 nexthop via 10.3.0.1 nexthop via 10.4.0.1
    """

  /// Flows that the kernel of the router before sends here.
  private static func arriving(_ flows: [SeedLab.Elephant], _ directory: String) throws -> [SeedLab.Elephant] {
    let egresses = try SeedLab.egresses(flows, directory)
    #expect(egresses.count == flows.count)
    return zip(flows, egresses).filter { $0.1 == "a2" }.map(\.0)
  }

  @Test("the kernels of two routers of one seed leave nexthops idle, and under the chosen seed none")
  func polarization() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        let before = try SideNamespace.make()
        // Those to the legacy route.
        let flows = SeedLab.elephants(900).enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        let arriving = try before.enter { () -> [SeedLab.Elephant] in
          try TestSupport.run(Self.upstream)
          #expect(try Program.run("snapshot save \(directory)/up.json").status == 0)
          return try Self.arriving(flows, directory)
        }
        #expect((40...120).contains(arriving.count))
        try TestSupport.run(SeedLab.router)
        try TestSupport.run("ip addr add 10.2.0.1/32 dev lo; cat >\(directory)/flows.csv <<'E'\n\(SeedLab.csv(flows))E")
        #expect(Set(try SeedLab.egresses(arriving, directory)).count == 1)

        let tuned = try Program.run(
          "seed tune --upstream \(directory)/up.json --flows \(directory)/flows.csv --random-seed 1 --json")
        #expect(tuned.status == 0, "\(tuned.error)")
        let report = try SeedLab.json(tuned)
        #expect(report["hashed"]?["flows"] == .integer(Int128(arriving.count)))
        #expect(report["elsewhere"]?["flows"] == .integer(Int128(flows.count - arriving.count)))
        #expect(report["upstream"]?[0]?["next_to"] == true)
        #expect(report["upstream"]?[0]?["same_seed_today"] == true)
        #expect(report["today"]?["overload"]?.number == 4)
        let seed = try #require(report["best"]?["seed"]?.wholeNumber)
        #expect(try Program.run("seed set \(seed) --yes").status == 0)
        let after = try SeedLab.egresses(arriving, directory)
        #expect(Set(after).count == 4)
        let sum = Double(arriving.reduce(0) { $0 + $1.weight })
        for nexthop in report["groups"]?[0]?["nexthops"]?.elements ?? [] {
          let device = nexthop["nexthop"]?["dev"]?.text ?? ""
          let weight = zip(arriving, after).reduce(0 as UInt64) { $0 + ($1.1 == device ? $1.0.weight : 0) }
          #expect(abs(Double(weight) / sum - (nexthop["best_share"]?.number ?? -1)) < 1e-5, "\(device)")
        }
        let text = try Program.run(
          "seed tune --upstream \(directory)/up.json --flows \(directory)/flows.csv --seed \(seed)"
        ).output
        #expect(!text.contains("polarized"))
      }
    }
  }

  @Test("without an address of this router each way of the one before counts; its seed has to be known")
  func anyWay() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        let before = try SideNamespace.make()
        try before.enter {
          try TestSupport.run(Self.upstream)
          #expect(try Program.run("snapshot save \(directory)/up.json").status == 0)
          try TestSupport.run("sysctl -qw net.ipv4.fib_multipath_hash_seed=0")
          #expect(try Program.run("snapshot save \(directory)/unknown.json").status == 0)
        }
        try TestSupport.run(SeedLab.router)
        try TestSupport.run("ip addr del 10.2.0.1/24 dev in0; ip addr add 10.99.0.1/24 dev in0")
        let arguments =
          "seed tune --random 2000 --random-seed 1 --to 198.51.100.0/24 -i in0 --l4hash none --tries 50"
        let text = try Program.run("\(arguments) --upstream \(directory)/up.json").output
          .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("each of its ways is taken"), "\(text)")
        #expect(text.contains("polarized: 4 groups of 4"))
        #expect(text.contains("of those that go via 10.3.0.1 dev a3"))

        let emptyRun = #"unshare --mount sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh"#
        let unknown = try Program.run("\(arguments) --upstream \(directory)/unknown.json", prefix: emptyRun)
        #expect(unknown.status == 2)
        #expect(unknown.errorLines.count == 1)
        #expect(unknown.error.contains("--upstream-seed"))
        let given = try SeedLab.json(
          Program.run("\(arguments) --upstream \(directory)/unknown.json --upstream-seed 7 -j", prefix: emptyRun))
        let idle = try Program.run("\(arguments) --upstream \(directory)/up.json --upstream-seed 7")
        #expect(idle.status == 2 && idle.output == "" && idle.errorLines.count == 1, "\(idle.error)")
        #expect(idle.error.contains("--upstream-seed is for snapshots that do not tell their seed"), "\(idle.error)")
        #expect(given["polarized"]?["today"] == 4)
        #expect(given["polarized"]?["best"] == 0)
      }
    }
  }

  @Test("a pair that hashes alike is told from one that does not, with what to set")
  func pair() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try TestSupport.run(SeedLab.router)
        try TestSupport.run("ip link add tmp0 type veth peer name tmp1; ip link del tmp0")
        #expect(try Program.run("snapshot save \(directory)/a.json").status == 0)
        let alike = try Program.run("seed tune --same-as \(directory)/a.json -4")
        #expect(alike.status == 0)
        #expect(alike.output.hasPrefix("alike: "))
        #expect(
          alike.output.contains("of 2 ways in which routes here divide hashes among nexthops, 2 are found there, too"))

        try TestSupport.run("sysctl -qw net.ipv4.fib_multipath_hash_seed=9 net.ipv4.fib_multipath_hash_policy=0")
        let other = try Program.run("seed tune --same-as \(directory)/a.json -4")
        #expect(other.status == 1)
        #expect(other.error == "")
        #expect(other.output.contains("ecmpctl seed set 7 here, or ecmpctl seed set 9 there"))
        #expect(other.output.contains("sysctl -w net.ipv4.fib_multipath_hash_policy=1 here, or =0 there"))
        let json = try SeedLab.json(Program.run("seed tune --same-as \(directory)/a.json --json"))
        #expect(json["alike"] == false)
        #expect(json["obstacles"]?.elements?.compactMap { $0["code"]?.text } == ["seed", "policy"])
        // What was said is enough.
        #expect(try Program.run("seed set 7 --yes").status == 0)
        try TestSupport.run("sysctl -qw net.ipv4.fib_multipath_hash_policy=1")
        #expect(try Program.run("seed tune --same-as \(directory)/a.json").status == 0)
      }
    }
  }

  @Test(
    "wrong usage ends with 2",
    arguments: [
      ("an absent snapshot", "seed tune --same-as /nonexistent/x.json", "/nonexistent/x.json"),
      ("flows of a comparison", "seed tune --same-as x --random 5 --to 10.0.0.0/8", "--same-as"),
      (
        "an absent router", "seed tune --upstream /nonexistent/x.json --random 5 --to 10.0.0.0/8", "/nonexistent/x.json"
      ),
      ("a seed of nobody", "seed tune --upstream-seed 5 --random 5 --to 10.0.0.0/8", "--upstream"),
    ])
  func usage(what: String, arguments: String, says: String) throws {
    let run = try Program.run(arguments)
    #expect(run.status == 2, "\(run.error)")
    #expect(run.output == "")
    #expect(run.errorLines.count == 1, "\(run.error)")
    #expect(run.error.contains(says), "\(run.error)")
  }
}
