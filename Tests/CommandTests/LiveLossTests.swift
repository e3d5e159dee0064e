import TestSupport
import Testing

/// Transactions over links that go down before they are undone.
@Suite("Live losses in transactions")
struct LiveLossTests {
  /// What the router is like when nothing but `command` has happened to it.
  private static func expected(_ command: String) throws -> String {
    try withNetworkNamespace {
      try TestSupport.run(TransactionLab.router)
      try TestSupport.run(command)
      return try TransactionLab.picture()
    }
  }

  @Test(
    "a rollback leaves members out that the kernel has removed, also after the link is back", arguments: [false, true])
  func members(isBack: Bool) throws {
    try TransactionLab.with { lab in
      // Only groups lead over o3.
      let command =
        "ip link set o3 down" + (isBack ? "; ip link set o3 up; ip -6 addr add fd00:3::1/64 dev o3 nodad" : "")
      #expect(try lab.apply("--confirm-within 600").status == 0)
      try TestSupport.run(command)
      let end = try lab.resilient("rollback")
      #expect(end.status == 1, "\(end.output)\(end.error)")
      #expect(end.output.contains("undone, but not all is as it was:\n"), "\(end.output)")
      #expect(end.output.contains("remove group 10: undone: without nexthop 3, which is gone"), "\(end.output)")
      #expect(!end.output.contains("left alone"), "\(end.output)")
      #expect(try TransactionLab.picture() == Self.expected(command))
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open"))
    }
  }

  @Test("what is not confirmed in time is undone without the members that the kernel has removed")
  func expiry() throws {
    try TransactionLab.with { lab in
      #expect(try lab.apply("--confirm-within 1").status == 0)
      try TestSupport.run("ip link set o3 down")
      try TestSupport.run("for i in $(seq 600); do [ -e \(lab.journal)/open.journal ] || break; sleep 0.1; done")
      #expect(try TransactionLab.picture() == Self.expected("ip link set o3 down"))
      #expect(try lab.apply().error.contains("nothing was changed"))
    }
  }

  @Test("a rollback that was killed half-way goes on where a link went down meanwhile")
  func killed() throws {
    try TransactionLab.with { lab in
      #expect(try lab.apply("--confirm-within 600").status == 0)
      try lab.killed(at: "sent:-12", "rollback")
      try TestSupport.run("ip link set o3 down")
      let end = try lab.resilient("rollback")
      #expect(end.status == 0, "\(end.output)\(end.error)")
      #expect(try TransactionLab.picture() == Self.expected("ip link set o3 down"))
    }
  }

  @Test("groups of which no member is left are not missed, as the kernel would have removed them")
  func allMembers() throws {
    try TransactionLab.with { lab in
      let command = "for n in 1 2 3 4; do ip link set o$n down; done"
      #expect(try lab.apply("--confirm-within 600").status == 0)
      try TestSupport.run(command)
      let end = try lab.resilient("rollback")
      #expect(end.status == 1, "\(end.output)\(end.error)")
      #expect(try TransactionLab.picture() == Self.expected(command), "\(end.output)")
    }
  }

  @Test("legs over a link that is down are left out, and told")
  func legs() throws {
    try TransactionLab.with { lab in
      #expect(try lab.apply("--confirm-within 600").status == 0)
      try TestSupport.run("ip link set o2 down")
      let end = try lab.resilient("rollback")
      #expect(end.status == 1, "\(end.output)\(end.error)")
      #expect(end.output.contains("undone: without the leg via 10.1.2.2, as o2 is down"), "\(end.output)")
      let routes = try TestSupport.run("ip route show 203.0.113.0/24; ip -6 route show 2001:db8:2::/64")
      #expect(routes.contains("via 10.1.1.2 dev o1") && routes.contains("via fd00:1::2 dev o1"), "\(routes)")
      #expect(!routes.contains("o2") && !routes.contains("nhid"), "\(routes)")
      #expect(try !TestSupport.run("ip nexthop show").contains("id 500"))
    }
  }

  @Test("a member that somebody has taken out himself is not taken for a loss")
  func foreign() throws {
    try TransactionLab.with { lab in
      #expect(try lab.apply("--confirm-within 600").status == 0)
      try TestSupport.run("ip nexthop replace id 5009 group 1/2 type resilient")
      let end = try lab.resilient("rollback")
      #expect(end.status == 1)
      #expect(end.output.contains("add group 5009: left alone: group 5009 has other members"), "\(end.output)")
      #expect(try TestSupport.run("ip nexthop show id 5009").contains("group 1/2 "))
    }
  }

  @Test("what a hint says can be run as it is, in another namespace and with another journal, too")
  func hints() throws {
    try TransactionLab.with { lab in
      let place = "--netns /proc/self/ns/net --journal \(lab.journal)"
      let apply = "apply --plan \(lab.plan) --yes --no-verify --netns /proc/self/ns/net"
      try lab.killed(at: "sent:4", apply)
      let open = try Program.run("resilient status \(place)").output
      #expect(open.contains("finish it with ecmpctl resilient apply --resume \(place), or undo"), "\(open)")
      #expect(try Program.run("resilient rollback \(place)").status == 0)
      for word in ["rollback", "confirm"] {
        let run = try Program.run("resilient \(apply) --confirm-within 600 --journal \(lab.journal)")
        #expect(
          run.output.hasSuffix(" s unless you run ecmpctl resilient confirm \(place)\n"), "\(run.output)\(run.error)")
        let second = try Program.run("resilient \(apply) --journal \(lab.journal)")
        #expect(second.error.contains("see ecmpctl resilient status \(place), then"), "\(second.error)")
        let status = try Program.run("resilient status \(place)").output
        let hint = "resilient \(word) \(place)"
        #expect(status.contains("ecmpctl \(hint)"), "\(status)")
        #expect(try Program.run(hint).status == 0)
      }
    }
  }

  @Test("a journal that was closed and not yet put away is none that is open")
  func closed() throws {
    try TransactionLab.with { lab in
      let open = lab.journal + "/open.journal"
      #expect(try lab.apply().status == 0)
      try TestSupport.run("mkdir -p \(lab.directory)/saved; mv \(lab.journal)/*.journal \(lab.directory)/saved/j")
      for (words, status) in [("status", 0), ("rollback", 1), ("confirm", 1), ("apply --resume", 1)]
        as [(String, Int32)]
      {
        try TestSupport.run("rm -f \(lab.journal)/*.journal; cp -p \(lab.directory)/saved/j \(open)")
        let run = try lab.resilient(words)
        #expect(run.status == status, "\(words): \(run.output)\(run.error)")
        #expect((run.output + run.error).contains("no transaction is open"), "\(words): \(run.output)\(run.error)")
        #expect(try TestSupport.run("ls \(lab.journal) | grep -c journal$") == "1\n")
        #expect(try TestSupport.run("[ -e \(open) ] || echo away") == "away\n")
      }
      try TestSupport.run("rm -f \(lab.journal)/*.journal; cp -p \(lab.directory)/saved/j \(open)")
      #expect(try lab.apply().error.contains("nothing was changed"))
    }
  }

  @Test("on a read-only disk status tells what there is, and nothing else is begun")
  func readOnly() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      #expect(try lab.apply("--confirm-within 600").status == 0)
      let planned = try TransactionLab.picture()
      let awaiting = try readOnly(lab, "status")
      #expect(awaiting.contains("s left until it is undone, by pid") && awaiting.hasSuffix("\n0\n"), "\(awaiting)")
      for command in ["confirm", "rollback", "apply --plan \(lab.plan) --yes"] {
        let refused = try readOnly(lab, command)
        #expect(refused.hasSuffix(": Read-only file system\n2\n"), "\(refused)")
        #expect(try TransactionLab.picture() == planned)
      }
      #expect(try lab.resilient("rollback").status == 0)
      #expect(try TransactionLab.picture() == before)
      // As if the machine had stopped before it was put away.
      try TestSupport.run("cd \(lab.journal); mv *.journal open.journal")
      let closed = try readOnly(lab, "status")
      #expect(closed.hasPrefix("no transaction is open\n  the last one, 20"), "\(closed)")
      #expect(closed.hasSuffix("Z\n0\n"), "\(closed)")
      #expect(try TestSupport.run("ls \(lab.journal)").contains("open.journal"))
    }
  }

  @Test("a list of groups that is damaged is told before anything is begun")
  func damagedGroups() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      try TestSupport.run("mkdir -m 700 \(lab.journal); umask 077; echo x >\(lab.journal)/groups.json")
      let refused = try lab.apply()
      #expect(refused.status == 2)
      #expect(refused.error.contains("groups.json is damaged: "), "\(refused.error)")
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("status").output == "no transaction is open\n")
    }
  }

  /// What a command prints where the disk with the journal is read-only, and its status on the last line.
  private func readOnly(_ lab: TransactionLab, _ command: String) throws -> String {
    try TestSupport.run(
      """
      cat >\(lab.directory)/script <<'END'
      mount --bind \(lab.journal) \(lab.journal); mount -o remount,bind,ro \(lab.journal)
      status=0; '\(Program.path)' resilient \(command) --journal \(lab.journal) || status=$?
      echo $status
      END
      unshare -m sh \(lab.directory)/script
      """)
  }

  @Test("a damaged journal is told with what to do", arguments: ["", "{}\\n"])
  func damaged(contents: String) throws {
    try TransactionLab.with { lab in
      try TestSupport.run(
        "mkdir -m 700 \(lab.journal); umask 077; printf '\(contents)' >\(lab.journal)/open.journal")
      for words in ["status", "rollback", "confirm"] {
        let run = try lab.resilient(words)
        #expect(run.status == 2)
        #expect(run.error.contains("open.journal is damaged: "), "\(run.error)")
        #expect(run.error.contains("; move that file away, and look at"), "\(run.error)")
      }
    }
  }
}
