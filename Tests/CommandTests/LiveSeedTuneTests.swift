import JSON
import TestSupport
import Testing

/// `seed tune` against the kernel with the seed set, and against `predict`.
@Suite("Live seed tuning")
struct LiveSeedTuneTests {
  /// The weight of hashed flows by interface.
  private static func weights(_ flows: [SeedLab.Elephant], _ egresses: [String]) -> [String: UInt64] {
    var weights: [String: UInt64] = [:]
    for (flow, egress) in zip(flows, egresses) where flow.isHashed { weights[egress, default: 0] += flow.weight }
    return weights
  }

  @Test(
    "the kernel spreads the flows under the chosen seed as promised, and moves as many", arguments: [1 as UInt64, 2, 3])
  func promise(generator: UInt64) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try TestSupport.run(SeedLab.router)
        let flows = SeedLab.elephants(60, seed: generator)
        try TestSupport.run("cat >\(directory)/flows.csv <<'E'\n\(SeedLab.csv(flows))E")
        let before = try SeedLab.egresses(flows, directory)
        #expect(before.count == flows.count)

        let tuned = try Program.run(
          "seed tune --flows \(directory)/flows.csv --random-seed \(generator) --tries 300 -j")
        #expect(tuned.status == 0, "\(tuned.error)")
        let report = try SeedLab.json(tuned)
        #expect(report["certainty"] == "exact")
        #expect(report["hashed"]?["flows"] == 40)
        #expect(report["unhashed"]?["flows"] == 20)
        #expect(report["today"]?["seed"] == .integer(Int128(SeedLab.seed)))
        let seed = try #require(report["best"]?["seed"]?.wholeNumber)
        #expect(try Program.run("seed set \(seed) --yes").status == 0)
        let after = try SeedLab.egresses(flows, directory)

        for (sides, share) in [(before, "today_share"), (after, "best_share")] {
          for (prefix, group) in try groups(report) {
            let own = zip(flows, sides).filter { $0.0.destination.hasPrefix(prefix) }
            let weights = Self.weights(own.map(\.0), own.map(\.1))
            let sum = Double(own.reduce(0) { $0 + $1.0.weight })
            for nexthop in group["nexthops"]?.elements ?? [] {
              let device = nexthop["nexthop"]?["dev"]?.text ?? ""
              let promised = try #require(nexthop[share]?.number)
              #expect(abs(Double(weights[device] ?? 0) / sum - promised) < 1e-5, "\(share) of \(device)")
            }
          }
        }
        let moved = zip(flows, zip(before, after)).filter { $0.1.0 != $0.1.1 }.map(\.0)
        #expect(report["best"]?["moved"]?["flows"] == .integer(Int128(moved.count)))
        #expect(report["best"]?["moved"]?["weight"] == .integer(Int128(moved.reduce(0) { $0 + $1.weight })))
        let overloads = try #require(report["best"]?["overload"]?.number)
        #expect(overloads <= report["overloads"]?["median"]?.number ?? 0)
        #expect(try Program.run("verify --flows \(directory)/flows.csv").status == 0)
      }
    }
  }

  /// The groups of a report by what the destinations of their flows begin with.
  private func groups(_ report: JSONValue) throws -> [(String, JSONValue)] {
    let groups = report["groups"]?.elements ?? []
    #expect(groups.count == 2)
    return try groups.map { group in
      (String(try #require(group["route"]?.text).prefix { $0 != "/" }.dropLast()), group)
    }
  }

  @Test("a run can be repeated, a seed of the command line is tried, and whatif counts the same moves")
  func repetition() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try TestSupport.run(SeedLab.router)
        try TestSupport.run("cat >\(directory)/flows.csv <<'E'\n\(SeedLab.csv(SeedLab.elephants(300)))E")
        let arguments = "seed tune --flows \(directory)/flows.csv --random-seed 5 --tries 50 --json"
        let first = try Program.run(arguments)
        #expect(first.output == (try Program.run(arguments + " --threads 1")).output)
        #expect(
          try Program.run("seed tune --flows \(directory)/flows.csv --random-seed 6 --tries 50 -j").output
            != first.output)

        // Today's seed is kept where nothing better was tried.
        let same = try Program.run("seed tune --flows \(directory)/flows.csv --tries 0 --candidate 7")
        #expect(same.output.contains("keep the seed of today"))
        let only = try SeedLab.json(
          Program.run("seed tune --flows \(directory)/flows.csv --tries 0 --candidate 0x1234 --candidate 0x1234 -j"))
        #expect(only["tries"] == 1)

        let best = try SeedLab.json(first)["best"]
        let seed = try #require(best?["seed"]?.wholeNumber)
        let change = try SeedLab.json(
          Program.run("whatif --sysctl net.ipv4.fib_multipath_hash_seed=\(seed) --flows \(directory)/flows.csv --json"))
        #expect(change["moved"] == best?["moved"]?["flows"])
        #expect(change["weight"]?["moved"] == best?["moved"]?["weight"])
        let planned = try SeedLab.json(
          Program.run("seed set \(seed) --dry-run --flows \(directory)/flows.csv --json"))
        #expect(planned["flows"]?["moved"] == best?["moved"]?["flows"])
      }
    }
  }

  @Test("with many flows it says that all seeds are alike, and that a seed of today is not known")
  func alike() throws {
    try withNetworkNamespace {
      try TestSupport.run(SeedLab.router)
      let many = try Program.run(
        "seed tune --random 30000 --to 198.51.100.0/24 -i in0 --l4hash none --random-seed 1 --tries 50")
      #expect(many.output.contains("all seeds are nearly alike"), "\(many.output)")
      let few = try Program.run(
        "seed tune --random 30 --to 198.51.100.0/24 -i in0 --l4hash none --random-seed 1 --tries 50")
      #expect(!few.output.contains("nearly alike"))
      try TestSupport.run("sysctl -qw net.ipv4.fib_multipath_hash_seed=0")
      let emptyRun = #"unshare --mount sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh"#
      let unknown = try Program.run(
        "seed tune --random 30 --to 198.51.100.0/24 -i in0 --l4hash none --random-seed 1", prefix: emptyRun)
      #expect(unknown.output.contains("the seed of today is not known"))
      let given = try SeedLab.json(
        Program.run(
          "seed tune --random 30 --to 198.51.100.0/24 -i in0 --l4hash none --random-seed 1 --seed 7 -j",
          prefix: emptyRun))
      #expect(given["today"]?["seed"] == 7)
    }
  }

  @Test("where no seed changes anything the answer is no, and another seed than that in force is refused")
  func negative() throws {
    try withNetworkNamespace {
      try TestSupport.run(SeedLab.router)
      let single = try Program.run("seed tune --random 30 --to 198.51.102.0/24 -i in0")
      #expect(single.status == 1)
      #expect(single.output == "")
      #expect(single.errorLines.count == 1)
      #expect(single.error.contains("no seed changes anything"))
      let given = try Program.run("seed tune --random 30 --to 198.51.100.0/24 -i in0 --seed 9")
      #expect(given.status == 2)
      #expect(given.error.contains("is set to it"))
    }
  }
}
