import Planning
import Routing
import Testing

/// What a guard decides, without a kernel.
@Suite("A group's guard")
struct GroupGuardTests {
  static func gateway(_ number: UInt32) -> IPAddress { IPAddress("10.1.\(number).2") ?? .unspecified(.ipv4) }

  static func nexthop(_ number: UInt32, interface: UInt32? = nil) -> Nexthop {
    Nexthop(
      id: number, family: .ipv4,
      target: .device(interface: interface ?? number + 10, gateway: gateway(number), encapsulation: nil), protocol: 200)
  }

  static func link(_ number: UInt32, index: UInt32? = nil, flags: UInt32 = 0x10041) -> Link {
    Link(index: index ?? number + 10, name: "o\(number)", flags: flags)
  }

  static func group(_ members: [UInt32], weight: UInt32 = 1, idleTimer: UInt32 = 100) -> NexthopGroup {
    NexthopGroup(
      id: 50, kind: .resilient, members: members.map { NexthopGroup.Member(id: $0, weight: weight) },
      resilient: ResilientParameters(buckets: 64, idleTimer: idleTimer, unbalancedTimer: 0), protocol: 200)
  }

  static let route = Route(destination: .everything(.ipv4), nexthops: .object(id: 50, expansion: .none))

  static let wanted = KeptGroup(
    group: group([1, 2, 3]),
    members: [1, 2, 3].map { KeptGroup.Member(nexthop: nexthop($0), interface: "o\($0)", weight: 1) }, routes: [route])

  /// A machine on which all is as wanted.
  struct Machine {
    var links = [1, 2, 3].map { GroupGuardTests.link($0) }
    var nexthops = [1, 2, 3].map { GroupGuardTests.nexthop($0) }
    var groups = [GroupGuardTests.group([1, 2, 3])]
    var neighbours: [UInt32: Neighbour.State] = [1: .reachable, 2: .stale, 3: .reachable]
    var foreign: Set<UInt32> = []

    var seen: GuardObservation {
      GuardObservation(
        links: links, nexthops: nexthops, groups: groups,
        neighbours: neighbours.map { number, state in
          Neighbour(
            address: GroupGuardTests.gateway(number),
            interface: links.first { $0.name == "o\(number)" }?.index ?? 0, state: state)
        }, foreign: foreign)
    }

    /// The kernel's doing when a link goes.
    mutating func lose(_ number: UInt32, flags: UInt32? = nil) {
      links.removeAll { $0.name == "o\(number)" }
      if let flags { links.append(GroupGuardTests.link(number, flags: flags)) }
      nexthops.removeAll { $0.id == number }
      neighbours[number] = nil
      for index in groups.indices { groups[index].members.removeAll { $0.id == number } }
      groups.removeAll { $0.members.isEmpty }
    }

    /// Does what was decided.
    mutating func carryOut(_ decision: GroupGuard.Decision, _ guardian: inout GroupGuard) {
      let before = seen
      for step in decision.steps {
        switch step.change {
        case .addNexthop(let nexthop): nexthops.append(nexthop)
        case .addGroup(let group), .replaceGroup(_, let group):
          groups = [group]
          guardian.left(group, out: guardian.out(after: group, before))
        default: Issue.record("a guard removes nothing")
        }
      }
    }
  }

  static func members(_ decision: GroupGuard.Decision) -> [UInt32]? {
    switch decision.steps.last?.change {
    case .addGroup(let group), .replaceGroup(_, let group): group.members.map(\.id)
    default: nil
    }
  }

  @Test("leaves a group as it is while it is as it should be")
  func quiet() {
    var guardian = GroupGuard(Self.wanted)
    #expect(guardian.decide(Machine().seen).isQuiet)
  }

  @Test("takes a member out whose neighbour has failed, looks for it, and puts it back when it answers")
  func neighbour() {
    var machine = Machine()
    var guardian = GroupGuard(Self.wanted)
    _ = guardian.decide(machine.seen)
    machine.neighbours[2] = .failed
    let first = guardian.decide(machine.seen)
    #expect(Self.members(first) == [1, 3])
    #expect(first.sought == [.init(Self.gateway(2), on: 12)])
    #expect(first.isPending)
    #expect(
      first.steps.last?.reason.contains("took member 2 via 10.1.2.2 dev o2 out: its neighbour has failed; 2 of 3")
        == true)
    machine.carryOut(first, &guardian)
    #expect(guardian.out == [2])
    for state in [Neighbour.State.incomplete, .failed, nil] {
      machine.neighbours[2] = state
      let decision = guardian.decide(machine.seen)
      #expect(decision.steps.isEmpty && decision.isPending && decision.sought.count == 1)
    }
    machine.neighbours[2] = .reachable
    let last = guardian.decide(machine.seen)
    #expect(Self.members(last) == [1, 2, 3])
    machine.carryOut(last, &guardian)
    #expect(guardian.out.isEmpty)
    #expect(guardian.decide(machine.seen).isQuiet)
  }

  @Test("keeps a member whose neighbour is only being asked for")
  func unknownNeighbour() {
    var guardian = GroupGuard(Self.wanted)
    for state in [Neighbour.State.incomplete, .delay, .probe, Neighbour.State.none, nil] {
      var machine = Machine()
      machine.neighbours[1] = state
      #expect(guardian.decide(machine.seen).steps.isEmpty)
    }
  }

  @Test("never takes the last members out, as the routes would go with them")
  func allNeighboursFailed() {
    var machine = Machine()
    var guardian = GroupGuard(Self.wanted)
    machine.neighbours = [1: .failed, 2: .failed, 3: .failed]
    let decision = guardian.decide(machine.seen)
    #expect(decision.steps.isEmpty && decision.isPending)
    machine.neighbours[3] = .reachable
    #expect(Self.members(guardian.decide(machine.seen)) == [3])
  }

  @Test(
    "makes a member again whose link was away, once its neighbour answers", arguments: [nil, 0x1, 0x0] as [UInt32?])
  func link(flags: UInt32?) {
    var machine = Machine()
    var guardian = GroupGuard(Self.wanted)
    _ = guardian.decide(machine.seen)
    machine.lose(3, flags: flags)
    let lost = guardian.decide(machine.seen)
    let reason = flags == nil ? "is gone" : flags == 0 ? "is down" : "has no carrier"
    #expect(
      lost == GroupGuard.Decision(notes: ["group 50: member 3 via 10.1.3.2 dev o3 is out: interface o3 \(reason)"]))
    #expect(guardian.decide(machine.seen).isQuiet)
    // A device that was made again has another index.
    machine.links.removeAll { $0.name == "o3" }
    machine.links.append(Self.link(3, index: flags == nil ? 99 : 13))
    let waiting = guardian.decide(machine.seen)
    #expect(waiting.steps.isEmpty)
    #expect(waiting.sought == [.init(Self.gateway(3), on: flags == nil ? 99 : 13)])
    machine.neighbours[3] = .reachable
    let decision = guardian.decide(machine.seen)
    #expect(
      decision.steps.map(\.change) == [
        .addNexthop(Self.nexthop(3, interface: flags == nil ? 99 : 13)),
        .replaceGroup(from: Self.group([1, 2]), to: Self.group([1, 2, 3])),
      ])
    machine.carryOut(decision, &guardian)
    #expect(guardian.decide(machine.seen).isQuiet)
  }

  @Test("makes a group again that was lost with all its links, and its routes")
  func allLinks() {
    var machine = Machine()
    var guardian = GroupGuard(Self.wanted)
    _ = guardian.decide(machine.seen)
    for number: UInt32 in [1, 2, 3] { machine.lose(number, flags: 0x1) }
    #expect(guardian.decide(machine.seen).notes.count == 3)
    #expect(guardian.decide(machine.seen).isQuiet)
    machine.links.append(Self.link(2))
    machine.links.removeAll { $0.name == "o2" && !$0.hasCarrier }
    machine.neighbours[2] = .reachable
    let decision = guardian.decide(machine.seen)
    #expect(decision.steps.map(\.change) == [.addNexthop(Self.nexthop(2)), .addGroup(Self.group([2]))])
    #expect(decision.routes == [Self.route])
  }

  @Test("stands down for good where somebody else has changed the group or a member, and says so once")
  func foreign() {
    let changes: [(String, (inout Machine) -> Void)] = [
      ("other members or weights", { $0.groups = [Self.group([1, 2, 3], weight: 2)] }),
      ("other members or weights", { $0.groups = [Self.group([1, 2, 3, 4])] }),
      ("its parameters", { $0.groups = [Self.group([1, 2, 3], idleTimer: 500)] }),
      (
        "changed nexthop 2",
        { $0.nexthops[1].target = .device(interface: 12, gateway: Self.gateway(9), encapsulation: nil) }
      ),
      (
        "has changed its members",
        {
          $0.groups = [Self.group([1, 3])]
          $0.foreign = [50]
        }
      ),
      (
        "removed nexthop 3",
        {
          $0.lose(3, flags: 0x10041)
          $0.foreign = [3, 50]
        }
      ),
      (
        "has removed it",
        {
          $0.groups = []
          $0.foreign = [50]
        }
      ),
    ]
    for (text, change) in changes {
      var machine = Machine()
      var guardian = GroupGuard(Self.wanted)
      _ = guardian.decide(machine.seen)
      change(&machine)
      let decision = guardian.decide(machine.seen)
      #expect(decision.steps.isEmpty)
      #expect(decision.notes.count == 1 && decision.notes[0].contains(text), "\(decision.notes)")
      machine.foreign = []
      machine.neighbours[1] = .failed
      #expect(guardian.decide(machine.seen).isQuiet)
    }
  }

  @Test("lets a member be that somebody else had taken out before, and puts one back that a guard had")
  func before() {
    var machine = Machine()
    machine.groups = [Self.group([1, 3])]
    var fresh = GroupGuard(Self.wanted)
    #expect(fresh.decide(machine.seen).steps.isEmpty)
    #expect(fresh.drained == [2])
    var successor = GroupGuard(Self.wanted, out: [2])
    #expect(Self.members(successor.decide(machine.seen)) == [1, 2, 3])
  }

  @Test("comes back to the whole group from every state that links and neighbours can bring about")
  func everyCourse() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      var machine = Machine()
      var guardian = GroupGuard(Self.wanted)
      var course: [String] = []
      _ = guardian.decide(machine.seen)
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let number = UInt32.random(in: 1...3, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0:
          machine.lose(number, flags: 0x1)
          course.append("lose \(number)")
        case 1:
          machine.links.removeAll { $0.name == "o\(number)" }
          machine.links.append(Self.link(number))
          course.append("link \(number)")
        default:
          machine.neighbours[number] = [.failed, .reachable, .incomplete].randomElement(using: &generator)
          course.append("neighbour \(number) \(machine.neighbours[number]?.name ?? "-")")
        }
        machine.carryOut(guardian.decide(machine.seen), &guardian)
      }
      machine.links = [1, 2, 3].map { Self.link($0) }
      machine.neighbours = [1: .reachable, 2: .reachable, 3: .reachable]
      machine.carryOut(guardian.decide(machine.seen), &guardian)
      #expect(machine.groups == [Self.group([1, 2, 3])], "\(course), \(guardian.standsDown ?? "")")
    }
  }
}
