import JSON
import TestSupport
import Testing

/// `seed set` in a namespace of its own.
@Suite("Live seed setting")
struct LiveSeedSetTests {
  private static func current() throws -> UInt32? {
    UInt32(try TestSupport.run("cat /proc/sys/net/ipv4/fib_multipath_hash_seed").filter { $0 != "\n" })
  }

  /// Shell words in front of the program that give it a /run of its own, with a file of the recovered seed.
  private static func recovered(_ seed: UInt32) throws -> String {
    let bootID = try TestSupport.run("cat /proc/sys/kernel/random/boot_id").filter { $0 != "\n" }
    let script = """
      mount -t tmpfs tmpfs /run && mkdir -m 700 /run/ecmpctl && printf "%s" "$0" >/run/ecmpctl/boot-seed &&
      chmod 600 /run/ecmpctl/boot-seed && exec "$@"
      """
    return "unshare --mount sh -c '\(script)' '{\"boot_id\":\"\(bootID)\",\"seed\":\(seed)}'"
  }

  private static let emptyRun = #"unshare --mount sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh"#

  @Test(
    "a seed is told its price, set, and read back; the kernel then places as predicted",
    arguments: [("305419896", 305_419_896 as UInt32), ("0xffffffff", 0xffff_ffff), ("1", 1)])
  func set(text: String, value: UInt32) throws {
    try withNetworkNamespace {
      try TestSupport.run(SeedLab.router)
      let planned = try Program.run("seed set \(text) --dry-run")
      #expect(planned.status == 0 && planned.error == "")
      #expect(planned.output.contains("75.0%  198.51.100.0/24 legacy multipath, 4 ways"), "\(planned.output)")
      #expect(planned.output.contains("resilient group 50, 3 ways, 64 buckets"))
      #expect(try Self.current() == SeedLab.seed)

      let done = try Program.run("seed set \(text) --yes --json")
      #expect(done.status == 0 && done.error == "", "\(done.error)")
      let report = try SeedLab.json(done)
      #expect(report["outcome"] == "done")
      #expect(report["from"] == .integer(Int128(SeedLab.seed)))
      #expect(report["seed_after"] == .integer(Int128(value)))
      #expect(report["routes"]?.elements?.count == 2)
      #expect(try Self.current() == value)
      #expect(try Program.run("verify 198.51.100.0/24 --count 300").status == 0)

      let again = try Program.run("seed set \(text)")
      #expect(again.status == 0, "nobody needs to be asked")
      #expect(again.output.contains("nothing is to be changed"))
      let back = try Program.run("seed set 0 --yes", prefix: Self.emptyRun)
      #expect(back.status == 0)
      #expect(back.output.contains("another") || back.output.contains("anew at each boot"))
      #expect(try Self.current() == 0)
    }
  }

  @Test("without a terminal and without --yes nothing is written")
  func consent() throws {
    try withNetworkNamespace {
      try TestSupport.run(SeedLab.router)
      let refused = try Program.run("seed set 8 </dev/null")
      #expect(refused.status == 2)
      #expect(refused.output == "")
      #expect(refused.errorLines.count == 1)
      #expect(refused.error.contains("--yes"))
      #expect(try Self.current() == SeedLab.seed)
    }
  }

  @Test("somebody at a terminal is asked, with the price before his eyes, and nothing but yes is a yes")
  func question() throws {
    try withNetworkNamespace {
      try TestSupport.run(SeedLab.router)
      for (answer, status, seed) in [("n", 1, SeedLab.seed), ("", 1, SeedLab.seed), ("yes", 0, 8)] {
        let shown = try TestSupport.run(
          """
          status=0
          echo '\(answer)' | script -qec "'\(Program.path)' seed set 8" /dev/null || status=$?
          echo "status $status"
          """)
        #expect(shown.contains("status \(status)"), "\(shown)")
        #expect(shown.contains("75.0%  198.51.100.0/24"))
        #expect(shown.contains("Set it? [y/N]"))
        #expect(try Self.current() == seed)
      }
    }
  }

  @Test("the recovered seed moves nothing, and stays")
  func recovered() throws {
    try withNetworkNamespace {
      try TestSupport.run(SeedLab.router)
      try TestSupport.run("sysctl -qw net.ipv4.fib_multipath_hash_seed=0")
      let flows = "--random 200 --to 198.51.100.0/24 -i in0 --l4hash none"
      let planned = try Program.run("seed set recovered --dry-run \(flows)", prefix: Self.recovered(4711))
      #expect(planned.output.contains("no flow moves"), "\(planned.output)")
      #expect(planned.output.contains("none of 200 flows moves"))
      let done = try Program.run("seed set recovered --yes -j", prefix: Self.recovered(4711))
      #expect(try SeedLab.json(done)["keeps_seed"] == true)
      #expect(try Self.current() == 4711)
      // 0 goes back to it.
      let back = try Program.run("seed set 0 --dry-run", prefix: Self.recovered(4711))
      #expect(back.output.contains("no flow moves"))
      #expect(back.output.contains("4711 (0x1267)"))
      let other = try Program.run("seed set 0 --dry-run", prefix: Self.recovered(4712))
      #expect(other.output.contains("75.0%"))

      let missing = try Program.run("seed set recovered --yes", prefix: Self.emptyRun)
      #expect(missing.status == 1)
      #expect(missing.errorLines.count == 1)
      #expect(missing.error.contains("seed recover"))
    }
  }

  @Test("the file of the next boot keeps its other lines, whole or not at all")
  func persist() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try TestSupport.run(SeedLab.router)
        let file = "\(directory)/90-ecmp.conf"
        let first = try Program.run("seed set 8 --yes --persist \(file)")
        #expect(first.output.contains("kept in \(file)"))
        #expect(try TestSupport.run("grep -v '^#' \(file)") == "net.ipv4.fib_multipath_hash_seed = 8\n")
        try TestSupport.run(
          "printf 'net.ipv4.ip_forward=1\\n-net/ipv4/fib_multipath_hash_seed=3\\n# end\\n' >\(file)")
        // The kernel has it, the file not yet.
        let again = try Program.run("seed set 8 --persist \(file) --json")
        #expect(try SeedLab.json(again)["outcome"] == "unchanged")
        #expect(
          try TestSupport.run("cat \(file)") == "net.ipv4.ip_forward=1\nnet.ipv4.fib_multipath_hash_seed = 8\n# end\n")
        // What sysctl reads.
        try TestSupport.run("sysctl -qw net.ipv4.fib_multipath_hash_seed=1; sysctl -qp \(file)")
        #expect(try Self.current() == 8)

        let nowhere = try Program.run("seed set 9 --yes --persist /nonexistent/seed.conf")
        #expect(nowhere.status == 2)
        #expect(nowhere.errorLines.count == 1)
        #expect(nowhere.error.contains("the kernel has the seed, but it is not kept"))
        #expect(try Self.current() == 9)
      }
    }
  }

  @Test("missing privilege ends with 4, a /proc/sys that can not be written with 3; both with what to do")
  func refusals() throws {
    try withNetworkNamespace {
      try TestSupport.run(SeedLab.router)
      let prefix = "setpriv --reuid 65534 --clear-groups"
      for options in ["--yes", "--yes -j", "</dev/null", "--random 100 --to 198.51.100.0/24 --yes"] {
        let nobody = try Program.run("seed set 8 \(options)", prefix: prefix)
        #expect(nobody.status == 4, "\(options): \(nobody.error)")
        #expect(nobody.output == "", "\(options): nothing is begun")
        #expect(nobody.errorLines.count == 1)
        #expect(nobody.error.contains("root"))
      }
      #expect(try Program.run("seed set 8 --dry-run", prefix: prefix).status == 0)
      #expect(try Program.run("seed set \(SeedLab.seed)", prefix: prefix).status == 0, "nothing is to be changed")
      let script = #"mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@""#
      let readOnly = try Program.run("seed set 8 --yes", prefix: "unshare --mount sh -c '\(script)' sh")
      #expect(readOnly.status == 3 && readOnly.output == "")
      #expect(readOnly.errorLines.count == 1)
      #expect(readOnly.error.contains("read-only"))
      #expect(try Self.current() == SeedLab.seed)
    }
  }

  @Test("another namespace is meant by --netns")
  func namespace() throws {
    try withNetworkNamespace {
      let router = try SideNamespace.make()
      try router.enter { _ = try TestSupport.run(SeedLab.router) }
      let done = try Program.run("seed set 8 --yes --netns \(router.process)")
      #expect(done.status == 0, "\(done.error)")
      #expect(done.output.contains("seed set 7 --netns \(router.process)"))
      #expect(try router.enter { try Self.current() } == 8)
      #expect(try Self.current() == 0)
    }
  }

  @Test("a kernel without the seed is told from its snapshot")
  func old() throws {
    try withTemporaryDirectory { directory in
      try TestSupport.run("cat >\(directory)/s.json <<'E'\n\(BadInputTests.snapshot)\nE")
      for (command, status) in [
        ("seed set 5 --dry-run", 3 as Int32), ("seed tune --random 5 --to 10.0.0.0/8", 1),
      ] {
        let run = try Program.run("\(command) --snapshot \(directory)/s.json")
        #expect(run.status == status)
        #expect(run.errorLines.count == 1)
        #expect(run.error.contains("6.11"))
      }
    }
  }

  @Test(
    "wrong usage ends with 2",
    arguments: [
      ("a value that is none", "seed set x", "\"x\" is no hash seed"),
      ("a value out of range", "seed set 4294967296", "4294967296"),
      ("a negative value", "seed set -- -1", "-1"),
      ("no value", "seed set", "value"),
      ("a snapshot that is to be changed", "seed set 5 --snapshot x", "--dry-run"),
      ("a file of another namespace's boot", "seed set 5 --netns x --persist y", "--persist"),
      ("a file of a dry run", "seed set 5 --dry-run --persist y", "--persist"),
      ("fields without flows", "seed set 5 --dry-run -i in0", "--flows"),
      ("no flows", "seed tune", "no flows given"),
      ("nothing to try", "seed tune --random 5 --to 10.0.0.0/8 --tries 0", "--candidate"),
      ("too many tries", "seed tune --random 5 --to 10.0.0.0/8 --tries 10000001", "--tries"),
      ("no threads", "seed tune --random 5 --to 10.0.0.0/8 --threads 0", "--threads"),
      ("a candidate that is none", "seed tune --random 5 --to 10.0.0.0/8 --candidate 0", "\"0\" is no hash seed"),
    ])
  func usage(what: String, arguments: String, says: String) throws {
    let run = try Program.run(arguments)
    #expect(run.status == 2, "\(run.error)")
    #expect(run.output == "")
    #expect(run.errorLines.count == 1, "\(run.error)")
    #expect(run.error.contains(says), "\(run.error)")
  }
}
