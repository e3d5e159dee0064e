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
      "resilient guard", "trace", "seed", "seed show", "seed recover", "seed set", "seed tune", "snapshot",
      "snapshot save", "snapshot diff", "check", "watch", "metrics",
    ])
  func examples(command: String) throws {
    let help = try Program.run("\(command) --help").output
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "EXAMPLES"))
    let examples = lines[(start + 1)...].prefix { $0 != "" }
    // None is broken, so that it can be pasted.
    #expect(!examples.isEmpty)
    for line in examples {
      #expect(line.hasPrefix("  ") && line.contains("ecmpctl"), "\(line)")
    }
  }

  @Test("--version names ecmpctl, libnl and the kernel")
  func version() throws {
    let run = try Program.run("--version")
    #expect(run.status == 0)
    #expect(run.output.contains("ecmpctl 0.1.0"))
    #expect(run.output.contains("libnl 3."))
    #expect(run.output.contains("Linux "))
  }

  @Test(
    "a command that is not named is wrong usage, whatever options stand there",
    arguments: [
      ("", "no command given: show, predict, ", "(see ecmpctl --help)"),
      ("-j --netns 1", "no command given: show, ", "(see ecmpctl --help)"),
      ("seed", "no command given: show, recover, set, tune ", "(see ecmpctl seed --help)"),
      ("resilient", "no command given: plan, apply, ", "(see ecmpctl resilient --help)"),
      ("snapshot -j", "no command given: save, diff, import ", "(see ecmpctl snapshot --help)"),
    ])
  func noCommand(words: String, message: String, help: String) throws {
    let run = try Program.run(words)
    #expect(run.status == 2)
    #expect(run.output == "")
    #expect(run.error.hasPrefix("ecmpctl: \(message)"), "\(run.error)")
    #expect(run.error.hasSuffix("\(help)\n") && run.errorLines.count == 1, "\(run.error)")
  }
}
