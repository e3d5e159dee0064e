import Planning
import Routing
import Testing

/// What a guard decides of a group that follows a daemon, without a kernel.
@Suite("A group that follows a daemon")
struct GroupFollowerTests {
  /// A machine where zebra has a route over group 40 of the objects 41 to 44, and ours stands in front of it.
  struct Machine {
    var simulation: Simulation
    var announced: Set<UInt32> = []
    var daemons: Set<Int32> = [7]
    /// In milliseconds.
    var time: UInt64 = 1000
    private(set) var follower: GroupFollower
    let following: Following

    init(_ commands: [String] = FollowPlanTests.grouped, _ prefix: String = "198.51.100.66/32") throws {
      let state = try FollowPlanTests.state(commands)
      let plan = try FollowPlanTests.plan(prefix, in: state)
      let after = try ConversionPlanTests.simulated(plan.steps.map(\.change), in: state)
      let kept = KeptGroup.left(by: plan.steps.map(\.change), followings: plan.followings, in: after)
      simulation = Simulation(after)
      follower = try #require(kept.first.flatMap { GroupFollower($0, restartTime: 60_000_000_000) })
      following = follower.following
    }

    /// Another guard takes over.
    mutating func restart(keepingRecords: Bool) throws {
      follower = try #require(
        GroupFollower(
          follower.wanted, restartTime: follower.restartTime, records: keepingRecords ? follower.records : []))
    }

    var state: RoutingState { simulation.state }

    var seen: GuardObservation {
      var seen = GuardObservation(
        links: state.links, nexthops: state.nexthops ?? [], groups: state.groups, neighbours: [])
      seen.announced = announced
      seen.routes = state.routes.filter { $0.destination == following.daemon.destination }
      seen.rules = state.rules
      seen.daemons = daemons
      seen.time = time * 1_000_000
      return seen
    }

    mutating func run(_ commands: String...) throws {
      for command in commands { try simulation.apply(try CommandParser().change(command)) }
    }

    /// Looks, and does what is decided.
    @discardableResult
    mutating func look() throws -> GroupGuard.Decision {
      let decision = follower.decide(seen)
      announced = []
      for step in decision.steps { try simulation.apply(step.change) }
      return decision
    }

    var own: NexthopGroup? { state.groups.first { $0.id == follower.id } }

    /// The gateways of our route, by the last number of their networks; nil without our route.
    var gateways: [Int]? {
      guard state.routes.contains(where: { following.isOurs($0) && $0.nexthopID == follower.id }) else { return nil }
      return own?.members.compactMap { member in
        let gateway = state.nexthops?.first { $0.id == member.id }?.gateway
        return (1...4).first { IPAddress("10.0.\($0).2") == gateway }
      }
    }

    /// Which gateway each bucket leads to.
    var buckets: [IPAddress?] {
      let table = state.bucketTables.first { $0.group == follower.id }
      return table?.buckets.map { bucket in state.nexthops?.first { $0.id == bucket.nexthop }?.gateway } ?? []
    }
  }

  @Test("does nothing while all is as it should be")
  func quiet() throws {
    var machine = try Machine()
    for _ in 0..<3 { #expect(try machine.look().isQuiet) }
    #expect(machine.gateways == [1, 2, 3, 4])
  }

  @Test("has the members of the group that the daemon's route goes to, and back")
  func withdrawal() throws {
    var machine = try Machine()
    try machine.look()
    try machine.run(
      "nexthop add id 45 group 41/42/44 proto zebra",
      "route replace 198.51.100.66/32 nhid 45 proto bgp metric 20 mtu 1400")
    let decision = try machine.look()
    #expect(decision.steps.count == 1)
    #expect(
      decision.steps[0].reason.hasSuffix(
        "took 43 via 10.0.3.2 dev o3 out; 3 members, as 198.51.100.66/32 metric 20 has"))
    #expect(machine.gateways == [1, 2, 4])
    try machine.run("route replace 198.51.100.66/32 nhid 40 proto bgp metric 20 mtu 1400")
    try machine.look()
    #expect(Set(machine.gateways ?? []) == [1, 2, 3, 4])
    #expect(try machine.look().isQuiet)
    // One that is left alone stands in the route itself.
    try machine.run("route replace 198.51.100.66/32 nhid 42 proto bgp metric 20 mtu 1400")
    try machine.look()
    #expect(machine.gateways == [2])
  }

  @Test("takes an object that the daemon has made again for a member, although its group was left without it")
  func flap() throws {
    var machine = try Machine()
    try machine.look()
    // The kernel takes the object out of both groups, and the daemon moves its route.
    try machine.run("nexthop del id 43")
    #expect(try machine.look().isQuiet)
    #expect(machine.gateways == [1, 2, 4])
    try machine.run(
      "nexthop add id 45 group 41/42/44 proto zebra",
      "route replace 198.51.100.66/32 nhid 45 proto bgp metric 20 mtu 1400",
      "nexthop add id 43 via 10.0.3.2 dev o3 proto zebra")
    machine.announced = [45, 43]
    // As long as the daemon's route goes elsewhere, the object alone says nothing.
    #expect(try machine.look().isQuiet)
    try machine.run("route replace 198.51.100.66/32 nhid 40 proto bgp metric 20 mtu 1400")
    try machine.look()
    #expect(Set(machine.gateways ?? []) == [1, 2, 3, 4])
    #expect(try machine.look().isQuiet)
  }

  @Test("knows of such a member from its predecessor, and forgets it when its id is another object's")
  func successor() throws {
    var machine = try Machine()
    try machine.look()
    try machine.run("nexthop del id 43")
    try machine.look()
    try machine.run("nexthop add id 43 via 10.0.3.2 dev o3 proto zebra")
    try machine.look()
    #expect(Set(machine.gateways ?? []) == [1, 2, 3, 4])
    try machine.restart(keepingRecords: true)
    #expect(try machine.look().isQuiet)
    #expect(Set(machine.gateways ?? []) == [1, 2, 3, 4])
    try machine.run("nexthop replace id 43 via 10.0.3.9 dev o3 proto zebra")
    try machine.look()
    #expect(machine.own?.members.count == 3)
    // Without a word from a predecessor, the group counts as it is.
    try machine.run("nexthop replace id 43 via 10.0.3.2 dev o3 proto zebra")
    try machine.restart(keepingRecords: false)
    try machine.look()
    #expect(machine.own?.members.count == 3)
  }

  @Test("sees a flap that was over before the look by the message about the object")
  func fastFlap() throws {
    var machine = try Machine()
    try machine.look()
    try machine.run("nexthop del id 43", "nexthop add id 43 via 10.0.3.2 dev o3 proto zebra")
    machine.announced = [43]
    try machine.look()
    #expect(Set(machine.gateways ?? []) == [1, 2, 3, 4])
  }

  @Test("does as the daemon says of its own group")
  func edit() throws {
    var machine = try Machine()
    try machine.look()
    try machine.run("nexthop replace id 40 group 41/42/44 proto zebra")
    machine.announced = [40]
    try machine.look()
    #expect(machine.gateways == [1, 2, 4])
  }

  @Test("takes our route away when the daemon's is gone, and not for the moment of an IPv6 replace")
  func gone() throws {
    var machine = try Machine()
    try machine.look()
    let route = "198.51.100.66/32 nhid 40 proto bgp metric 20 mtu 1400"
    try machine.run("route del 198.51.100.66/32 metric 20")
    #expect(try machine.look().isSoon)
    try machine.run("route add \(route)")
    machine.time += 10
    #expect(try machine.look().isQuiet)
    try machine.run("route del 198.51.100.66/32 metric 20")
    try machine.look()
    machine.time += 29
    #expect(try machine.look().isSoon)
    machine.time += 1
    #expect(try machine.look().steps.count == 1)
    #expect(machine.gateways == nil)
    #expect(machine.own != nil)
    #expect(try machine.look().isQuiet)
    try machine.run("route add \(route)")
    try machine.look()
    #expect(machine.gateways == [1, 2, 3, 4])
  }

  @Test("keeps our route while the daemon is started again, for a time")
  func restart() throws {
    var machine = try Machine()
    try machine.look()
    try machine.run("route del 198.51.100.66/32 metric 20")
    machine.daemons = []
    try machine.look()
    machine.time += 30
    let first = try machine.look()
    #expect(first.steps.isEmpty && first.isPending && first.notes.count == 1)
    machine.daemons = [9]
    // What a starting zebra makes of ours for a moment is no route of its own.
    try machine.run("route add 198.51.100.66/32 nhid \(machine.follower.id) proto bgp metric 20")
    #expect(try machine.look().steps.isEmpty)
    try machine.run("route del 198.51.100.66/32 metric 20")
    machine.time += 59_000
    let later = try machine.look()
    #expect(later.steps.isEmpty && later.notes.isEmpty)
    #expect(machine.gateways == [1, 2, 3, 4])
    machine.time += 1000
    try machine.look()
    #expect(machine.gateways == nil)
  }

  @Test("lets new objects for the same gateways take over without moving a bucket")
  func renumbering() throws {
    var machine = try Machine()
    try machine.look()
    let before = machine.buckets
    #expect(Set(before).count == 4)
    for id in 1...4 { try machine.run("nexthop add id \(50 + id) via 10.0.\(id).2 dev o\(id) proto zebra") }
    try machine.run(
      "nexthop add id 50 group 53/51/54/52 proto zebra",
      "route replace 198.51.100.66/32 nhid 50 proto bgp metric 20 mtu 1400")
    let decision = try machine.look()
    #expect(decision.steps.count == 4)
    #expect(Set(machine.own?.members.map(\.id) ?? []) == [51, 52, 53, 54])
    #expect(machine.buckets == before)
    #expect(try machine.look().isQuiet)
  }

  @Test("makes a group again that is gone, as it was, with our route")
  func again() throws {
    var machine = try Machine()
    try machine.look()
    let before = machine.buckets
    try machine.run("nexthop del id \(machine.follower.id)")
    try machine.look()
    #expect(machine.gateways == [1, 2, 3, 4])
    #expect(machine.buckets == before)
  }

  @Test("gives up a fight, and leaves the daemon's route alone with the traffic")
  func fight() throws {
    var machine = try Machine()
    try machine.look()
    for round in 1...6 {
      try machine.run("route del 198.51.100.66/32 metric 10")
      machine.time += 100
      let decision = try machine.look()
      #expect((machine.follower.standsDown != nil) == (round == 6), "round \(round)")
      #expect(decision.notes.isEmpty == (round < 6))
      if round < 6 { #expect(try machine.look().isQuiet) }
    }
    #expect(machine.gateways == nil)
    #expect(try machine.look().isQuiet)
    // Far apart, the same is no fight.
    var patient = try Machine()
    try patient.look()
    for _ in 1...9 {
      try patient.run("route del 198.51.100.66/32 metric 10")
      patient.time += 5000
      try patient.look()
      try patient.look()
    }
    #expect(patient.gateways == [1, 2, 3, 4])
  }

  @Test("leaves another's route alone that has come in the place of ours")
  func rival() throws {
    var machine = try Machine()
    try machine.look()
    try machine.run("route replace 198.51.100.66/32 via 10.0.4.9 metric 10")
    let decision = try machine.look()
    #expect(decision.steps.isEmpty && decision.notes.count == 1)
    #expect(machine.follower.standsDown != nil)
  }

  @Test("makes objects for the legs of a route without objects, and takes away those that it needs no more")
  func legs() throws {
    let legs = (1...4).map { "nexthop via 10.0.\($0).2 dev o\($0)" }
    func route(_ legs: [String]) -> String {
      "route replace 198.51.100.0/24 proto bgp metric 20 \(legs.joined(separator: " "))"
    }
    var machine = try Machine([route(Array(legs[0...2]))], "198.51.100.0/24")
    #expect(try machine.look().isQuiet)
    try machine.run(route([legs[0], legs[3]]))
    try machine.look()
    #expect(machine.gateways == [1, 4])
    #expect(machine.state.nexthops?.count == 2)
    try machine.run(route(Array(legs[0...2])))
    try machine.look()
    #expect(Set(machine.gateways ?? []) == [1, 2, 3])
    #expect(machine.state.nexthops?.count == 3)
    #expect(try machine.look().isQuiet)
  }

  @Test("puts rules back in their order")
  func rules() throws {
    var machine = try Machine(
      ["route add 198.51.100.0/24 proto bird \(FollowPlanTests.legs)"], "198.51.100.0/24")
    #expect(try machine.look().isQuiet)
    let rules = machine.state.rules
    try machine.run("rule del to 198.51.100.0/24 table main suppress_prefixlength 24 priority 32765")
    try machine.look()
    #expect(machine.state.rules == rules)
    try machine.run("route del 198.51.100.0/24")
    try machine.look()
    machine.time += 30
    let decision = try machine.look()
    #expect(decision.steps.map(\.change.phrase).last?.hasPrefix("remove the route") == true)
    #expect(machine.state.rules.count == rules.count - 2)
  }
}
