import Testing

/// `--help` and `--version` as a user meets them.
@Suite("Help")
struct HelpTests {
  static let commands = [
    "", "show", "show routes", "show nexthops", "show groups", "show buckets", "show policy", "predict", "whatif",
    "verify", "steer", "resilient", "resilient plan", "resilient revert", "resilient tune", "resilient apply",
    "resilient confirm", "resilient rollback", "resilient status", "resilient guard", "trace", "seed", "seed show",
    "seed recover", "seed set", "seed tune", "snapshot", "snapshot save", "snapshot diff", "snapshot import",
    "check", "watch", "metrics",
  ]

  @Test("every command has help with its options", arguments: commands)
  func help(command: String) throws {
    let run = try Program.run("\(command) --help")
    #expect(run.status == 0)
    #expect(run.error == "")
    #expect(run.output.contains("USAGE:"))
    #expect(run.output.contains("OPTIONS:"))
  }

  @Test(
    "the help of commands that do something has examples",
    arguments: [
      "", "show", "predict", "whatif", "verify", "steer", "resilient", "resilient plan", "resilient revert",
      "resilient tune", "resilient apply", "resilient confirm", "resilient rollback", "resilient status",
      "resilient guard", "trace", "seed", "seed set", "seed tune", "snapshot", "check", "watch", "metrics",
    ])
  func examples(command: String) throws {
    #expect(try Program.run("\(command) --help").output.contains("EXAMPLES"))
  }

  @Test("--version names ecmpctl, libnl and the kernel")
  func version() throws {
    let run = try Program.run("--version")
    #expect(run.status == 0)
    #expect(run.output.contains("ecmpctl 0.1.0"))
    #expect(run.output.contains("libnl 3."))
    #expect(run.output.contains("Linux "))
  }
}
