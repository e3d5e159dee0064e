import JSON
import Routing
import TestSupport
import Testing

/// Transactions that something goes wrong with.
@Suite("Live faults of transactions")
struct LiveFaultTests {
  @Test("a kill at any place of any step can be undone and finished, and no route is lost meanwhile")
  func kills() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      let destinations = try TransactionLab.destinations()
      #expect(destinations.count >= 6)
      let steps = try SmallConversion.changes(TransactionLab.state()).count
      #expect(steps == 19)
      #expect(try lab.apply("--confirm-within 900").status == 0)
      let planned = try TransactionLab.picture()
      #expect(try lab.resilient("rollback").status == 0)
      var generator = SeededGenerator(seed: 5)
      let apply = "apply --plan \(lab.plan) --yes --confirm-within 900"
      for round in 0..<200 {
        let place: String = generator.pick(["written", "sent", "noted"])
        // The first 57 rounds are every place of every step.
        let step = round < 57 ? round / 3 + 1 : Int(generator.next() % UInt64(steps)) + 1
        let stage = round < 57 ? ["written", "sent", "noted"][round % 3] : place
        let note = Comment(rawValue: "round \(round): \(stage):\(step)")
        try lab.killed(at: "\(stage):\(step)", apply) {
          let reachable = try TransactionLab.destinations()
          #expect(reachable == destinations, note)
        }
        #expect(try lab.resilient("status").status == 1, note)
        // Half of the way back or forth is killed, too.
        if generator.chance(50), step > 2 {
          let back = Int(generator.next() % UInt64(step - 1)) + 1
          try lab.killed(at: "\(place):-\(back)", "rollback")
          #expect(try TransactionLab.destinations() == destinations, note)
        }
        if generator.chance(50) {
          let end = try lab.resilient("apply --resume --no-verify")
          #expect(try lab.resilient("status --json").json()["failure"] == nil, note)
          #expect(end.status == 0, "round \(round): \(end.output)\(end.error)")
          #expect(try TransactionLab.picture() == planned, note)
        }
        let end = try lab.resilient("rollback")
        #expect(end.status == 0, "round \(round): \(end.output)\(end.error)")
        #expect(try TransactionLab.picture() == before, note)
        #expect(try lab.resilient("status").status == 0, note)
      }
    }
  }

  @Test(
    "what has changed since the plan was made is found before anything is touched",
    arguments: [
      "ip nexthop replace id 10 group 1/2", "ip nexthop replace id 10 group 1/2,5/3",
      "ip nexthop add id 5003 blackhole",
      "ip route del 203.0.113.0/24 metric 20", "ip route replace 203.0.113.0/24 metric 20 via 10.1.3.2",
      "ip route replace 203.0.113.0/24 metric 20 mtu 1300 src 10.1.1.1 nexthop via 10.1.1.2 nexthop via 10.1.2.2 weight 3",
      "ip route add 192.0.2.0/24 nhid 10", "ip -6 route add 2001:db8:3::/64 nhid 20",
      "ip route add 192.0.2.0/24 nhid 10 table 5",
      "ip route append 203.0.113.0/24 metric 20 via 10.1.3.2", "ip link del o3",
    ])
  func changedSince(command: String) throws {
    try TransactionLab.with { lab in
      try TestSupport.run(command)
      let before = try TransactionLab.picture()
      let end = try lab.apply()
      #expect(end.status == 1, "\(end.error)")
      #expect(end.error.contains("nothing was changed"), "\(end.error)")
      #expect(end.errorLines.count == 1)
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open\n"))
    }
  }

  @Test(
    "what the kernel refuses in the middle undoes the steps before, and both are told",
    arguments: [
      ("written:13", "ip nexthop add id 5009 blackhole"), ("written:1", "ip nexthop add id 5000 via 10.1.4.4 dev o4"),
      ("written:11", "ip nexthop add id 5008 group 1"), ("sent:13", "ip route add 192.0.2.0/24 nhid 10"),
      ("noted:13", "ip route replace 198.51.100.0/24 table 77 metric 9 via 10.1.4.2"),
      ("noted:3", "ip route del 203.0.113.0/24 metric 20"),
    ])
  func refusals(place: String, command: String) throws {
    try TransactionLab.with { lab in
      let end = try lab.continued(at: place) { _ in try TestSupport.run(command) }
      #expect(end.status == 3, "\(end.output)")
      #expect(end.output.contains("step "), "\(end.output)")
      let found = try TransactionLab.picture()
      // What somebody else did stays; all else is as if only he had acted.
      let expected = try withNetworkNamespace {
        try TestSupport.run(TransactionLab.router)
        try TestSupport.run(command)
        return try TransactionLab.picture()
      }
      #expect(found == expected, "\(end.output)")
      #expect(try lab.resilient("status").output.hasPrefix("no transaction is open\n"), "\(end.output)")
    }
  }

  @Test("a device that goes away in the middle undoes the rest, and the state is as if only that had happened")
  func deviceGone() throws {
    try TransactionLab.with { lab in
      // Step 6 adds the nexthop on o4.
      let end = try lab.continued(at: "noted:5") { _ in try TestSupport.run("ip link set o4 down") }
      #expect(end.status == 3, "\(end.output)")
      #expect(end.output.contains("step 6, add nexthop 5004"), "\(end.output)")
      let found = try TransactionLab.picture()
      let expected = try withNetworkNamespace {
        try TestSupport.run(TransactionLab.router)
        try TestSupport.run("ip link set o4 down")
        return try TransactionLab.picture()
      }
      #expect(found == expected)
    }
  }

  @Test("what somebody else has changed since the kill is left alone by rollback, and told")
  func foreignAfterKill() throws {
    try TransactionLab.with { lab in
      try lab.killed(at: "noted:4")
      try TestSupport.run("ip route replace 203.0.113.0/24 metric 20 via 10.1.4.2")
      let end = try lab.resilient("rollback")
      #expect(end.status == 1, "\(end.output)\(end.error)")
      #expect(end.error == "")
      #expect(end.output.contains("4 move the route 203.0.113.0/24 metric 20 to nexthop object 5002: left alone"))
      let remark = "  4 move the route 203.0.113.0/24 metric 20 to nexthop object 5002: left alone: the route "
      #expect(end.output.contains("undone, but not all is as it was:\n" + remark), "\(end.output)")
      #expect(try TestSupport.run("ip route show 203.0.113.0/24").contains("via 10.1.4.2"))
      #expect(try !TestSupport.run("ip nexthop show").contains("id 500"))
    }
  }

  @Test("an object that somebody else uses by now is not removed with its user, and the rest can be done later")
  func foreignUser() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      try lab.killed(at: "noted:4")
      try TestSupport.run("ip route add 192.0.2.0/24 nhid 5002")
      let stuck = try lab.resilient("rollback")
      #expect(stuck.status == 3)
      #expect(stuck.error.contains("remove group 5002: it is used by the route 192.0.2.0/24"), "\(stuck.error)")
      let way = "ecmpctl resilient rollback --abandon --journal \(lab.journal)\n"
      #expect(stuck.error.hasSuffix("to leave the kernel as it is, \(way)"), "\(stuck.error)")
      let status = try lab.resilient("status")
      #expect(status.status == 1)
      #expect(status.output.contains(way), "\(status.output)")
      #expect(try TestSupport.run("ip route show 192.0.2.0/24").contains("nhid 5002"))
      try TestSupport.run("ip route del 192.0.2.0/24")
      #expect(try lab.resilient("rollback").status == 0)
      #expect(try TransactionLab.picture() == before)
    }
  }

  @Test("what is not confirmed, and can not be undone at once, is tried again until it is undone")
  func patience() throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      #expect(try lab.apply("--confirm-within 1").status == 0)
      try TestSupport.run("ip route add 192.0.2.0/24 nhid 5002")
      let log = lab.journal + "/await-confirmation.log"
      try TestSupport.run(
        "until [ $(grep -c '5002: it is used by the route 192.0.2.0/24' \(log)) -ge 6 ]; do sleep 0.1; done")
      let status = try lab.resilient("status")
      #expect(status.status == 1)
      #expect(status.output.contains("; it is tried again by pid "), "\(status.output)")
      try TestSupport.run("ip route del 192.0.2.0/24; while [ -e \(lab.journal)/open.journal ]; do sleep 0.1; done")
      #expect(try TransactionLab.picture() == before)
    }
  }

  @Test("an open transaction can be given up, and belongs to one namespace and one boot")
  func places() throws {
    try TransactionLab.with { lab in
      try lab.killed(at: "sent:4")
      let elsewhere = try withNetworkNamespace { try lab.resilient("rollback") }
      #expect(elsewhere.status == 1)
      #expect(elsewhere.error.contains("another network namespace"), "\(elsewhere.error)")
      #expect(elsewhere.error.hasSuffix(" rollback --abandon --journal \(lab.journal)\n"), "\(elsewhere.error)")
      #expect(try lab.resilient("confirm").error.hasSuffix("see ecmpctl resilient status --journal \(lab.journal)\n"))
      try TestSupport.run("cp -a \(lab.journal) \(lab.directory)/other")
      try TestSupport.run("sed -i 's/\"boot_id\":\"[^\"]*\"/\"boot_id\":\"x\"/' \(lab.directory)/other/open.journal")
      let other = TransactionLab(directory: lab.directory, journalName: "other")
      let before = try TransactionLab.picture()
      #expect(try other.resilient("status").output.contains("started again"))
      #expect(try other.resilient("status").output.hasSuffix(" resilient rollback --journal \(other.journal)\n"))
      #expect(try other.resilient("apply --resume").status == 1)
      #expect(try other.resilient("confirm").error.hasSuffix(" resilient rollback --journal \(other.journal)\n"))
      #expect(try other.resilient("rollback").status == 0)
      #expect(try other.resilient("status").status == 0)
      #expect(try TransactionLab.picture() == before)
      #expect(try lab.resilient("rollback --abandon").status == 0)
      #expect(try lab.resilient("status").status == 0)
      #expect(try TransactionLab.picture() == before)
    }
  }

  @Test(
    "a full disk keeps anything from being done, or lets all be done",
    arguments: [4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96])
  func fullDisk(kilobytes: Int) throws {
    try TransactionLab.with { lab in
      let before = try TransactionLab.picture()
      let script = """
        mkdir \(lab.journal); mount -t tmpfs -o size=\(kilobytes)k,mode=0700 none \(lab.journal)
        status=0; '\(Program.path)' resilient apply --plan \(lab.plan) --yes --no-verify --journal \(lab.journal) || status=$?
        ip -4 route show table all | grep -c nhid\\ 5 || true
        '\(Program.path)' resilient status --journal \(lab.journal) || true
        [ $status = 0 ] || {
          mount -o remount,size=1m \(lab.journal)
          '\(Program.path)' resilient apply --resume --no-verify --journal \(lab.journal) || true
        }
        echo end $status
        """
      let output = try TestSupport.run(
        "cat >\(lab.directory)/script <<'END'\n\(script)\nEND\nunshare -m sh \(lab.directory)/script")
      if output.contains("end 0") {
        #expect(kilobytes >= 32, "\(output)")
        #expect(try TransactionLab.picture() != before)
      } else if try TransactionLab.picture() == before {
        #expect(kilobytes <= 64, "\(output)")
        #expect(output.contains("No space left on device"), "\(output)")
        #expect(output.contains("no transaction is open"), "\(output)")
      } else {
        // The list of the groups did not fit: all is done, told so, and finished with more room.
        #expect(output.contains("done, and not written down yet"), "\(output)")
        let way = "finish it with ecmpctl resilient apply --resume --journal \(lab.journal)\n"
        #expect(output.contains("all steps are made, but that is not written down: "), "\(output)")
        #expect(output.split(separator: way).count > 2, "\(output)")
        #expect(output.contains("19 steps done"), "\(output)")
      }
    }
  }
}
