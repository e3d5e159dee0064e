import JSON
import Routing
import Snapshots
import Testing

struct SnapshotDiffTests {
  @Test("A state does not differ from itself")
  func same() {
    for seed in UInt64(0)..<50 {
      var maker = RandomState(seed: seed)
      let state = maker.state()
      #expect(SnapshotDiff(from: state, to: state).isEmpty, "seed \(seed)")
    }
  }

  @Test("Added, removed and changed things are told by identity")
  func differences() throws {
    func route(_ text: String, nhid: UInt32) throws -> Route {
      Route(destination: try Prefix(parsing: text), metric: 5, nexthops: .object(id: nhid, expansion: .none))
    }
    var old = RoutingState(kernel: KernelIdentity(release: "6.1", machine: "m"))
    old.routes = [
      try route("10.0.0.0/8", nhid: 1), try route("10.1.0.0/16", nhid: 1), try route("10.2.0.0/16", nhid: 1),
    ]
    old.bucketTables = [
      BucketTable(group: 9, buckets: [.init(nexthop: 1, idleTime: 5), .init(nexthop: 2, idleTime: 5)])
    ]
    var new = old
    new.routes = [
      try route("10.3.0.0/16", nhid: 1), try route("10.2.0.0/16", nhid: 1), try route("10.0.0.0/8", nhid: 2),
    ]
    new.bucketTables[0].buckets = [.init(nexthop: 1, idleTime: 77), .init(nexthop: 1, idleTime: 0)]

    let diff = SnapshotDiff(from: old, to: new)
    #expect(
      diff.entries.map { "\($0.section) \($0.identity)" } == [
        "buckets id 9 index 1", "routes 10.0.0.0/8 table 254 metric 5", "routes 10.1.0.0/16 table 254 metric 5",
        "routes 10.3.0.0/16 table 254 metric 5",
      ])
    #expect(diff.entries[0].change == .changed(from: ["nhid": 2], to: ["nhid": 1]))
    guard case .changed(let from, let to) = diff.entries[1].change, case .removed = diff.entries[2].change,
      case .added(let added) = diff.entries[3].change
    else {
      Issue.record("\(diff.entries)")
      return
    }
    #expect(from["nhid"] == 1 && to["nhid"] == 2)
    #expect(added["dst"] == "10.3.0.0/16")
  }

  @Test("A part that one of them does not have is not compared, whatever stands there")
  func unread() {
    for part in StatePart.known.union([.unspecified]) {
      for seed in UInt64(0)..<20 {
        var maker = RandomState(seed: seed)
        let whole = maker.state()
        var partly = whole
        partly.unread = [part]
        if part == .ipv4Rules { partly.rules.removeAll { $0.family == .ipv4 } }
        if part == .ipv6Routes { partly.routes.removeAll { $0.family == .ipv6 } }
        if part == .nexthops { (partly.nexthops, partly.groups, partly.bucketTables) = (nil, [], []) }
        if part == .neighbours { partly.neighbours = [] }
        if part == .details {
          for index in partly.rules.indices { partly.rules[index].protocol = 0 }
          for index in partly.groups.indices { partly.groups[index].statistics = [] }
          partly.kernel.build = nil
        }
        for (old, new) in [(whole, partly), (partly, whole)] {
          let diff = SnapshotDiff(from: old, to: new)
          #expect(diff.isEmpty, "\(part) seed \(seed): \(diff.entries.prefix(3))")
          #expect(diff.notCompared == [part])
        }
        partly.links.append(Link(index: 4711, name: "new0", flags: 0))
        #expect(SnapshotDiff(from: whole, to: partly).isEmpty == (part == .links))
      }
    }
  }

  @Test("Each behaviour of the kernel is compared for itself")
  func behaviours() {
    var old = RoutingState(kernel: KernelIdentity(release: "6.12.95", machine: "m"))
    old.behaviour.startsAtFirstSibling = nil
    var new = old
    new.behaviour.hasWideWeights = false
    new.behaviour.startsAtFirstSibling = true
    new.behaviour.randomisesUnboundPort = nil
    let entries = SnapshotDiff(from: old, to: new).entries
    #expect(entries.allSatisfy { $0.section == .behaviour })
    #expect(
      entries.map(\.identity) == ["randomises_unbound_port", "has_wide_weights", "starts_at_first_sibling"])
    #expect(entries.map(\.change) == [.removed(false), .changed(from: true, to: false), .added(true)])
  }

  @Test("Things of one identity are paired in their order")
  func duplicates() {
    var old = RoutingState(kernel: KernelIdentity(release: "6.1", machine: "m"))
    old.rules = [Rule(family: .ipv4, priority: 7, action: .nop), Rule(family: .ipv4, priority: 7, action: .prohibit)]
    var new = old
    new.rules.append(Rule(family: .ipv4, priority: 7, action: .blackhole))
    let diff = SnapshotDiff(from: old, to: new)
    #expect(diff.entries.map(\.identity) == ["inet priority 7"])
    #expect(SnapshotDiff(from: new, to: old).entries.count == 1)
    guard case .added(let rule) = diff.entries[0].change else {
      Issue.record("\(diff.entries)")
      return
    }
    #expect(rule["action"] == "blackhole")
  }
}
