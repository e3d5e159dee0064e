import Routing
import TestSupport
import Testing

/// Output that can not be written is told, and never leaves anything half-done.
@Suite("Lost output")
struct LostOutputTests {
  @Test(
    "standard output that is closed or full ends with one line and 2",
    arguments: [
      "show", "show policy -j", "predict -d 10.0.0.1", "verify --shadow --snapshot SNAPSHOT 10.0.0.0/8", "seed show",
      "resilient status --journal /nonexistent", "resilient plan --all", "snapshot save -", "--version", "--help",
      "show --help", "metrics",
    ], [">&-", ">/dev/full"])
  func unwritable(command: String, output: String) throws {
    try withNetworkNamespace {
      try run(
        """
        ip link add o1 type veth peer name p1; ip link set p1 up; ip link set o1 up; ip addr add 10.1.1.1/24 dev o1
        ip route add 10.0.0.0/8 nexthop via 10.1.1.2 dev o1 nexthop via 10.1.1.3 dev o1
        """)
      try withTemporaryDirectory { directory in
        #expect(try Program.run("snapshot save \(directory)/s.json").status == 0)
        let words = command.split(separator: "SNAPSHOT", omittingEmptySubsequences: false)
        let ended = try Program.run("\(words.joined(separator: directory + "/s.json")) \(output)")
        #expect(ended.status == 2, "\(ended.error)")
        #expect(ended.errorLines.count == 1, "\(ended.error)")
        #expect(ended.error.contains("can not write standard output: "), "\(ended.error)")
      }
    }
  }

  @Test("standard input that is closed is told, and standard error may be closed")
  func otherStreams() throws {
    let run = try Program.run("predict --flows - --snapshot /dev/null <&-")
    #expect(run.status == 2)
    let directory = try Program.run("trace --topology - 10.0.0.1 </")
    #expect(directory.status == 2 && directory.error == "ecmpctl: can not read standard input: Is a directory\n")
    let quiet = try Program.run("show --frobnicate 2>&-")
    #expect(quiet.status == 2)
    #expect(quiet.output == "")
  }

  @Test(
    "a transaction goes on to its end when nobody reads what it tells",
    arguments: ["", "--json"], ["| head -n 1", "| true", "2>&1 | true"])
  func closedPipe(options: String, reader: String) throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      let apply = try lab.piped("apply --plan \(lab.plan) --yes \(options)", into: reader)
      #expect(apply == 0)
      #expect(try TransactionLab.picture() != before)
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open\n"))
      let group = try #require(try TransactionLab.state().groups.first?.id)
      #expect(try lab.piped("tune --group \(group) --idle-timer 7 --yes \(options)", into: reader) == 0)
      #expect(try run("ip nexthop show id \(group)").contains("idle_timer 7 "))
      #expect(try lab.piped("revert 203.0.113.0/24 --yes \(options)", into: reader) == 0)
      #expect(try !run("ip route show 203.0.113.0/24").contains("nhid"))
    }
  }

  @Test("what nobody reads is undone when nobody confirms it, and rolled back when that is asked for")
  func confirmation() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      #expect(try lab.piped("apply --plan \(lab.plan) --yes --no-verify --confirm-within 2", into: "| true") == 0)
      #expect(try TransactionLab.picture() != before)
      try TestSupport.run("for i in $(seq 600); do [ -e \(lab.journal)/open.journal ] || break; sleep 0.1; done")
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.apply("--confirm-within 600").status == 0)
      #expect(try lab.piped("rollback", into: "| true") == 0)
      #expect(try TransactionLab.picture() == before)
    }
  }

  @Test("nothing is begun where standard output is closed or full", arguments: [">&-", ">/dev/full"])
  func unwritableTransaction(output: String) throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      let apply = try lab.apply("\(output)")
      #expect(apply.status == 2)
      #expect(apply.errorLines.count == 1, "\(apply.error)")
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open\n"))
    }
  }

  @Test("a guard that nobody listens to ends as it does by Ctrl-C, unless whoever has started it ignores that")
  func guarding() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        let command = "'\(Program.path)' resilient guard --journal \(directory)/journal"
        // What it tells at SIGHUP is more than the reader takes.
        let end = try run(
          """
          mkfifo \(directory)/pipe
          \(command) >\(directory)/pipe & p=$!
          exec 3<\(directory)/pipe; read line <&3; exec 3<&-
          kill -HUP $p
          for i in $(seq 1200); do [ -e /proc/$p ] || break; sleep 0.05; done
          kill -KILL $p 2>/dev/null && echo killed; status=0; wait $p || status=$?; echo $status
          """)
        #expect(end == "0\n")
        let ignoring = try run(
          """
          mkfifo \(directory)/other
          (trap '' PIPE; exec \(command)) >\(directory)/other & p=$!
          exec 3<\(directory)/other; read line <&3; exec 3<&-
          kill -HUP $p; sleep 1
          kill -TERM $p && echo was there; status=0; wait $p || status=$?; echo $status
          """)
        #expect(ignoring == "was there\n0\n")
      }
    }
  }
}
