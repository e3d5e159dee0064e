import TestSupport
import Testing

/// The options that every command shares, wherever they stand.
@Suite("Common options")
struct CommonOptionTests {
  private static let router = """
    ip link add o1 type veth peer name p1; ip link set p1 up; ip link set o1 up; ip addr add 10.1.1.1/24 dev o1
    for n in 1 2; do ip nexthop add id $n via 10.1.1.1$n dev o1; done
    ip nexthop add id 50 group 1/2 type resilient buckets 64; ip nexthop add id 60 group 1/2
    ip route add 198.51.100.0/24 nhid 50; ip route add 203.0.113.0/24 nhid 60
    """

  @Test(
    "stand before the command and between its words, too",
    arguments: [
      ("-j -p show groups 60", "show groups 60 -j -p"), ("show -j groups 60", "show groups 60 -j"),
      ("-d show", "show -d"), ("--details show -j", "show -j -d"), ("-jp show -4 groups", "show groups -j -p"),
      ("show -d -p routes -j", "show routes -d -p -j"), ("-4 -j show nexthops", "show nexthops -4 -j"),
      ("--color never show --pretty -j nexthops", "show nexthops --pretty -j"),
      (
        "-j -p predict -d 203.0.113.1 -p udp --sport 5 --dport 6",
        "predict -d 203.0.113.1 -p udp --sport 5 --dport 6 -j --pretty"
      ),
      ("-d -j predict -d 203.0.113.1", "predict -d 203.0.113.1 -j"),
      ("resilient -j plan --all", "resilient plan --all -j"),
      ("-p resilient -j plan --all", "resilient plan --all -j --pretty"),
      ("seed -j show", "seed show -j"), ("resilient --color=never -j status", "resilient status -j"),
      ("--snapshot SNAPSHOT show -j groups", "show groups -j --snapshot SNAPSHOT"),
      ("show -j 198.51.100.0/24", "show 198.51.100.0/24 -j"),
      ("show --snapshot SNAPSHOT -j", "show -j --snapshot SNAPSHOT"),
      ("snapshot -j diff SNAPSHOT SNAPSHOT", "snapshot diff SNAPSHOT SNAPSHOT -j"),
      ("show --style iproute2 routes", "show routes --style iproute2"),
      ("show --style=iproute2 -j nexthops", "show nexthops -j --style iproute2"),
      ("show --table all -4 routes", "show routes -4 --table all"),
      ("show --all --table=local routes -j", "show routes --all --table local -j"),
      ("-j show --all --style iproute2 203.0.113.0/24", "show routes 203.0.113.0/24 --style iproute2 -j"),
    ])
  func places(words: String, same: String) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router)
        let snapshot = directory + "/s.json"
        #expect(try Program.run("snapshot --color never save \(snapshot)").status == 0)
        let runs = try [words, same].map { line in
          try Program.run(
            line.split(separator: "SNAPSHOT", omittingEmptySubsequences: false).joined(separator: snapshot)
              + (line.contains("resilient") && line.contains("status") ? " --journal \(directory)/none" : ""))
        }
        #expect(runs[0].status == 0, "\(runs[0].error)")
        #expect(runs[0].output == runs[1].output)
        #expect(runs[0].output != "")
      }
    }
  }

  @Test(
    "are taken by every command",
    arguments: [
      "show", "show routes", "show nexthops", "show groups", "show buckets", "show policy", "predict -d 203.0.113.1",
      "whatif --change 'nexthop del id 1' --random 5 --to 203.0.113.0/24", "verify --count 1", "resilient plan --all",
      "resilient apply --group 60 --dry-run", "resilient revert --group 50 --dry-run",
      "resilient tune --group 50 --idle-timer 5 --dry-run", "resilient status --journal /nonexistent", "seed show",
      "metrics", "watch --for 0.1", "snapshot save FILE", "snapshot diff SNAPSHOT SNAPSHOT", "snapshot import --uname UNAME -o FILE",
    ])
  func everywhere(command: String) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(Self.router + "\nuname -a >\(directory)/uname")
        #expect(try Program.run("snapshot save \(directory)/s.json").status == 0)
        var line = command
        for (name, file) in [("SNAPSHOT", "s.json"), ("FILE", "new.json"), ("UNAME", "uname")] {
          let parts = line.split(separator: name, omittingEmptySubsequences: false)
          line = parts.joined(separator: "\(directory)/\(file)")
        }
        for option in ["-4", "-6", "--color always", "--color never", "--details", "-j", "--json --pretty"] {
          let run = try Program.run("\(line) \(option)")
          // Where there is nothing of a family, that is an answer.
          #expect(run.status <= (option == "-6" ? 2 : 0), "\(option): \(run.error)")
          #expect(!run.error.contains("nknown option"), "\(run.error)")
        }
        let both = try Program.run("\(line) -4 -6")
        #expect(both.status == 2 && both.error.contains("exclude each other"), "\(both.error)")
      }
    }
  }

  @Test(
    "--version prints the version wherever it stands",
    arguments: [
      "--version", "show --version", "--version show", "show groups --version", "-j --version", "predict --version",
    ])
  func version(words: String) throws {
    let run = try Program.run(words)
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("ecmpctl 0.1.0, libnl 3."), "\(run.output)")
    #expect(run.output.split(separator: "\n").count == 1)
  }

  @Test("colour is for terminals, unless it is asked for, or wanted nowhere")
  func colour() throws {
    try withNetworkNamespace {
      try run(Self.router)
      func escapes(_ words: String, _ prefix: String = "") throws -> Bool {
        let run = try Program.run(words, prefix: prefix)
        #expect(run.status == 0, "\(run.error)")
        return run.output.contains("\u{1b}[")
      }
      #expect(try !escapes("show"))
      #expect(try !escapes("show --color never"))
      #expect(try escapes("show --color always"))
      #expect(try escapes("show --color always", "NO_COLOR=1"), "an option of the command line is the last word")
      #expect(try escapes("show --color always --style iproute2"))
      #expect(try !escapes("show --color always -j"))
      #expect(try !escapes("show --color always -j --style iproute2"))
      #expect(try escapes("predict -d 203.0.113.1 --color always"))
      #expect(try escapes("predict --random 5 --to 203.0.113.0/24 --output summary --color always"))
      #expect(try !escapes("predict --random 5 --to 203.0.113.0/24 --output csv --color always"))
      // script(1) gives the program a terminal.
      for (setting, has) in [
        ("TERM=xterm", true), ("TERM=dumb", false), ("TERM=xterm NO_COLOR=1", false), ("TERM=xterm NO_COLOR=", true),
      ] {
        let shown = try run("env -u NO_COLOR \(setting) script -qec \"'\(Program.path)' show\" /dev/null")
        #expect(shown.contains("\u{1b}[") == has, "\(setting): \(shown)")
      }
      for (option, has) in [("", false), ("--color auto", true)] {
        let shown = try run(
          "env -u NO_COLOR TERM=xterm script -qec \"'\(Program.path)' show --style iproute2 \(option)\" /dev/null")
        #expect(shown.contains("\u{1b}[") == has, "ip has colours only where it is told: \(shown)")
      }
      let plain = try run("env TERM=xterm script -qec \"'\(Program.path)' show --color never\" /dev/null")
      #expect(!plain.contains("\u{1b}["))
    }
  }

  @Test("the style of iproute2 has the colours of ip, byte for byte")
  func style() throws {
    try withNetworkNamespace {
      try run(Self.router)
      for (ip, own) in [
        ("route show", "show routes --all"), ("-d route show table all", "show routes --all --table all --details"),
        ("nexthop show", "show nexthops"), ("-j route show", "show routes --all -j"),
      ] {
        let shown = try Program.run("\(own) --style iproute2 --color always")
        #expect(try shown.output == run("ip -c=always \(ip)"), "\(own)")
      }
    }
  }
}
