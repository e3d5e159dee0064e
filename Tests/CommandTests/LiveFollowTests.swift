import JSON
import TestSupport
import Testing

/// `plan --follow`, `guard` and `revert` in front of FRR, with real flows.
@Suite("Live following", .serialized)
struct LiveFollowTests {
  /// What one event did to the flows.
  struct Outcome: CustomStringConvertible {
    var name: String
    var moved: Int
    /// Those that moved although their leaf was still there, and not to one that has returned.
    var collateral: Int
    var sent: Int
    var lost: Int

    var description: String {
      "\(name): \(moved) of 1000 flows moved, \(collateral) need not; \(lost) of \(sent) packets lost"
    }
  }

  static func outcome(
    _ name: String, _ lab: FollowLab, _ traffic: AnycastTraffic, until leaves: Set<Int>, event: () throws -> Void
  ) throws -> Outcome {
    let before = try traffic.send()
    #expect(before.count == 1000, "before \(name)")
    try event()
    var isDone = false
    let flow = try traffic.flow { () throws in
      isDone = try lab.ownLeaves() == leaves
      return isDone
    }
    let view = try lab.view()
    #expect(isDone, "\(name): \(view) \(lab.log)")
    let after = try traffic.send()
    #expect(after.count == 1000, "after \(name)")
    let (old, new) = (Set(before.values), Set(after.values))
    let moved = before.filter { after[$0.key] != $0.value }
    let collateral = moved.filter { port, leaf in new.contains(leaf) && after[port].map(old.contains) ?? true }
    let outcome = Outcome(
      name: name, moved: moved.count, collateral: collateral.count, sent: flow.sent, lost: flow.lost)
    print(outcome)
    return outcome
  }

  @Test("A leaf fails and returns by BGP, by its link and frozen, and zebra is started again: only its flows move")
  func events() throws {
    try FollowLab.with { lab in
      let traffic = try AnycastTraffic(lab, flows: 1000)
      let before = try lab.foreignPicture()
      try lab.startGuard()
      let start = try traffic.send()
      try TestSupport.run("cat >\(lab.directory)/flows.csv <<END\n\(traffic.csv)END")
      let options = "\(FollowLab.prefix) --follow --buckets 128 --idle-timer 0 --unbalanced-timer 600"
      let plan = try Program.run("resilient plan \(options) --flows \(lab.directory)/flows.csv -j")
      #expect(plan.status == 0, "\(plan.error)")
      let run = try lab.resilient("apply \(options) --yes")
      #expect(run.status == 0, "\(run.error)\(run.output)")
      let converted = try traffic.send()
      var reader = JSONReader(Array(plan.output.utf8))
      let predicted = try reader.value()["moved"]?.wholeNumber
      let moved = start.count { converted[$0.key] != $0.value }
      print("converted: \(moved) of 1000 flows moved, as predicted")
      #expect(predicted == Int128(moved))
      try Self.expectSame(before, try lab.foreignPicture())

      let leaf = lab.leaf(3)
      let (three, four): (Set<Int>, Set<Int>) = ([1, 2, 4], [1, 2, 3, 4])
      let events: [(String, Set<Int>, () throws -> Void)] = [
        ("leaf03's bgpd stops", three, { try leaf.stop(.bgpd) }),
        ("leaf03's bgpd starts", four, { try leaf.start(.bgpd) }),
        ("leaf03's link goes down", three, { try leaf.enter { _ = try TestSupport.run("ip link set up0 down") } }),
        ("leaf03's link comes up", four, { try leaf.enter { _ = try TestSupport.run("ip link set up0 up") } }),
        ("leaf03's bgpd freezes", three, { try leaf.stop(.bgpd, signal: "STOP") }),
        ("leaf03's bgpd thaws", four, { try leaf.stop(.bgpd, signal: "CONT") }),
      ]
      for (name, leaves, event) in events {
        let outcome = try Self.outcome(name, lab, traffic, until: leaves, event: event)
        #expect(outcome.collateral == 0)
        #expect(outcome.moved > 150 && outcome.moved < 350, "\(outcome)")
      }
      try Self.restart(lab, traffic)
      let picture = try lab.foreignPicture()
      let revert = try lab.resilient("revert \(FollowLab.prefix) --yes --no-verify")
      #expect(revert.status == 0, "\(revert.error)\(revert.output)")
      try Self.expectSame(picture, try lab.foreignPicture())
      #expect(try lab.ownLeaves() == nil)
      #expect(try TestSupport.run("ip nexthop").contains("proto 200") == false)
      print(lab.log)
    }
  }

  @Test("From the daemon's change to the corrected group it takes milliseconds")
  func latency() throws {
    try FollowLab.with { lab in
      try lab.startGuard()
      try Self.follow(lab)
      var (out, back): ([Duration], [Duration]) = ([], [])
      for _ in 0..<5 {
        out.append(try Self.latency(lab, "no network", until: [1, 2, 4]))
        back.append(try Self.latency(lab, "network", until: [1, 2, 3, 4]))
      }
      print("a leaf out after \(out.sorted()), back after \(back.sorted())")
      #expect(out.sorted()[2] < .milliseconds(200))
      // The worst is the machine's, which may have had other things to do.
      #expect(out.allSatisfy { $0 < .seconds(10) } && back.allSatisfy { $0 < .seconds(10) })
    }
  }

  /// Has leaf03 announce the prefix or not.
  ///
  /// - Returns: how long the daemon's route was right already, and ours was not.
  private static func latency(_ lab: FollowLab, _ verb: String, until leaves: Set<Int>) throws -> Duration {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(30)
    try lab.leaf(3).vtyshInBackground(
      "conf t", "router bgp 65003", "address-family ipv4 unicast", "\(verb) \(FollowLab.prefix)")
    var changed: ContinuousClock.Instant?
    while clock.now < deadline {
      let view = try lab.view()
      if changed == nil, view.daemon == leaves { changed = clock.now }
      if let changed, view.own == leaves { return changed.duration(to: clock.now) }
    }
    throw CommandFailure(command: verb, status: 1, output: "\(try lab.view()) \(lab.log)")
  }

  private static func expectSame(_ before: String, _ after: String) throws {
    let (old, new) = (Set(before.split(separator: "\n")), Set(after.split(separator: "\n")))
    #expect(old == new, "gone: \(old.subtracting(new)), new: \(new.subtracting(old))")
  }

  private static func follow(_ lab: FollowLab) throws {
    let run = try lab.resilient("apply \(FollowLab.prefix) --follow --yes --no-verify")
    #expect(run.status == 0, "\(run.error)\(run.output)")
    try lab.wait("the guard") { lab.log.contains("keeps group") }
  }

  @Test("Our route goes with the daemon's and with the guard, and all is as before after revert")
  func ends() throws {
    try FollowLab.with { lab in
      let before = try lab.foreignPicture()
      try lab.startGuard()
      try Self.follow(lab)
      let whole: Set<Int> = [1, 2, 3, 4]

      // Withdrawn by the daemon, which runs on.
      try lab.spine.stop(.bgpd)
      try lab.wait("no route") { try lab.view() == FollowLab.View() }
      try lab.spine.start(.bgpd)
      try lab.wait("both routes") { try lab.view() == FollowLab.View(daemon: whole, own: whole) }

      // Taken away at the end of the guard, put back by the next one.
      lab.stopGuard("TERM")
      #expect(try lab.view() == FollowLab.View(daemon: whole, own: nil), "\(lab.log)")
      try lab.startGuard()
      try lab.wait("our route") { try lab.ownLeaves() == whole }

      // Killed, it leaves a black hole, which the next one closes.
      lab.stopGuard("KILL")
      try lab.leaf(3).stop(.bgpd)
      try lab.wait("zebra") { try lab.daemonLeaves() == [1, 2, 4] }
      #expect(try lab.ownLeaves() == whole)
      try lab.startGuard()
      try lab.wait("our group") { try lab.ownLeaves() == [1, 2, 4] }
      try lab.leaf(3).start(.bgpd)
      try lab.wait("our group") { try lab.view() == FollowLab.View(daemon: whole, own: whole) }

      let picture = try lab.foreignPicture()
      let run = try lab.resilient("revert \(FollowLab.prefix) --yes --no-verify")
      #expect(run.status == 0, "\(run.error)\(run.output)")
      try Self.expectSame(picture, try lab.foreignPicture())
      #expect(try lab.view() == FollowLab.View(daemon: whole, own: nil))
      let objects = try TestSupport.run("ip nexthop")
      #expect(!objects.contains("proto 200"))
      // bgpd was started again meanwhile: what it has is the same, under other ids.
      let idless = { (text: String) in text.replacing(/(nhid|nh_info id|id|group) [0-9\/]+/, with: "") }
      #expect(Set(idless(before).split(separator: "\n")) == Set(idless(picture).split(separator: "\n")))
    }
  }

  /// zebra ends and is started again, and bgpd after it, as watchfrr does.
  private static func restart(_ lab: FollowLab, _ traffic: AnycastTraffic) throws {
    let outcome = try Self.outcome("zebra is started again", lab, traffic, until: [1, 2, 3, 4]) {
      try lab.spine.stop(.zebra)
      let gap = try traffic.flow(until: { true })
      // What zebra takes for left behind, our group among it, it lets go of after this time, 180 s without it.
      try lab.spine.configure(.zebra, "zebra nexthop-group keep 3")
      try lab.spine.start(.zebra)
      try lab.spine.stop(.bgpd)
      try lab.spine.start(.bgpd)
      let rest = try traffic.flow { try lab.daemonLeaves() == [1, 2, 3, 4] }
      print("while zebra and bgpd were started again: \(gap.lost + rest.lost) of \(gap.sent + rest.sent) packets lost")
    }
    #expect(outcome.collateral == 0)
    try lab.wait("zebra to clear up") { try lab.gatewayObjects() == FollowLab.leaves.count }
    #expect(try traffic.send().count == 1000)
  }
}
