import JSON
import TestSupport
import Testing

/// `resilient apply` and its kin on a live router.
@Suite("Live transactions")
struct LiveTransactionTests {
  @Test("an apply makes the plan come true, and verifies the moved routes")
  func apply() throws {
    try TransactionLab.with { lab in
      let run = try lab.resilient("apply --plan \(lab.plan) --yes")
      #expect(run.status == 0, "\(run.output)\(run.error)")
      #expect(run.output.contains("0 mismatches"), "\(run.output)")
      let routes = try TestSupport.run("ip -4 route show table all; ip -6 route show table all")
      #expect(routes.split(separator: "\n").count { $0.contains("nhid 5") } == 6, "\(routes)")
      #expect(try !TestSupport.run("ip nexthop show").contains("id 10 group"))
      try lab.expectLast("kept", "was done at 20")
      let modes = try TestSupport.run("stat -c %a \(lab.journal) \(lab.journal)/*").split(separator: "\n")
      #expect(modes.first == "700" && modes.dropFirst().allSatisfy { $0 == "600" }, "\(modes)")
    }
  }

  @Test("a rollback while the confirmation is awaited restores everything")
  func rollback() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      let run = try lab.apply("--confirm-within 600")
      #expect(run.status == 0, "\(run.error)")
      #expect(try TransactionLab.picture() != before)
      let status = try lab.resilient("status")
      #expect(status.status == 0, "\(status.output)\(status.error)")
      #expect(status.output.contains("s left until it is undone, by pid"), "\(status.output)")
      #expect(try lab.apply().error.contains("is not over"))
      let back = try lab.resilient("rollback")
      #expect(back.status == 0, "\(back.output)\(back.error)")
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("confirm").status == 1)
    }
  }

  @Test("what is not confirmed in time is undone by a process that no terminal can take along")
  func expiry() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      #expect(try lab.apply("--confirm-within 2").status == 0)
      let watcher =
        try lab.resilient("status --json").output.split(separator: "pid ").last?.prefix { $0.isNumber } ?? ""
      // Process, session and terminal are the fields 1, 6 and 7.
      let fields = try TestSupport.run("cat /proc/\(watcher)/stat").split(separator: " ")
      #expect(fields[5] == watcher && fields[6] == "0", "\(fields)")
      try TestSupport.run("for i in $(seq 600); do [ -e /proc/\(watcher) ] || break; sleep 0.1; done")
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open\n"))
      #expect(
        try TestSupport.run("cat \(lab.journal)/await-confirmation.log").contains("undone: not confirmed within 2 s"))
    }
  }

  @Test("what is confirmed stays, and nobody waits any more")
  func confirm() throws {
    try TransactionLab.with { lab in
      #expect(try lab.apply("--confirm-within 3").status == 0)
      let planned = try TransactionLab.picture()
      let watcher =
        try lab.resilient("status --json").output.split(separator: "pid ").last?.prefix { $0.isNumber } ?? ""
      // What is open comes before what would be planned.
      let second = try lab.apply()
      #expect(second.output == "" && second.error.contains("is not over"), "\(second.output)\(second.error)")
      let confirmed = try lab.resilient("confirm")
      #expect(confirmed.status == 0)
      #expect(confirmed.output.hasPrefix("confirmed: ") && confirmed.output.hasSuffix(" steps done, and kept\n"))
      try TestSupport.run("for i in $(seq 600); do [ -e /proc/\(watcher) ] || break; sleep 0.1; done")
      #expect(try TestSupport.run("[ -e /proc/\(watcher) ] || echo gone") == "gone\n")
      #expect(try TransactionLab.picture() == planned)
      #expect(try TestSupport.run("cat \(lab.journal)/groups.json").contains("\"resilient\""))
      try lab.expectLast("kept", "was confirmed at 20")
    }
  }

  @Test("what awaits its confirmation is told as JSON by apply as by status, with who waits for it")
  func awaiting() throws {
    try TransactionLab.with { lab in
      let apply = try lab.apply("--confirm-within 600 --json").json()
      let status = try lab.resilient("status --json").json()
      for told in [apply, status] {
        #expect(told["phase"] == .string("awaiting-confirmation"), "\(told)")
        #expect(told["seconds_left"] != nil, "\(told)")
        #expect(told["failure"] == nil, "\(told)")
      }
      #expect(apply["watcher"] != nil && apply["watcher"] == status["watcher"], "\(apply)")
      let back = try lab.resilient("rollback --json").json()
      #expect(back["phase"] == .string("undone"), "\(back)")
      #expect(back["failure"] == nil && back["seconds_left"] == nil, "\(back)")
    }
  }

  @Test("what has become of the last transaction is told when none is open")
  func last() throws {
    try TransactionLab.with { lab in
      #expect(try lab.resilient("status").output == "no transaction is open\n")
      #expect(try lab.resilient("status --json").output == "{\"phase\":\"none\"}\n")
      #expect(try lab.resilient("confirm").error == "ecmpctl: no transaction is open\n")
      #expect(try lab.apply("--confirm-within 600").status == 0)
      let id = try lab.resilient("status --json").json()["id"]
      #expect(try lab.resilient("rollback").status == 0)
      try lab.expectLast("undone", "was undone by rollback at 20", id: id)
      #expect(try lab.apply("--confirm-within 1").status == 0)
      try TestSupport.run("while [ -e \(lab.journal)/open.journal ]; do sleep 0.05; done")
      try lab.expectLast("undone", "was undone at 20", reason: "not confirmed within 1 s")
      #expect(try lab.apply("--confirm-within 600").status == 0)
      try TestSupport.run("ip route replace 203.0.113.0/24 metric 20 via 10.1.4.2")
      #expect(try lab.resilient("rollback").status == 1)
      try lab.expectLast("undone", "was undone in part by rollback at 20")
      #expect(try lab.resilient("status").output.contains("\n    4 move the route 203.0.113.0/24 metric 20 to "))
    }
  }

  @Test(
    "what awaits its confirmation with nobody to undo it is half-done, and can be ended either way",
    arguments: ["confirm", "rollback"])
  func unguarded(end: String) throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      #expect(try lab.apply("--confirm-within 86400").status == 0)
      let planned = try TransactionLab.picture()
      let watcher = try lab.killWatcher()
      let early = try lab.resilient("status")
      #expect(early.status == 1)
      #expect(early.output.contains(" s left to confirm it, but nothing is there to undo it then: "), "\(early.output)")
      // As if the time were over.
      try TestSupport.run("sed -i 's/\"deadline_ns\":[0-9]*/\"deadline_ns\":1/' \(lab.journal)/open.journal")
      let late = try lab.resilient("status")
      #expect(late.status == 1)
      #expect(
        late.output.contains("the time to confirm it is over, and nothing is there to undo it: "), "\(late.output)")
      #expect(!late.output.contains("by pid \(watcher)"), "\(late.output)")
      #expect(try lab.resilient(end).status == 0)
      #expect(try TransactionLab.picture() == (end == "confirm" ? planned : before))
    }
  }

  @Test("of an apply that was killed it is told that it will be undone, and when")
  func killedWithWatcher() throws {
    try TransactionLab.with { lab in
      try lab.killed(at: "sent:8", "apply --plan \(lab.plan) --yes --confirm-within 86400")
      let guarded = try lab.resilient("status")
      #expect(guarded.status == 1)
      #expect(guarded.output.contains("; else it is undone in 86"), "\(guarded.output)")
      #expect(guarded.output.contains(" s, by pid "), "\(guarded.output)")
      _ = try lab.killWatcher()
      let alone = try lab.resilient("status")
      #expect(alone.status == 1)
      #expect(alone.output.contains("half-done: ") && !alone.output.contains("else"), "\(alone.output)")
      #expect(try lab.resilient("rollback").status == 0)
    }
  }

  @Test("an apply that is killed before it is done is undone when nobody confirms it")
  func expiryAfterKill() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      try lab.killed(at: "sent:8", "apply --plan \(lab.plan) --yes --confirm-within 2")
      #expect(try TransactionLab.picture() != before)
      try TestSupport.run("for i in $(seq 600); do [ -e \(lab.journal)/open.journal ] || break; sleep 0.1; done")
      #expect(try TransactionLab.picture() == before)
    }
  }

  @Test("a second apply is told who is at it")
  func lock() throws {
    try TransactionLab.with { lab in
      let end = try lab.continued(at: "sent:5") { process in
        let second = try lab.apply()
        #expect(second.status == 1)
        #expect(second.error.contains("pid \(process) since 20"), "\(second.error)")
        let status = try lab.resilient("status")
        #expect(status.output.contains("going on: pid \(process) since 20"), "\(status.output)")
        #expect(!status.output.contains("half-done"), "\(status.output)")
        #expect(try lab.resilient("rollback").error.contains("pid \(process)"))
      }
      #expect(end.status == 0, "\(end.output)")
    }
  }

  @Test("Ctrl-C between two steps undoes those that were made", arguments: ["INT", "TERM", "HUP"])
  func signals(signal: String) throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      let end = try lab.continued(at: "sent:12") { process in try TestSupport.run("kill -\(signal) \(process)") }
      #expect(end.status == 1)
      #expect(end.output.contains("; the 12 steps before it are undone\n"), "\(end.output)")
      #expect(end.output.contains("stopped by signal"), "\(end.output)")
      #expect(end.output.contains("12 add nexthop") || end.output.contains("12 move the route"), "\(end.output)")
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open\n"))
    }
  }

  @Test("Ctrl-C in the last step undoes all, as long as its end is not written down")
  func lateSignal() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      let end = try lab.continued(at: "noted:19") { process in try TestSupport.run("kill -INT \(process)") }
      #expect(end.status == 1)
      #expect(end.output.contains("stopped by signal 2; the 19 steps before it are undone"), "\(end.output)")
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open\n"))
    }
  }

  @Test("Ctrl-C while a stand-in is waited for ends the wait, and undoes all")
  func signalInWait() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      let apply = "apply 2001:db8:2::/64 --yes --no-verify"
      let plan = try Program.run("resilient plan 2001:db8:2::/64 --json").output
      let steps = plan.split(separator: "\"command\":").count - 1
      let end = try lab.continued(at: "written:\(steps)", apply) { process in
        try TestSupport.run("kill -INT \(process)")
      }
      #expect(end.status == 1, "\(end.output)")
      #expect(end.output.contains("stopped by signal 2; the \(steps - 1) steps before it are undone"), "\(end.output)")
      #expect(!end.output.contains("remove the route 2001:db8:2::/64 metric 6: done"), "\(end.output)")
      #expect(try TransactionLab.picture() == before)
    }
  }

  @Test("a rollback and a confirm go on to their end, whatever signals come")
  func deafRollback() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      #expect(try lab.apply("--confirm-within 600").status == 0)
      let end = try lab.continued(at: "written:-9", "rollback") { process in
        for signal in ["INT", "INT", "TERM", "HUP"] { try TestSupport.run("kill -\(signal) \(process)") }
      }
      #expect(end.status == 0, "\(end.output)")
      #expect(end.output.hasSuffix("everything is undone\n"), "\(end.output)")
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open\n"))
    }
  }

  @Test(
    "an option that plans is refused beside a plan that is given",
    arguments: [
      "--buckets 32", "--idle-timer 7", "--unbalanced-timer 7", "--two-steps", "--keep-old",
      "--accept starved-member", "--random 10 --to 10.0.0.0/8", "-6",
    ])
  func planOptions(options: String) throws {
    let option = options.prefix { $0 != " " }
    for given in ["--plan p.json", "--resume"] {
      let run = try Program.run("resilient apply \(given) --yes \(options)")
      #expect(run.status == 2)
      #expect(run.error.contains("\(option) is for a plan that is made now"), "\(run.error)")
    }
  }
}
